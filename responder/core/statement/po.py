"""What do the .po files say? Catalogues compiled in memory; a fuzzy entry is never used."""

from __future__ import annotations

import gettext
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

from babel.core import UnknownLocaleError
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import PoFileError, read_po, write_po

from responder.core.errors import Place, Problem, Unparsable
from responder.core.statement.catalogue import Catalogue, Entry
from responder.core.terms import babel_name, language_tag

__all__ = ["CatalogueStatus", "read_catalogue", "status_of", "write_template"]


@dataclass(frozen=True, slots=True)
class CatalogueStatus:
    """How far a catalogue is, in entries."""

    language: str
    entries: int
    translated: int
    fuzzy: int
    untranslated: int


@lru_cache(maxsize=64)
def read_catalogue(content: bytes, language: str, file: str = "broadcast.po") -> Catalogue:
    """Compile the bytes of a .po file. Raises Unparsable when they cannot be read.

    An entry that is fuzzy, obsolete or not wholly translated is not there at all: what was
    translated for another sentence must never go out for this one.
    """
    read = _read(content, language, file)
    usable: dict[str, Entry] = {}
    unusable: set[str] = set()
    for message in read:
        if not message.id:
            continue
        entry = _entry(message, read.num_plurals)
        if message.fuzzy or entry is None:
            unusable.add(_raw(message).key)
        else:
            usable[entry.key] = entry
    return Catalogue(
        language=language_tag(language),
        entries=usable,
        plural_form=_plural_form(read),
        unusable=frozenset(unusable),
        forms=read.num_plurals,
    )


def status_of(content: bytes, language: str, file: str = "broadcast.po") -> CatalogueStatus:
    """Count the entries of a .po file. Raises Unparsable."""
    read = _read(content, language, file)
    messages = [message for message in read if message.id]
    fuzzy = sum(1 for message in messages if message.fuzzy)
    whole = sum(1 for message in messages if not message.fuzzy and _entry(message, read.num_plurals))
    return CatalogueStatus(language_tag(language), len(messages), whole, fuzzy, len(messages) - whole - fuzzy)


def _read(content: bytes, language: str, file: str) -> Catalog:
    """The file names its own plural rule; Babel's for the language stands in where it names none."""
    try:
        return read_po(BytesIO(content), locale=babel_name(language), abort_invalid=True)
    except UnknownLocaleError:
        return read_po(BytesIO(content), abort_invalid=True)
    except PoFileError as error:
        place = Place(file, error.lineno + 1)
        mend = "Open it in an editor for .po files and mend this line."
        raise Unparsable((Problem(place, "bad-catalogue", f"{error.args[0]}.", mend),)) from error
    except (UnicodeDecodeError, ValueError) as error:
        problem = Problem(
            Place(file), "bad-catalogue", f"The catalogue cannot be read: {error}.", "Save it as UTF-8."
        )
        raise Unparsable((problem,)) from error


def _entry(message: Message, forms: int) -> Entry | None:
    """The entry when all its forms are there, else None."""
    entry = _raw(message)
    wanted = forms if entry.plural else 1
    whole = len(entry.forms) == wanted and all(form.strip() for form in entry.forms)
    return entry if whole else None


def _raw(message: Message) -> Entry:
    context = message.context or ""
    if isinstance(message.id, tuple | list):
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        return Entry(message.id[0], tuple(form or "" for form in forms), message.id[1], context)
    return Entry(message.id, (str(message.string or ""),), "", context)


def _plural_form(read: Catalog) -> Callable[[int], int]:
    plain: Callable[[int], int] = gettext.c2py(read.plural_expr)
    return plain


def write_template(sentences: Iterable[tuple[str, str, str, str]]) -> bytes:
    """A .pot file of sentences: (place, sentence, plural, context), each once with all its places."""
    catalog = Catalog(project="responder", charset="utf-8", fuzzy=False)
    for place, msgid, plural, context in sentences:
        file, _, rest = place.partition(":")
        line = int(rest.partition(":")[0] or 0)
        catalog.add((msgid, plural) if plural else msgid, locations=[(file, line)], context=context or None)
    written = BytesIO()
    write_po(written, catalog, width=100, omit_header=False, sort_by_file=True)
    return written.getvalue()

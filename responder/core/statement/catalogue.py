"""What does a language say for a source sentence? A compiled catalogue, and how it tells what is missing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

__all__ = ["Catalogue", "Entry", "MissingTranslation", "key_of", "source_catalogue"]


class MissingTranslation(Exception):
    """A sentence has no translation that may be used; `msgid` is the source sentence."""

    def __init__(self, language: str, msgid: str) -> None:
        super().__init__(f"{language} has no translation of “{msgid}”.")
        self.language = language
        self.msgid = msgid


@dataclass(frozen=True, slots=True)
class Entry:
    """One catalogue entry: the source sentence and its forms; one form, or one for each plural category."""

    msgid: str
    forms: tuple[str, ...]
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        return key_of(self.msgid, self.context)


def key_of(msgid: str, context: str = "") -> str:
    """The key of an entry, as gettext builds it: context, EOT, sentence."""
    return f"{context}\x04{msgid}" if context else msgid


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The usable entries of one language: neither fuzzy nor obsolete nor empty.

    `plural_form` gives the index of the form for a count. `unusable` are the keys that stand in
    the file but may not be used (fuzzy or untranslated).
    """

    language: str
    entries: Mapping[str, Entry]
    plural_form: Callable[[int], int]
    is_source: bool = False
    unusable: frozenset[str] = field(default_factory=frozenset)
    forms: int = 2

    def one(self, msgid: str, context: str = "") -> str:
        """The translation. Raises MissingTranslation; it never falls back to the source."""
        if self.is_source:
            return msgid
        entry = self.entries.get(key_of(msgid, context))
        if entry is None or entry.plural:
            raise MissingTranslation(self.language, msgid)
        return entry.forms[0]

    def many(self, msgid: str, plural: str, count: int, context: str = "") -> str:
        """The form for a count. Raises MissingTranslation."""
        if self.is_source:
            return msgid if count == 1 else plural
        entry = self.entries.get(key_of(msgid, context))
        index = self.plural_form(count)
        if entry is None or index >= len(entry.forms):
            raise MissingTranslation(self.language, msgid)
        return entry.forms[index]


def source_catalogue(language: str) -> Catalogue:
    """The source language says what the template says."""
    return Catalogue(language, {}, _one_or_other, is_source=True)


def _one_or_other(count: int) -> int:
    return 0 if count == 1 else 1

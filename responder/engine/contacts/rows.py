"""What does one row of a file say about one contact?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from responder.core.errors import InvalidInput
from responder.core.terms import Channel
from responder.engine.contacts.columns import Columns
from responder.engine.contacts.rules import ImportRules
from responder.engine.contacts.sheet import BadRow, Row
from responder.engine.ports.outside import Ciphers
from responder.engine.situation.addresses import address_index, clean_email, clean_phone

__all__ = ["Draft", "RowProblem", "RowReader", "names_agree"]

_LONGEST_NAME = 200
_LONGEST_BASIS = 200
_REMEMBERED = 5_000
_ORGANISATION = re.compile(r"[a-z][a-z0-9_]{0,63}")

T = TypeVar("T")
Addresses = tuple[tuple[Channel, str, str], ...]


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row was not read, or not all of it. `row` counts after the header, `line` in the file, from 1.

    `kept`: the contact was taken without the part that is wrong. The reason never holds an address.
    """

    row: int
    line: int
    reason: str
    mend: str = ""
    kept: bool = False

    def __str__(self) -> str:
        what = "taken in part" if self.kept else "not taken"
        return f"Row {self.row} (line {self.line}) {what}: {self.reason} {self.mend}".strip()


@dataclass(frozen=True, slots=True)
class Draft:
    """What a row says. `addresses` are (channel, clean address, blind index); `lists` are (list, basis)."""

    row: int
    name: str = field(repr=False)
    organisation: str | None
    languages: tuple[str, ...]
    lists: tuple[tuple[str, str], ...]
    areas: tuple[str, ...]
    addresses: Addresses = field(repr=False)


class RowReader:
    """Reads rows under the rules; what the same words meant before is remembered."""

    def __init__(self, columns: Columns, rules: ImportRules, ciphers: Ciphers) -> None:
        self._columns = columns
        self._rules = rules
        self._ciphers = ciphers
        self._languages = _remembering(rules.read_languages)
        self._lists = _remembering(rules.read_lists)
        self._areas = _remembering(rules.read_areas)
        self._channels = _remembering(rules.read_channels)

    def read(self, row: Row | BadRow) -> tuple[Draft | None, RowProblem | None]:
        """What the row says, and what is wrong with it; a draft with a problem is kept in part."""
        if isinstance(row, BadRow):
            return None, RowProblem(row.number, row.line, row.reason, row.mend)
        try:
            addresses, wrong = self._addresses(row.cells)
            draft = Draft(
                row=row.number,
                name=self._name(row.cells),
                organisation=self._organisation(row.cells),
                languages=self._languages(self._columns.get(row.cells, "languages")),
                lists=self._with_basis(row.cells),
                areas=self._areas(self._columns.get(row.cells, "areas")),
                addresses=addresses,
            )
        except InvalidInput as error:
            return None, RowProblem(row.number, row.line, error.message, error.mend)
        if wrong is None:
            return draft, None
        return draft, RowProblem(row.number, row.line, wrong.message, wrong.mend, kept=True)

    def _addresses(
        self, cells: list[str]
    ) -> tuple[tuple[tuple[Channel, str, str], ...], InvalidInput | None]:
        """A row with one good address of two is kept with it; with none it is refused."""
        wanted = self._channels(self._columns.get(cells, "channels"))
        found: list[tuple[Channel, str, str]] = []
        wrong: InvalidInput | None = None
        for channel, column in ((Channel.SMS, "phone"), (Channel.EMAIL, "email")):
            text = self._columns.get(cells, column)
            if not text or (wanted and channel not in wanted):
                continue
            try:
                address = self._clean(channel, text)
            except InvalidInput as error:
                wrong = wrong or error
                continue
            found.append((channel, address, address_index(self._ciphers, channel, address)))
        if not found:
            raise wrong or _nothing_to_reach(wanted)
        return tuple(found), wrong

    def _clean(self, channel: Channel, text: str) -> str:
        return clean_phone(text, self._rules.country) if channel is Channel.SMS else clean_email(text)

    def _name(self, cells: list[str]) -> str:
        get = self._columns.get
        name = get(cells, "name") or f"{get(cells, 'first_name')} {get(cells, 'last_name')}"
        if not name.isascii():
            name = unicodedata.normalize("NFC", name)
        name = " ".join(_unguarded(name).split())
        if len(name) > _LONGEST_NAME:
            raise InvalidInput(f"The name is longer than {_LONGEST_NAME} characters.", mend="Shorten it.")
        return name if name.isprintable() else "".join(sign for sign in name if sign.isprintable())

    def _organisation(self, cells: list[str]) -> str | None:
        text = self._columns.get(cells, "organisation")
        if text and not _ORGANISATION.fullmatch(text):
            mend = "Write its id as playbooks do: small letters, digits and _."
            raise InvalidInput("The organisation is not an id.", mend=mend)
        return text or None

    def _with_basis(self, cells: list[str]) -> tuple[tuple[str, str], ...]:
        """Each list with its basis: the row's, else the one asked for, else the city file's."""
        said = self._columns.get(cells, "basis")[:_LONGEST_BASIS] or self._rules.add_basis
        named = self._lists(self._columns.get(cells, "lists"))
        lists = (*named, *(one for one in self._rules.add_lists if one not in named))
        with_basis = tuple((one, said or self._rules.basis.get(one, "")) for one in lists)
        without = next((one for one, basis in with_basis if not basis), None)
        if without is not None:
            mend = "Add a column “basis”, or the option --basis, or the list's basis in the city file."
            raise InvalidInput(f"Nothing says on which basis they are on “{without}”.", mend=mend)
        return with_basis


def names_agree(one: str, other: str) -> bool:
    """Whether two spellings can be one person: `M. Lopez`, `LOPEZ, María` and `maria lopez` can.

    One without a name agrees with all. Different names on one phone are a household: both stay.
    """
    if not one or not other or one == other:
        return True
    mine, theirs = _words(one), _words(other)
    if len(mine) > len(theirs):
        mine, theirs = theirs, mine
    rest = list(theirs)
    for word in sorted(mine, key=len, reverse=True):
        match = next((they for they in rest if _same_word(word, they)), None)
        if match is None:
            return False
        rest.remove(match)
    return True


def _same_word(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return one == other or (len(short) == 1 and long.startswith(short))


def _words(name: str) -> list[str]:
    letters = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", bare).split()


def _unguarded(text: str) -> str:
    """Undo the apostrophe by which an export keeps a spreadsheet from reading a cell as a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@") else text


def _nothing_to_reach(wanted: frozenset[Channel]) -> InvalidInput:
    if wanted:
        words = " and ".join(sorted(wanted))
        return InvalidInput(f"They want {words}, and no such address is there.", mend="Add it.")
    return InvalidInput("There is neither a phone number nor an email address.", mend="Add one of them.")


def _remembering(read: Callable[[str], T]) -> Callable[[str], T]:
    """The same few words stand in a million rows: read each once. Errors are not remembered."""
    seen: dict[str, T] = {}

    def remembered(text: str) -> T:
        if text in seen:
            return seen[text]
        value = read(text)
        if len(seen) < _REMEMBERED:
            seen[text] = value
        return value

    return remembered

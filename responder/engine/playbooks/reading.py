"""Which playbooks are there, what do they say, and what changed between two of them?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from responder.core.city import City, parse_city
from responder.core.errors import InvalidInput
from responder.core.playbook import Playbook, PlaybookKind, parse_playbook, try_parse
from responder.core.playbook.compare import Change, compare
from responder.core.playbook.graph import default_at
from responder.core.playbook.roles import needs_of_all
from responder.core.playbook.scaffold import scaffold
from responder.core.playbook.times import in_order
from responder.core.terms import Marking
from responder.engine.ports.contents import CITY_FILE, Content

__all__ = [
    "PlaybookLine",
    "Row",
    "begin_playbook",
    "compare_playbooks",
    "list_playbooks",
    "outline",
    "read_city",
    "read_playbook",
]


@dataclass(frozen=True, slots=True)
class PlaybookLine:
    """One playbook in a list. `errors` counts what must be mended before it can be used."""

    id: str
    kind: PlaybookKind
    name: str
    version: str
    summary: str
    marking: Marking
    entries: int
    file: str
    errors: int = 0
    review_due: datetime | None = None
    """When it must be reviewed (wall time); None when it names no interval or was never reviewed."""

    @property
    def activatable(self) -> bool:
        return self.errors == 0 and self.kind is not PlaybookKind.MODULE


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as a row of a table."""

    id: str
    kind: str
    code: str
    name: str
    owner: str
    phase: str
    level: str
    each: str
    at: str
    due: str
    needs: tuple[str, ...]
    condition: str


def list_playbooks(
    content: Content, *, reviewed: Mapping[str, datetime] | None = None
) -> tuple[PlaybookLine, ...]:
    """Every playbook, programme and module on the content path, sorted by kind and name.

    `reviewed` tells when each was last reviewed (see ContentStore); without it nothing is due.
    """
    city = read_city(content)
    lines = (_line(content, id_, city, (reviewed or {}).get(id_)) for id_ in content.playbooks())
    order = list(PlaybookKind)
    return tuple(sorted(lines, key=lambda line: (order.index(line.kind), line.name)))


def read_playbook(content: Content, playbook: str) -> Playbook:
    """A playbook, merged and checked. Raises NotFound, or Unparsable with all errors."""
    parsed = try_parse(playbook, content.playbook, known=content.playbooks())
    if parsed.playbook is not None and not parsed.errors:
        return parsed.playbook
    return parse_playbook(playbook, content.playbook)


def read_city(content: Content) -> City:
    """The city file. Raises NotFound, or Unparsable with all errors."""
    file = content.layers(CITY_FILE)
    return parse_city(content.read(CITY_FILE), file[0].label if file else CITY_FILE)


def compare_playbooks(old: Content, new: Content, *, playbook: str) -> tuple[Change, ...]:
    """What differs between a playbook in one content and in another, such as pinned and on disk."""
    return compare(read_playbook(old, playbook), read_playbook(new, playbook))


def begin_playbook(content: Content, *, playbook: str, name: str, language: str = "en") -> str:
    """The text of a new playbook. Raises InvalidInput when the id is taken or is none."""
    letters = playbook.replace("-", "")
    if not (
        letters.isascii() and letters.isalnum() and playbook[0].isalpha() and playbook == playbook.lower()
    ):
        mend = "Small letters, digits and -, a letter first."
        raise InvalidInput(f"“{playbook}” cannot be the id of a playbook.", mend=mend)
    if playbook in content.playbooks():
        mend = "Choose another id, or write a file that extends it."
        raise InvalidInput(f"There is a playbook “{playbook}” already.", mend=mend)
    return scaffold(playbook, name, language=language)


def outline(playbook: Playbook) -> tuple[Row, ...]:
    """Every entry as a row, phase by phase, about in the order in which they come."""
    needs = needs_of_all(playbook)
    order = list(playbook.phases)
    rows = [
        Row(
            id=entry.id,
            kind=str(entry.kind),
            code=entry.code,
            name=entry.title,
            owner=entry.owner,
            phase=entry.phase or "",
            level=entry.level or "",
            each=entry.each or "",
            at=", ".join(map(str, entry.at)) or default_at(entry),
            due=str(entry.due or ""),
            needs=needs[entry.id],
            condition=str(entry.condition or ""),
        )
        for entry in in_order(playbook, playbook.entries.values())
    ]
    return tuple(sorted(rows, key=lambda row: order.index(row.phase) if row.phase in order else len(order)))


def _line(content: Content, id_: str, city: City, reviewed: datetime | None) -> PlaybookLine:
    parsed = try_parse(id_, content.playbook)
    file = parsed.files[0].label if parsed.files else ""
    book = parsed.playbook
    if book is None:
        kind = PlaybookKind.INCIDENT
        return PlaybookLine(id_, kind, id_, "", "", Marking.AMBER, 0, file, len(parsed.errors))
    due = None
    if reviewed is not None and book.review is not None:
        due = city.calendar.shift(reviewed, book.review.every)
    return PlaybookLine(
        id=id_,
        kind=book.kind,
        name=book.name,
        version=book.version,
        summary=book.summary,
        marking=book.marking,
        entries=len(book.entries),
        file=file,
        errors=len(parsed.errors),
        review_due=due,
    )

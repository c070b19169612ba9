"""Is a playbook ready for this city? The file, the templates it names, the city, the roster, a rehearsal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from responder.core.city import City
from responder.core.errors import Problem
from responder.core.playbook import Parsed, PlaybookKind, try_parse
from responder.core.playbook.findings import Findings
from responder.core.terms import Roster
from responder.engine.playbooks.city import check_city
from responder.engine.playbooks.reading import read_city
from responder.engine.playbooks.rehearsing import RehearsalSummary, advise, rehearse_playbook, summary_of
from responder.engine.playbooks.reviewing import House, check_review
from responder.engine.playbooks.roster import check_roster
from responder.engine.playbooks.wording import check_wording
from responder.engine.ports.contents import Content

__all__ = ["PlaybookCheck", "check_playbook"]


@dataclass(frozen=True, slots=True)
class PlaybookCheck:
    """Everything there is to say about a playbook. `rehearsal` is None with errors, and for modules."""

    playbook: str
    name: str
    kind: PlaybookKind | None
    files: tuple[str, ...]
    errors: tuple[Problem, ...]
    advice: tuple[Problem, ...]
    rehearsal: RehearsalSummary | None = None

    @property
    def sound(self) -> bool:
        return not self.errors

    @property
    def line(self) -> str:
        """The last line of the report."""
        if self.rehearsal is not None:
            return self.rehearsal.line
        if self.errors:
            return f"not rehearsed: {_count(len(self.errors), 'error')}"
        return f"a module with {_count(len(self.advice), 'request')} to its host"


def check_playbook(
    content: Content,
    *,
    playbook: str,
    roster: Roster | None = None,
    house: House | None = None,
    rehearse: bool = True,
) -> PlaybookCheck:
    """Check a playbook statically, against its templates and the city, and rehearse it whole.

    With a roster also what depends on who holds which role; with what the house knows (its roster among
    it) also when the playbook was last reviewed. Raises NotFound for an unknown playbook, and Unparsable
    when the city file is broken.
    """
    parsed = try_parse(playbook, content.playbook, known=content.playbooks())
    book = parsed.playbook
    found = list(parsed.problems)
    rehearsal = None
    if book is not None and parsed.root is not None and book.kind is not PlaybookKind.MODULE:
        city = read_city(content)
        roster = house.roster if house is not None else roster
        found += _of_the_house(parsed, city, house)
        found += _of_the_city(content, parsed, city, roster)
        if rehearse and all(problem.advice for problem in found):
            whole = rehearse_playbook(book, city, roster=roster)
            rehearsal = summary_of(book, whole)
            findings = Findings(book, parsed.root)
            advise(book, whole, findings)
            found += findings.problems
    every = sorted(set(found))
    return PlaybookCheck(
        playbook=playbook,
        name=book.name if book else "",
        kind=book.kind if book else None,
        files=tuple(file.label for file in parsed.files),
        errors=tuple(problem for problem in every if not problem.advice),
        advice=tuple(problem for problem in every if problem.advice),
        rehearsal=rehearsal,
    )


def _of_the_city(content: Content, parsed: Parsed, city: City, roster: Roster | None) -> Iterator[Problem]:
    if parsed.playbook is None or parsed.root is None:
        return
    findings = Findings(parsed.playbook, parsed.root)
    check_city(parsed.playbook, city, findings)
    yield from check_wording(content, parsed.playbook, city, findings)
    if roster is not None:
        check_roster(parsed.playbook, roster, findings)
    yield from findings.problems


def _of_the_house(parsed: Parsed, city: City, house: House | None) -> Iterator[Problem]:
    if house is None or parsed.playbook is None or parsed.root is None:
        return
    findings = Findings(parsed.playbook, parsed.root)
    check_review(parsed.playbook, city, house, findings)
    yield from findings.problems


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""What does a report hold? Plain values; every time is incident time, aware UTC."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from responder.core.terms import Mode

__all__ = [
    "CallLine",
    "DecisionLine",
    "EntryLine",
    "Measure",
    "OnTime",
    "PromiseLine",
    "ReachLine",
    "Report",
    "SignLine",
    "StatementLine",
]


@dataclass(frozen=True, slots=True)
class EntryLine:
    """One occurrence: what was due against what was done.

    `late` is how long after its due it was finished, or has been open until now; None = not late.
    """

    key: str
    code: str
    name: str
    kind: str
    owner: str
    phase: str
    state: str
    opened: datetime | None
    due: datetime | None
    finished: datetime | None
    finished_by: str
    late: timedelta | None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OnTime:
    """How many occurrences that had a due were finished by it."""

    in_time: int
    finished_late: int
    open_late: int
    without_due: int

    @property
    def measured(self) -> int:
        return self.in_time + self.finished_late + self.open_late


@dataclass(frozen=True, slots=True)
class SignLine:
    """One signature; `waited` is the time since the statement was submitted or last signed."""

    scope: str
    role: str
    person: str
    at: datetime
    waited: timedelta
    how: str = ""


@dataclass(frozen=True, slots=True)
class StatementLine:
    """One statement from its draft to its release. `returned` counts how often it came back."""

    id: str
    occurrence: str
    name: str
    drafted: datetime
    submitted: datetime | None
    approved: datetime | None
    released: datetime | None
    languages: tuple[str, ...]
    returned: int
    signatures: tuple[SignLine, ...]
    waived: tuple[str, ...] = ()
    overridden: tuple[str, ...] = ()
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class PromiseLine:
    """A time that a public statement promised for the next one. `kept` None: not yet, or never."""

    promised: datetime
    made: datetime
    kept: datetime | None
    late: timedelta | None


@dataclass(frozen=True, slots=True)
class DecisionLine:
    """One answer to a question."""

    key: str
    question: str
    answer: str
    by: str
    at: datetime | None
    due: datetime | None
    reason: str
    dissent: str
    by_clock: bool


@dataclass(frozen=True, slots=True)
class CallLine:
    """How many calls went to one person, how many they answered, how long it took (median)."""

    person: str
    calls: int
    answered: int
    median: timedelta | None


@dataclass(frozen=True, slots=True)
class ReachLine:
    """How many deliveries of one kind: `wanted` is the reader's own first language."""

    channel: str
    language: str
    wanted: str
    notice: bool
    state: str
    count: int


@dataclass(frozen=True, slots=True)
class Measure:
    """One time that the playbook measures. `took` None: it did not come to its end."""

    name: str
    took: timedelta | None
    target: timedelta | None

    @property
    def met(self) -> bool | None:
        if self.target is None or self.took is None:
            return None
        return self.took <= self.target


@dataclass(frozen=True, slots=True)
class Report:
    """The after-action report of one incident as of one moment.

    `head` is the hash of the last event: who has it can prove later that the log was not changed.
    """

    incident: str
    title: str
    mode: Mode
    playbook: str
    version: str
    level: str
    zone: str
    as_of: datetime
    started: datetime | None
    stood_down: datetime | None
    on_time: OnTime
    entries: tuple[EntryLine, ...]
    statements: tuple[StatementLine, ...]
    promises: tuple[PromiseLine, ...]
    decisions: tuple[DecisionLine, ...]
    calls: tuple[CallLine, ...]
    reach: tuple[ReachLine, ...]
    measures: tuple[Measure, ...]
    phases: tuple[tuple[str, datetime | None, datetime | None], ...]
    levels: tuple[tuple[datetime, str], ...]
    notes: tuple[tuple[datetime, str, str], ...]
    objectives: tuple[str, ...] = ()
    first_statement: timedelta | None = None
    events: int = 0
    head: str = ""
    tasks_opened: int = 0
    tasks_done: int = 0
    skipped: tuple[EntryLine, ...] = field(default=())

    @property
    def late(self) -> tuple[EntryLine, ...]:
        """Who was late, the latest first."""
        found = [line for line in self.entries if line.late is not None]
        return tuple(sorted(found, key=lambda line: line.late or timedelta(), reverse=True))

    def reached(self, *states: str) -> int:
        """Deliveries in one of these states."""
        return sum(line.count for line in self.reach if line.state in states)

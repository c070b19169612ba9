"""What is to be done when? The shape of a plan: occurrences, phases, what was asked, the next beat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from responder.core.incident.event import EventBody
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.playbook.entries import EntryKind

__all__ = [
    "RUNG_LATE",
    "RUNG_OPENED",
    "ClosingAsk",
    "DueStep",
    "EntryKind",
    "Occurrence",
    "OccurrenceState",
    "PhaseState",
    "PhaseView",
    "Rung",
    "Timeline",
    "Wait",
    "WaitKind",
]

RUNG_OPENED = 0
"""The call that tells the holders that an occurrence opened."""
RUNG_LATE = -1
"""The call that tells the holders that it is late."""


class OccurrenceState(StrEnum):
    """The life of an occurrence."""

    WAITING = "waiting"
    """Its time has not come, or something it needs is not there."""
    OPEN = "open"
    """It is to be done now."""
    DONE = "done"
    """Done, passed, answered or sent."""
    SKIPPED = "skipped"
    """A person decided against it."""
    MISSED = "missed"
    """A newer occurrence took its place."""
    NOT_NEEDED = "not_needed"
    """Its condition is false, or the level is lower; looked at again at every event."""


class WaitKind(StrEnum):
    """What an occurrence waits for."""

    DATE = "date"
    """Its base has no date yet; `on` names the base."""
    TIME = "time"
    """Its moment lies ahead."""
    PHASE = "phase"
    """Its phase has not opened."""
    LEVEL = "level"
    """The level is lower; `on` names the level it needs."""
    NEED = "need"
    """Another entry is not settled."""
    CONDITION = "condition"
    """Its condition is unknown or false; `on` is the condition."""
    STOPPED = "stopped"
    """The incident is stood down."""


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that an occurrence waits for."""

    kind: WaitKind
    on: str = ""


@dataclass(frozen=True, slots=True)
class Rung:
    """One rung of the ladder of an open occurrence. `at` None: it has no due to be late for."""

    number: int
    to: str
    at: datetime | None
    fired: bool


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One occurrence of an entry, as planned and as it stands. Times are incident time.

    `planned` is when its moment comes (None: waiting for a date), `opened` when all conditions
    held, as computed. `recorded` tells whether the log has the opening. `number` of a waiting
    occurrence is the one that it will most likely get.
    """

    key: OccurrenceKey
    kind: EntryKind
    state: OccurrenceState
    owner: str
    phase: str | None = None
    planned: datetime | None = None
    opened: datetime | None = None
    due: datetime | None = None
    ready: datetime | None = None
    finished: datetime | None = None
    acknowledged: datetime | None = None
    signed: datetime | None = None
    recorded: bool = False
    waits: tuple[Wait, ...] = ()
    rungs: tuple[Rung, ...] = ()
    due_cleared: bool = False

    @property
    def open(self) -> bool:
        return self.state is OccurrenceState.OPEN

    def late(self, now: datetime) -> bool:
        """Open, and its due has passed."""
        return self.open and self.due is not None and now > self.due


class PhaseState(StrEnum):
    """Phases open once and close once; several may be open at a time."""

    WAITING = "waiting"
    OPEN = "open"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class PhaseView:
    """One phase of the plan. `planned` is when it will open if nothing changes."""

    id: str
    state: PhaseState
    planned: datetime | None = None
    opened: datetime | None = None
    closed: datetime | None = None
    recorded: bool = False


@dataclass(frozen=True, slots=True)
class ClosingAsk:
    """The role `by` is asked whether a phase (None: the incident) can be closed, since `at`.

    `met` tells whether the criteria hold, or only the review came round; `missing` what does not.
    """

    phase: str | None
    by: str
    number: int
    at: datetime
    met: bool
    missing: tuple[Wait, ...] = ()


@dataclass(frozen=True, slots=True)
class DueStep:
    """One step that the machine must record, planned for `at`; `people` are to be called.

    `rung` tells what for, when `occurrence` is set.
    """

    body: EventBody
    at: datetime
    occurrence: OccurrenceKey | None = None
    rung: int = RUNG_OPENED
    role: str = ""
    people: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Timeline:
    """The plan of an incident at one moment; `beat` is the next moment at which it may change."""

    now: datetime
    occurrences: tuple[Occurrence, ...] = ()
    phases: Mapping[str, PhaseView] = field(default_factory=dict)
    asks: tuple[ClosingAsk, ...] = ()
    steps: tuple[DueStep, ...] = ()
    beat: datetime | None = None

    def of(self, entry: str, item: int | None = None) -> tuple[Occurrence, ...]:
        """The occurrences of one entry, in the order of their numbers."""
        return tuple(one for one in self.occurrences if one.key.entry == entry and one.key.item == item)

    def find(self, key: OccurrenceKey) -> Occurrence | None:
        return next((one for one in self.occurrences if one.key == key), None)

    @property
    def open(self) -> tuple[Occurrence, ...]:
        """What is to be done now, the earliest due first, what has no due last."""
        found = [one for one in self.occurrences if one.open]
        return tuple(sorted(found, key=lambda one: (one.due is None, one.due or one.opened, str(one.key))))

    def late(self, now: datetime) -> tuple[Occurrence, ...]:
        return tuple(one for one in self.open if one.late(now))

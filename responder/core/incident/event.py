"""What can happen in an incident? Every kind of event of its log, as frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from responder.core.facts import FactValue
from responder.core.incident.acted import (
    DecisionAnswered,
    EntryAcknowledged,
    EntryDone,
    EntryEscalated,
    EntryOpened,
    EntrySkipped,
    GateAnswered,
)
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.said import (
    FRAME,
    BroadcastCompleted,
    BroadcastExpired,
    BroadcastPaused,
    BroadcastReleased,
    BroadcastResumed,
    BroadcastStopped,
    FindingOverridden,
    StatementApproved,
    StatementDrafted,
    StatementEdited,
    StatementReturned,
    StatementSigned,
    StatementSubmitted,
    StatementWaived,
    StatementWithdrawn,
)
from responder.core.terms import Mode

__all__ = [
    "BODIES",
    "CLOCK",
    "FRAME",
    "Activated",
    "Actor",
    "ActorKind",
    "AnchorSet",
    "BroadcastCompleted",
    "BroadcastExpired",
    "BroadcastPaused",
    "BroadcastReleased",
    "BroadcastResumed",
    "BroadcastStopped",
    "CallAnswered",
    "ClockWound",
    "ClosingAsked",
    "Confirmed",
    "DecisionAnswered",
    "EntryAcknowledged",
    "EntryDone",
    "EntryEscalated",
    "EntryOpened",
    "EntrySkipped",
    "Event",
    "EventBody",
    "FactLearned",
    "FindingOverridden",
    "GateAnswered",
    "Injected",
    "ItemAdded",
    "ItemClosed",
    "LevelChanged",
    "NewEvent",
    "Noted",
    "PersonCalled",
    "PhaseClosed",
    "PhaseOpened",
    "Reopened",
    "RoleTaken",
    "StatementApproved",
    "StatementDrafted",
    "StatementEdited",
    "StatementReturned",
    "StatementSigned",
    "StatementSubmitted",
    "StatementWaived",
    "StatementWithdrawn",
    "StoodDown",
    "VersionMoved",
    "WordsRestricted",
]


class ActorKind(StrEnum):
    """Who can cause an event."""

    PERSON = "person"
    """Somebody signed in."""
    CLOCK = "clock"
    """The plan: a moment had come."""
    LINK = "link"
    """Somebody who opened a link that was sent to them."""
    PROVIDER = "provider"
    """A carrier reported."""
    SYSTEM = "system"
    """The program itself, for instance a backup that was restored."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who caused an event: the id of a person, call or provider; empty for the clock."""

    kind: ActorKind
    id: str = ""

    def __str__(self) -> str:
        return f"{self.kind.value}:{self.id}" if self.id else self.kind.value

    @classmethod
    def person(cls, id_: str) -> Actor:
        return cls(ActorKind.PERSON, id_)


CLOCK = Actor(ActorKind.CLOCK)


@dataclass(frozen=True, slots=True)
class Activated:
    """The incident begins, or with `awaits_confirmation` will, when a second person confirms.

    `pins` are the content files this incident runs on: path → SHA-256. `origin` is the incident
    time at which an exercise starts, `rate` how many times faster than the wall its time runs.
    `verified` names those of `facts` that somebody has checked. `exercise` is the script that is played.
    """

    mode: Mode
    playbook: str
    title: str
    pins: Mapping[str, str] = field(default_factory=dict)
    level: str = ""
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    rate: float = 1.0
    origin: datetime | None = None
    verified: tuple[str, ...] = ()
    awaits_confirmation: bool = False
    private: bool = False
    exercise: str = ""


@dataclass(frozen=True, slots=True)
class Confirmed:
    """A second person confirmed the activation; the incident starts with this press."""


@dataclass(frozen=True, slots=True)
class FactLearned:
    """Something became known. `value` None withdraws it: it is unknown again."""

    fact: str
    value: FactValue | None
    verified: bool = False
    source: str = ""
    expires: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnchorSet:
    """A date was set, moved, or with None cleared."""

    anchor: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class RoleTaken:
    """A person acts in a role in this incident, before those the roster names."""

    role: str
    person: str


@dataclass(frozen=True, slots=True)
class PhaseOpened:
    """A phase opened at `at`, as planned."""

    phase: str
    at: datetime


@dataclass(frozen=True, slots=True)
class PhaseClosed:
    """A person closed a phase. It never opens again."""

    phase: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClosingAsked:
    """The role that closes a phase (None: the incident) was asked, for the `number`th time."""

    phase: str | None
    number: int
    at: datetime


@dataclass(frozen=True, slots=True)
class LevelChanged:
    """The level of the incident changed, up or down."""

    level: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ItemAdded:
    """A case entered a register: item 1, 2, 3, …"""

    register: str
    item: int
    fields: Mapping[str, FactValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ItemClosed:
    """A case of a register is closed."""

    register: str
    item: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class PersonCalled:
    """A role holder was told: a row of calls exists. Rung 0 is the news that it opened."""

    occurrence: OccurrenceKey
    rung: int
    person: str
    call: str


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """The person called has answered, by link or reply."""

    call: str
    occurrence: OccurrenceKey | None = None
    how: str = "link"


@dataclass(frozen=True, slots=True)
class Noted:
    """A line in the log by a person; `occurrence` when it is about one."""

    text: str
    occurrence: OccurrenceKey | None = None


@dataclass(frozen=True, slots=True)
class Injected:
    """An inject of the exercise script was played: its place in the script, from 0."""

    exercise: str
    inject: int
    text: str = ""


@dataclass(frozen=True, slots=True)
class ClockWound:
    """The clock of an exercise now shows `at` and runs at `rate`."""

    at: datetime
    rate: float


@dataclass(frozen=True, slots=True)
class StoodDown:
    """The incident ends; nothing opens any more."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Reopened:
    """An incident that was stood down goes on; the moment `reopened` is now."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class VersionMoved:
    """From here on the incident runs on other versions of its files: path → SHA-256."""

    pins: Mapping[str, str]
    reason: str = ""


@dataclass(frozen=True, slots=True)
class WordsRestricted:
    """Names that no statement may hold were entered; only how many is told."""

    count: int


EventBody = (
    Activated
    | Confirmed
    | FactLearned
    | AnchorSet
    | RoleTaken
    | EntryOpened
    | EntryAcknowledged
    | EntryDone
    | EntrySkipped
    | EntryEscalated
    | DecisionAnswered
    | GateAnswered
    | PhaseOpened
    | PhaseClosed
    | ClosingAsked
    | LevelChanged
    | ItemAdded
    | ItemClosed
    | StatementDrafted
    | StatementEdited
    | StatementSubmitted
    | StatementSigned
    | StatementApproved
    | StatementReturned
    | StatementWaived
    | FindingOverridden
    | StatementWithdrawn
    | BroadcastReleased
    | BroadcastPaused
    | BroadcastResumed
    | BroadcastStopped
    | BroadcastExpired
    | BroadcastCompleted
    | PersonCalled
    | CallAnswered
    | Noted
    | Injected
    | ClockWound
    | StoodDown
    | Reopened
    | VersionMoved
    | WordsRestricted
)

BODIES: Mapping[str, type[EventBody]] = {
    "activated": Activated,
    "confirmed": Confirmed,
    "fact_learned": FactLearned,
    "anchor_set": AnchorSet,
    "role_taken": RoleTaken,
    "entry_opened": EntryOpened,
    "entry_acknowledged": EntryAcknowledged,
    "entry_done": EntryDone,
    "entry_skipped": EntrySkipped,
    "entry_escalated": EntryEscalated,
    "decision_answered": DecisionAnswered,
    "gate_answered": GateAnswered,
    "phase_opened": PhaseOpened,
    "phase_closed": PhaseClosed,
    "closing_asked": ClosingAsked,
    "level_changed": LevelChanged,
    "item_added": ItemAdded,
    "item_closed": ItemClosed,
    "statement_drafted": StatementDrafted,
    "statement_edited": StatementEdited,
    "statement_submitted": StatementSubmitted,
    "statement_signed": StatementSigned,
    "statement_approved": StatementApproved,
    "statement_returned": StatementReturned,
    "statement_waived": StatementWaived,
    "finding_overridden": FindingOverridden,
    "statement_withdrawn": StatementWithdrawn,
    "broadcast_released": BroadcastReleased,
    "broadcast_paused": BroadcastPaused,
    "broadcast_resumed": BroadcastResumed,
    "broadcast_stopped": BroadcastStopped,
    "broadcast_expired": BroadcastExpired,
    "broadcast_completed": BroadcastCompleted,
    "person_called": PersonCalled,
    "call_answered": CallAnswered,
    "note": Noted,
    "injected": Injected,
    "clock_wound": ClockWound,
    "stood_down": StoodDown,
    "reopened": Reopened,
    "version_moved": VersionMoved,
    "restricted": WordsRestricted,
}
"""The word of each kind, as it stands in the log."""

_WORDS = {body: word for word, body in BODIES.items()}


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event before it has a number. `occurred` None = the moment it is recorded."""

    actor: Actor
    body: EventBody
    occurred: datetime | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    `recorded` and `occurred` are incident time: when it entered the log, and when it happened
    (for the clock's own steps: as planned). `wall` is the wall time of recording. `previous` is
    the hash of the line before, `hash` covers this one and `previous` (see chain.py).
    """

    number: int
    actor: Actor
    recorded: datetime
    occurred: datetime
    wall: datetime
    body: EventBody
    previous: str
    hash: str

    @property
    def kind(self) -> str:
        return _WORDS[type(self.body)]

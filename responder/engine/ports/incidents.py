"""What does the engine ask of the store about incidents?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from responder.core.incident.chain import EventLine
from responder.core.incident.event import Event
from responder.core.terms import Mode

__all__ = ["CallRow", "CallState", "CarriedState", "IncidentRow", "IncidentState", "IncidentStore"]


class IncidentState(StrEnum):
    """Where an incident stands, as its row says it; the log is the truth."""

    UNCONFIRMED = "unconfirmed"
    """Waits for a second person."""
    RUNNING = "running"
    STOOD_DOWN = "stood_down"


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """The row of an incident. `next_beat` and `created` are wall time; `head` is the last hash."""

    id: str
    mode: Mode
    title: str
    playbook: str
    state: IncidentState
    private: bool
    created: datetime
    next_beat: datetime | None
    number: int
    head: str


class CallState(StrEnum):
    """Where a call to a role holder stands."""

    WAITING = "waiting"
    """On the page; nothing was sent yet."""
    CARRYING = "carrying"
    """The intent is committed; it may be on the wire."""
    CARRIED = "carried"
    """At least one carrier took it."""
    FAILED = "failed"
    """No carrier took it."""
    UNKNOWN = "unknown"
    """It was handed over and no answer came."""
    ANSWERED = "answered"
    """The person said: I have it."""
    CLOSED = "closed"
    """Nobody needs the answer any more."""


class CarriedState(StrEnum):
    """What became of one channel of a call."""

    NONE = "none"
    """The person has no address for it, or the installation no carrier."""
    PENDING = "pending"
    HANDING_OVER = "handing_over"
    ACCEPTED = "accepted"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call: (occurrence, rung, person). `made` is incident time;
    `wall` is the wall time at which it was made, or last began to be carried.

    `occurrence` is the text of the key, or `phase.X#n` when a closing is asked for.
    """

    id: str
    incident: str
    mode: Mode
    occurrence: str
    rung: int
    role: str
    person: str
    state: CallState
    made: datetime
    wall: datetime
    token_hash: str
    sms: CarriedState = CarriedState.PENDING
    email: CarriedState = CarriedState.PENDING
    attempt: int = 0
    answered: datetime | None = None


class IncidentStore(Protocol):
    """The rows of incidents, their log and their calls, inside one transaction."""

    def create(self, row: IncidentRow, events: Sequence[Event]) -> None:
        """A new incident with its first events."""

    def row(self, incident: str) -> IncidentRow:
        """Raises NotFound."""

    def find(self, text: str) -> IncidentRow:
        """By id, or by the beginning of an id if only one begins so. Raises NotFound."""

    def rows(self, *, state: IncidentState | None = None) -> tuple[IncidentRow, ...]:
        """Newest first."""

    def beating(self, wall: datetime) -> tuple[str, ...]:
        """The ids of incidents whose next beat has come."""

    def next_beat(self) -> datetime | None:
        """The earliest next beat of all incidents (wall time)."""

    def events(self, incident: str, *, after: int = 0) -> tuple[Event, ...]:
        """The log in order, from the event after the number `after`."""

    def lines(self, incident: str) -> tuple[EventLine, ...]:
        """The log as it is kept, unread, for verifying."""

    def append(self, row: IncidentRow, events: Sequence[Event], *, read: int) -> None:
        """Add events and put the row in its new state.

        `read` is the number of the last event that the caller has seen; raises Conflict when
        the log has grown since.
        """

    def set_beat(self, incident: str, *, number: int, beat: datetime | None) -> None:
        """Set the next beat if the log still ends at `number`; otherwise nothing."""

    def restrict(self, incident: str, hashes: Sequence[str]) -> int:
        """Keep hashes of names that no statement may hold; returns how many were new."""

    def restricted(self, incident: str) -> frozenset[str]: ...

    def add_call(self, call: CallRow) -> bool:
        """False when there is one for this occurrence, rung and person already."""

    def call(self, call: str) -> CallRow:
        """Raises NotFound."""

    def call_by_token(self, token_hash: str) -> CallRow | None: ...

    def calls(self, incident: str, *, occurrence: str | None = None) -> tuple[CallRow, ...]:
        """Oldest first."""

    def calls_of(self, person: str, *, state: CallState | None = None) -> tuple[CallRow, ...]:
        """Newest first, over all incidents."""

    def move_call(self, call: CallRow, *, was: CallState, attempt: int) -> bool:
        """Compare-and-set: write the row if it still is in state `was` at that attempt."""

    def calls_to_carry(self, wall: datetime) -> tuple[CallRow, ...]:
        """Calls that wait to be carried, and calls left `carrying` since before `wall`."""

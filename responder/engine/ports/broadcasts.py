"""What does the engine ask of the store about broadcasts, and what do the edges hand in?"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from responder.core.broadcast import Broadcast, BroadcastState, DeliveryState, SkipReason
from responder.core.terms import Channel, Mode

__all__ = [
    "BroadcastStore",
    "DeliveryRow",
    "LanguageReach",
    "Preview",
    "PreviewLine",
    "Progress",
    "Switchboard",
]


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """How many people get one text: `segments` is the SMS parts a person, 1 for email."""

    channel: Channel
    language: str
    notice: bool
    people: int
    segments: int = 1


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would get it if it were released now. `count` is what a person types to confirm."""

    statement_id: str
    mode: Mode
    count: int
    lines: tuple[PreviewLine, ...]
    skipped: Mapping[tuple[Channel, SkipReason], int]
    languages: tuple[str, ...]
    missing_languages: tuple[str, ...]
    persons: int
    quiet_until: datetime | None
    expires: datetime | None
    undo_seconds: int

    @property
    def segments(self) -> int:
        """SMS parts in all: what is paid for."""
        return sum(line.people * line.segments for line in self.lines if line.channel is Channel.SMS)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is, from the tally. `tally`: channel → state → number of rows."""

    broadcast: Broadcast
    tally: Mapping[Channel, Mapping[DeliveryState, int]]

    def of(self, *states: DeliveryState) -> int:
        """Rows in these states, over all channels."""
        return sum(counts.get(state, 0) for counts in self.tally.values() for state in states)

    @property
    def total(self) -> int:
        return self.of(*DeliveryState)

    @property
    def on_the_wire(self) -> int:
        """Rows whose request may be under way: what “stopping” waits for."""
        return self.of(DeliveryState.HANDING_OVER)

    @property
    def waiting(self) -> int:
        return self.of(DeliveryState.PENDING)

    @property
    def stopping(self) -> bool:
        return self.broadcast.state is BroadcastState.STOPPED and self.on_the_wire > 0


@dataclass(frozen=True, slots=True)
class LanguageReach:
    """How many got a text: `language` of the text, `wanted` the reader's own first language."""

    channel: Channel
    language: str
    wanted: str
    notice: bool
    state: DeliveryState
    count: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery as a page may show it: no address, no text."""

    id: int
    broadcast: str
    contact: int
    channel: Channel
    state: DeliveryState
    reason: str
    language: str
    notice: bool
    attempt: int
    changed: datetime


class Switchboard:
    """What this process knows while it runs: which broadcasts were halted here, and how much is on the wire.

    It only makes a stop faster and a window narrow; the truth is in the rows. One for each process.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._halted: set[str] = set()
        self._free: dict[str, int] = {}
        self._closing = False

    def halt(self, broadcast_id: str) -> None:
        """From now on no request of this broadcast starts in this process."""
        self._halted.add(broadcast_id)

    def lift(self, broadcast_id: str) -> None:
        """Requests may start again (resumed)."""
        self._halted.discard(broadcast_id)

    def halted(self, broadcast_id: str) -> bool:
        return broadcast_id in self._halted

    @property
    def closing(self) -> bool:
        """Whether this process is on its way out: mark nothing more, wait for the wire."""
        return self._closing

    def close(self) -> None:
        self._closing = True
        with self._changed:
            self._changed.notify_all()

    def take(self, line: str, wanted: int, *, size: int, timeout: float) -> int:
        """Room for up to `wanted` messages on a line whose window is `size`; 0 when none came free."""
        with self._changed:
            free = self._free.setdefault(line, size)
            if not free:
                self._changed.wait(timeout)
                free = self._free[line]
            taken = min(wanted, free)
            self._free[line] = free - taken
            return taken

    def give_back(self, line: str, count: int) -> None:
        with self._changed:
            self._free[line] += count
            self._changed.notify_all()


class BroadcastStore(Protocol):
    """The rows of broadcasts, inside one transaction."""

    def get(self, broadcast_id: str) -> Broadcast:
        """Raises NotFound."""

    def of_incident(self, incident_id: str) -> Sequence[Broadcast]:
        """Oldest first."""

    def of_statement(self, statement_id: str) -> Sequence[Broadcast]:
        """Oldest first."""

    def progress(self, broadcast_id: str) -> Progress:
        """From the tally, never by counting deliveries. Raises NotFound."""

    def reach(self, broadcast_id: str) -> Sequence[LanguageReach]:
        """Counted over the deliveries: for reports, not for pages that refresh."""

    def deliveries(
        self, broadcast_id: str, *, state: DeliveryState | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[DeliveryRow]:
        """A page of rows by id."""

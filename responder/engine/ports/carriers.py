"""What is a carrier? Somebody who takes finished messages and tells what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal, Protocol

from responder.core.broadcast import OutcomeKind
from responder.core.terms import Channel, Mode

__all__ = [
    "ExerciseCarrier",
    "Inbound",
    "Line",
    "LiveCarrier",
    "Outcome",
    "OutcomeKind",
    "Outgoing",
    "Receipt",
    "ReceiptState",
]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One finished message for one address. Held in memory only, never logged.

    `delivery` and `attempt` name the row; they go into callback addresses and the Message-ID.
    `subject`, `html` and `headers` are for email; header values may hold no line break.
    `valid_seconds` is how long the provider may keep trying, None = the provider's default.
    """

    delivery: str
    attempt: int
    to: str = field(repr=False)
    text: str = field(repr=False)
    language: str = "en"
    subject: str = field(default="", repr=False)
    html: str = field(default="", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    valid_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of one handing over. `detail` is the provider's code in words, never an address."""

    delivery: str
    attempt: int
    kind: OutcomeKind
    provider_id: str = ""
    code: str = ""
    detail: str = ""
    retry_after: float | None = None
    segments: int | None = None


class ReceiptState(StrEnum):
    """What a provider says later about a message it took. Receipts come late, twice and out of order."""

    ACCEPTED = "accepted"
    """The provider has it: queued or being sent."""
    SENT = "sent"
    """The provider handed it to the next network."""
    DELIVERED = "delivered"
    """It reached the device."""
    FAILED = "failed"
    """It will never arrive."""
    OPTED_OUT = "opted_out"
    """It will never arrive: this address has stopped all messages."""
    CANCELLED = "cancelled"
    """It was taken back before it was sent."""

    @property
    def final(self) -> bool:
        return self not in (ReceiptState.ACCEPTED, ReceiptState.SENT)


@dataclass(frozen=True, slots=True)
class Receipt:
    """One word of a provider about one handing over, reduced to what may be kept.

    `delivery` and `attempt` come from the callback's address, as in Outgoing. `at` is wall time
    of its arrival here. `code` is the provider's error code, `detail` says it in words.
    """

    delivery: str
    attempt: int
    carrier: str
    provider_id: str
    state: ReceiptState
    at: datetime
    status: str = ""
    code: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """A text that somebody sent to the city. The number and the body are never logged.

    `sender` and `to` are E.164. `keyword` is the provider's own reading of an opt-out word
    ("STOP", "START", "HELP"), "" when it said nothing. `at` is wall time of its arrival here.
    """

    sender: str = field(repr=False)
    body: str = field(repr=False)
    to: str
    carrier: str
    provider_id: str
    at: datetime
    keyword: str = ""


class Line(Protocol):
    """A job's open line to a carrier. Not shared between threads."""

    def give(self, messages: Sequence[Outgoing]) -> None:
        """Start handing over; returns at once."""

    def take(self, *, at_least: int, timeout: float) -> tuple[Outcome, ...]:
        """Outcomes that came in: waits until `at_least` are there or `timeout` seconds passed.

        It does not wait for more than what is on the wire; with nothing on the wire it waits `timeout`.
        """

    def close(self, *, grace: float) -> tuple[Outcome, ...]:
        """Start nothing more, wait up to `grace` seconds for what is on the wire, return the rest.

        What is still unanswered then is returned as UNKNOWN, what never started as NOT_STARTED.
        """


class LiveCarrier(Protocol):
    """A carrier that reaches residents."""

    name: str
    channel: Channel
    connections: int
    mode: Literal[Mode.LIVE]

    def open(self, halted: Callable[[], bool]) -> Line:
        """Open a line; `halted` is asked before every request, and True means: start nothing.

        It is asked from the carrier's own thread, many times a second: it may only read a flag.
        """

    def close(self) -> None:
        """Let go of all connections; a later message opens new ones."""


class ExerciseCarrier(Protocol):
    """A carrier that reaches nobody: it keeps what it was given in the exercise mailbox."""

    name: Literal["exercise"]
    channel: Channel
    connections: int
    mode: Literal[Mode.EXERCISE]

    def open(self, halted: Callable[[], bool]) -> Line:
        """As with a live carrier."""

    def close(self) -> None:
        """As with a live carrier."""

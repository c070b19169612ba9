"""What may become of one delivery? Its states, the legal moves, and what an outcome decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

__all__ = [
    "DELIVERY_MOVES",
    "FINAL",
    "MOST_ATTEMPTS",
    "OPEN",
    "REACHED",
    "TAKEN",
    "DeliveryState",
    "OutcomeKind",
    "RetryDecision",
    "SkipReason",
    "can_become",
    "decide",
    "rank",
]


class DeliveryState(StrEnum):
    """Where one message for one person on one channel stands."""

    PENDING = "pending"
    """Written down; nothing has been sent."""
    HANDING_OVER = "handing_over"
    """Marked for the carrier: a request may be on the wire."""
    ACCEPTED = "accepted"
    """The carrier took it and said so. For email this is the last thing ever known."""
    SENT = "sent"
    """The carrier passed it on to the recipient's network."""
    DELIVERED = "delivered"
    """The recipient's network confirmed that it arrived."""
    FAILED = "failed"
    """Surely not arrived, and never will on this address."""
    SKIPPED = "skipped"
    """Never meant to be sent: the reason stands beside it."""
    STOPPED = "stopped"
    """A person stopped the broadcast before this one started."""
    EXPIRED = "expired"
    """The message lost its use before this one started."""
    UNKNOWN = "unknown"
    """Handed over and nothing heard: it may or may not have arrived. Never sent again by itself."""


class SkipReason(StrEnum):
    """Why somebody of the audience gets no message on a channel."""

    OPTED_OUT = "opted_out"
    """Asked for no more messages."""
    INVALID = "invalid"
    """The address is known not to work."""
    SUSPENDED = "suspended"
    """Messages bounced; a person may lift it."""
    SAME_ADDRESS = "same_address"
    """Somebody of the household gets it on the same phone or mailbox."""
    NO_TEXT = "no_text"
    """There is no signed-off text for this channel."""


class OutcomeKind(StrEnum):
    """What became of one handing over."""

    ACCEPTED = "accepted"
    """The provider has it and said so."""
    NOT_TAKEN = "not_taken"
    """Surely not taken; may be tried again after `retry_after`."""
    REFUSED = "refused"
    """Taken by nobody, and never will be for this address."""
    OPTED_OUT = "opted_out"
    """The provider says that this address has stopped all messages."""
    BLOCKED = "blocked"
    """Our account or sender is refused: nothing goes until a person mends it."""
    UNKNOWN = "unknown"
    """It was handed over and no answer came: it may or may not arrive."""
    NOT_STARTED = "not_started"
    """Nothing left this process, because it was stopped before."""


DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset(
        {
            DeliveryState.HANDING_OVER,
            DeliveryState.SKIPPED,
            DeliveryState.STOPPED,
            DeliveryState.EXPIRED,
            DeliveryState.ACCEPTED,  # tried before, and the provider had it after all
            DeliveryState.SENT,
            DeliveryState.DELIVERED,
        }
    ),
    DeliveryState.HANDING_OVER: frozenset(
        {
            DeliveryState.PENDING,  # surely not taken, may be tried again
            DeliveryState.ACCEPTED,
            DeliveryState.SENT,  # the receipt was faster than the answer
            DeliveryState.DELIVERED,
            DeliveryState.FAILED,
            DeliveryState.STOPPED,  # marked, but provably not started
            DeliveryState.UNKNOWN,
        }
    ),
    DeliveryState.ACCEPTED: frozenset({DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED}),
    DeliveryState.SENT: frozenset({DeliveryState.DELIVERED, DeliveryState.FAILED}),
    DeliveryState.UNKNOWN: frozenset(
        {DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED}
    ),
    DeliveryState.DELIVERED: frozenset(),
    DeliveryState.FAILED: frozenset({DeliveryState.DELIVERED}),  # providers correct themselves
    DeliveryState.SKIPPED: frozenset(),
    DeliveryState.STOPPED: frozenset(),
    DeliveryState.EXPIRED: frozenset(),
}

OPEN = frozenset({DeliveryState.PENDING, DeliveryState.HANDING_OVER})
"""Something is still to happen in our own house."""

TAKEN = frozenset({DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.DELIVERED})
"""The carrier has it."""

REACHED = frozenset({*TAKEN, DeliveryState.HANDING_OVER, DeliveryState.UNKNOWN})
"""Who may have read it: those a correction goes to."""

FINAL = frozenset(
    {
        DeliveryState.DELIVERED,
        DeliveryState.FAILED,
        DeliveryState.SKIPPED,
        DeliveryState.STOPPED,
        DeliveryState.EXPIRED,
    }
)
"""Nothing of ours will change it any more."""

_RANKS = {
    DeliveryState.PENDING: 0,
    DeliveryState.HANDING_OVER: 1,
    DeliveryState.UNKNOWN: 2,
    DeliveryState.ACCEPTED: 3,
    DeliveryState.SENT: 4,
    DeliveryState.FAILED: 5,
    DeliveryState.DELIVERED: 6,
}


def rank(state: DeliveryState) -> int:
    """How far along a state is. A receipt counts only when it leads further.

    Receipts come late, twice and out of order; a state never goes back. A confirmed arrival
    outranks a reported failure.
    """
    return _RANKS.get(state, 7)


def can_become(state: DeliveryState, then: DeliveryState) -> bool:
    """Whether the table allows the move."""
    return then in DELIVERY_MOVES[state]


MOST_ATTEMPTS = 30
"""After so many refusals to take it now (about two hours), nobody tries any more."""

_FIRST_WAIT = 1.0
_LONGEST_WAIT = 300.0
_BLOCKED_WAIT = 30.0


@dataclass(frozen=True, slots=True)
class RetryDecision:
    """What becomes of a row after one handing over.

    `wait` is set when it stands as pending again: not before so long from now. `blocked` says that
    our own account is refused: nobody else of the parcel is tried either, and people are told.
    `opt_out` says that the address gets no more messages of ours at all.
    """

    state: DeliveryState
    reason: str = ""
    wait: timedelta | None = None
    blocked: bool = False
    opt_out: bool = False


def decide(
    outcome: OutcomeKind, attempt: int, *, chance: float = 0.5, retry_after: float | None = None
) -> RetryDecision:
    """What an outcome decides. `attempt` counts from 1, `chance` in [0, 1) spreads the retries.

    Only what is surely not taken is tried again. What may have been taken never is: a read
    timeout, a cut after the request or HTTP 5xx leaves `unknown`.
    """
    match outcome:
        case OutcomeKind.ACCEPTED:
            return RetryDecision(DeliveryState.ACCEPTED)
        case OutcomeKind.REFUSED:
            return RetryDecision(DeliveryState.FAILED, "refused")
        case OutcomeKind.OPTED_OUT:
            return RetryDecision(DeliveryState.FAILED, "opted_out", opt_out=True)
        case OutcomeKind.UNKNOWN:
            return RetryDecision(DeliveryState.UNKNOWN, "no_answer")
        case OutcomeKind.NOT_STARTED:
            return RetryDecision(DeliveryState.PENDING)
        case OutcomeKind.BLOCKED:
            return RetryDecision(
                DeliveryState.PENDING, "blocked", wait=timedelta(seconds=_BLOCKED_WAIT), blocked=True
            )
        case OutcomeKind.NOT_TAKEN if attempt >= MOST_ATTEMPTS:
            return RetryDecision(DeliveryState.FAILED, "never_taken")
        case OutcomeKind.NOT_TAKEN:
            return RetryDecision(
                DeliveryState.PENDING, "not_taken", wait=_backoff(attempt, chance, retry_after)
            )


def _backoff(attempt: int, chance: float, retry_after: float | None) -> timedelta:
    """Doubling from one second to five minutes, spread by half; never shorter than the provider asks."""
    doubled = min(_LONGEST_WAIT, _FIRST_WAIT * 2 ** min(attempt - 1, 20))
    return timedelta(seconds=max(doubled * (0.5 + chance), retry_after or 0.0))

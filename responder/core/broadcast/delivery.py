"""What may become of one delivery? Its states, the legal moves, and what an outcome decides."""

from __future__ import annotations

from enum import StrEnum

__all__ = [
    "DELIVERY_MOVES",
    "FINAL",
    "OPEN",
    "REACHED",
    "TAKEN",
    "DeliveryState",
    "SkipReason",
    "can_become",
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


DELIVERY_MOVES: dict[DeliveryState, frozenset[DeliveryState]] = {
    DeliveryState.PENDING: frozenset(
        {
            DeliveryState.HANDING_OVER,
            DeliveryState.SKIPPED,
            DeliveryState.STOPPED,
            DeliveryState.EXPIRED,
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
    DeliveryState.FAILED: frozenset(),
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

FINAL = frozenset(state for state, moves in DELIVERY_MOVES.items() if not moves)

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
    outranks a reported failure: providers correct the second, never the first.
    """
    return _RANKS.get(state, 7)


def can_become(state: DeliveryState, then: DeliveryState) -> bool:
    """Whether the table allows the move."""
    return then in DELIVERY_MOVES[state]

"""Who gets a statement, and what may become of each delivery? Pure rules; the engine carries them out."""

from __future__ import annotations

from responder.core.broadcast.audience import Selection, SelectionKind, Wave, notice_key, serving, waves_of
from responder.core.broadcast.delivery import (
    DELIVERY_MOVES,
    FINAL,
    MOST_ATTEMPTS,
    OPEN,
    REACHED,
    TAKEN,
    DeliveryState,
    OutcomeKind,
    RetryDecision,
    SkipReason,
    can_become,
    decide,
    rank,
)
from responder.core.broadcast.lifecycle import (
    ACTIVE,
    ENDED,
    MOVES,
    Broadcast,
    BroadcastState,
    Move,
    Part,
    states_before,
)
from responder.core.broadcast.throttle import RECEIPTS_FOR, not_before, quiet_span, undo_window, window

__all__ = [
    "ACTIVE",
    "DELIVERY_MOVES",
    "ENDED",
    "FINAL",
    "MOST_ATTEMPTS",
    "MOVES",
    "OPEN",
    "REACHED",
    "RECEIPTS_FOR",
    "TAKEN",
    "Broadcast",
    "BroadcastState",
    "DeliveryState",
    "Move",
    "OutcomeKind",
    "Part",
    "RetryDecision",
    "Selection",
    "SelectionKind",
    "SkipReason",
    "Wave",
    "can_become",
    "decide",
    "not_before",
    "notice_key",
    "quiet_span",
    "rank",
    "serving",
    "states_before",
    "undo_window",
    "waves_of",
    "window",
]

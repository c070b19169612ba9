"""Who gets a statement, and what may become of each delivery? Pure rules; the engine carries them out."""

from __future__ import annotations

from responder.core.broadcast.delivery import (
    DELIVERY_MOVES,
    FINAL,
    OPEN,
    REACHED,
    TAKEN,
    DeliveryState,
    SkipReason,
    can_become,
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

__all__ = [
    "ACTIVE",
    "DELIVERY_MOVES",
    "ENDED",
    "FINAL",
    "MOVES",
    "OPEN",
    "REACHED",
    "TAKEN",
    "Broadcast",
    "BroadcastState",
    "DeliveryState",
    "Move",
    "Part",
    "SkipReason",
    "can_become",
    "rank",
    "states_before",
]

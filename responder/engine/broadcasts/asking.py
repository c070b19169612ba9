"""How does a parcel get its job, in the same transaction that says it has one?"""

from __future__ import annotations

from responder.core.broadcast import Broadcast
from responder.core.terms import Urgency
from responder.engine.ports import Ports, Work

__all__ = ["AT_ONCE", "ask", "ask_to_materialise", "lane_of"]

AT_ONCE = 50
"""So many jobs are enqueued in one transaction; the next beat asks for the next ones."""

_LANES = {Urgency.NORMAL: "statement", Urgency.URGENT: "statement", Urgency.LIFE_SAFETY: "alert"}
_PRIORITIES = {Urgency.LIFE_SAFETY: 1, Urgency.URGENT: 2, Urgency.NORMAL: 3}


def lane_of(broadcast: Broadcast) -> tuple[str, int]:
    """The queue and the priority of a broadcast's jobs (1 goes first)."""
    return _LANES[broadcast.urgency], _PRIORITIES[broadcast.urgency]


def ask(ports: Ports, work: Work, *, broadcast_id: str | None = None, limit: int = AT_ONCE) -> int:
    """Enqueue a job for each parcel that is open and has none in its generation; returns how many.

    Alerts are asked for first; the key `{parcel}:{generation}` makes a second asking harmless.
    """
    wall = ports.clock.now()
    parcels = work.broadcasts.parcels_to_ask(wall=wall, limit=limit, broadcast_id=broadcast_id)
    if not parcels:
        return 0
    known = {item: work.broadcasts.get(item) for item in {parcel.broadcast for parcel in parcels}}
    for parcel in parcels:
        queue, priority = lane_of(known[parcel.broadcast])
        ports.queue.enqueue(
            work.connection,
            "parcel",
            f"{parcel.id}:{parcel.generation}",
            {"parcel": str(parcel.id), "generation": str(parcel.generation)},
            queue=queue,
            priority=priority,
        )
    work.broadcasts.asked(parcels, wall=wall)
    return len(parcels)


def ask_to_materialise(ports: Ports, work: Work, broadcast: Broadcast, *, number: int = 1) -> None:
    """Enqueue the writing of a broadcast's rows; `number` counts the times it was asked for."""
    queue, priority = lane_of(broadcast)
    ports.queue.enqueue(
        work.connection,
        "materialise",
        f"materialise:{broadcast.id}:{number}",
        {"broadcast": broadcast.id},
        queue=queue,
        priority=priority,
    )

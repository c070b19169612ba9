"""What can be seen of a broadcast?"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from responder.core.broadcast import Broadcast, DeliveryState
from responder.engine.ports import Ports
from responder.engine.ports.broadcasts import DeliveryRow, LanguageReach, Progress

__all__ = ["deliveries", "find", "held_until", "latest", "of_incident", "reach", "status", "unknowns"]


def status(ports: Ports, *, broadcast_id: str) -> Progress:
    """How far it is, from the tally. Raises NotFound."""
    with ports.store.read() as work:
        return work.broadcasts.progress(broadcast_id)


def find(ports: Ports, *, text: str) -> Progress:
    """By its id, or the beginning or end of it if only one has that. Raises NotFound, InvalidInput."""
    with ports.store.read() as work:
        return work.broadcasts.progress(work.broadcasts.find(text))


def latest(ports: Ports, *, incident_id: str | None = None, limit: int = 50) -> Sequence[Progress]:
    """The newest first: of one incident, or of all."""
    with ports.store.read() as work:
        return [work.broadcasts.progress(item) for item in work.broadcasts.newest(incident_id, limit=limit)]


def of_incident(ports: Ports, *, incident_id: str) -> Sequence[Broadcast]:
    """All broadcasts of an incident, oldest first."""
    with ports.store.read() as work:
        return work.broadcasts.of_incident(incident_id)


def held_until(ports: Ports, *, broadcast_id: str) -> datetime | None:
    """The wall time before which nothing more of it goes (quiet hours, a provider that refuses us).

    None when nothing is held, or something is being sent.
    """
    with ports.store.read() as work:
        return work.broadcasts.held_until(broadcast_id, wall=ports.clock.now())


def reach(ports: Ports, *, broadcast_id: str) -> Sequence[LanguageReach]:
    """Who got which text, by channel and language; counts rows, so not for a page that refreshes."""
    with ports.store.read() as work:
        return work.broadcasts.reach(broadcast_id)


def deliveries(
    ports: Ports, *, broadcast_id: str, state: DeliveryState | None = None, after: int = 0, limit: int = 100
) -> Sequence[DeliveryRow]:
    """A page of deliveries, by id; addresses are not in it."""
    with ports.store.read() as work:
        return work.broadcasts.deliveries(broadcast_id, state=state, after=after, limit=limit)


def unknowns(ports: Ports, *, broadcast_id: str, after: int = 0, limit: int = 100) -> Sequence[DeliveryRow]:
    """The deliveries of which nobody knows whether they arrived."""
    return deliveries(ports, broadcast_id=broadcast_id, state=DeliveryState.UNKNOWN, after=after, limit=limit)

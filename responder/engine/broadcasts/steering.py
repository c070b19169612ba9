"""How is a running broadcast held, let go on and stopped?"""

from __future__ import annotations

from responder.core.broadcast import Broadcast, BroadcastState, Move
from responder.core.errors import ResponderError
from responder.core.incident.event import BroadcastPaused, BroadcastResumed, BroadcastStopped
from responder.engine.broadcasts.asking import ask
from responder.engine.broadcasts.logging import by_person, change_broadcast
from responder.engine.broadcasts.tending import sweep_some
from responder.engine.ports import Ports
from responder.engine.ports.broadcasts import Progress
from responder.engine.ports.people import Person
from responder.engine.situation.people import Act, require

__all__ = ["pause", "resume", "stop"]

_SWEEPS_AT_ONCE = 20


def pause(ports: Ports, *, broadcast_id: str, by: Person, reason: str = "") -> Progress:
    """Hand nothing more over until it is resumed. Raises Refused, NotFound."""
    require(by, Act.STOP)
    broadcast = _get(ports, broadcast_id)
    broadcast.after(Move.PAUSE)
    event = by_person(by, BroadcastPaused(broadcast_id, reason))
    change_broadcast(ports, broadcast, Move.PAUSE, event, reason=reason)
    ports.switchboard.halt(broadcast_id)
    return _progress(ports, broadcast_id)


def resume(ports: Ports, *, broadcast_id: str, by: Person) -> Progress:
    """Go on where it was held. Raises Refused, NotFound."""
    require(by, Act.STOP)
    broadcast = _get(ports, broadcast_id)
    broadcast.after(Move.RESUME)
    ports.switchboard.lift(broadcast_id)
    change_broadcast(ports, broadcast, Move.RESUME, by_person(by, BroadcastResumed(broadcast_id)))
    with ports.store.begin() as work:
        ask(ports, work, broadcast_id=broadcast_id)
    ports.queue.nudge()
    return _progress(ports, broadcast_id)


def stop(ports: Ports, *, broadcast_id: str, by: Person, reason: str = "") -> Progress:
    """Stop for good: when this returns, no request of it starts in this process any more.

    What nobody can have yet is taken back as a whole: with a proposal, or with those who hear it
    first inside the undo window, the rest stops too. Other nodes send at most what they had
    marked. Show `progress.on_the_wire` until it is 0.
    The flag goes up before the rows change: of the two, the flag must never be late.
    Raises Refused when it has ended already, NotFound.
    """
    require(by, Act.STOP)
    broadcast = _get(ports, broadcast_id)
    broadcast.after(Move.STOP)
    ports.switchboard.halt(broadcast_id)
    event = by_person(by, BroadcastStopped(broadcast_id, reason))
    try:
        change_broadcast(ports, broadcast, Move.STOP, event, reason=reason)
    except ResponderError:
        ports.switchboard.lift(broadcast_id)
        raise
    for other in _taken_back_with(ports, broadcast):
        event = by_person(by, BroadcastStopped(other.id, reason))
        change_broadcast(ports, other, Move.STOP, event, reason=reason, must=False)
    stopped = _get(ports, broadcast_id)
    for _ in range(_SWEEPS_AT_ONCE):
        if not sweep_some(ports, stopped):
            break
    return _progress(ports, broadcast_id)


def _taken_back_with(ports: Ports, broadcast: Broadcast) -> list[Broadcast]:
    """The other parts of a release that is stopped before it began."""
    with ports.store.read() as work:
        others = work.broadcasts.of_statement(broadcast.statement_id)
    if broadcast.state is BroadcastState.DRAFT:
        return [item for item in others if item.state is BroadcastState.DRAFT]
    if broadcast.state is BroadcastState.RELEASED:
        return [item for item in others if item.twin == broadcast.id and item.unsent]
    return []


def _get(ports: Ports, broadcast_id: str) -> Broadcast:
    with ports.store.read() as work:
        return work.broadcasts.get(broadcast_id)


def _progress(ports: Ports, broadcast_id: str) -> Progress:
    with ports.store.read() as work:
        return work.broadcasts.progress(broadcast_id)

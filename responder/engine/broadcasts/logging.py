"""How do a broadcast's state and its line in the log change together, or not at all?"""

from __future__ import annotations

from collections.abc import Sequence

from responder.core.broadcast import Broadcast, Move
from responder.core.incident.event import CLOCK, Actor, EventBody, NewEvent
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.situation.incident import Situation, change

__all__ = ["by_clock", "by_person", "change_broadcast"]


def by_clock(body: EventBody) -> NewEvent:
    """An event that the clock caused."""
    return NewEvent(CLOCK, body)


def by_person(person: Person, body: EventBody) -> NewEvent:
    """An event that a person caused."""
    return NewEvent(Actor.person(person.id), body)


def change_broadcast(
    ports: Ports, broadcast: Broadcast, move: Move, event: NewEvent, *, reason: str = "", must: bool = True
) -> bool:
    """One compare-and-set and its event in one transaction; False when somebody was faster.

    With `must`, raises Refused when the move is not legal in the state it stands in by then.
    """
    moved = False

    def decide(work: Work, _: Situation) -> Sequence[NewEvent]:
        nonlocal moved
        wall = ports.clock.now()
        moved = work.broadcasts.move(broadcast.id, move, wall=wall, reason=reason)
        if not moved and must:
            work.broadcasts.get(broadcast.id).after(move)
        return (event,) if moved else ()

    change(ports, broadcast.incident_id, decide)
    return moved

"""What is due now, everywhere? One beat of the clock: it remembers nothing and may come late or twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from responder.core.errors import Conflict, NotFound, ResponderError
from responder.core.incident import CLOCK, Actor, ActorKind, DueStep, NewEvent, Occurrence, OccurrenceKey, due
from responder.core.incident.event import Injected, Noted
from responder.core.incident.timeline import EntryKind
from responder.engine.broadcasts import tend
from responder.engine.ports import Ports, Work
from responder.engine.ports.incidents import CallRow, CallState
from responder.engine.situation import Situation, record, situate
from responder.engine.situation.asking import askings, close_calls, lapsed, next_asking
from responder.engine.situation.calls import enqueue_call, place_calls
from responder.engine.situation.drafting import draft_for
from responder.engine.situation.exercise import played
from responder.engine.situation.incident import beat_of

__all__ = ["beat_incident", "tick"]

_SYSTEM = Actor(ActorKind.SYSTEM, "drafting")
_ROUNDS = 100
"""How often one beat goes on with what its own steps made due."""
_STALE = timedelta(minutes=2)


def tick(ports: Ports) -> datetime | None:
    """Do what is due and say when the next beat is (wall time); None when nothing is planned.

    1. Incidents whose next beat has come: record what their plans say, place calls, draft statements,
       remind their signers, close the calls that nobody needs any more.
    2. Calls that were lost with a node: ask for their jobs again.
    3. Broadcasts: leases that lapsed, undo windows, expiry.
    Two nodes may beat at once: the log's numbers let one of them through, the other reads again.
    """
    wall = ports.clock.now()
    with ports.store.read() as work:
        waiting = work.incidents.beating(wall)
        stale = [call for call in work.incidents.calls_to_carry(wall - _STALE) if call.wall < wall - _STALE]
    for incident_id in waiting:
        beat_incident(ports, incident_id)
    if stale:
        _carry_again(ports, stale)
    tended = tend(ports)
    with ports.store.read() as work:
        beats = [beat for beat in (work.incidents.next_beat(), tended) if beat is not None]
    return min(beats, default=None)


def beat_incident(ports: Ports, incident_id: str) -> None:
    """Record what the plan of one incident says. Losing a race is no error: the winner did it."""
    try:
        with ports.store.begin() as work:
            situation = situate(ports, work, incident_id)
            for _ in range(_ROUNDS):
                events = tuple(_due_events(ports, work, situation))
                if not events:
                    break
                situation = record(ports, work, situation, *events)
            situation = _draft(ports, work, situation)
            situation = record(ports, work, situation, *lapsed(work, situation))
            situation = record(ports, work, situation, *_asked(ports, work, situation))
            close_calls(ports, work, situation)
            number = situation.incident.number
            work.incidents.set_beat(incident_id, number=number, beat=_next_beat(work, situation))
    except Conflict:
        return


def _due_events(ports: Ports, work: Work, situation: Situation) -> Iterator[NewEvent]:
    for step in due(situation.timeline, situation.now):
        yield NewEvent(CLOCK, step.body, step.at)
        if isinstance(step.body, Injected):
            yield from played(ports, work, situation, step.body)
            return  # the next step is planned on what this one changed
        if step.occurrence is not None and step.people:
            yield from _calls(ports, work, situation, step, step.occurrence)


def _asked(ports: Ports, work: Work, situation: Situation) -> Iterator[NewEvent]:
    for asking in askings(ports, work, situation):
        people = [person for person in asking.people if _is_here(work, person)]
        yield from place_calls(
            ports,
            work,
            situation,
            occurrence=asking.occurrence,
            rung=asking.rung,
            role=asking.role,
            people=people,
        )


def _next_beat(work: Work, situation: Situation) -> datetime | None:
    """The plan's next moment, or that of a statement whose signers are late then."""
    asking = next_asking(work, situation)
    beats = (beat_of(situation), None if asking is None else situation.incident.clock.wall(asking))
    return min((beat for beat in beats if beat is not None), default=None)


def _calls(
    ports: Ports, work: Work, situation: Situation, step: DueStep, occurrence: OccurrenceKey
) -> Iterator[NewEvent]:
    """A roster may name people who have left meanwhile: they are not called."""
    people = [person for person in step.people if _is_here(work, person)]
    yield from place_calls(
        ports, work, situation, occurrence=occurrence, rung=step.rung, role=step.role, people=people
    )


def _is_here(work: Work, person: str) -> bool:
    try:
        return work.people.get(person).active
    except NotFound:
        return False


def _draft(ports: Ports, work: Work, situation: Situation) -> Situation:
    """A statement for every open message that has none.

    A template that cannot be drafted stops nothing else: a line in the log says so, once, and people
    draft it by hand.
    """
    for one in tuple(_undrafted(situation)):
        try:
            events = draft_for(ports, work, situation, one.key)
        except Conflict:
            raise
        except ResponderError as error:
            events = (NewEvent(_SYSTEM, Noted(f"No statement could be drafted: {error}", one.key)),)
        situation = record(ports, work, situation, *events)
    return situation


def _undrafted(situation: Situation) -> Iterator[Occurrence]:
    incident = situation.incident
    told = {
        event.body.occurrence
        for event in incident.events
        if isinstance(event.body, Noted) and event.actor == _SYSTEM
    }
    for one in situation.timeline.open:
        if one.kind is EntryKind.MESSAGE and one.key not in told:
            known = incident.occurrences.get(one.key)
            if known is None or known.statement is None:
                yield one


def _carry_again(ports: Ports, calls: list[CallRow]) -> None:
    with ports.store.begin() as work:
        for call in calls:
            if call.state is CallState.WAITING or call.state is CallState.CARRYING:
                enqueue_call(ports, work, call)
    ports.queue.nudge()

"""How does an incident stand now, and how is something added to its log?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from responder.core.calendar import Calendar
from responder.core.city import City
from responder.core.errors import Conflict
from responder.core.incident import (
    CLOCK,
    Event,
    Incident,
    NewEvent,
    Timeline,
    Version,
    fold,
    follow,
    next_beat,
    seal,
)
from responder.core.incident.event import Activated, VersionMoved
from responder.core.incident.plan import planner_of, view
from responder.core.playbook import Playbook
from responder.core.terms import Mode, Roster
from responder.engine.ports import Course, Ports, Work
from responder.engine.ports.incidents import IncidentRow, IncidentState
from responder.engine.situation.courses import still_stands
from responder.engine.situation.pinned import pinned

__all__ = ["Decide", "Situation", "beat_of", "begin", "change", "former_versions", "record", "situate"]

_TRIES = 8
"""How often a decision is taken again when somebody else was faster."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that rules about one incident need: what is pinned, what happened, what is planned.

    `now` is incident time, `wall` the wall time of the same instant. `roster` already has those
    who took a role in this incident in front.
    """

    incident_id: str
    mode: Mode
    playbook: Playbook
    city: City
    calendar: Calendar
    incident: Incident
    timeline: Timeline
    roster: Roster
    now: datetime
    wall: datetime


Decide = Callable[[Work, Situation], Sequence[NewEvent]]


def situate(ports: Ports, work: Work, incident_id: str) -> Situation:
    """The situation now. Raises NotFound."""
    course = ports.courses.take(incident_id)
    more = still_stands(course, work, incident_id) if course is not None else None
    if course is None or more is None:
        course, more = None, work.incidents.events(incident_id)
    return _situation(ports, work, incident_id, course=course, more=more)


def begin(ports: Ports, work: Work, *, incident_id: str, new_events: Sequence[NewEvent]) -> Situation:
    """Make a new incident; the first event is its activation. Raises Conflict for an id that is taken."""
    wall = ports.clock.now()
    first = new_events[0].body
    recorded = (first.origin if isinstance(first, Activated) else None) or wall
    events = _sealed(new_events, number=0, recorded=recorded, wall=wall, previous="")
    situation = _situation(ports, work, incident_id, course=None, more=events)
    work.incidents.create(_row_of(situation, created=wall), events)
    return situation


def record(ports: Ports, work: Work, situation: Situation, *new_events: NewEvent) -> Situation:
    """Append events, fold and plan again, write the next beat. Raises Conflict if somebody was faster.

    What people do is followed by a beat at once: it may have asked signers, ended calls, opened a
    message that is to be drafted, and the beat reckons the next moment anew.
    """
    if not new_events:
        return situation
    before = situation.incident
    events = _sealed(
        new_events,
        number=before.number,
        recorded=situation.now,
        wall=max(situation.wall, before.events[-1].wall),
        previous=before.head,
    )
    course = ports.courses.take(situation.incident_id)
    if course is None or course.incident.head != before.head:
        course, events_since = None, (*before.events, *events)
    else:
        events_since = events
    after = _situation(ports, work, situation.incident_id, course=course, more=events_since)
    row = _row_of(after, created=work.incidents.row(situation.incident_id).created)
    if any(event.actor != CLOCK for event in events):
        row = replace(row, next_beat=after.wall)
    work.incidents.append(row, events, read=before.number)
    return after


def change(ports: Ports, incident_id: str, decide: Decide) -> Situation:
    """Decide and record in one transaction; on a Conflict read and decide again, a few times."""
    for _ in range(_TRIES - 1):
        try:
            return _change(ports, incident_id, decide)
        except Conflict:
            continue
    return _change(ports, incident_id, decide)


def _change(ports: Ports, incident_id: str, decide: Decide) -> Situation:
    with ports.store.begin() as work:
        situation = situate(ports, work, incident_id)
        return record(ports, work, situation, *decide(work, situation))


def _situation(
    ports: Ports, work: Work, incident_id: str, *, course: Course | None, more: Sequence[Event]
) -> Situation:
    """Go on with the course where it can be continued, else walk through the whole log."""
    incident = follow(course.incident, more) if course is not None else fold(more)
    wall = ports.clock.now()
    now = max(incident.clock.now(wall), incident.events[-1].recorded)
    files = pinned(ports, work, playbook=incident.playbook, pins=incident.pins)
    calendar, roster = files.city.calendar, _with_takers(work.people.roster(), incident)
    planner = course.go_on(more, now=now) if course is not None else None
    if planner is None:
        former = tuple(former_versions(ports, work, incident))
        planner = planner_of(files.playbook, incident, calendar=calendar, versions=former)
    timeline = view(planner, incident, roster=roster, now=now)
    ports.courses.put(incident_id, Course(incident, planner))
    return Situation(
        incident_id=incident_id,
        mode=incident.mode,
        playbook=files.playbook,
        city=files.city,
        calendar=calendar,
        incident=incident,
        timeline=timeline,
        roster=roster,
        now=now,
        wall=wall,
    )


def former_versions(ports: Ports, work: Work, incident: Incident) -> Iterator[Version]:
    """The versions that ruled before each move, oldest first."""
    moves = [event for event in incident.events if isinstance(event.body, VersionMoved)]
    first = incident.events[0].body
    pins = first.pins if isinstance(first, Activated) else incident.pins
    for move in moves:
        files = pinned(ports, work, playbook=incident.playbook, pins=pins)
        yield Version(move.number, files.playbook, files.city.calendar)
        pins = move.body.pins if isinstance(move.body, VersionMoved) else pins


def _with_takers(roster: Roster, incident: Incident) -> Roster:
    """Who took a role in this incident comes before those the roster names."""
    if not incident.roles:
        return roster
    holders = dict(roster.holders)
    for role, takers in incident.roles.items():
        holders[role] = tuple(dict.fromkeys((*takers, *holders.get(role, ()))))
    return replace(roster, holders=holders)


def _sealed(
    new_events: Sequence[NewEvent], *, number: int, recorded: datetime, wall: datetime, previous: str
) -> tuple[Event, ...]:
    events: list[Event] = []
    for new in new_events:
        number += 1
        event = seal(new, number=number, recorded=recorded, wall=wall, previous=previous)
        previous = event.hash
        events.append(event)
    return tuple(events)


def _row_of(situation: Situation, *, created: datetime) -> IncidentRow:
    incident = situation.incident
    return IncidentRow(
        id=situation.incident_id,
        mode=incident.mode,
        title=incident.title,
        playbook=incident.playbook,
        state=_state_of(incident),
        private=incident.private,
        created=created,
        next_beat=beat_of(situation),
        number=incident.number,
        head=incident.head,
    )


def beat_of(situation: Situation) -> datetime | None:
    """When the tick must look at this incident again (wall time)."""
    beat = next_beat(situation.timeline, situation.now)
    if beat is None:
        return None
    return situation.wall if beat <= situation.now else situation.incident.clock.wall(beat)


def _state_of(incident: Incident) -> IncidentState:
    if incident.started is None:
        return IncidentState.UNCONFIRMED
    return IncidentState.RUNNING if incident.stood_down is None else IncidentState.STOOD_DOWN

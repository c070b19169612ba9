"""How does an incident stand now, and how is something added to its log?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from responder.core.calendar import Calendar
from responder.core.city import City
from responder.core.incident.event import NewEvent
from responder.core.incident.state import Incident
from responder.core.incident.timeline import Timeline
from responder.core.playbook.model import Playbook
from responder.core.terms import Mode, Roster
from responder.engine.ports import Ports, Work

__all__ = ["Situation", "change", "record", "situate"]


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
    raise NotImplementedError


def record(ports: Ports, work: Work, situation: Situation, *new_events: NewEvent) -> Situation:
    """Append events, fold and plan again, write the next beat. Raises Conflict if somebody was faster."""
    raise NotImplementedError


def change(ports: Ports, incident_id: str, decide: Decide) -> Situation:
    """Decide and record in one transaction; on a Conflict read and decide again, a few times."""
    raise NotImplementedError

"""Which plans need not begin anew? The last few incidents with their planners, known by their last hash.

A memory for speed only, one for each process: what it gives equals what a fresh walk through the log
gives (the planner's own law, held by a property test), and a course whose hash is not in the log is
thrown away. So a transaction that was rolled back, another process, and a clock that was set back are
all harmless.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from responder.core.incident import Event, Incident
from responder.core.incident.event import ActorKind, VersionMoved
from responder.core.incident.planner import Planner

__all__ = ["Course", "Courses"]

_KEPT = 16


@dataclass(frozen=True, slots=True)
class Course:
    """An incident as far as its log was read, and the planner that walked it. Used by one at a time."""

    incident: Incident
    planner: Planner

    def go_on(self, events: Sequence[Event], *, now: datetime) -> Planner | None:
        """The planner after some more events; None when it must begin anew."""
        if not events:
            return self.planner if self.planner.stand.now <= now else None
        if events[0].previous != self.incident.head or events[0].recorded < self.planner.stand.now:
            return None
        if any(isinstance(event.body, VersionMoved) for event in events):
            return None
        for event in events:
            self.planner.happen(event.body, event.recorded, by_clock=event.actor.kind is ActorKind.CLOCK)
        return self.planner


class Courses:
    """The courses of one process. Whoever takes one has it alone until it is put back."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Course] = OrderedDict()
        self._lock = Lock()

    def take(self, incident_id: str) -> Course | None:
        """The course of an incident; nobody else has it meanwhile."""
        with self._lock:
            return self._kept.pop(incident_id, None)

    def put(self, incident_id: str, course: Course) -> None:
        """Keep it. Of two, the one that has read further is kept."""
        with self._lock:
            other = self._kept.get(incident_id)
            if other is None or other.incident.number <= course.incident.number:
                self._kept[incident_id] = course
                self._kept.move_to_end(incident_id)
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)

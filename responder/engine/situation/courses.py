"""Does a kept course still belong to the log?"""

from __future__ import annotations

from collections.abc import Sequence

from responder.core.incident import Event
from responder.engine.ports import Course, Work

__all__ = ["still_stands"]


def still_stands(course: Course, work: Work, incident_id: str) -> Sequence[Event] | None:
    """The events that the log has beyond the course; None when the course is not of this log."""
    row, known = work.incidents.row(incident_id), course.incident
    if row.number < known.number or (row.number == known.number and row.head != known.head):
        return None
    more = work.incidents.events(incident_id, after=known.number) if row.number > known.number else ()
    return more if not more or more[0].previous == known.head else None

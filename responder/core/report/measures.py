"""How long did what the playbook measures take? From one moment to another, and for each case apart."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from responder.core.calendar import Calendar
from responder.core.incident.planner import Planner
from responder.core.incident.stand import Track
from responder.core.playbook import Base, Metric, Moment, Playbook, resolve
from responder.core.report.model import Measure

__all__ = ["measured"]


def measured(playbook: Playbook, planner: Planner, calendar: Calendar) -> tuple[Measure, ...]:
    """Every metric of the playbook, by a planner that has walked through the log."""
    return tuple(one for metric in playbook.metrics.values() for one in _of(metric, planner, calendar))


def _of(metric: Metric, planner: Planner, calendar: Calendar) -> Iterator[Measure]:
    name = metric.name or metric.id.replace("_", " ")
    if metric.each is None:
        yield _measure(name, metric, planner, calendar, track=None)
        return
    tracks = [one for one in planner.stand.tracks.values() if one.entry.each == metric.each]
    by_case = {one.item: one for one in reversed(tracks) if one.item is not None}
    for case, track in sorted(by_case.items(), key=lambda pair: pair[0] or 0):
        yield _measure(f"{name}, {case}", metric, planner, calendar, track=track)


def _measure(
    name: str, metric: Metric, planner: Planner, calendar: Calendar, *, track: Track | None
) -> Measure:
    start = _moment(metric.start, planner, calendar, track)
    end = _moment(metric.end, planner, calendar, track)
    target = None
    if start is not None and metric.target is not None:
        target = calendar.shift(start, metric.target) - start
    took = end - start if start is not None and end is not None else None
    return Measure(name, took, target)


def _moment(moment: Moment, planner: Planner, calendar: Calendar, track: Track | None) -> datetime | None:
    """A moment that has come; what is only planned took no time yet."""

    def bases(base: Base) -> datetime | None:
        return planner.stand.base(base, track)

    found = resolve(moment, bases, calendar)
    return found if found is not None and found <= planner.stand.now else None

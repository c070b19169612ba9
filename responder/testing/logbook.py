"""How is an incident's log written by hand in a test? One call an event, on a clock wound by hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from responder.core.calendar import Calendar
from responder.core.incident import (
    CLOCK,
    Actor,
    Event,
    Incident,
    NewEvent,
    OccurrenceKey,
    Timeline,
    due,
    fold,
    next_beat,
    plan,
    seal,
)
from responder.core.incident.event import Activated, EventBody, PersonCalled
from responder.core.playbook.model import Playbook
from responder.core.terms import Mode, Roster

__all__ = ["BERLIN", "START", "Logbook", "small_playbook"]

BERLIN = Calendar(ZoneInfo("Europe/Berlin"))
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
"""A Monday, ten in the morning in Berlin."""


def small_playbook(**parts: Any) -> Playbook:
    """A playbook of the parts given, written as in a file."""
    head: dict[str, Any] = {"id": "small", "version": "1", "name": "Small", "language": "en", "owner": "lead"}
    return Playbook.model_validate({**head, "roles": {"lead": {}}, **parts})


class Logbook:
    """The log of one incident without an engine: `say` records a person's event, `tick` the clock's steps."""

    def __init__(
        self,
        playbook: Playbook,
        *,
        calendar: Calendar = BERLIN,
        roster: Mapping[str, tuple[str, ...]] | None = None,
        start: datetime = START,
        **activation: Any,
    ) -> None:
        self.playbook = playbook
        self.calendar = calendar
        self.roster = Roster(dict(roster or {"lead": ("amina",)}))
        self.now = start
        self.events: list[Event] = []
        self.say(Activated(Mode.LIVE, playbook.id, playbook.name, **activation))

    def say(self, body: EventBody, *, by: str = "amina", after: timedelta = timedelta()) -> None:
        """A person's event, recorded `after` from now."""
        self.now += after
        self._write(NewEvent(Actor.person(by), body))

    def tick(self, at: datetime | None = None) -> int:
        """Record what is due; returns how many steps it took."""
        self.now = max(self.now, at or self.now)
        steps = due(self.timeline(), self.now)
        for step in steps:
            self._write(NewEvent(CLOCK, step.body, step.at))
            if step.occurrence is None:
                continue
            for person in step.people:
                call = PersonCalled(step.occurrence, step.rung, person, f"call-{len(self.events)}")
                self._write(NewEvent(CLOCK, call, step.at))
        return len(steps)

    def sleep_until(self, end: datetime) -> None:
        """Tick at every beat up to `end`."""
        while (beat := next_beat(self.timeline(), self.now)) is not None and beat <= end:
            self.tick(beat)
        self.now = max(self.now, end)

    def incident(self) -> Incident:
        return fold(self.events)

    def timeline(self, at: datetime | None = None) -> Timeline:
        return plan(
            self.playbook, self.incident(), calendar=self.calendar, roster=self.roster, now=at or self.now
        )

    def states(self, entry: str, item: int | None = None) -> list[str]:
        """The states of an entry's occurrences that opened or wait, in the order of their numbers."""
        return [one.state.value for one in self.timeline().of(entry, item)]

    def opened(self, entry: str, item: int | None = None) -> list[str]:
        """When an entry's occurrences opened, as local day and hour."""
        times = [one.opened for one in self.timeline().of(entry, item) if one.opened is not None]
        return [f"{self.calendar.local(time):%d.%m. %H:%M}" for time in times]

    def key(self, text: str) -> OccurrenceKey:
        return OccurrenceKey.parse(text)

    def _write(self, new: NewEvent) -> None:
        previous = self.events[-1].hash if self.events else ""
        number = len(self.events) + 1
        event = seal(new, number=number, recorded=self.now, wall=self.now, previous=previous)
        self.events.append(event)

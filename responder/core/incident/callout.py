"""Who is called when an incident is activated, and who when they are silent?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from responder.core.calendar import Calendar
from responder.core.incident.event import EntryEscalated
from responder.core.incident.ladder import Caller
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.state import Incident, OccurrenceRecord
from responder.core.incident.timeline import RUNG_OPENED, DueStep

__all__ = ["CALL_OUT", "CallOut"]

CALL_OUT = OccurrenceKey("incident.activation")
"""The key of its calls: it is no occurrence of an entry."""


class CallOut:
    """The calls about an activation itself.

    While it waits for a second person, everybody else who may activate is called. Once it runs, the
    playbook's owner is, where the playbook has a ladder for it. The ladder goes up from the press
    (before the second person: the first one's) until it is confirmed, or somebody takes something up.
    """

    def __init__(self, incident: Incident, caller: Caller, calendar: Calendar) -> None:
        self.incident = incident
        self.caller = caller
        self.calendar = calendar
        self.activation = caller.playbook.activation

    def steps(self, now: datetime) -> Iterator[DueStep]:
        """The rungs that have come and have not fired."""
        record = self.incident.occurrences.get(CALL_OUT) or OccurrenceRecord(CALL_OUT)
        tried = {self.incident.activated_by.id, *(call.person for call in record.calls)}
        for number, to, at in self._rungs():
            if at > now or number in record.rungs:
                continue
            people = self._people(number, to, tried)
            tried.update(people)
            yield DueStep(EntryEscalated(CALL_OUT, number, to), at, CALL_OUT, number, to, people)

    def beats(self, now: datetime) -> Iterator[datetime]:
        """The moments at which a rung comes."""
        yield from (at for _, _, at in self._rungs() if at > now)

    def _rungs(self) -> Iterator[tuple[int, str, datetime]]:
        """A confirmed call-out counts on with the next numbers, so that its ladder begins anew."""
        confirmed = self.incident.confirmed_by is not None
        waits = self.incident.started is None
        if self.incident.stood_down is not None or (not waits and self.incident.taken_up):
            return
        if not waits and not self.activation.escalate:
            return
        since = self.incident.started or self.incident.events[0].recorded
        first = len(self.activation.escalate) + 1 if confirmed else RUNG_OPENED
        yield first, self._first_role(), since
        for number, rung in enumerate(self.activation.escalate, first + 1):
            if rung.after is not None:
                yield number, rung.to, self.calendar.shift(since, rung.after)

    def _first_role(self) -> str:
        owner = self.caller.playbook.owner
        if self.incident.started is not None and owner is not None:
            return owner
        return self.activation.by[0] if self.activation.by else owner or ""

    def _people(self, number: int, to: str, tried: set[str]) -> tuple[str, ...]:
        if self.incident.started is None and number == RUNG_OPENED and self.activation.by:
            found = dict.fromkeys(one for role in self.activation.by for one in self.caller.carriers(role))
            return tuple(one for one in found if one != self.incident.activated_by.id)
        people = self.caller.people_for(to, self._first_role(), tried, late=False)
        return tuple(one for one in people if one != self.incident.activated_by.id)

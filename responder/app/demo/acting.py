"""What does the cast do with what is open? Each acts through the same doors as people do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zlib import crc32

from responder.app.demo.cast import known_by_now
from responder.core.errors import Refused
from responder.core.incident import Occurrence, OccurrenceKey
from responder.core.playbook import Decision, Gate, Message, Task, bench
from responder.engine import incidents
from responder.engine.people import Person
from responder.engine.ports import Ports
from responder.engine.situation import Situation

__all__ = ["Players", "when_to_act"]

_NOTE = "Played in the exercise."
_LEFT_OUT = "Left out of this demonstration, which broadcasts four statements."
_WITHOUT_DUE = timedelta(minutes=20)
_EARLIEST, _SPREAD = 35, 75


def when_to_act(one: Occurrence) -> datetime | None:
    """When somebody gets to it: between a third of the time to its due and a little past it.

    Told by the key alone, so that every demonstration is the same; about one in ten is late.
    """
    if one.opened is None:
        return None
    share = _EARLIEST + crc32(str(one.key).encode()) % _SPREAD
    length = one.due - one.opened if one.due is not None else _WITHOUT_DUE
    return one.opened + max(length, timedelta(minutes=1)) * share / 100


@dataclass(frozen=True, slots=True)
class Players:
    """The cast at work in one incident; `spoken` are the messages that are really broadcast."""

    ports: Ports
    incident_id: str
    people: Mapping[str, Person]
    spoken: Sequence[str]
    answers: Mapping[str, str] = field(default_factory=dict)

    def who(self, situation: Situation, role: str, *, but: frozenset[str] = frozenset()) -> Person:
        """The first of a role's bench, holders first; the incident lead where nobody is."""
        found = bench(situation.playbook, situation.roster, role)
        order = (*found.everyone, *found.via_people, *situation.roster.of("incident_lead"))
        return self.people[next(one for one in order if one not in but)]

    def answer_calls(self, situation: Situation) -> None:
        """Who was called says so, as long as it is open."""
        for one in situation.timeline.open:
            record = situation.incident.occurrences.get(one.key)
            called = [call for call in record.calls if call.answered is None] if record else []
            if one.acknowledged is None and called:
                person = self.people[called[0].person]
                incidents.acknowledge(self.ports, incident_id=self.incident_id, occurrence=one.key, by=person)

    def act(self, situation: Situation, one: Occurrence) -> None:
        """Do a task, pass a gate, answer a question; leave out a message that is not broadcast."""
        entry = situation.playbook.entries[one.key.entry]
        if isinstance(entry, Task):
            self._do(situation, one.key, entry)
        elif isinstance(entry, Gate):
            self._pass(situation, one.key, entry)
        elif isinstance(entry, Decision):
            self._decide(situation, one.key, entry)
        elif isinstance(entry, Message) and entry.id not in self.spoken:
            self.leave_out(situation, one.key)

    def close_what_may_close(self, situation: Situation) -> None:
        """Close a phase when that is asked for: the criteria are met, or the review came round."""
        for ask in situation.timeline.asks:
            if ask.phase is not None:
                incidents.close_phase(
                    self.ports,
                    incident_id=self.incident_id,
                    phase=ask.phase,
                    by=self.who(situation, ask.by),
                    reason="The criteria are met." if ask.met else "Decided at the review.",
                )

    def _do(self, situation: Situation, key: OccurrenceKey, task: Task) -> None:
        local = f"{situation.calendar.local(situation.now):%Y-%m-%d %H:%M}"
        known = situation.incident.facts
        asked = [id_ for id_ in task.learns if id_ not in known or not known[id_].verified]
        told = {id_: known_by_now(situation.playbook.facts[id_], local_now=local) for id_ in asked}
        learned = {id_: value for id_, value in told.items() if value is not None}
        incidents.done(
            self.ports,
            incident_id=self.incident_id,
            occurrence=key,
            by=self.who(situation, task.owner),
            note=_NOTE,
            checklist=dict.fromkeys(task.checklist, True),
            learned=learned,
            source="Exercise control",
            verified=bool(learned),
        )

    def _pass(self, situation: Situation, key: OccurrenceKey, gate: Gate) -> None:
        incidents.answer_gate(
            self.ports,
            incident_id=self.incident_id,
            occurrence=key,
            by=self.who(situation, gate.owner),
            answers=dict.fromkeys(gate.checklist, "yes"),
        )

    def _decide(self, situation: Situation, key: OccurrenceKey, decision: Decision) -> None:
        option = self.answers.get(decision.id) or decision.default or next(iter(decision.options))
        incidents.answer_decision(
            self.ports,
            incident_id=self.incident_id,
            occurrence=key,
            by=self.who(situation, decision.owner),
            option=option,
            reason=_NOTE,
        )

    def leave_out(self, situation: Situation, key: OccurrenceKey) -> None:
        """Skip a message, with the reason."""
        message = situation.playbook.messages[key.entry]
        try:
            incidents.skip(
                self.ports,
                incident_id=self.incident_id,
                occurrence=key,
                by=self.who(situation, message.owner),
                reason=_LEFT_OUT,
            )
        except Refused:
            # A newer occurrence took its place while this one was read.
            return

"""What is the plan now, what must the machine record, and when must it look again?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from responder.core.calendar import Calendar
from responder.core.incident.callout import CallOut
from responder.core.incident.closings import Asked
from responder.core.incident.event import (
    Activated,
    ActorKind,
    ClosingAsked,
    DecisionAnswered,
    EntryEscalated,
    EntryOpened,
    Injected,
    PhaseOpened,
    VersionMoved,
)
from responder.core.incident.ladder import Caller, rungs_of
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.planner import Planner
from responder.core.incident.series import Slot
from responder.core.incident.stand import Live, Track
from responder.core.incident.state import Incident, OccurrenceRecord
from responder.core.incident.timeline import (
    RUNG_LATE,
    RUNG_OPENED,
    ClosingAsk,
    DueStep,
    Occurrence,
    OccurrenceState,
    PhaseState,
    PhaseView,
    Timeline,
    Wait,
    WaitKind,
)
from responder.core.playbook.entries import Message
from responder.core.playbook.model import Playbook
from responder.core.playbook.moment import resolve
from responder.core.terms import Roster

__all__ = ["Version", "due", "next_beat", "plan", "planner_of", "view"]


@dataclass(frozen=True, slots=True)
class Version:
    """Which playbook and calendar ruled the plan up to the event `until` (a version_moved)."""

    until: int
    playbook: Playbook
    calendar: Calendar


def plan(
    playbook: Playbook,
    incident: Incident,
    *,
    calendar: Calendar,
    roster: Roster,
    now: datetime,
    versions: Sequence[Version] = (),
) -> Timeline:
    """The timeline of an incident at `now` (incident time).

    `versions` are the former versions of an incident that was moved, oldest first.
    """
    planner = planner_of(playbook, incident, calendar=calendar, versions=versions)
    return view(planner, incident, roster=roster, now=now)


def view(planner: Planner, incident: Incident, *, roster: Roster, now: datetime) -> Timeline:
    """The timeline at `now` of a planner that has walked through the log of `incident`."""
    planner.advance(now)
    return _View(planner, incident, roster).timeline()


def planner_of(
    playbook: Playbook, incident: Incident, *, calendar: Calendar, versions: Sequence[Version] = ()
) -> Planner:
    """A planner that has walked through the whole log."""
    ahead = [*versions, Version(0, playbook, calendar)]
    current = ahead.pop(0)
    planner = Planner(current.playbook, current.calendar, incident.events[0].recorded)
    for event in incident.events:
        if isinstance(event.body, VersionMoved):
            planner.advance(event.recorded)
            if ahead:
                current = ahead.pop(0)
                planner.move(current.playbook, current.calendar)
        else:
            planner.happen(event.body, event.recorded, by_clock=event.actor.kind is ActorKind.CLOCK)
    return planner


def due(timeline: Timeline, now: datetime) -> tuple[DueStep, ...]:
    """What the machine must record by `now`, in the order it was planned for."""
    return tuple(step for step in timeline.steps if step.at <= now)


def next_beat(timeline: Timeline, now: datetime) -> datetime | None:
    """When to look again (incident time): `now` if something is to be recorded, None if never by itself."""
    return now if due(timeline, now) else timeline.beat


class _View:
    """Turns a planner that stands at `now` into a Timeline."""

    def __init__(self, planner: Planner, incident: Incident, roster: Roster) -> None:
        self.planner = planner
        self.stand = planner.stand
        self.incident = incident
        self.now = planner.stand.now
        self.caller = Caller(planner.stand.playbook, roster)
        self.steps: list[DueStep] = []
        self.beats: list[datetime] = []

    def timeline(self) -> Timeline:
        phases = {id_: self._phase(id_) for id_ in self.stand.phases}
        occurrences = [one for track in self.stand.tracks.values() for one in self._occurrences(track)]
        asks = tuple(self._asks())
        self._injects()
        self._call_out()
        beats = [beat for beat in (*self.beats, self.planner.next_moment) if beat is not None]
        return Timeline(
            now=self.now,
            occurrences=tuple(occurrences),
            phases=phases,
            asks=asks,
            steps=tuple(sorted(self.steps, key=lambda step: step.at)),
            beat=None
            if self.stand.stopped
            else min((beat for beat in beats if beat > self.now), default=None),
        )

    def _call_out(self) -> None:
        call_out = CallOut(self.incident, self.caller, self.stand.calendar)
        self.steps.extend(call_out.steps(self.now))
        self.beats.extend(call_out.beats(self.now))

    def _injects(self) -> None:
        """What the script of an exercise throws in, each once."""
        first = self.incident.events[0].body
        script = self.stand.playbook.exercises.get(first.exercise) if isinstance(first, Activated) else None
        if script is None or not self.stand.running:
            return
        bodies = (event.body for event in self.incident.events)
        played = {body.inject for body in bodies if isinstance(body, Injected)}
        for number, inject in enumerate(script.injects):
            at = resolve(inject.at, self.stand.base, self.stand.calendar)
            if number in played or at is None:
                continue
            if at > self.now:
                self.beats.append(at)
            else:
                self.steps.append(DueStep(Injected(script.id, number, inject.text), at))

    # --- phases and closings

    def _phase(self, id_: str) -> PhaseView:
        window = self.stand.phases[id_]
        if window.opened is None:
            known = id_ in self.stand.playbook.phases and self.stand.started is not None
            return PhaseView(id_, PhaseState.WAITING, self.stand.phase_planned(id_) if known else None)
        if not window.recorded:
            self.steps.append(DueStep(PhaseOpened(id_, window.opened), window.opened))
        state = PhaseState.OPEN if window.closed is None else PhaseState.CLOSED
        return PhaseView(id_, state, window.opened, window.opened, window.closed, window.recorded)

    def _asks(self) -> Iterator[ClosingAsk]:
        for phase, asked in self.planner.closings.asked.items():
            closing = self.planner.closings.closing(phase)
            if closing is None or not asked.times:
                continue
            for number in range(asked.recorded + 1, len(asked.times) + 1):
                self._ask_step(phase, number, asked)
            still = (
                self.incident.stood_down is None if phase is None else self.stand.phases[phase].closed is None
            )
            if still:
                missing = [Wait(WaitKind.NEED, id_) for id_ in closing.needs if not self._settled(id_)]
                if self.stand.holds(closing.condition) is not True:
                    missing.append(Wait(WaitKind.CONDITION, str(closing.condition)))
                at = asked.times[-1]
                yield ClosingAsk(phase, closing.by, len(asked.times), at, not missing, tuple(missing))

    def _settled(self, entry: str) -> bool:
        return self.stand.need_settled(entry, None, None)

    def _ask_step(self, phase: str | None, number: int, asked: Asked) -> None:
        closing, at = self.planner.closings.closing(phase), asked.times[number - 1]
        if closing is None:
            return
        people = self.caller.carriers(closing.by) if number == len(asked.times) else ()
        key = OccurrenceKey("incident.closes" if phase is None else f"phase.{phase}", None, number)
        self.steps.append(DueStep(ClosingAsked(phase, number, at), at, key, RUNG_OPENED, closing.by, people))

    # --- occurrences

    def _occurrences(self, track: Track) -> Iterator[Occurrence]:
        for live in track.lives:
            yield self._opened(track, live)
        number = track.next_number
        for slot in (*track.waiting, *self._planned(track)):
            yield self._waiting(track, slot, number)
            number += 1

    def _planned(self, track: Track) -> tuple[Slot, ...]:
        """The next planned occurrence of each moment, the earliest first."""
        slots = [] if track.ended else [self.stand.peek(track, series) for series in track.series]
        found = [slot for slot in slots if slot is not None]
        return tuple(
            sorted(found, key=lambda slot: (slot.planned is None, slot.planned or self.now, slot.series))
        )

    def _waiting(self, track: Track, slot: Slot, number: int) -> Occurrence:
        waits = tuple(self._waits(track, slot))
        needless = self.stand.not_needed(track)
        return Occurrence(
            key=OccurrenceKey(track.entry.id, track.item, number),
            kind=track.entry.kind,
            state=OccurrenceState.NOT_NEEDED if needless else OccurrenceState.WAITING,
            owner=track.entry.owner,
            phase=track.entry.phase,
            planned=slot.planned,
            waits=waits,
        )

    def _waits(self, track: Track, slot: Slot) -> Iterator[Wait]:
        entry, stand = track.entry, self.stand
        if stand.stopped:
            yield Wait(WaitKind.STOPPED)
        if slot.planned is None:
            yield Wait(WaitKind.DATE, str(track.series[slot.series].moment.base))
        elif slot.planned > self.now:
            yield Wait(WaitKind.TIME)
        if entry.phase is not None and stand.phases[entry.phase].opened is None:
            yield Wait(WaitKind.PHASE, entry.phase)
        if entry.level is not None and not stand.playbook.reaches(stand.level, entry.level):
            yield Wait(WaitKind.LEVEL, entry.level)
        yield from (Wait(WaitKind.NEED, id_) for id_ in stand.open_needs(entry, track.item))
        if stand.holds(entry.condition, track) is not True:
            yield Wait(WaitKind.CONDITION, str(entry.condition))

    def _opened(self, track: Track, live: Live) -> Occurrence:
        key = OccurrenceKey(track.entry.id, track.item, live.number)
        record = self.incident.occurrences.get(key) or OccurrenceRecord(key)
        state = self._state(track, live)
        due_at, ready = self.stand.due(track, live), self.stand.ready(track, live)
        self._record_opening(track, live, key, due_at)
        rungs = rungs_of(self.stand, track, live, record)
        if state is OccurrenceState.OPEN and self.stand.running:
            self._escalate(track, live, record)
        return Occurrence(
            key=key,
            kind=track.entry.kind,
            state=state,
            owner=track.entry.owner,
            phase=track.entry.phase,
            planned=live.slot.planned if live.slot is not None else live.opened,
            opened=live.opened,
            due=due_at,
            ready=ready,
            finished=live.finished or live.skipped or live.missed,
            acknowledged=record.acknowledged,
            signed=record.signed,
            recorded=live.recorded,
            waits=tuple(self._unsure(track)) if state is OccurrenceState.OPEN else (),
            rungs=tuple(rung for rung in rungs if rung.number != RUNG_LATE),
            due_cleared=track.entry.due is not None and due_at is None,
        )

    def _state(self, track: Track, live: Live) -> OccurrenceState:
        if live.finished is not None:
            return OccurrenceState.DONE
        if live.skipped is not None:
            return OccurrenceState.SKIPPED
        if live.missed is not None:
            return OccurrenceState.MISSED
        return OccurrenceState.NOT_NEEDED if self.stand.held_back(track) else OccurrenceState.OPEN

    def _unsure(self, track: Track) -> Iterator[Wait]:
        """An open message whose release depends on what nobody knows yet."""
        entry = track.entry
        if isinstance(entry, Message) and self.stand.holds(entry.release_if, track) is None:
            yield Wait(WaitKind.CONDITION, str(entry.release_if))

    def _record_opening(self, track: Track, live: Live, key: OccurrenceKey, due_at: datetime | None) -> None:
        if not live.recorded:
            people = self.caller.carriers(track.entry.owner) if live.unfinished else ()
            body = EntryOpened(key, live.opened, due_at)
            self.steps.append(DueStep(body, live.opened, key, RUNG_OPENED, track.entry.owner, people))
        if not live.answer_recorded and live.answer is not None and live.finished is not None:
            answered = DecisionAnswered(key, live.answer, by_clock=True)
            self.steps.append(DueStep(answered, live.finished, key))

    def _escalate(self, track: Track, live: Live, record: OccurrenceRecord) -> None:
        """The rungs that have come and have not fired; those ahead are beats."""
        tried = {call.person for call in record.calls}
        if not live.recorded:
            tried.update(self.caller.carriers(track.entry.owner))
        for rung in rungs_of(self.stand, track, live, record):
            if rung.fired or rung.at is None:
                continue
            if rung.at > self.now:
                self.beats.append(rung.at)
                continue
            people = self.caller.people_for(rung.to, track.entry.owner, tried, late=rung.number == RUNG_LATE)
            tried.update(people)
            body = EntryEscalated(record.key, rung.number, rung.to)
            role = track.entry.owner if rung.number == RUNG_LATE else rung.to
            self.steps.append(DueStep(body, rung.at, record.key, rung.number, role, people))

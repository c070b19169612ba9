"""Does a playbook work from first day to last? The same plan on a hand-wound clock, everybody acting."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from responder.core.city import City
from responder.core.errors import InvalidInput
from responder.core.facts import FactType, FactValue
from responder.core.incident.event import (
    Activated,
    AnchorSet,
    BroadcastReleased,
    DecisionAnswered,
    EntryDone,
    EntryOpened,
    EventBody,
    FactLearned,
    GateAnswered,
    ItemAdded,
    ItemClosed,
    LevelChanged,
    PhaseClosed,
    StoodDown,
)
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.planner import Planner
from responder.core.incident.stand import Live, Track
from responder.core.playbook.entries import Decision, Entry, Gate, Message, Task
from responder.core.playbook.exercise import Exercise, Inject
from responder.core.playbook.model import FactDefinition, Playbook
from responder.core.playbook.moment import parse_moment, resolve
from responder.core.playbook.roles import bench
from responder.core.playbook.values import fact_value
from responder.core.terms import Mode, Roster

__all__ = ["Cut", "Rehearsal", "Run", "RunStep", "rehearse"]

HORIZON = timedelta(days=800)
"""A run ends here at the latest: somewhat over 24 months."""

_START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
_ITEM_CLOSES = timedelta(days=7)
_LONG_RHYTHM = timedelta(days=28)
_MOST_STEPS = 50_000


@dataclass(frozen=True, slots=True)
class Cut:
    """Occurrences of an entry that the end of a phase (None: of the incident) took away."""

    entry: str
    count: int
    phase: str | None


@dataclass(frozen=True, slots=True)
class RunStep:
    """Something that happened: an occurrence opened or was done, a phase opened or closed."""

    at: datetime
    what: str
    name: str


@dataclass(frozen=True, slots=True)
class Run:
    """One run: of the script `script`, or (None) the one where everybody acts at the due."""

    script: str | None
    start: datetime
    end: datetime
    steps: tuple[RunStep, ...]
    reached: frozenset[str]
    cut: tuple[Cut, ...]
    days_without_phase: int
    standing: frozenset[str] = frozenset()
    """What was open at the end."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What all runs together say. `reached` is the union; the rest is of the run where everybody acts."""

    entries: int
    runs: tuple[Run, ...]
    unmanned: tuple[str, ...] = ()
    """Roles that own an entry and for which the roster has nobody."""

    @property
    def reached(self) -> frozenset[str]:
        return frozenset().union(*(run.reached for run in self.runs))

    @property
    def cut(self) -> tuple[Cut, ...]:
        return self.runs[0].cut if self.runs else ()

    @property
    def days_without_phase(self) -> int:
        return self.runs[0].days_without_phase if self.runs else 0

    @property
    def line(self) -> str:
        """The one line that a check ends with."""
        cut, days = sum(one.count for one in self.cut), self.days_without_phase
        return f"reached {len(self.reached)} of {self.entries}, cut {cut}, days with no phase open {days}"


def rehearse(
    playbook: Playbook, city: City, *, roster: Roster | None = None, script: str | None = None
) -> Rehearsal:
    """Without `script`: one run where everybody acts at the due, and one for each script of the playbook.

    Each decision takes what the script answers, else its default, else its first option. Raises
    InvalidInput for a script that is not there.
    """
    if script is not None and script not in playbook.exercises:
        scripts = ", ".join(playbook.exercises) or "none"
        raise InvalidInput(f"There is no exercise “{script}”.", mend=f"Exercises: {scripts}.")
    scripts_run: list[Exercise | None] = [None, *playbook.exercises.values()]
    if script is not None:
        scripts_run = [playbook.exercises[script]]
    runs = tuple(_Rehearser(playbook, city, one).run() for one in scripts_run)
    return Rehearsal(len(playbook.entries), runs, _unmanned(playbook, roster))


def _unmanned(playbook: Playbook, roster: Roster | None) -> tuple[str, ...]:
    if roster is None:
        return ()
    owners = dict.fromkeys(entry.owner for entry in playbook.entries.values())
    benches = (bench(playbook, roster, role) for role in owners)
    return tuple(one.role for one in benches if not one.everyone and not one.via_people)


class _Rehearser:
    """One run: an agenda of what people will do, beside the planner's own moments."""

    def __init__(self, playbook: Playbook, city: City, script: Exercise | None) -> None:
        self.playbook = playbook
        self.city = city
        self.script = script
        self.planner = Planner(playbook, city.calendar, _START)
        self.stand = self.planner.stand
        self.agenda: list[tuple[datetime, int, tuple[object, ...]]] = []
        self.order = 0
        self.steps: list[RunStep] = []
        self.cut: list[Cut] = []
        self.asked: Counter[str | None] = Counter()
        self.opened_phases: set[str] = set()
        self.injects: list[Inject] = []
        self.over = False

    def run(self) -> Run:
        self._begin()
        for _ in range(_MOST_STEPS):
            self._notice()
            upcoming = self._upcoming()
            if self.over or upcoming is None or upcoming > _START + HORIZON:
                break
            if self.agenda and self.agenda[0][0] <= upcoming:
                at, _, act = heapq.heappop(self.agenda)
                self.planner.advance(at)
                self._notice()
                self._act(act)
            else:
                self.planner.advance(upcoming)
        end = self.stand.now
        return Run(
            script=self.script.id if self.script is not None else None,
            start=_START,
            end=end,
            steps=tuple(self.steps),
            reached=frozenset(
                id_ for id_, tracks in self.stand.by_entry.items() if any(t.lives for t in tracks)
            ),
            cut=tuple(self.cut),
            days_without_phase=self._days_without_phase(end),
            standing=frozenset(self._standing()),
        )

    def _upcoming(self) -> datetime | None:
        times = [self.agenda[0][0]] if self.agenda else []
        if self.planner.next_moment is not None:
            times.append(self.planner.next_moment)
        return min(times, default=None)

    def _plan(self, at: datetime, *act: object) -> None:
        self.order += 1
        heapq.heappush(self.agenda, (max(at, self.stand.now), self.order, act))

    def _say(self, body: EventBody) -> None:
        self.planner.happen(body, self.stand.now)

    # --- the beginning

    def _begin(self) -> None:
        script = self.script
        level = (script.start.level if script is not None else None) or self._highest()
        facts = self._asked_facts() if script is None else self._written(script.start.facts)
        self._say(
            Activated(
                Mode.EXERCISE,
                self.playbook.id,
                self.playbook.name,
                level=level,
                facts=facts,
                verified=tuple(facts),
            )
        )
        self._add_cases()
        if script is None:
            for anchor, at in self._anchors():
                self._say(AnchorSet(anchor, at))
        else:
            self.injects = list(script.injects)

    def _highest(self) -> str:
        """Where everybody acts, the level is the highest: there everything opens that can."""
        return self.playbook.levels[-1] if self.playbook.levels else ""

    def _asked_facts(self) -> dict[str, FactValue]:
        return {name: self._typical(self.playbook.facts[name]) for name in self.playbook.activation.asks}

    def _written(self, facts: Mapping[str, tuple[str, ...]]) -> dict[str, FactValue]:
        known = self.playbook.facts
        return {name: self._said(known[name], value) for name, value in facts.items()}

    def _typical(self, definition: FactDefinition) -> FactValue:
        """A value such as people would give."""
        values: dict[FactType, FactValue] = {
            FactType.TEXT: "said",
            FactType.NUMBER: 1,
            FactType.FLAG: True,
            FactType.CHOICE: next(iter(definition.options), ""),
            FactType.DATE: self.city.calendar.local(self.stand.now).date(),
            FactType.DATETIME: self.stand.now,
            FactType.AREAS: tuple(list(self.city.areas)[:1]),
            FactType.LIST: ("one",),
        }
        return values[definition.type]

    def _add_cases(self) -> None:
        for register, definition in self.playbook.registers.items():
            source = definition.source.removeprefix("city.") if definition.source is not None else ""
            items = [dict(item) for item in self.city.registers.get(source, ())]
            if self.script is not None:
                items += [dict(item) for item in self.script.start.items.get(register, ())]
            for item in items:
                self._add_case(register, item)
            if self.script is None and not items:
                self._say(ItemAdded(register, 1, {n: self._typical(f) for n, f in definition.fields.items()}))
                self._plan(self.stand.now + _ITEM_CLOSES, "close", register, 1)

    def _add_case(self, register: str, item: Mapping[str, tuple[str, ...]]) -> None:
        known = self.playbook.registers[register].fields
        typed = {n: fact_value(known[n], v, self.city.calendar) for n, v in item.items() if n in known}
        number = max(self.stand.cases.get(register, {}), default=0) + 1
        self._say(ItemAdded(register, number, typed))

    def _anchors(self) -> Iterator[tuple[str, datetime]]:
        """Every date that people set, far enough ahead for the earliest moment that counts back from it."""
        for id_, anchor in self.playbook.anchors.items():
            if anchor.source is None:
                lead = max((back for back in self._counts_back(id_)), default=timedelta())
                yield id_, _START + lead + timedelta(days=2)

    def _counts_back(self, anchor: str) -> Iterator[timedelta]:
        for entry in self.playbook.entries.values():
            for moment in entry.at:
                if moment.base.id == anchor:
                    yield sum((o.duration.rough for o in moment.offsets if o.sign < 0), timedelta())

    # --- people

    def _notice(self) -> None:
        """Put on the agenda what people will do about what opened or was asked."""
        for inject in tuple(self.injects):
            when = resolve(inject.at, self.stand.base, self.stand.calendar)
            if when is not None:
                self.injects.remove(inject)
                self._plan(when, inject)
        for track, live in self.planner.fresh:
            key = OccurrenceKey(track.entry.id, track.item, live.number)
            self.steps.append(RunStep(live.opened, "opened", str(key)))
            self._plan(self._when(track, live), track, live)
        self.planner.fresh.clear()
        for phase, window in self.stand.phases.items():
            if window.opened is not None and phase not in self.opened_phases:
                self.opened_phases.add(phase)
                self.steps.append(RunStep(window.opened, "phase opened", phase))
        for asked_phase, asked in self.planner.closings.asked.items():
            if len(asked.times) > self.asked[asked_phase]:
                self.asked[asked_phase] = len(asked.times)
                self._plan(asked.times[-1], "end", asked_phase)

    def _when(self, track: Track, live: Live) -> datetime:
        """At the due; an answer that the script gives comes just before the clock would give the default."""
        due = self.stand.due(track, live) or live.opened
        scripted = self.script is not None and track.entry.id in self.script.answers
        return max(live.opened, due - timedelta(minutes=1)) if scripted else due

    def _act(self, act: tuple[object, ...]) -> None:
        match act:
            case (Track() as track, Live() as live):
                self._do(track, live)
            case ("end", None):
                self._stand_down()
            case ("end", str() as phase):
                self._close(phase)
            case ("close", str() as register, int() as item):
                self._say(ItemClosed(register, item))
            case (Inject() as inject,):
                self._inject(inject)

    def _do(self, track: Track, live: Live) -> None:
        if not live.unfinished or self.stand.held_back(track):
            return
        key = OccurrenceKey(track.entry.id, track.item, live.number)
        for body in self._deed(track.entry, key):
            self._say(body)
        self.steps.append(RunStep(self.stand.now, "done", str(key)))

    def _deed(self, entry: Entry, key: OccurrenceKey) -> Iterable[EventBody]:
        if isinstance(entry, Task):
            for name in entry.learns:
                yield FactLearned(name, self._typical(self.playbook.facts[name]), verified=True)
            yield EntryDone(key)
        elif isinstance(entry, Gate):
            yield GateAnswered(key, dict.fromkeys(entry.checklist, "yes"))
        elif isinstance(entry, Decision):
            answers = self.script.answers if self.script is not None else {}
            yield DecisionAnswered(key, answers.get(entry.id) or entry.default or next(iter(entry.options)))
        elif isinstance(entry, Message):
            yield BroadcastReleased(f"broadcast {key}", f"statement {key}", key)

    def _inject(self, inject: Inject) -> None:
        if inject.level is not None:
            self._say(LevelChanged(inject.level))
        for name, value in inject.set.items():
            self._set(name, value)
        for register, items in inject.add.items():
            for item in items:
                self._add_case(register, item)
        for register, numbers in inject.close.items():
            for number in numbers:
                self._say(ItemClosed(register, number))
        for entry in inject.request:
            self._request(entry)

    def _set(self, name: str, value: tuple[str, ...]) -> None:
        if name in self.playbook.facts:
            self._say(FactLearned(name, self._said(self.playbook.facts[name], value), verified=True))
        else:
            self._say(AnchorSet(name, self._moment(value[0])))

    def _said(self, definition: FactDefinition, texts: tuple[str, ...]) -> FactValue:
        """A value of the script; for a date or an hour also `now` or a moment."""
        if definition.type in (FactType.DATE, FactType.DATETIME) and not texts[0][:4].isdigit():
            at = self._moment(texts[0]) or self.stand.now
            return at if definition.type is FactType.DATETIME else self.city.calendar.local(at).date()
        return fact_value(definition, texts, self.city.calendar)

    def _moment(self, text: str) -> datetime | None:
        if text == "now":
            return self.stand.now
        return resolve(parse_moment(text), self.stand.base, self.stand.calendar)

    def _request(self, entry: str) -> None:
        for track in tuple(self.stand.tracks_of(entry)):
            self._say(EntryOpened(OccurrenceKey(entry, track.item, track.next_number), self.stand.now))

    # --- the ends

    def _close(self, phase: str) -> None:
        if self.stand.phases[phase].closed is not None:
            return
        inside = [track for track in self.stand.tracks.values() if track.entry.phase == phase]
        self.cut += [cut for track in inside for cut in self._cut_by(track, phase) if track.entry.repeat]
        self._say(PhaseClosed(phase))
        self.steps.append(RunStep(self.stand.now, "phase closed", phase))

    def _stand_down(self) -> None:
        self.cut += [cut for track in self.stand.tracks.values() for cut in self._cut_by(track, None)]
        self._say(StoodDown())
        self.steps.append(RunStep(self.stand.now, "stood down", self.playbook.id))
        self.over = True

    def _cut_by(self, track: Track, phase: str | None) -> Iterator[Cut]:
        """What was planned with a date and now never comes.

        A repeat counts what it had before its `until`; one without an `until` is meant to end with
        its phase, and counts its next occurrence only if its rhythm is a month or more.
        """
        if track.ended or self.stand.not_needed(track):
            return
        count = 0
        for series in track.series:
            leg = series.legs[-1] if series.repeats else None
            if leg is not None and leg.until is None and leg.every.rough < _LONG_RHYTHM:
                continue
            count += self._remaining(track, series.index, endless=leg is not None and leg.until is None)
        if count:
            yield Cut(track.entry.id, count, phase)

    def _remaining(self, track: Track, index: int, *, endless: bool) -> int:
        series = next(one for one in track.series if one.index == index)
        kept = (series.leg, series.number, series.taken, series.last)
        count = 0
        while count < _MOST_STEPS:
            slot = self.stand.peek(track, series)
            if slot is None or slot.planned is None:
                break
            count += 1
            series.take(slot)
            if endless or not series.repeats:
                break
        series.leg, series.number, series.taken, series.last = kept
        return count

    def _standing(self) -> Iterator[str]:
        for track in self.stand.tracks.values():
            for live in track.lives:
                if live.unfinished:
                    yield str(OccurrenceKey(track.entry.id, track.item, live.number))

    def _days_without_phase(self, end: datetime) -> int:
        """Local days from first to last on which no phase was open at any hour."""
        windows = [(w.opened, w.closed or end) for w in self.stand.phases.values() if w.opened is not None]
        if not windows:
            return 0
        covered = {day for opened, closed in windows for day in self._days(opened, closed)}
        return sum(1 for day in self._days(_START, end) if day not in covered)

    def _days(self, first: datetime, last: datetime) -> Iterator[date]:
        day, stop = self.city.calendar.local(first).date(), self.city.calendar.local(last).date()
        while day <= stop:
            yield day
            day += timedelta(days=1)

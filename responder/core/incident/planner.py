"""How does a plan go on? A simulation over the log's events and the planned moments between them.

The plan is a function of what people did (at the times they were recorded) and of planned moments
alone: the planner walks through both in order of time, so a step of the machine stands at its planned
time however late the engine woke, and a planner that continues equals one that starts afresh.

1. `happen` takes the next event of the log: first everything planned up to its time, then the event.
2. `advance` processes planned moments in order, each at its own time.
3. What changed is a *topic*; only what mentions the topic (`References`) is looked at again, until
   nothing changes any more.
Openings in the log that the plan does not find (opened by hand, or on an earlier version) are taken
from the log: what is open never un-opens.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from responder.core.calendar import Calendar
from responder.core.facts import Fact
from responder.core.incident import event as happened
from responder.core.incident.closings import Closings
from responder.core.incident.event import EventBody
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.references import LEVEL, REOPENED, STARTED, References, Topic
from responder.core.incident.series import Series, Slot
from responder.core.incident.stand import Case, Live, Stand, Track, Window, default_moments
from responder.core.playbook.entries import Decision, Entry, Missed
from responder.core.playbook.model import Playbook

__all__ = ["Planner"]


class Planner:
    """The plan of one incident, continued from event to event."""

    def __init__(self, playbook: Playbook, calendar: Calendar, start: datetime) -> None:
        self.stand = Stand(playbook, calendar, start)
        self.closings = Closings(self.stand, self._at)
        self.fresh: list[tuple[Track, Live]] = []
        self._heap: list[tuple[datetime, int, Topic]] = []
        self._queued: set[tuple[datetime, Topic]] = set()
        self._order = 0
        self._changed: deque[Topic] = deque()
        for entry in playbook.entries.values():
            if entry.each is None:
                self._add_track(entry, None)

    # --- time

    def happen(self, body: EventBody, at: datetime, *, by_clock: bool = False) -> None:
        """The next event, recorded at `at`: everything planned up to then comes first."""
        self.advance(at)
        rule = _RULES.get(type(body))
        if rule is not None:
            rule(self, body, by_clock=by_clock)
            self._settle()

    def advance(self, to: datetime) -> None:
        """Process every planned moment up to and including `to`."""
        while self._heap and self._heap[0][0] <= to:
            at, _, topic = heapq.heappop(self._heap)
            self._queued.discard((at, topic))
            self.stand.now = max(self.stand.now, at)
            self._look_at(topic)
            self._settle()
        self.stand.now = max(self.stand.now, to)

    @property
    def next_moment(self) -> datetime | None:
        """The next planned moment at which something may change."""
        return self._heap[0][0] if self._heap and self.stand.running else None

    def _at(self, when: datetime | None, topic: Topic) -> None:
        if when is None or when <= self.stand.now or (when, topic) in self._queued:
            return
        self._order += 1
        self._queued.add((when, topic))
        heapq.heappush(self._heap, (when, self._order, topic))

    # --- change

    def _touch(self, topic: Topic) -> None:
        self._changed.append(topic)

    def _settle(self) -> None:
        """Look again at what mentions a changed topic, until nothing changes any more."""
        while self._changed:
            topic = self._changed.popleft()
            references = self.stand.references
            for anchor in references.anchors.get(topic, ()):
                self._look_at(("anchor", anchor))
            for phase in references.phases.get(topic, ()):
                self._look_at_phase(phase)
            for entry in references.entries.get(topic, ()):
                for track in self.stand.tracks_of(entry):
                    self._look_at_track(track)
            for closing in references.closings.get(topic, ()):
                self.closings.look_at(closing)

    def _look_at(self, topic: Topic) -> None:
        """A planned moment of a topic has come, or what it is reckoned from changed."""
        kind, id_ = topic
        if kind == "track":
            key = OccurrenceKey.parse(id_)
            self._look_at_track(self.stand.tracks[(key.entry, key.item)])
        elif kind == "phase-opening":
            self._look_at_phase(id_)
        elif kind == "closing":
            self.closings.look_at(id_ or None)
        else:
            if kind == "anchor" and id_ not in self.stand.anchors:
                self._at(self.stand.anchor(id_), topic)
            self._touch(topic)

    # --- phases

    def _look_at_phase(self, id_: str) -> None:
        stand, window = self.stand, self.stand.phases[id_]
        if window.opened is not None or not stand.running:
            return
        when = stand.phase_planned(id_)
        if when is None:
            return
        if when > stand.now:
            self._at(when, ("phase-opening", id_))
            return
        window.opened = stand.now
        self._touch(("phase", id_))

    # --- entries

    def _add_track(self, entry: Entry, item: int | None) -> Track:
        series = [Series(n, moment, entry.repeat) for n, moment in enumerate(default_moments(entry))]
        track = Track(entry, item, series)
        self.stand.tracks[track.key] = track
        self.stand.by_entry.setdefault(entry.id, []).append(track)
        return track

    def _look_at_track(self, track: Track) -> None:
        stand = self.stand
        if stand.running:
            self._end(track)
            self._arrive(track)
            for slot in tuple(track.waiting):
                if slot in track.waiting and self._may_open(track):
                    self._open(track, slot)
            self._answer_by_clock(track)
        told = (stand.settled(track), stand.completion(track), _answer_of(track))
        if told != track.told:
            track.told = told
            self._touch(("entry", track.entry.id))

    def _end(self, track: Track) -> None:
        """A closed window ends repeats, and drops what came and is not needed."""
        if not self.stand.window_closed(track):
            return
        if track.entry.repeat and not track.ended:
            track.ended = True
            track.series = [series for series in track.series if not series.repeats]
        if track.waiting and self.stand.holds(track.entry.condition, track) is False:
            track.waiting.clear()

    def _arrive(self, track: Track) -> None:
        """Move what has come from planned to waiting.

        Several of a repeat that come at one instant (an anchor set into the past): with `once` only
        the last of them counts.
        """
        for series in track.series:
            while (slot := self.stand.peek(track, series)) is not None and slot.planned is not None:
                if slot.planned > self.stand.now:
                    self._at(slot.planned, ("track", _track_name(track)))
                    break
                series.take(slot)
                self._receive(track, slot)
                if slot in track.waiting and not self._overtaken(track, series, slot):
                    self._open_if_may(track, slot)

    def _overtaken(self, track: Track, series: Series, slot: Slot) -> bool:
        if slot.missed is not Missed.ONCE:
            return False
        following = self.stand.peek(track, series)
        return following is not None and following.planned is not None and following.planned <= self.stand.now

    def _receive(self, track: Track, slot: Slot) -> None:
        """A slot's time has come. A repeat's new occurrence meets the last one by its `missed` rule."""
        if slot.every is not None:
            needless = self.stand.not_needed(track)
            earlier = [one for one in track.waiting if one.series == slot.series]
            for one in earlier:
                if needless or slot.missed is Missed.ONCE:
                    track.waiting.remove(one)
            unfinished = any(live.unfinished for live in track.lives)
            if slot.missed is Missed.SKIP and (unfinished or (earlier and not needless)):
                return
        track.waiting.append(slot)

    def _open_if_may(self, track: Track, slot: Slot) -> None:
        if self._may_open(track):
            self._open(track, slot)

    def _may_open(self, track: Track) -> bool:
        stand, entry = self.stand, track.entry
        if entry.phase is not None and stand.phases[entry.phase].opened is None:
            return False
        if not stand.playbook.reaches(stand.level, entry.level):
            return False
        if next(stand.open_needs(entry, track.item), None) is not None:
            return False
        return stand.holds(entry.condition, track) is True

    def _open(self, track: Track, slot: Slot) -> None:
        track.waiting.remove(slot)
        if slot.missed is Missed.ONCE:
            for live in track.lives:
                if live.unfinished:
                    live.missed = self.stand.now
        self._begin(track, Live(track.next_number, self.stand.now, slot))

    def _begin(self, track: Track, live: Live) -> None:
        track.lives.append(live)
        self.fresh.append((track, live))
        self._touch(("entry", track.entry.id))

    def _answer_by_clock(self, track: Track) -> None:
        entry = track.entry
        if not isinstance(entry, Decision) or entry.default is None:
            return
        for live in track.lives:
            due = self.stand.due(track, live) if live.unfinished else None
            if due is None:
                continue
            if due > self.stand.now:
                self._at(due, ("track", _track_name(track)))
                continue
            live.finished, live.answer, live.answer_recorded = self.stand.now, entry.default, False

    # --- events

    def _start(self) -> None:
        stand = self.stand
        stand.started = stand.now
        self._reach(stand.level)
        self._touch(STARTED)
        for topic in stand.references.anchors:
            self._touch(topic)

    def _activated(self, body: happened.Activated, **_: bool) -> None:
        stand = self.stand
        verified = frozenset(body.verified)
        for name, value in body.facts.items():
            checker = "activator" if name in verified else None
            stand.facts[name] = Fact(value, stand.now, verified_by=checker)
            self._at(stand.expiry(name), ("fact", name))
        stand.anchors.update(body.anchors)
        stand.level = body.level or stand.level
        if not body.awaits_confirmation:
            self._start()

    def _confirmed(self, _: happened.Confirmed, **__: bool) -> None:
        if self.stand.started is None:
            self._start()

    def _fact(self, body: happened.FactLearned, **_: bool) -> None:
        stand = self.stand
        if body.value is None:
            stand.facts.pop(body.fact, None)
        else:
            checker = "somebody" if body.verified else None
            stand.facts[body.fact] = Fact(
                body.value, stand.now, body.source, verified_by=checker, expires=body.expires
            )
            self._at(stand.expiry(body.fact), ("fact", body.fact))
        self._touch(("fact", body.fact))

    def _anchor(self, body: happened.AnchorSet, **_: bool) -> None:
        if body.at is None:
            self.stand.anchors.pop(body.anchor, None)
        else:
            self.stand.anchors[body.anchor] = body.at
        self._look_at(("anchor", body.anchor))

    def _level(self, body: happened.LevelChanged, **_: bool) -> None:
        self.stand.level = body.level
        self._reach(body.level)
        self._touch(LEVEL)

    def _reach(self, level: str) -> None:
        for lower in self.stand.playbook.levels:
            if self.stand.playbook.reaches(level, lower):
                self.stand.reached.setdefault(lower, self.stand.now)

    def _item_added(self, body: happened.ItemAdded, **_: bool) -> None:
        stand = self.stand
        cases = stand.cases.setdefault(body.register, {})
        if body.item in cases:
            return
        cases[body.item] = Case(dict(body.fields), stand.now)
        for entry in stand.playbook.entries.values():
            if entry.each == body.register and (entry.id, body.item) not in stand.tracks:
                self._add_track(entry, body.item)
        self._touch(("items", body.register))

    def _item_closed(self, body: happened.ItemClosed, **_: bool) -> None:
        case = self.stand.cases.get(body.register, {}).get(body.item)
        if case is not None and case.closed is None:
            case.closed = self.stand.now
            self._touch(("items", body.register))

    def _opened(self, body: happened.EntryOpened, *, by_clock: bool) -> None:
        key = body.occurrence
        track = self.stand.tracks.get((key.entry, key.item))
        if track is None:
            return
        live = track.live(key.number)
        if live is None:
            self._begin(track, Live(key.number, body.at, recorded=True))
            return
        live.recorded = live.recorded or by_clock or live.slot is None

    def _finish(self, key: OccurrenceKey, **changes: Any) -> None:
        """Write what became of an occurrence; the first completion keeps its time."""
        track = self.stand.tracks.get((key.entry, key.item))
        live = None if track is None else track.live(key.number)
        if track is None or live is None:
            return
        for name, value in changes.items():
            if value is not None and (name == "answer" or getattr(live, name) is None):
                setattr(live, name, value)
        self._look_at_track(track)
        self._touch(("entry", key.entry))

    def _done(self, body: happened.EntryDone | happened.BroadcastReleased, **_: bool) -> None:
        self._finish(body.occurrence, finished=self.stand.now)

    def _skipped(self, body: happened.EntrySkipped, **_: bool) -> None:
        self._finish(body.occurrence, skipped=self.stand.now)

    def _answered(self, body: happened.DecisionAnswered, *, by_clock: bool) -> None:
        track = self.stand.tracks.get((body.occurrence.entry, body.occurrence.item))
        live = None if track is None else track.live(body.occurrence.number)
        if live is not None and by_clock and live.answer is not None:
            live.answer_recorded = True
            return
        self._finish(body.occurrence, finished=self.stand.now, answer=body.option)

    def _gate(self, body: happened.GateAnswered, **_: bool) -> None:
        if body.passed:
            self._finish(body.occurrence, finished=self.stand.now)

    def _phase_opened(self, body: happened.PhaseOpened, **_: bool) -> None:
        window = self.stand.phases.setdefault(body.phase, Window())
        window.recorded = True
        if window.opened is None:
            window.opened = body.at
            self._touch(("phase", body.phase))

    def _phase_closed(self, body: happened.PhaseClosed, **_: bool) -> None:
        window = self.stand.phases.setdefault(body.phase, Window())
        if window.closed is None:
            window.closed = self.stand.now
            self._touch(("phase", body.phase))

    def _closing_asked(self, body: happened.ClosingAsked, **_: bool) -> None:
        self.closings.recorded(body.phase, body.number, body.at)

    def _stood_down(self, _: happened.StoodDown, **__: bool) -> None:
        self.stand.stopped = True

    def _reopened(self, _: happened.Reopened, **__: bool) -> None:
        self.stand.stopped = False
        self.stand.reopened = self.stand.now
        self._touch(REOPENED)

    # --- versions

    def move(self, playbook: Playbook, calendar: Calendar) -> None:
        """Go on with another version: what is open or done stays, the rest is planned anew."""
        stand = self.stand
        stand.playbook, stand.calendar, stand.references = playbook, calendar, References.of(playbook)
        for id_ in playbook.phases:
            stand.phases.setdefault(id_, Window())
        for register in playbook.registers:
            stand.cases.setdefault(register, {})
        for track in stand.tracks.values():
            self._move_track(track, playbook.entries.get(track.entry.id))
        for entry in playbook.entries.values():
            items = [None] if entry.each is None else list(stand.cases.get(entry.each, {}))
            for item in items:
                if (entry.id, item) not in stand.tracks:
                    self._add_track(entry, item)
        self._touch(STARTED)
        self._settle()

    def _move_track(self, track: Track, entry: Entry | None) -> None:
        """An entry that is gone plans nothing more; one with other moments begins them anew."""
        if entry is None or (entry.each is None) != (track.item is None):
            track.series, track.waiting = [], []
            return
        again = (default_moments(entry), entry.repeat) != (default_moments(track.entry), track.entry.repeat)
        track.entry = entry
        if not again:
            return
        track.waiting = []
        track.series = [Series(n, moment, entry.repeat) for n, moment in enumerate(default_moments(entry))]
        for series in track.series if track.lives else ():
            self._pass_over(track, series)

    def _pass_over(self, track: Track, series: Series) -> None:
        """What the new version plans up to now has had its occurrence already."""
        while (slot := self.stand.peek(track, series)) is not None:
            if slot.planned is None or slot.planned > self.stand.now:
                return
            series.take(slot)


def _track_name(track: Track) -> str:
    return str(OccurrenceKey(track.entry.id, track.item))


def _answer_of(track: Track) -> str | None:
    answers = [live.answer for live in track.lives if live.answer is not None]
    return answers[-1] if answers else None


_RULES: Mapping[type[EventBody], Callable[..., None]] = {
    happened.Activated: Planner._activated,
    happened.Confirmed: Planner._confirmed,
    happened.FactLearned: Planner._fact,
    happened.AnchorSet: Planner._anchor,
    happened.LevelChanged: Planner._level,
    happened.ItemAdded: Planner._item_added,
    happened.ItemClosed: Planner._item_closed,
    happened.EntryOpened: Planner._opened,
    happened.EntryDone: Planner._done,
    happened.EntrySkipped: Planner._skipped,
    happened.DecisionAnswered: Planner._answered,
    happened.GateAnswered: Planner._gate,
    happened.BroadcastReleased: Planner._done,
    happened.PhaseOpened: Planner._phase_opened,
    happened.PhaseClosed: Planner._phase_closed,
    happened.ClosingAsked: Planner._closing_asked,
    happened.StoodDown: Planner._stood_down,
    happened.Reopened: Planner._reopened,
}

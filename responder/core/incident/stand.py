"""How do things stand at one instant of a plan? Bases, names, and what is settled, as rules see them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from responder.core.calendar import Calendar
from responder.core.facts import Fact, FactValue
from responder.core.incident.references import References, register_of
from responder.core.incident.series import Series, Slot
from responder.core.playbook.condition import (
    Absent,
    Condition,
    Name,
    NameKind,
    Quantifier,
    Value,
    evaluate,
    quantifiers_in,
)
from responder.core.playbook.entries import Entry, Message
from responder.core.playbook.model import Playbook
from responder.core.playbook.moment import Base, BaseKind, Moment, resolve, round_off, start_of, step

__all__ = ["Live", "Stand", "Track", "Window", "default_moments"]

TrackKey = tuple[str, int | None]


@dataclass(slots=True)
class Live:
    """An occurrence that opened."""

    number: int
    opened: datetime
    slot: Slot | None = None
    finished: datetime | None = None
    skipped: datetime | None = None
    missed: datetime | None = None
    answer: str | None = None
    recorded: bool = False
    answer_recorded: bool = True

    @property
    def unfinished(self) -> bool:
        return self.finished is None and self.skipped is None and self.missed is None


@dataclass(slots=True)
class Track:
    """One entry (for one item of its register): what is planned, what came and waits, what opened."""

    entry: Entry
    item: int | None
    series: list[Series]
    waiting: list[Slot] = field(default_factory=list)
    lives: list[Live] = field(default_factory=list)
    ended: bool = False
    told: object = None

    @property
    def key(self) -> TrackKey:
        return (self.entry.id, self.item)

    @property
    def listed(self) -> bool:
        """Whether its `at` is a list: one occurrence each."""
        return len(self.entry.at) > 1

    def live(self, number: int) -> Live | None:
        return next((live for live in self.lives if live.number == number), None)

    @property
    def next_number(self) -> int:
        return max((live.number for live in self.lives), default=0) + 1


@dataclass(slots=True)
class Window:
    """When a phase opened and closed."""

    opened: datetime | None = None
    closed: datetime | None = None
    recorded: bool = False


@dataclass(slots=True)
class Case:
    """An item of a register."""

    fields: dict[str, FactValue]
    added: datetime
    closed: datetime | None = None


def default_moments(entry: Entry) -> tuple[Moment, ...]:
    """The moments of an entry; without any: its phase opened, else its item added, else activated."""
    if entry.at:
        return entry.at
    if entry.phase is not None:
        return (Moment(Base(BaseKind.PHASE_OPENED, entry.phase)),)
    if entry.each is not None:
        return (Moment(Base(BaseKind.ITEM_ADDED)),)
    return (Moment(Base(BaseKind.ACTIVATED)),)


class Stand:
    """What is known at `now`. Changed only by the planner; everything here only looks."""

    def __init__(self, playbook: Playbook, calendar: Calendar, now: datetime) -> None:
        self.playbook = playbook
        self.calendar = calendar
        self.references = References.of(playbook)
        self.now = now
        self.started: datetime | None = None
        self.reopened: datetime | None = None
        self.stopped = False
        self.level = playbook.levels[0] if playbook.levels else ""
        self.reached: dict[str, datetime] = {}
        self.facts: dict[str, Fact] = {}
        self.anchors: dict[str, datetime] = {}
        self.phases: dict[str, Window] = {id_: Window() for id_ in playbook.phases}
        self.cases: dict[str, dict[int, Case]] = {id_: {} for id_ in playbook.registers}
        self.tracks: dict[TrackKey, Track] = {}
        self.by_entry: dict[str, list[Track]] = {}

    @property
    def running(self) -> bool:
        return self.started is not None and not self.stopped

    def tracks_of(self, entry: str) -> list[Track]:
        return self.by_entry.get(entry, [])

    # --- moments

    def base(self, base: Base, track: Track | None = None, opened: datetime | None = None) -> datetime | None:
        """When a base is, or None while it has no date."""
        kind = base.kind
        if kind is BaseKind.ACTIVATED:
            return self.started
        if kind is BaseKind.ANCHOR:
            return self.anchor(base.id)
        if kind is BaseKind.OPENED:
            return opened
        if kind is BaseKind.PHASE_OPENED or kind is BaseKind.PHASE_CLOSED:
            window = self.phases.get(base.id)
            return (
                None if window is None else window.opened if kind is BaseKind.PHASE_OPENED else window.closed
            )
        if kind.of_entry:
            return self._completion_seen_from(base.id, track)
        return self._rarer_base(base, track)

    def _rarer_base(self, base: Base, track: Track | None) -> datetime | None:
        if base.kind is BaseKind.REOPENED:
            return self.reopened
        if base.kind is BaseKind.FACT:
            return self._date_of_fact(base.id)
        if base.kind is BaseKind.LEVEL_REACHED:
            return self.reached.get(base.id)
        case = self._case(track)
        if case is None:
            return None
        return case.added if base.kind is BaseKind.ITEM_ADDED else case.closed

    def anchor(self, id_: str) -> datetime | None:
        """The date of an anchor: set, or reckoned from another moment."""
        known = self.anchors.get(id_)
        definition = self.playbook.anchors.get(id_)
        if known is not None or definition is None or definition.source is None:
            return known
        return resolve(definition.source, self.base, self.calendar)

    def phase_planned(self, id_: str) -> datetime | None:
        """The earlier of `opens` and `latest`; a phase with neither opens with the incident."""
        phase = self.playbook.phases[id_]
        if phase.opens is None and phase.latest is None:
            return self.started
        wanted = [moment for moment in (phase.opens, phase.latest) if moment is not None]
        times = [resolve(moment, self.base, self.calendar) for moment in wanted]
        return min((time for time in times if time is not None), default=None)

    def due(self, track: Track, live: Live) -> datetime | None:
        """The due of an occurrence as the anchors stand now; never before it opened."""
        return self._late_moment(track.entry.due, track, live)

    def ready(self, track: Track, live: Live) -> datetime | None:
        """By when the text of a message is to be signed."""
        entry = track.entry
        return self._late_moment(entry.ready, track, live) if isinstance(entry, Message) else None

    def _late_moment(self, moment: Moment | None, track: Track, live: Live) -> datetime | None:
        if moment is None:
            return None

        def bases(base: Base) -> datetime | None:
            return self.base(base, track, live.opened)

        start = start_of(moment, bases, self.calendar)
        if start is None:
            return None
        slot = live.slot
        if slot is not None and slot.every is not None and not moment.from_opened:
            start = step(start + slot.shifted, slot.every, slot.number, self.calendar)
        return max(round_off(moment, start, self.calendar), live.opened)

    def _date_of_fact(self, id_: str) -> datetime | None:
        value = self._fact(id_)
        if isinstance(value, datetime):
            return value
        return self.calendar.instant(value, time(0)) if isinstance(value, date) else None

    # --- conditions

    def holds(self, condition: Condition | None, track: Track | None = None) -> bool | None:
        """True, False, or None for unknown."""
        if condition is None:
            return True
        register = track.entry.each if track is not None else None
        if register is None:
            register = next(filter(None, map(self._register, quantifiers_in(condition))), None)

        def names(name: Name, item: int | None) -> Value:
            return self._value(name, item, register)

        return evaluate(condition, names, items=self._items, item=None if track is None else track.item)

    def not_needed(self, track: Track) -> bool:
        """Whether its `if` is false, or the level is lower than it needs."""
        if not self.playbook.reaches(self.level, track.entry.level):
            return True
        return self.holds(track.entry.condition, track) is False

    def held_back(self, track: Track) -> bool:
        """Whether a message's `release_if` is false: open, and not needed now."""
        entry = track.entry
        return isinstance(entry, Message) and self.holds(entry.release_if, track) is False

    def _register(self, quantifier: Quantifier) -> str | None:
        return register_of(self.playbook, quantifier)

    def _items(self, quantifier: Quantifier) -> tuple[int, ...]:
        register = self._register(quantifier)
        return tuple(sorted(self.cases.get(register, {}))) if register is not None else ()

    def _value(self, name: Name, item: int | None, register: str | None) -> Value:
        kind = name.kind
        if kind is NameKind.FACT:
            return self._fact(name.id)
        if kind.of_entry:
            return self._entry_value(name, item)
        if kind is NameKind.ANCHOR:
            return self._anchor_known(name.id)
        if kind is NameKind.LEVEL:
            return self.playbook.reaches(self.level, name.id)
        if kind is NameKind.ITEM_FIELD:
            return self._field(name.id, item, register)
        window = self.phases.get(name.id, Window())
        if kind is NameKind.PHASE_OPEN:
            return window.opened is not None and window.closed is None
        return window.closed is not None

    def _entry_value(self, name: Name, item: int | None) -> Value:
        entry = self.playbook.entries.get(name.id)
        each = entry is not None and entry.each is not None
        track = self.tracks.get((name.id, item if each else None))
        if name.kind is not NameKind.DECISION:
            return track is not None and self.completion(track) is not None
        return Absent.UNKNOWN if track is None else self._answer(track)

    def _answer(self, track: Track) -> Value:
        answered = [live for live in track.lives if live.answer is not None]
        if answered:
            return answered[-1].answer or Absent.UNKNOWN
        return Absent.NONE if self.settled(track) else Absent.UNKNOWN

    def _fact(self, id_: str) -> Value:
        fact, definition = self.facts.get(id_), self.playbook.facts.get(id_)
        if fact is None or (definition is not None and definition.verify and not fact.verified):
            return Absent.UNKNOWN
        expires = self.expiry(id_)
        return fact.value if expires is None or self.now < expires else Absent.UNKNOWN

    def expiry(self, id_: str) -> datetime | None:
        """When a fact will be unknown again."""
        fact, definition = self.facts[id_], self.playbook.facts.get(id_)
        if fact.expires is not None or definition is None or definition.expires is None:
            return fact.expires
        return self.calendar.shift(fact.since, definition.expires)

    def _anchor_known(self, id_: str) -> bool:
        if id_ in self.anchors:
            return True
        at = self.anchor(id_)
        return at is not None and at <= self.now

    def _field(self, id_: str, item: int | None, register: str | None) -> Value:
        case = None if register is None or item is None else self.cases.get(register, {}).get(item)
        return Absent.UNKNOWN if case is None else case.fields.get(id_, Absent.UNKNOWN)

    def _case(self, track: Track | None) -> Case | None:
        if track is None or track.entry.each is None or track.item is None:
            return None
        return self.cases.get(track.entry.each, {}).get(track.item)

    def window_closed(self, track: Track) -> bool:
        """Whether its phase was closed, or its item."""
        window = self.phases.get(track.entry.phase) if track.entry.phase is not None else None
        case = self._case(track)
        return (window is not None and window.closed is not None) or (
            case is not None and case.closed is not None
        )

    # --- what is settled

    def open_needs(self, entry: Entry, item: int | None) -> Iterator[str]:
        """The entries that this one still waits for."""
        for id_ in self.references.needs.get(entry.id, entry.needs):
            if not self.need_settled(id_, entry.each, item):
                yield id_

    def need_settled(self, needed: str, register: str | None, item: int | None) -> bool:
        """Inside one register *this item's*; from elsewhere *all items'*, and none is nothing to wait for."""
        other = self.playbook.entries.get(needed)
        if other is not None and other.each is not None and other.each == register:
            track = self.tracks.get((needed, item))
            return track is not None and self.settled(track)
        return all(self.settled(track) for track in self.tracks_of(needed))

    def settled(self, track: Track) -> bool:
        """Done, skipped, or not needed; a repeated entry with its first completion, a list with its last."""
        unfinished = any(live.unfinished for live in track.lives)
        if unfinished and self.held_back(track):
            return True
        if not track.listed and any(live.finished or live.skipped for live in track.lives):
            return True
        if unfinished:
            return False
        if self.not_needed(track):
            return True
        if track.entry.on_request and not track.lives:
            return False
        return not self._more_to_come(track)

    def completion(self, track: Track) -> datetime | None:
        """When an entry was done: its first completion, for a list of moments its last."""
        finished = [live.finished for live in track.lives if live.finished is not None]
        if not finished:
            return None
        if track.listed:
            waits = any(live.unfinished for live in track.lives) or self._more_to_come(track)
            return None if waits else max(finished)
        return min(finished)

    def _completion_seen_from(self, entry: str, track: Track | None) -> datetime | None:
        other = self.playbook.entries.get(entry)
        if other is None:
            return None
        item = (
            track.item
            if track is not None and other.each is not None and other.each == track.entry.each
            else None
        )
        found = self.tracks.get((entry, item))
        return None if found is None else self.completion(found)

    def _more_to_come(self, track: Track) -> bool:
        if track.waiting:
            return True
        return not track.ended and any(self.peek(track, series) is not None for series in track.series)

    def peek(self, track: Track, series: Series) -> Slot | None:
        """The next planned slot of a series of a track."""

        def bases(base: Base) -> datetime | None:
            return self.base(base, track)

        return series.peek(bases, self.calendar)

"""When is “anniversary - 7d @09:00 on workdays”? Moments: their grammar, their values, their reckoning."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from typing import NoReturn

from responder.core.calendar import DAY_NAMES, Calendar, Duration, parse_duration
from responder.core.errors import InvalidInput

__all__ = [
    "ALL_DAYS",
    "Base",
    "BaseKind",
    "Bases",
    "Moment",
    "MomentError",
    "Offset",
    "OnDays",
    "parse_moment",
    "resolve",
    "round_off",
    "start_of",
    "step",
]


class BaseKind(StrEnum):
    """What a moment is counted from."""

    ACTIVATED = "activated"
    """The incident was activated (and confirmed, where a second person is needed)."""
    REOPENED = "reopened"
    """The incident was opened again after it was stood down."""
    OPENED = "opened"
    """This very occurrence opened; also what a bare duration counts from."""
    REQUEST = "request"
    """Never by itself: a person opens it, any number of times."""
    ANCHOR = "anchor"
    """A named date, known or set later; `id` names it."""
    DATE = "date"
    """A fixed local date, at its midnight; `day` holds it."""
    FACT = "fact"
    """The value of a date or datetime fact; `id` names it."""
    LEVEL_REACHED = "level.reached"
    """The first time the level stood at `id` or above."""
    PHASE_OPENED = "phase.opened"
    PHASE_CLOSED = "phase.closed"
    ITEM_ADDED = "item.added"
    """This occurrence's item of the register was added."""
    ITEM_CLOSED = "item.closed"
    TASK_DONE = "task.done"
    GATE_PASSED = "gate.passed"
    DECISION_ANSWERED = "decision.answered"
    MESSAGE_SENT = "message.sent"

    @property
    def of_entry(self) -> bool:
        """Whether `id` names an entry whose completion is meant."""
        return self in _ENTRY_BASES


_ENTRY_BASES = frozenset(
    {BaseKind.TASK_DONE, BaseKind.GATE_PASSED, BaseKind.DECISION_ANSWERED, BaseKind.MESSAGE_SENT}
)


@dataclass(frozen=True, slots=True)
class Base:
    """What a moment is counted from: a kind, and the id it names (or the date)."""

    kind: BaseKind
    id: str = ""
    day: date | None = None

    def __str__(self) -> str:
        if self.kind is BaseKind.DATE:
            return str(self.day)
        if self.kind is BaseKind.ANCHOR:
            return self.id
        if self.kind is BaseKind.FACT:
            return f"fact.{self.id}"
        if not self.id:
            return str(self.kind)
        head, _, tail = self.kind.partition(".")
        return f"{head}.{self.id}.{tail}"


@dataclass(frozen=True, slots=True)
class Offset:
    """`+ 3d` or `- 3d`; `sign` is 1 or -1."""

    sign: int
    duration: Duration

    def __str__(self) -> str:
        return f"{'+' if self.sign > 0 else '-'} {self.duration}"


@dataclass(frozen=True, slots=True)
class OnDays:
    """The days a moment may fall on: weekdays (0 = Monday), or the city's workdays."""

    days: frozenset[int]
    workdays: bool = False

    def __str__(self) -> str:
        if self.workdays:
            return "workdays"
        if self.days == _MONDAY_TO_FRIDAY:
            return "weekdays"
        return ",".join(DAY_NAMES[day] for day in sorted(self.days))


ALL_DAYS = frozenset(range(7))
_MONDAY_TO_FRIDAY = frozenset(range(5))


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time relative to a base. Offsets apply left to right, then `hour`, then `on`."""

    base: Base
    offsets: tuple[Offset, ...] = ()
    hour: time | None = None
    on: OnDays | None = None

    def __str__(self) -> str:
        parts = [str(self.base), *map(str, self.offsets)]
        if self.hour is not None:
            parts.append(f"@{self.hour:%H:%M}")
        if self.on is not None:
            parts.append(f"on {self.on}")
        return " ".join(parts)

    @property
    def from_opened(self) -> bool:
        """Whether it counts from this occurrence's own opening (as every bare duration does)."""
        return self.base.kind is BaseKind.OPENED

    @property
    def on_request(self) -> bool:
        return self.base.kind is BaseKind.REQUEST


class MomentError(InvalidInput):
    """Not a moment; `at` is the offset in the text where it stops being one."""

    def __init__(self, message: str, *, mend: str = "", at: int = 0) -> None:
        super().__init__(message, mend=mend)
        self.at = at


Bases = Callable[[Base], datetime | None]
"""Tells when a base is (incident time, aware UTC), or None while nobody knows. Never asked for dates."""


def parse_moment(text: str, *, bare: bool = False) -> Moment:
    """Read a moment. `bare` allows a lone duration, which counts from `opened`.

    Raises MomentError with the offset of the first thing that cannot stand there.
    """
    return _Reader(text, bare=bare).moment()


def resolve(
    moment: Moment, bases: Bases, calendar: Calendar, *, every: Duration | None = None, number: int = 0
) -> datetime | None:
    """The instant of a moment (aware UTC), or None while its base has no date.

    With `every`, the instant of occurrence `number` of a repeat (0 = the first): the start moves on by
    number × every in one step, so month ends return to the 31st, and then `@` and `on` apply.
    """
    start = start_of(moment, bases, calendar)
    if start is None:
        return None
    return round_off(moment, step(start, every, number, calendar), calendar)


def start_of(moment: Moment, bases: Bases, calendar: Calendar) -> datetime | None:
    """The base with its offsets, before `@` and `on`: what a repeat counts from."""
    start = _base_instant(moment.base, bases, calendar)
    if start is None:
        return None
    for offset in moment.offsets:
        start = calendar.shift(start, offset.duration, sign=offset.sign)
    return start


def step(start: datetime, every: Duration | None, number: int, calendar: Calendar) -> datetime:
    """`start` moved on by number × every, reckoned in one step."""
    if every is None or number == 0:
        return start
    return calendar.shift(start, Duration(every.count * number, every.unit))


def round_off(moment: Moment, instant: datetime, calendar: Calendar) -> datetime:
    """Apply the moment's `@` and `on` to an instant: earlier if its last sign is `-`, later otherwise."""
    if moment.hour is not None:
        instant = calendar.at_hour(instant, moment.hour)
    if moment.on is None:
        return instant
    sign = moment.offsets[-1].sign if moment.offsets else 1
    if moment.on.workdays:
        return calendar.roll_to_workday(instant, sign=sign)
    return calendar.roll(instant, moment.on.days, sign=sign)


def _base_instant(base: Base, bases: Bases, calendar: Calendar) -> datetime | None:
    if base.kind is BaseKind.REQUEST:
        return None
    if base.kind is BaseKind.DATE and base.day is not None:
        return calendar.instant(base.day, time(0))
    return bases(base)


_SPACE = re.compile(r"[ \t\n]*")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?!\d)")
_BARE = re.compile(r"\d+[a-z]+\s*$")
_WORDS = re.compile(r"[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*")
_DURATION = re.compile(r"\w*")
_HOUR = re.compile(r"([01]\d|2[0-3]):([0-5]\d)(?!\d)")
_LOOSE_HOUR = re.compile(r"[\d:.]*")
_DAY = re.compile(r"\w+")
_ENDINGS = {
    "level": {"reached": BaseKind.LEVEL_REACHED},
    "phase": {"opened": BaseKind.PHASE_OPENED, "closed": BaseKind.PHASE_CLOSED},
    "task": {"done": BaseKind.TASK_DONE},
    "gate": {"passed": BaseKind.GATE_PASSED},
    "decision": {"answered": BaseKind.DECISION_ANSWERED},
    "message": {"sent": BaseKind.MESSAGE_SENT},
}
_PLAIN = {
    str(kind): kind for kind in (BaseKind.ACTIVATED, BaseKind.REOPENED, BaseKind.OPENED, BaseKind.REQUEST)
}
_ITEM = {"item.added": BaseKind.ITEM_ADDED, "item.closed": BaseKind.ITEM_CLOSED}


class _Reader:
    """Reads one moment from left to right, remembering where it is."""

    def __init__(self, text: str, *, bare: bool) -> None:
        self.text = text
        self.bare = bare
        self.here = 0

    def moment(self) -> Moment:
        self._space()
        if self.here == len(self.text):
            raise MomentError("A moment is empty.", mend="Write one, such as activated + 2h.")
        if self.bare and _BARE.match(self.text, self.here):
            duration = self._duration()
            return Moment(Base(BaseKind.OPENED), (Offset(1, duration),))
        base = self._base()
        offsets = tuple(self._offsets())
        hour = self._hour()
        days = self._days()
        if self.here < len(self.text):
            self._fail(
                f"“{self.text[self.here :]}” cannot stand here.",
                "A moment is a base, then + or - durations, then @HH:MM, then on and days.",
            )
        if base.kind is BaseKind.REQUEST and (offsets or hour or days):
            raise MomentError("“request” stands alone.", mend="Leave out what follows it.")
        return Moment(base, offsets, hour, days)

    def _base(self) -> Base:
        start = self.here
        if found := _DATE.match(self.text, start):
            self._move(found.end())
            return Base(BaseKind.DATE, day=self._date(found[0], start))
        found = _WORDS.match(self.text, start)
        if found is None:
            self._fail_at_base(start)
        self._move(found.end())
        return _named_base(found[0], start)

    def _fail_at_base(self, start: int) -> NoReturn:
        if _BARE.match(self.text, start):
            duration = self._duration()
            raise MomentError(
                f"“{duration}” alone does not say from when.",
                mend=f"Write what it counts from: activated + {duration}.",
                at=start,
            )
        raise MomentError(
            f"“{self.text[start:]}” does not begin with a base.",
            mend="Begin with activated, an anchor, a date, or a name such as task.X.done.",
            at=start,
        )

    def _date(self, text: str, start: int) -> date:
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise MomentError(f"“{text}” is not a date.", mend="Write YYYY-MM-DD.", at=start) from None

    def _offsets(self) -> list[Offset]:
        found = []
        while self.here < len(self.text) and self.text[self.here] in "+-−–":
            sign = 1 if self.text[self.here] == "+" else -1
            if self.text[self.here] in "−–":
                self._fail("This dash is not a minus sign.", "Write -.")
            self._move(self.here + 1)
            found.append(Offset(sign, self._duration()))
        return found

    def _duration(self) -> Duration:
        start = self.here
        found = _DURATION.match(self.text, start)
        word = found[0] if found else ""
        if not word:
            self._fail("A duration is missing.", "Write one after the sign: + 2h.")
        try:
            duration = parse_duration(word)
        except InvalidInput as error:
            raise MomentError(error.message, mend=error.mend, at=start) from None
        self._move(start + len(word))
        return duration

    def _hour(self) -> time | None:
        if not self.text.startswith("@", self.here):
            return None
        self._move(self.here + 1)
        found = _HOUR.match(self.text, self.here)
        if found is None:
            loose = _LOOSE_HOUR.match(self.text, self.here)
            said = loose[0] if loose else ""
            self._fail(f"“@{said}” is not an hour.", "Write @HH:MM, such as @09:00.")
        self._move(found.end())
        return time(int(found[1]), int(found[2]))

    def _days(self) -> OnDays | None:
        found = re.compile(r"on(?=\s)").match(self.text, self.here)
        if found is None:
            return None
        self._move(found.end())
        first, at = self._word()
        if first == "workdays":
            return OnDays(frozenset(), workdays=True)
        if first == "weekdays":
            return OnDays(_MONDAY_TO_FRIDAY)
        days = {self._weekday(first, at)}
        while self.text.startswith(",", self.here):
            self._move(self.here + 1)
            days.add(self._weekday(*self._word()))
        return OnDays(frozenset(days))

    def _word(self) -> tuple[str, int]:
        start = self.here
        found = _DAY.match(self.text, start)
        if found is None:
            self._fail("A day is missing after “on”.", "Write workdays, weekdays or mon,tue.")
        self._move(found.end())
        return found[0], start

    def _weekday(self, word: str, at: int) -> int:
        if word not in DAY_NAMES:
            raise MomentError(
                f"“{word}” is not a day.",
                mend=f"Days are {', '.join(DAY_NAMES)}; or workdays, weekdays.",
                at=at,
            )
        return DAY_NAMES.index(word)

    def _space(self) -> None:
        found = _SPACE.match(self.text, self.here)
        self.here = found.end() if found else self.here

    def _move(self, to: int) -> None:
        self.here = to
        self._space()

    def _fail(self, message: str, mend: str) -> NoReturn:
        raise MomentError(message, mend=mend, at=self.here)


def _named_base(words: str, at: int) -> Base:
    if words in _PLAIN:
        return Base(_PLAIN[words])
    if words in _ITEM:
        return Base(_ITEM[words])
    parts = words.split(".")
    if len(parts) == 1:
        return Base(BaseKind.ANCHOR, words)
    if parts[0] == "fact" and len(parts) == 2:
        return Base(BaseKind.FACT, parts[1])
    if parts[0] == "anchor" and len(parts) == 2:
        raise MomentError(f"In a moment an anchor stands bare: {parts[1]}.", mend=f"Write {parts[1]}.", at=at)
    endings = _ENDINGS.get(parts[0])
    if endings is None:
        known = ", ".join(["fact", *_ENDINGS, "item"])
        raise MomentError(
            f"“{words}” is not a base.", mend=f"Before the first dot stands one of {known}.", at=at
        )
    if len(parts) != 3 or parts[2] not in endings:
        name = parts[1] if len(parts) > 1 else "X"
        rather = " or ".join(f"{parts[0]}.{name}.{ending}" for ending in endings)
        raise MomentError(f"“{words}” is not a base.", mend=f"Did you mean {rather}?", at=at)
    return Base(endings[parts[2]], parts[1])

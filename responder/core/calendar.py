"""How does a city count time? Its zone, its weekend, its holidays, and durations on them."""

from __future__ import annotations

import calendar as month_lengths
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from responder.core.errors import InvalidInput

__all__ = ["DAY_NAMES", "Calendar", "Duration", "Unit", "parse_duration"]

Unit = Literal["min", "h", "d", "wd", "w", "mo", "y"]

DAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_DURATION = re.compile(r"(?P<count>\d{1,6})(?P<unit>[a-z]+)")
_ELAPSED = {"min": timedelta(minutes=1), "h": timedelta(hours=1)}
_FARTHEST_DAYS = 366 * 3


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time. `min` and `h` elapse; `d wd w mo y` keep the local hour of the city."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit}"

    @property
    def rough(self) -> timedelta:
        """About how long this is, for comparing two durations; never for planning."""
        days = {"d": 1, "wd": 1, "w": 7, "mo": 30, "y": 365}
        if self.unit in _ELAPSED:
            return self.count * _ELAPSED[self.unit]
        return timedelta(days=self.count * days[self.unit])


def parse_duration(text: str) -> Duration:
    """Read `30min`, `2h`, `4wd`, `3mo`. Raises InvalidInput, naming the mend."""
    match = _DURATION.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(f"“{text}” is not a duration.", mend="Write a number and a unit: 30min, 2h, 3d.")
    count, unit = int(match["count"]), match["unit"]
    if unit == "m":
        raise InvalidInput(f"“{text}” could mean two things.", mend=f"Did you mean {count}min or {count}mo?")
    if unit not in get_args(Unit):
        raise InvalidInput(f"“{unit}” is not a unit of time.", mend="Units are min, h, d, wd, w, mo, y.")
    return Duration(count, unit)  # type: ignore[arg-type]  # checked against Unit just above


@dataclass(frozen=True, slots=True)
class Calendar:
    """The city's zone, the days it rests (0 = Monday) and its holidays (local dates).

    Moments go in and come out as aware UTC datetimes.
    """

    zone: ZoneInfo
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = field(default_factory=frozenset)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def instant(self, day: date, hour: time) -> datetime:
        """The UTC instant of a local time.

        A local time that does not exist moves forward by the gap; one that comes twice is
        the first (fold=0 of PEP 495 gives both).
        """
        return datetime.combine(day, hour, tzinfo=self.zone).replace(fold=0).astimezone(UTC)

    def shift(self, moment: datetime, duration: Duration, *, sign: int = 1) -> datetime:
        """`moment` plus (sign=1) or minus (sign=-1) a duration."""
        if duration.unit in _ELAPSED:
            return moment + sign * duration.count * _ELAPSED[duration.unit]
        there = self.local(moment)
        return self.instant(self._shift_date(there.date(), duration, sign), there.time())

    def at_hour(self, moment: datetime, hour: time) -> datetime:
        """The same local date at another hour."""
        return self.instant(self.local(moment).date(), hour)

    def roll(self, moment: datetime, days: frozenset[int], *, sign: int = 1) -> datetime:
        """The nearest fitting weekday, the same day included; later (1) or earlier (-1)."""
        return self._roll(moment, sign, lambda day: day.weekday() in days)

    def roll_to_workday(self, moment: datetime, *, sign: int = 1) -> datetime:
        """The nearest day that is neither weekend nor holiday; later (1) or earlier (-1)."""
        return self._roll(moment, sign, self.is_workday)

    def is_workday(self, day: date) -> bool:
        return day.weekday() not in self.weekend and day not in self.holidays

    def _roll(self, moment: datetime, sign: int, fits: Callable[[date], bool]) -> datetime:
        there = self.local(moment)
        day = there.date()
        for _ in range(_FARTHEST_DAYS):
            if fits(day):
                return self.instant(day, there.time())
            day += timedelta(days=sign)
        raise InvalidInput("No fitting day within three years.", mend="Look at the city's holidays.")

    def _shift_date(self, day: date, duration: Duration, sign: int) -> date:
        if duration.unit in ("d", "w"):
            return day + timedelta(days=sign * duration.count * (7 if duration.unit == "w" else 1))
        if duration.unit == "wd":
            return self._shift_workdays(day, duration.count, sign)
        return _shift_months(day, sign * duration.count * (12 if duration.unit == "y" else 1))

    def _shift_workdays(self, day: date, count: int, sign: int) -> date:
        while count:
            day += timedelta(days=sign)
            count -= self.is_workday(day)
        return day


def _shift_months(day: date, months: int) -> date:
    """Month ends clamp: 31 January + 1 month = the last day of February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = month_lengths.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))

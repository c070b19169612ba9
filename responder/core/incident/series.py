"""When is the next occurrence planned? A cursor over one moment and its repeats."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from responder.core.calendar import Calendar, Duration
from responder.core.playbook.entries import Leg, Missed
from responder.core.playbook.moment import Bases, Moment, resolve, round_off, start_of, step

__all__ = ["Series", "Slot"]


@dataclass(frozen=True, slots=True)
class Slot:
    """One planned occurrence; `planned` None = its base has no date.

    `every`, `number` and `shifted` tell how far it has moved on from the start, so that a due
    written as a moment can move along: `shifted` is the start of its leg, `number` × `every` the rest.
    """

    series: int
    planned: datetime | None
    every: Duration | None = None
    number: int = 0
    shifted: timedelta = timedelta()
    missed: Missed | None = None


class Series:
    """The planned occurrences of one `at` moment: one, or those of its repeat, leg by leg.

    The cursor moves only by `take`; `peek` reckons anew from the bases, so a moved anchor moves
    all that has not been taken. Occurrence n of a leg = its start + n × every, then `@` and `on`;
    a leg ends before its `until` and the next begins there; equal moments are one.
    """

    __slots__ = ("index", "last", "leg", "legs", "moment", "number", "taken")

    def __init__(self, index: int, moment: Moment, legs: tuple[Leg, ...]) -> None:
        self.index = index
        self.moment = moment
        self.legs = legs
        self.leg = 0
        self.number = 0
        self.taken = False
        self.last: datetime | None = None

    @property
    def repeats(self) -> bool:
        return bool(self.legs)

    def peek(self, bases: Bases, calendar: Calendar) -> Slot | None:
        """The next slot not yet taken, or None when there is none (for now)."""
        if self.moment.on_request:
            return None
        if not self.repeats:
            planned = None if self.taken else resolve(self.moment, bases, calendar)
            return None if self.taken else Slot(self.index, planned)
        return self._peek_leg(bases, calendar)

    def take(self, slot: Slot) -> None:
        """Move past a slot that has come."""
        self.taken = True
        self.last = slot.planned
        self.number += 1

    def _peek_leg(self, bases: Bases, calendar: Calendar) -> Slot | None:
        while True:
            leg = self.legs[self.leg]
            start = self._leg_start(bases, calendar)
            if start is None:
                return Slot(self.index, None, leg.every, self.number, missed=leg.missed)
            planned = self._planned(start, leg, calendar)
            until = None if leg.until is None else resolve(leg.until, bases, calendar)
            if until is not None and planned >= until:
                if self.leg + 1 == len(self.legs):
                    return None
                self.leg, self.number = self.leg + 1, 0
                continue
            first = start if self.leg == 0 else start_of(self.moment, bases, calendar) or start
            return Slot(self.index, planned, leg.every, self.number, start - first, leg.missed)

    def _planned(self, start: datetime, leg: Leg, calendar: Calendar) -> datetime:
        """The time of the cursor's occurrence, past those that fall on the one before."""
        planned = self._at(start, leg, calendar)
        while leg.every.count and self._same_as_before(planned, start, leg, calendar):
            self.number += 1
            planned = self._at(start, leg, calendar)
        return planned

    def _same_as_before(self, planned: datetime, start: datetime, leg: Leg, calendar: Calendar) -> bool:
        if self.number:
            before = round_off(self.moment, step(start, leg.every, self.number - 1, calendar), calendar)
            return planned <= before
        return self.leg > 0 and self.last is not None and planned <= self.last

    def _at(self, start: datetime, leg: Leg, calendar: Calendar) -> datetime:
        return round_off(self.moment, step(start, leg.every, self.number, calendar), calendar)

    def _leg_start(self, bases: Bases, calendar: Calendar) -> datetime | None:
        if self.leg == 0:
            return start_of(self.moment, bases, calendar)
        until = self.legs[self.leg - 1].until
        return None if until is None else resolve(until, bases, calendar)

"""What time is it inside an incident? Live: the wall's; exercise: origin + rate × elapsed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from responder.core.errors import InvalidInput
from responder.core.terms import Mode

__all__ = ["IncidentClock"]


@dataclass(frozen=True, slots=True)
class IncidentClock:
    """Turns wall time into incident time and back. All aware UTC.

    `origin` is the incident time at the wall time `started`. A live incident has rate 1 and
    origin = started, so the two times are one.
    """

    mode: Mode
    origin: datetime
    started: datetime
    rate: float = 1.0

    def __post_init__(self) -> None:
        if self.rate <= 0:
            raise InvalidInput("A clock that stands or runs back plans nothing.", mend="Give a rate above 0.")

    def now(self, wall: datetime) -> datetime:
        """The incident time at a wall time."""
        if self.mode is Mode.LIVE:
            return wall
        return self.origin + (wall - self.started) * self.rate

    def wall(self, now: datetime) -> datetime:
        """The wall time at which the incident will show `now`; never rounded down."""
        if self.mode is Mode.LIVE:
            return now
        elapsed = self.started + (now - self.origin) / self.rate
        return elapsed if self.now(elapsed) >= now else elapsed + timedelta(microseconds=1)

    def wound(self, *, at: datetime, rate: float, wall: datetime) -> IncidentClock:
        """The same clock, showing `at` from the wall time `wall` on."""
        return IncidentClock(self.mode, origin=at, started=wall, rate=rate)

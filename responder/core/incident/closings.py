"""When is somebody asked whether a phase, or the incident, can be closed?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from responder.core.incident.references import Topic
from responder.core.incident.stand import Stand
from responder.core.playbook.model import Closing
from responder.core.playbook.moment import Base, resolve

__all__ = ["Asked", "Closings"]


@dataclass(slots=True)
class Asked:
    """How the closing of a phase (or of the incident) was asked for so far."""

    times: list[datetime]
    met: bool = False
    reviewed: bool = False
    recorded: int = 0


class Closings:
    """Asks when the criteria come to hold, at the review, and again every so often; closes nothing itself."""

    def __init__(self, stand: Stand, at: Callable[[datetime | None, Topic], None]) -> None:
        self.stand = stand
        self.asked: dict[str | None, Asked] = {}
        self._at = at

    def closing(self, phase: str | None) -> Closing | None:
        """How a phase (None: the incident) closes; None when nobody is asked."""
        playbook = self.stand.playbook
        if phase is None:
            return playbook.closes
        return playbook.phases[phase].closes if phase in playbook.phases else None

    def criteria_met(self, closing: Closing) -> bool:
        """Whether all its needs are settled and its condition holds."""
        stand = self.stand
        if not all(stand.need_settled(id_, None, None) for id_ in closing.needs):
            return False
        return stand.holds(closing.condition) is True

    def look_at(self, phase: str | None) -> None:
        """Ask if it is time, else note when it may be."""
        closing, opened = self.closing(phase), self._opened(phase)
        if closing is None or opened is None or not self.stand.running:
            return
        asked = self.asked.setdefault(phase, Asked([]))
        met = bool(closing.needs or closing.conditions) and self.criteria_met(closing)
        ask = met and not asked.met
        asked.met = met
        ask = self._review_has_come(phase, closing, opened) or ask
        ask = self._again_has_come(phase, closing) or ask
        if ask and (not asked.times or asked.times[-1] < self.stand.now):
            asked.times.append(self.stand.now)
            self._again_has_come(phase, closing)

    def recorded(self, phase: str | None, number: int, at: datetime) -> None:
        """The log has this asking."""
        asked = self.asked.setdefault(phase, Asked([]))
        asked.recorded = max(asked.recorded, number)
        if len(asked.times) < number:
            asked.times.append(at)

    def _opened(self, phase: str | None) -> datetime | None:
        if phase is None:
            return self.stand.started
        window = self.stand.phases[phase]
        return window.opened if window.closed is None else None

    def _review_has_come(self, phase: str | None, closing: Closing, opened: datetime) -> bool:
        asked, stand = self.asked[phase], self.stand
        if closing.review is None or asked.reviewed:
            return False

        def bases(base: Base) -> datetime | None:
            return stand.base(base, None, opened)

        when = resolve(closing.review, bases, stand.calendar)
        if when is None or when > stand.now:
            self._at(when, ("closing", phase or ""))
            return False
        asked.reviewed = True
        return True

    def _again_has_come(self, phase: str | None, closing: Closing) -> bool:
        asked, stand = self.asked[phase], self.stand
        if closing.every is None or not closing.every.count or not asked.times:
            return False
        when = stand.calendar.shift(asked.times[-1], closing.every)
        if when <= stand.now:
            return True
        self._at(when, ("closing", phase or ""))
        return False

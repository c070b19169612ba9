"""How fast, how much at once, and not before when? Limits as data; nothing here ever sleeps."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from responder.core.calendar import Calendar
from responder.core.errors import InvalidInput
from responder.core.terms import Urgency

__all__ = ["CONNECTIONS_TO_WINDOW", "RECEIPTS_FOR", "not_before", "quiet_span", "undo_window", "window"]

CONNECTIONS_TO_WINDOW = 4
"""So many messages a connection may stand marked at once: what one kill can leave in doubt."""

RECEIPTS_FOR = timedelta(hours=72)
"""How long receipts are waited for, and kept when their delivery is not known yet."""

_QUIET = re.compile(r"(?P<from>\d{1,2}:\d{2})\s*-\s*(?P<to>\d{1,2}:\d{2})")


def window(connections: int) -> int:
    """How many rows of a channel one process may have in `handing_over`."""
    return max(1, connections) * CONNECTIONS_TO_WINDOW


def undo_window(urgency: Urgency, *, seconds: int) -> timedelta:
    """How long a release can be taken back before anything is written: nothing for what is urgent."""
    return timedelta(seconds=seconds) if urgency is Urgency.NORMAL else timedelta(0)


def quiet_span(text: str) -> tuple[time, time]:
    """Read `22:00-07:00`. Raises InvalidInput."""
    match = _QUIET.fullmatch(text.strip())
    if match is None:
        raise InvalidInput(f"“{text}” are not quiet hours.", mend="Write them as 22:00-07:00.")
    try:
        return _hour(match["from"]), _hour(match["to"])
    except ValueError as error:
        raise InvalidInput(f"“{text}” are not hours of a day.", mend="Write them as 22:00-07:00.") from error


def not_before(now: datetime, quiet: str | None, calendar: Calendar) -> datetime | None:
    """The end of the quiet hours in which `now` falls, in the city's zone; None outside of them.

    The span may go over midnight; its first minute is quiet, its last is not. `now` is incident
    time, and so is what comes back.
    """
    if not quiet:
        return None
    begin, end = quiet_span(quiet)
    if begin == end:
        return None
    local = calendar.local(now)
    today = local.date()
    for day in (today - timedelta(days=1), today):
        start = calendar.instant(day, begin)
        stop = calendar.instant(day if end > begin else day + timedelta(days=1), end)
        if start <= now < stop:
            return stop
    return None


def _hour(text: str) -> time:
    hour, minute = text.split(":")
    return time(int(hour), int(minute))

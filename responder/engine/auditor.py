"""Did everything that was due happen? A second look that trusts nothing but the rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from responder.core.broadcast import BroadcastState
from responder.engine.ports import Ports, Work

__all__ = ["Delay", "delays"]

_PATIENCE = timedelta(seconds=30)
"""The beat comes every second; what is this late has not been looked at."""
_CALL_PATIENCE = timedelta(minutes=5)
_MOST = 50


@dataclass(frozen=True, slots=True)
class Delay:
    """Something that was due at a wall time and has not happened; `what` in words, `id` of its row."""

    what: str
    id: str
    due: datetime


def delays(ports: Ports) -> tuple[Delay, ...]:
    """All that is late by more than the machine ever is; empty = all is well.

    Work that waits for people is not late here: their ladder deals with that.
    """
    wall = ports.clock.now()
    with ports.store.read() as work:
        return (*_beats(work, wall), *_calls(work, wall), *_sendings(work, wall))


def _beats(work: Work, wall: datetime) -> Iterator[Delay]:
    for incident_id in work.incidents.beating(wall - _PATIENCE):
        row = work.incidents.row(incident_id)
        yield Delay("an incident whose plan was not looked at", row.id, row.next_beat or wall)


def _calls(work: Work, wall: datetime) -> Iterator[Delay]:
    for call in work.incidents.calls_to_carry(wall - _CALL_PATIENCE):
        if call.wall < wall - _CALL_PATIENCE:
            yield Delay("a call that nobody carried", call.id, call.wall)


def _sendings(work: Work, wall: datetime) -> Iterator[Delay]:
    for broadcast in work.broadcasts.in_state(BroadcastState.RELEASED):
        if broadcast.starts is not None and broadcast.starts < wall - _PATIENCE:
            yield Delay("a broadcast that did not begin", broadcast.id, broadcast.starts)
    for broadcast in work.broadcasts.stalled(before=wall - _CALL_PATIENCE):
        yield Delay("a broadcast whose rows are not written", broadcast.id, wall - _CALL_PATIENCE)
    for parcel in work.broadcasts.lapsed(wall=wall - _PATIENCE, limit=_MOST):
        yield Delay("a parcel that nobody works on", str(parcel.id), wall - _PATIENCE)

"""How do broadcasts of an exercise keep up with its clock, when somebody winds it?

Waits and quiet hours are incident time, but rows hold wall time, by which beats are planned. In a
live incident the two are one. In an exercise the clock can be wound, so these rows are looked at again.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from responder.core.broadcast import Broadcast, BroadcastState, not_before, undo_window
from responder.core.incident.event import BroadcastReleased
from responder.core.terms import Mode
from responder.engine.ports import Ports
from responder.engine.situation.incident import Situation, situate

__all__ = ["follow_clocks"]


def follow_clocks(ports: Ports, wall: datetime) -> None:
    """Let what waits for a moment that a wound clock has passed already go on."""
    with ports.store.read() as work:
        waiting = [
            item
            for item in work.broadcasts.in_state(BroadcastState.RELEASED)
            if item.mode is Mode.EXERCISE and item.wait_seconds and (item.starts or wall) > wall
        ]
        sending = [
            item
            for item in work.broadcasts.in_state(BroadcastState.SENDING)
            if item.mode is Mode.EXERCISE and work.broadcasts.held_back(item.id, wall=wall)
        ]
        incidents = {item.incident_id for item in (*waiting, *sending)}
        situations = {item: situate(ports, work, item) for item in incidents}
    for broadcast in waiting:
        _bring_forward(ports, broadcast, situations[broadcast.incident_id], wall)
    for broadcast in sending:
        _let_go(ports, broadcast, situations[broadcast.incident_id], wall)


def _bring_forward(ports: Ports, broadcast: Broadcast, situation: Situation, wall: datetime) -> None:
    """The wait of incident time since the release is over; the undo window is the wall's and stays."""
    released = _released_at(situation, broadcast.id)
    undone = undo_window(broadcast.urgency, seconds=ports.limits.undo_seconds)
    open_still = broadcast.released is not None and wall < broadcast.released + undone
    if open_still or released is None or situation.now < released + timedelta(seconds=broadcast.wait_seconds):
        return
    with ports.store.begin() as work:
        work.broadcasts.bring_forward(broadcast.id, starts=wall)


def _let_go(ports: Ports, broadcast: Broadcast, situation: Situation, wall: datetime) -> None:
    with ports.store.begin() as work:
        for quiet in work.broadcasts.held_back(broadcast.id, wall=wall):
            if not_before(situation.now, quiet, situation.calendar) is None:
                work.broadcasts.let_go(broadcast.id, quiet, wall=wall)


def _released_at(situation: Situation, broadcast_id: str) -> datetime | None:
    moments = (
        event.recorded
        for event in situation.incident.events
        if isinstance(event.body, BroadcastReleased) and event.body.broadcast == broadcast_id
    )
    return next(moments, None)

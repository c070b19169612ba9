"""What is due at the desk of broadcasts, and when is the next beat?"""

from __future__ import annotations

from datetime import datetime, timedelta

from responder.core.broadcast import (
    RECEIPTS_FOR,
    Broadcast,
    BroadcastState,
    DeliveryState,
    Move,
)
from responder.core.incident.event import BroadcastCompleted, BroadcastExpired
from responder.core.terms import Channel, Mode
from responder.engine.broadcasts.asking import AT_ONCE, ask, ask_to_materialise
from responder.engine.broadcasts.doors import drain_inbox
from responder.engine.broadcasts.logging import by_clock, change_broadcast
from responder.engine.broadcasts.rehearsing import follow_clocks
from responder.engine.ports import JobState, Ports, Work
from responder.engine.ports.broadcasts import Parcel, Progress

__all__ = ["awaits_rows", "recover_own", "sweep_some", "tend"]

_SWEEP_PARCELS = 10
_LOOKED_AT = 500
_UNWRITTEN = (BroadcastState.RELEASED, BroadcastState.MATERIALISING)


def tend(ports: Ports) -> datetime | None:
    """Do what is due; safe to repeat and to run on several nodes. Returns the wall time of the next beat.

    1. Exercises whose clock was wound, then undo windows that ended: the writing of rows is asked for.
    2. Messages that lost their use expire; rows of ended broadcasts are swept.
    3. Leases that ran out: what was marked is unknown, the parcel opens again.
    4. Jobs for parcels that have none; jobs that were lost are asked for again.
    5. Receipts that no job took are applied.
    6. Broadcasts whose receipts are in, or were waited for long enough, are done.
    """
    wall = ports.clock.now()
    follow_clocks(ports, wall)
    _begin_due(ports, wall)
    _expire_due(ports, wall)
    _sweep_ended(ports)
    _open_lapsed(ports, wall)
    _ask_for_jobs(ports, wall)
    _apply_receipts(ports)
    _complete_due(ports, wall)
    with ports.store.read() as work:
        return work.broadcasts.next_wall()


def recover_own(ports: Ports) -> int:
    """At the start of a node: open the parcels that are leased under its own name; returns how many.

    A node's name is its own: whoever held them is the process that this one follows.
    """
    with ports.store.read() as work:
        parcels = work.broadcasts.leased_by(ports.limits.node)
    opened = sum(_reopen(ports, parcel, lapsed=False) for parcel in parcels)
    with ports.store.begin() as work:
        ask(ports, work)
    ports.queue.nudge()
    return opened


def sweep_some(ports: Ports, broadcast: Broadcast) -> bool:
    """Turn pending rows of an ended broadcast, ten parcels a transaction; False when none was left."""
    then = DeliveryState.EXPIRED if broadcast.state is BroadcastState.EXPIRED else DeliveryState.STOPPED
    with ports.store.begin() as work:
        parcels = work.broadcasts.open_parcels(broadcast.id, limit=_SWEEP_PARCELS)
        for parcel in parcels:
            if work.broadcasts.close_parcel(parcel):
                moves = work.broadcasts.sweep(parcel, then, wall=ports.clock.now())
                work.broadcasts.count(broadcast.id, ports.limits.node, moves)
    return bool(parcels)


def awaits_rows(work: Work, broadcast: Broadcast) -> bool:
    """Whether others decide who is in it, and their rows are still to be written.

    The rest is who does not hear it first; a later language goes to who got the notice.
    """
    theirs = work.broadcasts.of_statement(broadcast.statement_id)
    place = [item.id for item in theirs].index(broadcast.id)
    deciding = [
        item
        for number, item in enumerate(theirs)
        if item.id == broadcast.twin or (number < place and item.part is broadcast.part)
    ]
    return any(item.state in _UNWRITTEN for item in deciding)


def _begin_due(ports: Ports, wall: datetime) -> None:
    with ports.store.read() as work:
        due = work.broadcasts.due_to_materialise(wall=wall)
        stalled = work.broadcasts.stalled(before=wall - _lease(ports))
    for broadcast in due:
        with ports.store.begin() as work:
            if awaits_rows(work, broadcast):
                continue
            if work.broadcasts.move(broadcast.id, Move.MATERIALISE, wall=wall):
                ask_to_materialise(ports, work, broadcast)
    for broadcast in stalled:
        with ports.store.begin() as work:
            number = work.broadcasts.next_round(broadcast.id, wall=wall)
            ask_to_materialise(ports, work, broadcast, number=number)
    if due or stalled:
        ports.queue.nudge()


def _expire_due(ports: Ports, wall: datetime) -> None:
    open_states = (
        BroadcastState.DRAFT,
        BroadcastState.RELEASED,
        BroadcastState.MATERIALISING,
        BroadcastState.SENDING,
        BroadcastState.PAUSED,
    )
    with ports.store.read() as work:
        due = [item for item in work.broadcasts.in_state(*open_states) if _is_over(item, wall)]
    for broadcast in due:
        change_broadcast(ports, broadcast, Move.EXPIRE, by_clock(BroadcastExpired(broadcast.id)), must=False)


def _is_over(broadcast: Broadcast, wall: datetime) -> bool:
    return broadcast.expires is not None and broadcast.expires <= wall


def _sweep_ended(ports: Ports) -> None:
    with ports.store.read() as work:
        ended = work.broadcasts.unswept()
    for broadcast in ended:
        sweep_some(ports, broadcast)


def _open_lapsed(ports: Ports, wall: datetime) -> None:
    with ports.store.read() as work:
        parcels = work.broadcasts.lapsed(wall=wall, limit=_LOOKED_AT)
    for parcel in parcels:
        _reopen(ports, parcel, lapsed=True)


def _reopen(ports: Ports, parcel: Parcel, *, lapsed: bool) -> bool:
    with ports.store.begin() as work:
        moves = work.broadcasts.reopen(parcel, wall=ports.clock.now(), lapsed=lapsed)
        if moves is None:
            return False
        work.broadcasts.count(parcel.broadcast, ports.limits.node, moves)
    return True


def _ask_for_jobs(ports: Ports, wall: datetime) -> None:
    with ports.store.read() as work:
        waiting = work.broadcasts.parcels_to_ask(wall=wall, limit=1)
        forgotten = work.broadcasts.forgotten(before=wall - _lease(ports), limit=_LOOKED_AT)
    lost = [parcel for parcel in forgotten if _is_lost(ports, parcel)]
    if not waiting and not lost:
        return
    with ports.store.begin() as work:
        for parcel in lost:
            work.broadcasts.ask_again(parcel)
        asked = ask(ports, work, limit=AT_ONCE)
    if asked:
        ports.queue.nudge()


def _is_lost(ports: Ports, parcel: Parcel) -> bool:
    state = ports.queue.status(f"{parcel.id}:{parcel.generation}")
    return state not in (JobState.WAITING, JobState.RUNNING)


def _apply_receipts(ports: Ports) -> None:
    with ports.store.read() as work:
        waiting = work.broadcasts.receipts_wait()
    if waiting:
        drain_inbox(ports)


def _complete_due(ports: Ports, wall: datetime) -> None:
    with ports.store.read() as work:
        sending = work.broadcasts.in_state(BroadcastState.SENDING)
        finished = [item for item in sending if not work.broadcasts.unfinished(item.id)]
        completing = work.broadcasts.in_state(BroadcastState.COMPLETING)
        progress = {item.id: work.broadcasts.progress(item.id) for item in completing}
    for broadcast in finished:
        with ports.store.begin() as work:
            if not work.broadcasts.unfinished(broadcast.id):
                work.broadcasts.move(broadcast.id, Move.COMPLETE, wall=wall)
    for broadcast in completing:
        if _receipts_are_in(progress[broadcast.id], wall):
            body = BroadcastCompleted(broadcast.id, _tally_of(progress[broadcast.id]))
            change_broadcast(ports, broadcast, Move.FINISH, by_clock(body), must=False)


def _receipts_are_in(progress: Progress, wall: datetime) -> bool:
    """Mail servers and the exercise say no more than "accepted"; only SMS is waited for."""
    broadcast = progress.broadcast
    if progress.of(DeliveryState.PENDING, DeliveryState.HANDING_OVER):
        return False
    if broadcast.mode is Mode.EXERCISE:
        return True
    sms = progress.tally.get(Channel.SMS, {})
    open_ends = (DeliveryState.ACCEPTED, DeliveryState.SENT, DeliveryState.UNKNOWN)
    waiting = sum(sms.get(state, 0) for state in open_ends)
    since = broadcast.starts or broadcast.released or broadcast.proposed
    return waiting == 0 or wall - since >= RECEIPTS_FOR


def _tally_of(progress: Progress) -> dict[str, int]:
    return {state.value: progress.of(state) for state in DeliveryState if progress.of(state)}


def _lease(ports: Ports) -> timedelta:
    return timedelta(seconds=ports.limits.lease_seconds)

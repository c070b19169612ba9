"""How do an audience's rows get written before anything is sent?"""

from __future__ import annotations

from collections.abc import Mapping

from responder.core.broadcast import Broadcast, BroadcastState, Move, serving
from responder.core.terms import Channel, Mode
from responder.engine.broadcasts.asking import ask
from responder.engine.ports import ExerciseCarrier, LiveCarrier, Ports
from responder.engine.ports.queue import Job

__all__ = ["CHUNK", "carrier_of", "materialise"]

CHUNK = 10_000
"""So many contact ids are looked at in one transaction."""


def materialise(ports: Ports, job: Job) -> None:
    """Write one row per person and channel, chunk by chunk; safe to run again at any point.

    1. Each step (an audience on a channel) of each chunk of contacts is one transaction.
    2. Who has a row already is left alone, so there is no watermark to lose: a second run walks
       the same chunks and finds nothing more to write.
    3. When contacts were added meanwhile, the walk goes on to them; then sending begins.

    `job.payload` = {"broadcast": id}. A broadcast that is stopped meanwhile is left as it is.
    """
    broadcast_id = job.payload["broadcast"]
    with ports.store.read() as work:
        broadcast = work.broadcasts.get(broadcast_id)
        served = serving(work.broadcasts.languages_in_use(), broadcast.languages)
        steps = work.broadcasts.steps(broadcast_id)
        last = work.broadcasts.last_contact()
    if broadcast.state is not BroadcastState.MATERIALISING:
        return
    after = 0
    while after < last:
        upto = min(after + CHUNK, last)
        for step in range(steps):
            if not _write(ports, broadcast, step, (after, upto), served):
                return
        after = upto
        if after == last:
            with ports.store.read() as work:
                last = work.broadcasts.last_contact()
    _begin_sending(ports, broadcast)


def carrier_of(ports: Ports, mode: Mode, channel: Channel) -> ExerciseCarrier | LiveCarrier:
    """Who takes a channel. An exercise knows the exercise carriers only. Raises KeyError for none."""
    if mode is Mode.EXERCISE:
        return ports.exercise[channel]
    return ports.live[channel]


def _write(
    ports: Ports, broadcast: Broadcast, step: int, span: tuple[int, int], served: Mapping[str, str]
) -> bool:
    """One step of one chunk; False when the broadcast is not materialising any more."""
    wall = ports.clock.now()
    carriers = {item: carrier_of(ports, broadcast.mode, item).name for item in broadcast.channels}
    with ports.store.begin() as work:
        if not work.broadcasts.hold_for_writing(broadcast.id, wall=wall):
            return False
        moves = work.broadcasts.write_chunk(
            broadcast.id,
            step,
            after=span[0],
            upto=span[1],
            served=served,
            carriers=carriers,
            parcel_size=ports.limits.parcel_size,
            wall=wall,
        )
        work.broadcasts.count(broadcast.id, ports.limits.node, moves)
    return True


def _begin_sending(ports: Ports, broadcast: Broadcast) -> None:
    with ports.store.begin() as work:
        if work.broadcasts.move(broadcast.id, Move.SEND, wall=ports.clock.now()):
            ask(ports, work, broadcast_id=broadcast.id)
    ports.queue.nudge()

"""What do providers report of messages they took, and when is it applied?"""

from __future__ import annotations

from responder.core.broadcast import RECEIPTS_FOR
from responder.engine.ports import Ports
from responder.engine.ports.carriers import Receipt
from responder.engine.ports.contacts import AddressState, StopHow
from responder.engine.ports.queue import Job

__all__ = ["apply_receipts", "drain_inbox", "receive"]

_BATCH = 500


def receive(ports: Ports, *receipts: Receipt) -> int:
    """Keep what carriers reported, in one transaction; returns how many. Answer 204 after it.

    They are applied by a job, one a second at most, so that a storm of receipts waits in one small
    table and not on the rows of a running broadcast; what a job misses, the next beat applies.
    """
    second = int(ports.clock.now().timestamp())
    with ports.store.begin() as work:
        kept = work.broadcasts.keep_receipts(receipts)
        if kept:
            ports.queue.enqueue(work.connection, "receipts", f"receipts:{second}", {})
    ports.queue.nudge()
    return kept


def apply_receipts(ports: Ports, job: Job) -> None:
    """Let what is in the inbox change the deliveries, monotonically, 500 a transaction."""
    del job  # whatever is there is applied, by whichever job comes first
    drain_inbox(ports)


def drain_inbox(ports: Ports) -> None:
    """Apply everything that waits in the inbox of receipts."""
    taken = _BATCH
    while taken == _BATCH:
        wall = ports.clock.now()
        with ports.store.begin() as work:
            done = work.broadcasts.apply_receipts(limit=_BATCH, node=ports.limits.node, wall=wall)
            for key in done.opted_out:
                work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.PROVIDER, wall=wall)
            taken = done.taken
            if done.orphans:
                work.broadcasts.forget_receipts(before=wall - RECEIPTS_FOR)

"""How do receipts change deliveries: late, twice, out of order, or of nobody we know?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, exists, insert, select, update

from responder.core.broadcast import DeliveryState, can_become, rank
from responder.core.terms import Channel
from responder.db.ledger import deliveries
from responder.db.tables.broadcasts import ReceiptRow
from responder.db.tally import TallyRows
from responder.engine.ports.broadcasts import AppliedReceipts, Moves
from responder.engine.ports.carriers import Receipt, ReceiptState

__all__ = ["ReceiptRows"]

_receipts = ReceiptRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it while the class is made

_HIGHEST = 2**31 - 1
"""What is higher is no delivery of ours, and PostgreSQL's integers would refuse it."""

_MEANING = {
    ReceiptState.ACCEPTED: (DeliveryState.ACCEPTED, ""),
    ReceiptState.SENT: (DeliveryState.SENT, ""),
    ReceiptState.DELIVERED: (DeliveryState.DELIVERED, ""),
    ReceiptState.FAILED: (DeliveryState.FAILED, "not_delivered"),
    ReceiptState.OPTED_OUT: (DeliveryState.FAILED, "opted_out"),
    ReceiptState.CANCELLED: (DeliveryState.FAILED, "cancelled"),
}

_APPLY = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        reason=bindparam("to_reason"),
        provider_id=bindparam("to_provider_id"),
        code=bindparam("to_code"),
        changed=bindparam("to_changed"),
    )
)


class ReceiptRows(TallyRows):
    """The inbox of receipts, inside one transaction."""

    def keep_receipts(self, receipts: Sequence[Receipt]) -> int:
        rows = [
            {
                "delivery": int(receipt.delivery),
                "attempt": receipt.attempt,
                "carrier": receipt.carrier,
                "provider_id": receipt.provider_id,
                "state": receipt.state.value,
                "code": receipt.code,
                "arrived": receipt.at,
                "tried": 0,
            }
            for receipt in receipts
            if receipt.delivery.isdecimal() and 0 < int(receipt.delivery) <= _HIGHEST
        ]
        if rows:
            self._session.connection().execute(insert(_receipts), rows)
        return len(rows)

    def receipts_wait(self) -> bool:
        return self._session.connection().scalar(select(exists().where(_receipts.c.tried == 0))) is True

    def apply_receipts(self, *, limit: int, node: str, wall: datetime) -> AppliedReceipts:
        """Take the oldest untried ones, change what they lead further, keep those without a delivery."""
        connection = self._session.connection()
        waiting = connection.execute(
            select(_receipts)
            .where(_receipts.c.tried == 0)
            .order_by(_receipts.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        if not waiting:
            return AppliedReceipts(0, 0, 0)
        rows = connection.execute(
            select(
                deliveries.c.id,
                deliveries.c.broadcast,
                deliveries.c.channel,
                deliveries.c.state,
                deliveries.c.attempt,
                deliveries.c.reason,
                deliveries.c.code,
                deliveries.c.provider_id,
                deliveries.c.address_index,
                deliveries.c.carrier,
            )
            .where(deliveries.c.id.in_({receipt.delivery for receipt in waiting}))
            .order_by(deliveries.c.id)
            .with_for_update()
        ).all()
        known = {row.id: _Followed(row) for row in rows}
        orphans = [receipt for receipt in waiting if not _belongs(receipt, known)]
        for receipt in waiting:
            if _belongs(receipt, known):
                known[receipt.delivery].follow(receipt)
        changed = [row for row in known.values() if row.state is not row.before]
        if changed:
            connection.execute(_APPLY, [row.change(wall) for row in changed])
        self._tidy(waiting, orphans)
        self._count(changed, node)
        stops = tuple((row.channel, row.address_index) for row in changed if row.reason == "opted_out")
        return AppliedReceipts(len(waiting), len(changed), len(orphans), stops)

    def forget_receipts(self, *, before: datetime) -> int:
        gone = self._session.connection().execute(
            delete(_receipts).where(_receipts.c.tried > 0, _receipts.c.arrived < before)
        )
        return gone.rowcount

    def _tidy(self, waiting: Sequence[Any], orphans: Sequence[Any]) -> None:
        connection = self._session.connection()
        kept = {receipt.id for receipt in orphans}
        done = [receipt.id for receipt in waiting if receipt.id not in kept]
        if done:
            connection.execute(delete(_receipts).where(_receipts.c.id.in_(done)))
        if kept:
            connection.execute(update(_receipts).where(_receipts.c.id.in_(kept)).values(tried=1))

    def _count(self, changed: Sequence[_Followed], node: str) -> None:
        by_broadcast: dict[str, Moves] = {}
        for row in changed:
            moves = by_broadcast.setdefault(row.broadcast, Counter())
            moves[row.channel, row.before] -= 1
            moves[row.channel, row.state] += 1
        for broadcast_id, moves in sorted(by_broadcast.items()):
            self.count(broadcast_id, node, moves)


class _Followed:
    """One delivery while the receipts of a batch are applied to it in the order in which they came."""

    def __init__(self, row: Any) -> None:
        self.id: int = row.id
        self.broadcast: str = row.broadcast
        self.channel = Channel(row.channel)
        self.carrier: str = row.carrier
        self.attempt: int = row.attempt
        self.address_index: str = row.address_index
        self.before = DeliveryState(row.state)
        self.state = self.before
        self.reason: str = row.reason
        self.code: str = row.code
        self.provider_id: str = row.provider_id

    def follow(self, receipt: Any) -> None:
        """An earlier attempt's failure says nothing of this one; its arrival says everything."""
        state, reason = _MEANING[ReceiptState(receipt.state)]
        late_failure = state is DeliveryState.FAILED and receipt.attempt < self.attempt
        if late_failure or rank(state) <= rank(self.state) or not can_become(self.state, state):
            return
        self.state, self.reason, self.code = state, reason, receipt.code
        self.provider_id = receipt.provider_id or self.provider_id

    def change(self, wall: datetime) -> dict[str, Any]:
        return {
            "row": self.id,
            "to_state": self.state.value,
            "to_reason": self.reason,
            "to_code": self.code,
            "to_provider_id": self.provider_id,
            "to_changed": wall,
        }


def _belongs(receipt: Any, known: dict[int, _Followed]) -> bool:
    """Whether it names an attempt that was really made, by the carrier that made it."""
    row = known.get(receipt.delivery)
    return row is not None and 0 < receipt.attempt <= row.attempt and receipt.carrier in ("", row.carrier)

"""How is a parcel claimed, worked on in rounds and opened again, in as few statements as can be?

Only the holder of a parcel's token marks and settles its rows; `renew` locks the parcel's row
until the transaction ends, so nobody can open it under a running round.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, exists, func, or_, select, update
from sqlmodel import Session

from responder.core.broadcast import BroadcastState, DeliveryState, can_become
from responder.core.errors import Conflict, NotFound
from responder.core.terms import Channel, Mode
from responder.db.ledger import deliveries, of_broadcast
from responder.db.tables.broadcasts import BroadcastRow, ParcelRow
from responder.db.tables.contacts import AddressRow
from responder.engine.ports.broadcasts import Lease, Marked, Moves, Parcel, Settlement, Standing

__all__ = ["ParcelRows"]

_parcels = ParcelRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it while the class is made
_broadcasts = BroadcastRow.__table__  # type: ignore[attr-defined]
_addresses = AddressRow.__table__  # type: ignore[attr-defined]

_SETTLE = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("row"))
    .values(
        state=bindparam("to_state"),
        reason=bindparam("to_reason"),
        provider_id=bindparam("to_provider_id"),
        code=bindparam("to_code"),
        not_before=bindparam("to_not_before"),
        changed=bindparam("to_changed"),
    )
)


class ParcelRows:
    """Parcels and the rows in them, inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # Asking for jobs

    def parcels_to_ask(
        self, *, wall: datetime, limit: int, broadcast_id: str | None = None
    ) -> Sequence[Parcel]:
        rules = [
            _parcels.c.state == "open",
            _parcels.c.asked < _parcels.c.generation,
            or_(_parcels.c.not_before.is_(None), _parcels.c.not_before <= wall),
            _broadcasts.c.state == BroadcastState.SENDING.value,
        ]
        if broadcast_id is not None:
            rules.append(_parcels.c.broadcast == broadcast_id)
        joined = select(_parcels).join(_broadcasts, _broadcasts.c.id == _parcels.c.broadcast)
        return self._parcels_of(joined.where(*rules).order_by(_parcels.c.number, _parcels.c.id).limit(limit))

    def asked(self, parcels: Sequence[Parcel], *, wall: datetime) -> None:
        if not parcels:
            return
        self._session.connection().execute(
            update(_parcels)
            .where(_parcels.c.id == bindparam("row"))
            .values(asked=bindparam("to_asked"), asked_at=bindparam("to_asked_at")),
            [{"row": parcel.id, "to_asked": parcel.generation, "to_asked_at": wall} for parcel in parcels],
        )

    def forgotten(self, *, before: datetime, limit: int) -> Sequence[Parcel]:
        return self._parcels_of(
            select(_parcels)
            .join(_broadcasts, _broadcasts.c.id == _parcels.c.broadcast)
            .where(
                _parcels.c.state == "open",
                _parcels.c.asked == _parcels.c.generation,
                _parcels.c.asked_at < before,
                _broadcasts.c.state == BroadcastState.SENDING.value,
            )
            .limit(limit)
        )

    def ask_again(self, parcel: Parcel) -> None:
        self._change_parcel(_is(parcel, "open"), generation=_parcels.c.generation + 1)

    def open_parcels(self, broadcast_id: str, *, limit: int) -> Sequence[Parcel]:
        rules = (_parcels.c.broadcast == broadcast_id, _parcels.c.state == "open")
        return self._parcels_of(select(_parcels).where(*rules).order_by(_parcels.c.id).limit(limit))

    def unfinished(self, broadcast_id: str) -> bool:
        rules = (_parcels.c.broadcast == broadcast_id, _parcels.c.state != "done")
        return self._session.connection().scalar(select(exists().where(*rules))) is True

    # The lease

    def claim(
        self, parcel_id: int, generation: int, *, token: str, node: str, until: datetime
    ) -> Lease | None:
        rule = and_(
            _parcels.c.id == parcel_id, _parcels.c.generation == generation, _parcels.c.state == "open"
        )
        if not self._change_parcel(rule, state="leased", token=token, holder=node, lease=until):
            return None
        parcel = self._parcels_of(select(_parcels).where(_parcels.c.id == parcel_id))[0]
        return Lease(parcel, token, node)

    def renew(self, lease: Lease, *, until: datetime) -> bool:
        return self._change_parcel(_held(lease), lease=until) == 1

    def standing(self, broadcast_id: str) -> Standing:
        """`FOR SHARE` on PostgreSQL: a stop waits for this round, and no round begins before it is seen."""
        found = self._session.connection().execute(
            select(_broadcasts.c.state, _broadcasts.c.expires)
            .where(_broadcasts.c.id == broadcast_id)
            .with_for_update(read=True)
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound("There is no such broadcast.")
        return Standing(BroadcastState(row.state), row.expires)

    def finish(self, lease: Lease) -> None:
        self._change_parcel(_held(lease), state="done", token=None, holder=None, lease=None)

    def give_back(self, lease: Lease, *, not_before: datetime | None) -> None:
        self._change_parcel(_held(lease), not_before=not_before, **_opened())

    def held_until(self, broadcast_id: str, *, wall: datetime) -> datetime | None:
        left = self._session.connection().execute(
            select(_parcels.c.state, _parcels.c.not_before).where(
                _parcels.c.broadcast == broadcast_id, _parcels.c.state != "done"
            )
        )
        moments = [row.not_before if row.state == "open" else None for row in left]
        later = [moment for moment in moments if moment is not None and moment > wall]
        return min(later) if later and len(later) == len(moments) else None

    def held_back(self, broadcast_id: str, *, wall: datetime) -> Sequence[str]:
        held = _held_quiet(broadcast_id, wall)
        return self._session.connection().scalars(select(_parcels.c.quiet).where(held).distinct()).all()

    def let_go(self, broadcast_id: str, quiet: str, *, wall: datetime) -> int:
        return self._change_parcel(
            and_(_held_quiet(broadcast_id, wall), _parcels.c.quiet == quiet), not_before=None
        )

    def close_parcel(self, parcel: Parcel) -> bool:
        return self._change_parcel(_is(parcel, "open"), state="done") == 1

    def lapsed(self, *, wall: datetime, limit: int) -> Sequence[Parcel]:
        rules = (_parcels.c.state == "leased", _parcels.c.lease <= wall)
        return self._parcels_of(select(_parcels).where(*rules).limit(limit))

    def leased_by(self, node: str) -> Sequence[Parcel]:
        rules = (_parcels.c.state == "leased", _parcels.c.holder == node)
        return self._parcels_of(select(_parcels).where(*rules))

    def reopen(self, parcel: Parcel, *, wall: datetime, lapsed: bool) -> Moves | None:
        rule = _is(parcel, "leased")
        if lapsed:
            rule = and_(rule, _parcels.c.lease <= wall)
        if not self._change_parcel(rule, not_before=None, **_opened()):
            return None
        lost = self._turn(parcel, DeliveryState.HANDING_OVER, DeliveryState.UNKNOWN, wall=wall)
        return _moved(parcel.channel, DeliveryState.HANDING_OVER, DeliveryState.UNKNOWN, lost)

    # Rows

    def settle(self, lease: Lease, settlements: Sequence[Settlement], *, wall: datetime) -> Moves:
        """A receipt may have been faster than the answer: then the row is further already and stays."""
        if not settlements:
            return Counter()
        connection = self._session.connection()
        ids = [item.delivery for item in settlements]
        rows = connection.execute(
            select(deliveries.c.id, deliveries.c.state, deliveries.c.attempt)
            .where(deliveries.c.id.in_(ids))
            .with_for_update()
        )
        now = {row.id: (DeliveryState(row.state), row.attempt) for row in rows}
        moves: Moves = Counter()
        changes = []
        for item in settlements:
            state, attempt = now[item.delivery]
            if attempt != item.attempt or not _settles(state, item.state):
                continue
            changes.append(_change_of(item, wall))
            moves[lease.parcel.channel, state] -= 1
            moves[lease.parcel.channel, item.state] += 1
        if changes:
            connection.execute(_SETTLE, changes)
        return moves

    def mark(self, lease: Lease, *, limit: int, wall: datetime) -> tuple[Sequence[Marked], Moves]:
        parcel = lease.parcel
        connection = self._session.connection()
        ready = _ready(parcel, wall)
        rows = connection.execute(
            select(
                deliveries.c.id,
                deliveries.c.attempt,
                deliveries.c.address_index,
                deliveries.c.language,
                deliveries.c.wanted,
                deliveries.c.notice,
                _addresses.c.sealed,
                func.coalesce(_addresses.c.state, "invalid").label("address_state"),
            )
            .join(_addresses, _same_address(), isouter=True)
            .where(ready, deliveries.c.id <= parcel.last_id)
            .order_by(deliveries.c.id)
            .limit(limit)
        ).all()
        if not rows:
            return (), Counter()
        moves = self._skip(parcel, [row for row in rows if row.address_state != "ok"], wall=wall)
        good = [row for row in rows if row.address_state == "ok"]
        changed = connection.execute(
            update(deliveries)
            .where(ready, deliveries.c.id <= rows[-1].id)
            .values(
                state=DeliveryState.HANDING_OVER.value,
                attempt=deliveries.c.attempt + 1,
                not_before=None,
                changed=wall,
            )
        )
        if changed.rowcount != len(good):
            raise Conflict("Rows of the parcel changed under this round.", mend="The next round reads again.")
        moves.update(_moved(parcel.channel, DeliveryState.PENDING, DeliveryState.HANDING_OVER, len(good)))
        return [_marked(row, parcel.channel) for row in good], moves

    def left(self, lease: Lease) -> tuple[int, datetime | None]:
        row = self._session.connection().execute(
            select(
                func.count().label("count"),
                func.min(func.coalesce(deliveries.c.not_before, deliveries.c.changed)).label("first"),
            ).where(_rows_of(lease.parcel), deliveries.c.state == DeliveryState.PENDING.value)
        )
        count, earliest = row.one()
        return int(count), earliest

    def sweep(self, parcel: Parcel, state: DeliveryState, *, wall: datetime) -> Moves:
        swept = self._turn(parcel, DeliveryState.PENDING, state, wall=wall)
        return _moved(parcel.channel, DeliveryState.PENDING, state, swept)

    def _skip(self, parcel: Parcel, rows: Sequence[Any], *, wall: datetime) -> Moves:
        """Somebody opted out, or an address broke, since the row was written."""
        if not rows:
            return Counter()
        self._session.connection().execute(
            _SETTLE,
            [
                _change_of(
                    Settlement(row.id, row.attempt, DeliveryState.SKIPPED, reason=row.address_state), wall
                )
                for row in rows
            ],
        )
        return _moved(parcel.channel, DeliveryState.PENDING, DeliveryState.SKIPPED, len(rows))

    def _turn(self, parcel: Parcel, before: DeliveryState, then: DeliveryState, *, wall: datetime) -> int:
        reason = "no_answer" if then is DeliveryState.UNKNOWN else ""
        changed = self._session.connection().execute(
            update(deliveries)
            .where(_rows_of(parcel), deliveries.c.state == before.value)
            .values(state=then.value, reason=reason, changed=wall)
        )
        return changed.rowcount

    def _change_parcel(self, rule: ColumnElement[bool], **values: Any) -> int:
        changed = self._session.connection().execute(update(_parcels).where(rule).values(**values))
        return changed.rowcount

    def _parcels_of(self, query: Any) -> Sequence[Parcel]:
        return [
            Parcel(
                id=row.id,
                broadcast=row.broadcast,
                mode=Mode(row.mode),
                channel=Channel(row.channel),
                carrier=row.carrier,
                generation=row.generation,
                first_id=row.first_id,
                last_id=row.last_id,
                quiet=row.quiet,
            )
            for row in self._session.connection().execute(query)
        ]


def _is(parcel: Parcel, state: str) -> ColumnElement[bool]:
    return and_(
        _parcels.c.id == parcel.id, _parcels.c.generation == parcel.generation, _parcels.c.state == state
    )


def _held(lease: Lease) -> ColumnElement[bool]:
    return and_(
        _parcels.c.id == lease.parcel.id, _parcels.c.token == lease.token, _parcels.c.state == "leased"
    )


def _held_quiet(broadcast_id: str, wall: datetime) -> ColumnElement[bool]:
    return and_(
        _parcels.c.broadcast == broadcast_id,
        _parcels.c.state == "open",
        _parcels.c.quiet.is_not(None),
        _parcels.c.not_before > wall,
    )


def _opened() -> dict[str, Any]:
    return {
        "state": "open",
        "generation": _parcels.c.generation + 1,
        "token": None,
        "holder": None,
        "lease": None,
    }


def _rows_of(parcel: Parcel) -> ColumnElement[bool]:
    return and_(
        deliveries.c.id >= parcel.first_id,
        deliveries.c.id <= parcel.last_id,
        of_broadcast(parcel.broadcast),
        deliveries.c.channel == parcel.channel.value,
    )


def _ready(parcel: Parcel, wall: datetime) -> ColumnElement[bool]:
    return and_(
        deliveries.c.id >= parcel.first_id,
        of_broadcast(parcel.broadcast),
        deliveries.c.channel == parcel.channel.value,
        deliveries.c.state == DeliveryState.PENDING.value,
        or_(deliveries.c.not_before.is_(None), deliveries.c.not_before <= wall),
    )


def _same_address() -> ColumnElement[bool]:
    return and_(
        _addresses.c.channel == deliveries.c.channel,
        _addresses.c.address_index == deliveries.c.address_index,
        _addresses.c.contact == deliveries.c.contact,
    )


def _marked(row: Any, channel: Channel) -> Marked:
    return Marked(
        id=row.id,
        attempt=row.attempt + 1,
        channel=channel,
        address_index=row.address_index,
        sealed=row.sealed,
        language=row.language,
        wanted=row.wanted,
        notice=row.notice,
    )


def _settles(state: DeliveryState, then: DeliveryState) -> bool:
    """An outcome settles a marked row, and also one given up for unknown when the answer came late."""
    return state in (DeliveryState.HANDING_OVER, DeliveryState.UNKNOWN) and can_become(state, then)


def _change_of(item: Settlement, wall: datetime) -> dict[str, Any]:
    return {
        "row": item.delivery,
        "to_state": item.state.value,
        "to_reason": item.reason,
        "to_provider_id": item.provider_id,
        "to_code": item.code,
        "to_not_before": item.not_before,
        "to_changed": wall,
    }


def _moved(channel: Channel, before: DeliveryState, then: DeliveryState, count: int) -> Moves:
    moves: Moves = Counter()
    if count:
        moves[channel, before] -= count
        moves[channel, then] += count
    return moves

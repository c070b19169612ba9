"""How are broadcasts kept: what was released, its frozen texts, its state and its tally?"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, literal_column, or_, select, union_all, update
from sqlmodel import Session

from responder.core.broadcast import (
    ENDED,
    MOVES,
    Broadcast,
    BroadcastState,
    DeliveryState,
    Move,
    Part,
    Selection,
)
from responder.core.errors import InvalidInput, NotFound
from responder.core.terms import Channel, Mode, Urgency
from responder.db import ledger
from responder.db.counting import count_readers
from responder.db.ledger import Chunk, Source, deliveries, pairs
from responder.db.parcels import ParcelRows
from responder.db.receipts import ReceiptRows
from responder.db.selections import selection_from, selection_rows
from responder.db.tables.broadcasts import (
    BroadcastRow,
    BroadcastTextRow,
    BroadcastWordRow,
    ParcelRow,
    TallyRow,
)
from responder.db.tally import TallyRows, upsert
from responder.engine.ports.broadcasts import (
    DeliveryRow,
    FrozenText,
    LanguageReach,
    Moves,
    Progress,
    Readers,
)

__all__ = ["BroadcastRows"]

_broadcasts = BroadcastRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it while the class is made
_words = BroadcastWordRow.__table__  # type: ignore[attr-defined]
_texts = BroadcastTextRow.__table__  # type: ignore[attr-defined]
_parcels = ParcelRow.__table__  # type: ignore[attr-defined]
_tally = TallyRow.__table__  # type: ignore[attr-defined]


class BroadcastRows(ParcelRows, ReceiptRows, TallyRows):
    """The rows of broadcasts, inside one transaction."""

    def __init__(self, session: Session) -> None:
        super().__init__(session)

    # What people see

    def get(self, broadcast_id: str) -> Broadcast:
        found = self._broadcasts_of(_broadcasts.c.id == broadcast_id)
        if not found:
            raise NotFound("There is no such broadcast.", mend="List them with: responder broadcast status")
        return found[0]

    def find(self, text: str) -> str:
        wanted = text.strip().lower()
        column = _broadcasts.c.id
        rule = or_(column.startswith(wanted, autoescape=True), column.endswith(wanted, autoescape=True))
        found = self._session.connection().scalars(select(column).where(rule).limit(2)).all()
        if not wanted or not found:
            raise NotFound("There is no such broadcast.", mend="List them with: responder broadcast status")
        if len(found) > 1:
            raise InvalidInput(f"“{text}” fits several broadcasts.", mend="Write more of the id.")
        return str(found[0])

    def newest(self, incident_id: str | None, *, limit: int) -> Sequence[str]:
        query = select(_broadcasts.c.id).order_by(_broadcasts.c.proposed.desc(), _broadcasts.c.id.desc())
        if incident_id is not None:
            query = query.where(_broadcasts.c.incident == incident_id)
        return self._session.connection().scalars(query.limit(limit)).all()

    def of_incident(self, incident_id: str) -> Sequence[Broadcast]:
        return self._broadcasts_of(_broadcasts.c.incident == incident_id)

    def of_statement(self, statement_id: str) -> Sequence[Broadcast]:
        return self._broadcasts_of(_broadcasts.c.statement == statement_id)

    def in_state(self, *states: BroadcastState) -> Sequence[Broadcast]:
        return self._broadcasts_of(_broadcasts.c.state.in_([state.value for state in states]))

    def progress(self, broadcast_id: str) -> Progress:
        broadcast = self.get(broadcast_id)
        rows = self._session.connection().execute(
            select(_tally.c.channel, _tally.c.state, func.sum(_tally.c.count))
            .where(_tally.c.broadcast == broadcast_id)
            .group_by(_tally.c.channel, _tally.c.state)
        )
        tally: dict[Channel, dict[DeliveryState, int]] = {channel: {} for channel in broadcast.channels}
        for channel, state, count in rows:
            tally.setdefault(Channel(channel), {})[DeliveryState(state)] = int(count)
        return Progress(broadcast, tally)

    def reach(self, broadcast_id: str) -> Sequence[LanguageReach]:
        columns = (
            deliveries.c.channel,
            deliveries.c.language,
            deliveries.c.wanted,
            deliveries.c.notice,
            deliveries.c.state,
        )
        rows = self._session.connection().execute(
            select(*columns, func.count())
            .where(deliveries.c.broadcast == broadcast_id)
            .group_by(*columns)
            .order_by(*columns)
        )
        return [
            LanguageReach(Channel(channel), language, wanted, bool(notice), DeliveryState(state), int(count))
            for channel, language, wanted, notice, state, count in rows
        ]

    def deliveries(
        self, broadcast_id: str, *, state: DeliveryState | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[DeliveryRow]:
        rules = [deliveries.c.broadcast == broadcast_id, deliveries.c.id > after]
        if state is not None:
            # A literal, so that the partial index on unknown rows can be seen to fit.
            rules.append(deliveries.c.state == literal_column(f"'{state.value}'"))
        rows = self._session.connection().execute(
            select(deliveries).where(*rules).order_by(deliveries.c.id).limit(limit)
        )
        return [_delivery(row) for row in rows]

    def address_of(self, delivery_id: int) -> tuple[Channel, str]:
        found = self._session.connection().execute(
            select(deliveries.c.channel, deliveries.c.address_index).where(deliveries.c.id == delivery_id)
        )
        row = found.one_or_none()
        if row is None:
            raise NotFound("There is no such delivery.")
        return Channel(row.channel), row.address_index

    def preview(
        self, parts: Sequence[Selection], *, served: Mapping[str, str], source_language: str
    ) -> Readers:
        connection = self._session.connection()
        return count_readers(connection, parts, served=served, source_language=source_language)

    def languages_in_use(self) -> Sequence[str]:
        return ledger.languages_in_use(self._session.connection())

    # What people do

    def add(self, broadcast: Broadcast, selection: Selection, texts: Sequence[FrozenText]) -> None:
        connection = self._session.connection()
        connection.execute(_broadcasts.insert().values(**_row_of(broadcast, selection)))
        if texts:
            connection.execute(_texts.insert(), [_text_row(broadcast.id, text) for text in texts])
        for person in broadcast.words:
            self.give_word(broadcast.id, person, wall=broadcast.proposed)

    def give_word(self, broadcast_id: str, person: str, *, wall: datetime) -> Sequence[str]:
        connection = self._session.connection()
        connection.execute(
            upsert(connection, _words)
            .values(broadcast=broadcast_id, person=person, given=wall)
            .on_conflict_do_nothing()
        )
        return tuple(self._words_of([broadcast_id]).get(broadcast_id, ()))

    def move(
        self,
        broadcast_id: str,
        move: Move,
        *,
        wall: datetime,
        reason: str = "",
        starts: datetime | None = None,
        expires: datetime | None = None,
    ) -> bool:
        before, then = MOVES[move]
        values: dict[str, Any] = {"state": then.value, "touched": wall}
        if reason:
            values["reason"] = reason
        if move is Move.RELEASE:
            values |= {"released": wall, "starts": starts, "expires": expires}
        if move is Move.MATERIALISE:
            values["round"] = _broadcasts.c.round + 1
        if then in ENDED:
            values["ended"] = wall
        states = [state.value for state in before]
        changed = self._session.connection().execute(
            update(_broadcasts)
            .where(_broadcasts.c.id == broadcast_id, _broadcasts.c.state.in_(states))
            .values(**values)
        )
        return changed.rowcount == 1

    def note(self, broadcast_id: str, reason: str) -> None:
        self._session.connection().execute(
            update(_broadcasts).where(_broadcasts.c.id == broadcast_id).values(reason=reason)
        )

    # Materialising

    def due_to_materialise(self, *, wall: datetime) -> Sequence[Broadcast]:
        return self._broadcasts_of(
            and_(_broadcasts.c.state == BroadcastState.RELEASED.value, _broadcasts.c.starts <= wall)
        )

    def bring_forward(self, broadcast_id: str, *, starts: datetime) -> None:
        self._session.connection().execute(
            update(_broadcasts).where(_broadcasts.c.id == broadcast_id).values(starts=starts)
        )

    def stalled(self, *, before: datetime) -> Sequence[Broadcast]:
        return self._broadcasts_of(
            and_(_broadcasts.c.state == BroadcastState.MATERIALISING.value, _broadcasts.c.touched < before)
        )

    def next_round(self, broadcast_id: str, *, wall: datetime) -> int:
        connection = self._session.connection()
        connection.execute(
            update(_broadcasts)
            .where(_broadcasts.c.id == broadcast_id)
            .values(round=_broadcasts.c.round + 1, touched=wall)
        )
        return connection.scalar(select(_broadcasts.c.round).where(_broadcasts.c.id == broadcast_id)) or 0

    def hold_for_writing(self, broadcast_id: str, *, wall: datetime) -> bool:
        changed = self._session.connection().execute(
            update(_broadcasts)
            .where(
                _broadcasts.c.id == broadcast_id,
                _broadcasts.c.state == BroadcastState.MATERIALISING.value,
            )
            .values(touched=wall)
        )
        return changed.rowcount == 1

    def last_contact(self) -> int:
        return ledger.last_contact(self._session.connection())

    def steps(self, broadcast_id: str) -> int:
        return len(pairs(self._selection(broadcast_id)))

    def write_chunk(
        self,
        broadcast_id: str,
        step: int,
        *,
        after: int,
        upto: int,
        served: Mapping[str, str],
        carriers: Mapping[Channel, str],
        parcel_size: int,
        wall: datetime,
    ) -> Moves:
        broadcast = self.get(broadcast_id)
        selection = self._selection(broadcast_id)
        wave, channel = pairs(selection)[step]
        source = Source(
            broadcast=broadcast_id,
            mode=broadcast.mode,
            selection=selection,
            served=served,
            source_language=broadcast.source_language,
            carriers=carriers,
            parcel_size=parcel_size,
        )
        written = ledger.write_chunk(
            self._session.connection(), source, Chunk(after, upto, channel, wave), wall=wall
        )
        return Moves({(channel, DeliveryState(state)): count for state, count in written.items()})

    def texts(self, broadcast_id: str) -> Sequence[FrozenText]:
        rows = self._session.connection().execute(select(_texts).where(_texts.c.broadcast == broadcast_id))
        return [_frozen(row) for row in rows]

    def published(self, broadcasts: Collection[str]) -> Mapping[str, Sequence[FrozenText]]:
        found: dict[str, list[FrozenText]] = {}
        for row in self._session.connection().execute(
            select(_texts).where(_texts.c.broadcast.in_(broadcasts), _texts.c.channel == Channel.WEB.value)
        ):
            found.setdefault(row.broadcast, []).append(_frozen(row))
        return found

    # Beats

    def unswept(self) -> Sequence[Broadcast]:
        ended = (BroadcastState.STOPPED.value, BroadcastState.EXPIRED.value)
        open_ones = select(_parcels.c.broadcast).where(_parcels.c.state == "open")
        return self._broadcasts_of(and_(_broadcasts.c.state.in_(ended), _broadcasts.c.id.in_(open_ones)))

    def next_wall(self) -> datetime | None:
        """Each beat as a row of one question: undo windows, expiries, leases, parcels given back."""
        going = _broadcasts.c.state.not_in([state.value for state in ENDED])
        sending = select(_broadcasts.c.id).where(_broadcasts.c.state == BroadcastState.SENDING.value)
        moments = union_all(
            select(func.min(_broadcasts.c.starts).label("at")).where(
                _broadcasts.c.state == BroadcastState.RELEASED.value
            ),
            select(func.min(_broadcasts.c.expires)).where(
                going, _broadcasts.c.state != BroadcastState.COMPLETING.value
            ),
            select(func.min(_parcels.c.lease)).where(_parcels.c.state == "leased"),
            select(func.min(_parcels.c.not_before)).where(
                _parcels.c.state == "open",
                _parcels.c.asked < _parcels.c.generation,
                _parcels.c.broadcast.in_(sending),
            ),
        ).subquery()
        found = self._session.connection().execute(select(moments.c.at)).scalars()
        return min((moment for moment in found if moment is not None), default=None)

    def _broadcasts_of(self, rule: Any) -> list[Broadcast]:
        query = select(_broadcasts).where(rule).order_by(_broadcasts.c.proposed, _broadcasts.c.id)
        rows = self._session.connection().execute(query).all()
        words = self._words_of([row.id for row in rows])
        return [_broadcast(row, tuple(words.get(row.id, ()))) for row in rows]

    def _words_of(self, broadcasts: Sequence[str]) -> dict[str, list[str]]:
        rows = self._session.connection().execute(
            select(_words.c.broadcast, _words.c.person)
            .where(_words.c.broadcast.in_(broadcasts))
            .order_by(_words.c.given, _words.c.person)
        )
        words: dict[str, list[str]] = {}
        for broadcast, person in rows:
            words.setdefault(broadcast, []).append(person)
        return words

    def _selection(self, broadcast_id: str) -> Selection:
        stored = self._session.connection().scalar(
            select(_broadcasts.c.selection).where(_broadcasts.c.id == broadcast_id)
        )
        return selection_from(stored or {})


def _row_of(broadcast: Broadcast, selection: Selection) -> dict[str, Any]:
    return {
        "id": broadcast.id,
        "incident": broadcast.incident_id,
        "statement": broadcast.statement_id,
        "occurrence": broadcast.occurrence,
        "mode": broadcast.mode.value,
        "state": broadcast.state.value,
        "urgency": broadcast.urgency.value,
        "part": broadcast.part.value,
        "channels": [channel.value for channel in broadcast.channels],
        "languages": list(broadcast.languages),
        "source_language": broadcast.source_language,
        "selection": selection_rows(selection),
        "supersedes": list(broadcast.supersedes),
        "corrects": list(broadcast.corrects),
        "twin": broadcast.twin,
        "persons": broadcast.persons,
        "digest": broadcast.digest,
        "reason": broadcast.reason,
        "proposed_by": broadcast.proposed_by,
        "proposed": broadcast.proposed,
        "wait_seconds": broadcast.wait_seconds,
        "zone": broadcast.zone,
        "released": broadcast.released,
        "starts": broadcast.starts,
        "expires": broadcast.expires,
        "round": 0,
    }


def _broadcast(row: Any, words: tuple[str, ...]) -> Broadcast:
    return Broadcast(
        id=row.id,
        incident_id=row.incident,
        statement_id=row.statement,
        occurrence=row.occurrence,
        mode=Mode(row.mode),
        state=BroadcastState(row.state),
        urgency=Urgency(row.urgency),
        part=Part(row.part),
        channels=tuple(Channel(channel) for channel in row.channels),
        languages=tuple(row.languages),
        source_language=row.source_language,
        proposed_by=row.proposed_by,
        proposed=row.proposed,
        words=words,
        persons=row.persons,
        digest=row.digest,
        released=row.released,
        starts=row.starts,
        expires=row.expires,
        ended=row.ended,
        supersedes=tuple(row.supersedes),
        corrects=tuple(row.corrects),
        twin=row.twin,
        wait_seconds=row.wait_seconds,
        zone=row.zone,
        reason=row.reason,
    )


def _delivery(row: Any) -> DeliveryRow:
    return DeliveryRow(
        id=row.id,
        broadcast=row.broadcast,
        contact=row.contact,
        channel=Channel(row.channel),
        state=DeliveryState(row.state),
        reason=row.reason,
        language=row.language,
        notice=bool(row.notice),
        attempt=row.attempt,
        changed=row.changed,
    )


def _frozen(row: Any) -> FrozenText:
    return FrozenText(
        channel=Channel(row.channel),
        language=row.language,
        text=row.text,
        subject=row.subject,
        html=row.html,
        stop_line=row.stop_line,
        segments=row.segments,
    )


def _text_row(broadcast_id: str, text: FrozenText) -> dict[str, Any]:
    return {
        "broadcast": broadcast_id,
        "channel": text.channel.value,
        "language": text.language,
        "subject": text.subject,
        "text": text.text,
        "html": text.html,
        "stop_line": text.stop_line,
        "segments": text.segments,
    }

"""How are the rows of an audience chosen and written, a chunk of contacts at a time and set-wise?

The same statements run on SQLite and PostgreSQL. Nothing here loads a contact into memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Connection,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.sql.selectable import Subquery

from responder.core.broadcast import REACHED, DeliveryState, Selection, SelectionKind, Wave
from responder.core.terms import AudienceDefinition, Channel, Mode
from responder.db.columns import Moment
from responder.db.tables.broadcasts import DeliveryLedgerRow, ParcelRow
from responder.db.tables.contacts import AddressRow, AreaRow, ContactRow, LanguageRow, ListRow

__all__ = [
    "Chunk",
    "Source",
    "deliveries",
    "is_notice",
    "languages_in_use",
    "last_contact",
    "of_broadcast",
    "pairs",
    "people_of",
    "write_chunk",
]

deliveries = DeliveryLedgerRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it while the class is made
_parcels = ParcelRow.__table__  # type: ignore[attr-defined]
_contacts = ContactRow.__table__  # type: ignore[attr-defined]
_addresses = AddressRow.__table__  # type: ignore[attr-defined]
_areas = AreaRow.__table__  # type: ignore[attr-defined]
_languages = LanguageRow.__table__  # type: ignore[attr-defined]
_lists = ListRow.__table__  # type: ignore[attr-defined]

_STANDING = tuple(sorted({*REACHED, DeliveryState.PENDING}))
"""States of a delivery that was had, or is about to be."""

_WRITTEN = (
    "broadcast",
    "mode",
    "contact",
    "channel",
    "carrier",
    "address_index",
    "meant",
    "state",
    "reason",
    "same_as",
    "language",
    "wanted",
    "notice",
    "attempt",
    "provider_id",
    "code",
    "changed",
)


@dataclass(frozen=True, slots=True)
class Source:
    """What stays the same over all chunks of one broadcast.

    `served` maps each language that a contact names to the text that serves it; readers of none
    get the notice in `source_language`. `carriers` name who takes each channel.
    """

    broadcast: str
    mode: Mode
    selection: Selection
    served: Mapping[str, str]
    source_language: str
    carriers: Mapping[Channel, str]
    parcel_size: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """Contacts with `after < id <= upto`, of one wave (None: the wave-less kinds) on one channel."""

    after: int
    upto: int
    channel: Channel
    wave: Wave | None


def languages_in_use(connection: Connection) -> tuple[str, ...]:
    """Every language that some contact names."""
    return tuple(connection.scalars(select(_languages.c.language).distinct()))


def last_contact(connection: Connection) -> int:
    """The highest id of a contact, 0 when there is none."""
    return connection.scalar(select(func.coalesce(func.max(_contacts.c.id), 0))) or 0


def write_chunk(connection: Connection, source: Source, chunk: Chunk, *, wall: datetime) -> Mapping[str, int]:
    """Write the rows of one chunk and their parcels; returns state → number of new rows.

    1. One row for everybody of the chunk: `pending`, or `skipped` when the address may not be used.
       Who has a row already is left alone, and so is a second person on the same address.
    2. Those second persons: `skipped`, pointing to the row that rings.
    3. Parcels over the ids that are new. Ids only grow, so they are those above the highest
       from before; on PostgreSQL other broadcasts' rows may stand between them, which is why
       whoever reads a parcel also asks for the broadcast.
    """
    before = connection.scalar(select(func.coalesce(func.max(deliveries.c.id), 0))) or 0
    people = people_of(source, chunk).subquery("people")
    _insert(connection, _meant(source, chunk.channel, people, wall))
    _insert(connection, _same_address(source, chunk.channel, people, wall))
    new = and_(deliveries.c.id > before, _of(source.broadcast), deliveries.c.channel == chunk.channel.value)
    counts = connection.execute(
        select(deliveries.c.state, func.count()).where(new).group_by(deliveries.c.state)
    ).all()
    written = {str(state): int(count) for state, count in counts}
    if written.get(DeliveryState.PENDING):
        _write_parcels(connection, source, chunk, new)
    return written


def pairs(selection: Selection) -> tuple[tuple[Wave | None, Channel], ...]:
    """Every wave with each of its channels, in the order in which they are written."""
    if selection.kind is SelectionKind.AUDIENCES:
        return tuple((wave, channel) for wave in selection.waves for channel in wave.channels)
    return tuple((None, channel) for channel in selection.channels)


def of_broadcast(broadcast: str) -> ColumnElement[bool]:
    """Rows of a broadcast among a range of ids.

    Written so that no index can serve it: without statistics SQLite takes the equality on the
    unique key for the better way in and reads the whole broadcast for each parcel.
    """
    unindexed: ColumnElement[str] = deliveries.c.broadcast + ""
    return unindexed == broadcast


_of = of_broadcast


def people_of(source: Source, chunk: Chunk) -> Select[Any]:
    """Contact, address, its state, first language and the text that serves them, for one chunk."""
    if source.selection.kind is SelectionKind.AUDIENCES and chunk.wave is not None:
        base = _by_audience(chunk)
    else:
        base = _by_earlier(source.selection, chunk)
    inner = base.add_columns(*_language_columns(base.selected_columns["contact"], source.served)).subquery(
        "chosen"
    )
    wanted = [not_(_has_read(source.selection, chunk.channel, inner))]
    if source.selection.kind is SelectionKind.GOT_NOTICE:
        wanted.append(inner.c.served.is_not(None))
    if source.selection.without:
        wanted.append(not_(_in(source.selection.without, chunk.channel, inner)))
    return select(*inner.c).where(*wanted)


def _by_audience(chunk: Chunk) -> Select[Any]:
    assert chunk.wave is not None  # noqa: S101  # only called for waves
    other = _addresses.alias("other")
    first = (
        select(other.c.id)
        .where(other.c.contact == _contacts.c.id, other.c.channel == chunk.channel.value)
        .order_by(case((other.c.state == "ok", 0), else_=1), other.c.id)
        .limit(1)
        .correlate(_contacts)
        .scalar_subquery()
    )
    return (
        select(
            _contacts.c.id.label("contact"),
            _addresses.c.address_index,
            _addresses.c.state.label("address_state"),
        )
        .select_from(_contacts)
        .join(_addresses, _addresses.c.id == first)
        .where(
            _contacts.c.id > chunk.after,
            _contacts.c.id <= chunk.upto,
            _contacts.c.active,
            _belongs(chunk.wave.audience),
        )
    )


def _belongs(audience: AudienceDefinition) -> ColumnElement[bool]:
    """Several lists widen, areas narrow them; organisations are named and not narrowed."""
    on_list = exists().where(_lists.c.contact == _contacts.c.id, _lists.c.list.in_(audience.lists))
    in_area = exists().where(_areas.c.contact == _contacts.c.id, _areas.c.area.in_(audience.areas))
    ways: list[ColumnElement[bool]] = []
    if audience.lists and audience.areas:
        ways.append(and_(on_list, in_area))
    elif audience.lists:
        ways.append(on_list)
    elif audience.areas and not audience.organisations:
        ways.append(in_area)
    if audience.organisations:
        ways.append(_contacts.c.organisation.in_(audience.organisations))
    return or_(*ways) if ways else false()


def _by_earlier(selection: Selection, chunk: Chunk) -> Select[Any]:
    """Who had a delivery of an earlier broadcast on this channel, at the address it went to."""
    had = deliveries.alias("had")
    states = REACHED if selection.kind is SelectionKind.GOT_ERROR else _STANDING
    rules = [
        had.c.broadcast.in_(selection.earlier),
        had.c.contact > chunk.after,
        had.c.contact <= chunk.upto,
        had.c.channel == chunk.channel.value,
        had.c.state.in_(tuple(states)),
    ]
    if selection.kind is SelectionKind.GOT_NOTICE:
        rules.append(had.c.notice)
    return (
        select(
            had.c.contact,
            had.c.address_index,
            func.coalesce(_addresses.c.state, "invalid").label("address_state"),
        )
        .distinct()
        .select_from(had)
        .join(
            _addresses,
            and_(
                _addresses.c.channel == had.c.channel,
                _addresses.c.address_index == had.c.address_index,
                _addresses.c.contact == had.c.contact,
            ),
            isouter=True,
        )
        .where(*rules)
    )


def _language_columns(
    contact: ColumnElement[int], served: Mapping[str, str]
) -> tuple[ColumnElement[Any], ...]:
    """The contact's first language, and the text that serves the first of theirs that has one."""
    mine = (
        select(_languages.c.language)
        .where(_languages.c.contact == contact)
        .order_by(_languages.c.rank)
        .limit(1)
        .correlate_except(_languages)
    )
    first = mine.scalar_subquery().label("wanted")
    if not served:
        return first, cast(null(), String).label("served")
    found = (
        select(case(dict(served), value=_languages.c.language))
        .where(_languages.c.contact == contact, _languages.c.language.in_(tuple(served)))
        .order_by(_languages.c.rank)
        .limit(1)
        .correlate_except(_languages)
    )
    return first, found.scalar_subquery().label("served")


def _has_read(selection: Selection, channel: Channel, inner: Subquery) -> ColumnElement[bool]:
    """Whether somebody has the full text already, or the notice and would get it again."""
    if not selection.read:
        return false()
    read = deliveries.alias("read")
    return exists().where(
        read.c.broadcast.in_(selection.read),
        read.c.contact == inner.c.contact,
        read.c.channel == channel.value,
        read.c.state.in_(_STANDING),
        or_(not_(read.c.notice), inner.c.served.is_(None)),
    )


def _in(broadcasts: Sequence[str], channel: Channel, inner: Subquery) -> ColumnElement[bool]:
    other = deliveries.alias("first")
    return exists().where(
        other.c.broadcast.in_(tuple(broadcasts)),
        other.c.contact == inner.c.contact,
        other.c.channel == channel.value,
    )


def is_notice(people: Subquery) -> ColumnElement[bool]:
    """Readers who named languages and none is ready; who named none reads the source."""
    return and_(people.c.served.is_(None), people.c.wanted.is_not(None))


def _meant(source: Source, channel: Channel, people: Subquery, wall: datetime) -> Select[Any]:
    usable = people.c.address_state == "ok"
    return (
        select(
            *_head(source, channel, people),
            case((usable, True), else_=False),
            case((usable, DeliveryState.PENDING.value), else_=DeliveryState.SKIPPED.value),
            case((usable, ""), else_=people.c.address_state),
            cast(null(), Integer),
            *_tail(source, people, wall),
        )
        .where(people.c.contact > 0)  # SQLite needs a WHERE before ON CONFLICT
        .order_by(people.c.contact)
    )


def _same_address(source: Source, channel: Channel, people: Subquery, wall: datetime) -> Select[Any]:
    rings, mine = deliveries.alias("rings"), deliveries.alias("mine")
    return (
        select(
            *_head(source, channel, people),
            cast(literal(False), Boolean),
            cast(literal(DeliveryState.SKIPPED.value), String),
            cast(literal("same_address"), String),
            rings.c.id,
            *_tail(source, people, wall),
        )
        .join(
            rings,
            and_(
                rings.c.broadcast == source.broadcast,
                rings.c.channel == channel.value,
                rings.c.address_index == people.c.address_index,
                rings.c.meant,
            ),
        )
        .where(
            people.c.address_state == "ok",
            not_(
                exists().where(
                    mine.c.broadcast == source.broadcast,
                    mine.c.contact == people.c.contact,
                    mine.c.channel == channel.value,
                )
            ),
        )
        .order_by(people.c.contact)
    )


def _head(source: Source, channel: Channel, people: Subquery) -> tuple[ColumnElement[Any], ...]:
    return (
        cast(literal(source.broadcast), String),
        cast(literal(source.mode.value), String),
        people.c.contact,
        cast(literal(channel.value), String),
        cast(literal(source.carriers[channel]), String),
        people.c.address_index,
    )


def _tail(source: Source, people: Subquery, wall: datetime) -> tuple[ColumnElement[Any], ...]:
    return (
        func.coalesce(people.c.served, source.source_language),
        func.coalesce(people.c.wanted, ""),
        case((is_notice(people), True), else_=False),
        cast(literal(0), Integer),
        cast(literal(""), String),
        cast(literal(""), String),
        literal(wall, Moment()),
    )


def _insert(connection: Connection, rows: Select[Any]) -> None:
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    connection.execute(dialect.insert(deliveries).from_select(_WRITTEN, rows).on_conflict_do_nothing())


def _write_parcels(connection: Connection, source: Source, chunk: Chunk, new: ColumnElement[bool]) -> None:
    numbered = (
        select(deliveries.c.id, func.row_number().over(order_by=deliveries.c.id).label("place"))
        .where(new, deliveries.c.state == DeliveryState.PENDING.value)
        .subquery("numbered")
    )
    starts = list(
        connection.scalars(
            select(numbered.c.id)
            .where((numbered.c.place - 1) % source.parcel_size == 0)
            .order_by(numbered.c.id)
        )
    )
    last = connection.scalar(select(func.max(numbered.c.id))) or 0
    ours = and_(_parcels.c.broadcast == source.broadcast, _parcels.c.channel == chunk.channel.value)
    number = connection.scalar(select(func.coalesce(func.max(_parcels.c.number), 0)).where(ours)) or 0
    ends = [*(start - 1 for start in starts[1:]), last]
    connection.execute(
        _parcels.insert(),
        [
            {
                "broadcast": source.broadcast,
                "mode": source.mode.value,
                "channel": chunk.channel.value,
                "carrier": source.carriers[chunk.channel],
                "number": number + place,
                "first_id": first,
                "last_id": end,
                "quiet": chunk.wave.quiet if chunk.wave else None,
                "state": "open",
                "generation": 1,
                "asked": 0,
            }
            for place, (first, end) in enumerate(zip(starts, ends, strict=True), start=1)
        ],
    )

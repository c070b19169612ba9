"""Who would get it, counted as a release would write it, without writing anything?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import (
    Connection,
    Integer,
    String,
    Subquery,
    and_,
    case,
    cast,
    func,
    literal,
    select,
    union_all,
)

from responder.core.broadcast import Selection
from responder.core.terms import Channel, Mode
from responder.db.ledger import Chunk, Source, is_notice, pairs, people_of
from responder.engine.ports.broadcasts import PreviewCount, Readers

__all__ = ["count_readers"]

_EVERYBODY = 2**31 - 1
"""No id of a contact is higher."""


def count_readers(
    connection: Connection, parts: Sequence[Selection], *, served: Mapping[str, str], source_language: str
) -> Readers:
    """How many people each text goes to, if these parts are written one after the other.

    1. Everybody of every part, audience and channel.
    2. Who is in several is in the first only, channel by channel, as the unique keys of the rows have it.
    3. Of those on one address within a part, one gets it.
    """
    chosen = _chosen(parts, served=served, source_language=source_language)
    if chosen is None:
        return Readers((), 0)
    language = func.coalesce(chosen.c.served, source_language).label("language")
    keys = (
        chosen.c.channel,
        language,
        is_notice(chosen).label("notice"),
        chosen.c.address_state,
        case((chosen.c.place > 1, 1), else_=0).label("doubled"),
        chosen.c.part,
    )
    lines = [
        PreviewCount(
            Channel(channel), tag, bool(notice), address_state, bool(doubled), int(people), int(part)
        )
        for channel, tag, notice, address_state, doubled, part, people in connection.execute(
            select(*keys, func.count()).group_by(*keys)
        )
    ]
    reached = and_(chosen.c.address_state == "ok", chosen.c.place == 1)
    people = connection.scalar(select(func.count(chosen.c.contact.distinct())).where(reached))
    return Readers(tuple(lines), int(people or 0))


def _chosen(
    parts: Sequence[Selection], *, served: Mapping[str, str], source_language: str
) -> Subquery | None:
    """Each person once a channel; `place` numbers those of a part who share an address."""
    every = []
    for number, selection in enumerate(parts):
        source = Source("", Mode.LIVE, selection, served, source_language, carriers={}, parcel_size=1)
        for step, (wave, channel) in enumerate(pairs(selection)):
            every.append(
                people_of(source, Chunk(0, _EVERYBODY, channel, wave)).add_columns(
                    cast(literal(channel.value), String).label("channel"),
                    cast(literal(number), Integer).label("part"),
                    cast(literal(step), Integer).label("step"),
                )
            )
    if not every:
        return None
    found = union_all(*every).subquery("found")
    turn = func.row_number().over(
        partition_by=(found.c.contact, found.c.channel),
        order_by=(found.c.part, found.c.step, found.c.address_index),
    )
    turns = select(*found.c, turn.label("turn")).subquery("turns")
    usable = case((turns.c.address_state == "ok", 0), else_=1)
    place = func.row_number().over(
        partition_by=(turns.c.part, turns.c.channel, turns.c.address_index, usable),
        order_by=(turns.c.step, turns.c.contact),
    )
    return select(*turns.c, place.label("place")).where(turns.c.turn == 1).subquery("chosen")

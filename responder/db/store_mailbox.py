"""How is the exercise mailbox kept? In batches of its own commits, each text once, the oldest leaving."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, distinct, func, select, text, update

from responder.core.errors import NotFound
from responder.core.terms import Channel
from responder.db.bulk import insert_rows, table_of
from responder.db.store import SqlStore
from responder.db.tables.broadcasts import BroadcastRow, DeliveryLedgerRow
from responder.db.tables.mailbox import MailboxBodyRow, MailboxLetterRow
from responder.engine.ports.mailbox import LINK_SLOT, Letter, MailboxCount

__all__ = ["MOST_LETTERS", "SqlMailbox"]

MOST_LETTERS = 250_000
"""How many letters the mailbox holds before the oldest leave."""

_TRIM_EVERY = 5_000

_LETTERS = table_of(MailboxLetterRow)
_BODIES = table_of(MailboxBodyRow)
_DELIVERIES = table_of(DeliveryLedgerRow)
_BROADCASTS = table_of(BroadcastRow)

_COLUMNS = (
    "delivery",
    "attempt",
    "broadcast",
    "incident",
    "channel",
    "language",
    "recipient",
    "body",
    "link",
    "kept",
)


class SqlMailbox:
    """The exercise mailbox on our own database. See `responder.engine.ports.mailbox`."""

    def __init__(self, store: SqlStore, *, most: int = MOST_LETTERS) -> None:
        self._store = store
        self._most = most
        self._since_trim = 0

    def keep(self, letters: Sequence[Letter]) -> None:
        if not letters:
            return
        hashes = [_hash(letter) for letter in letters]
        with self._store.begin() as work:
            connection = work.connection
            _keep_bodies(connection, dict(zip(hashes, letters, strict=True)))
            known = _whence(connection, letters)
            insert_rows(connection, MailboxLetterRow, _COLUMNS, _rows(letters, hashes, known))
            self._since_trim += len(letters)
            if self._since_trim >= min(_TRIM_EVERY, self._most):
                self._since_trim = 0
                _trim(connection, self._most)

    def latest(  # the port's shape
        self,
        *,
        incident: str | None = None,
        broadcast: str | None = None,
        language: str | None = None,
        channel: Channel | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> tuple[Letter, ...]:
        query = _letters().order_by(_LETTERS.c.id.desc()).limit(limit)
        wanted = {"incident": incident, "broadcast": broadcast, "language": language, "channel": channel}
        for name, value in wanted.items():
            if value is not None:
                query = query.where(_LETTERS.c[name] == str(value))
        if before is not None:
            query = query.where(_LETTERS.c.id < before)
        with self._store.read() as work:
            return tuple(_letter(row) for row in work.connection.execute(query))

    def open(self, number: int) -> Letter:
        with self._store.read() as work:
            row = work.connection.execute(_letters().where(_LETTERS.c.id == number)).first()
        if row is None:
            raise NotFound(f"There is no letter {number}.", mend="The oldest letters leave the mailbox.")
        return _letter(row)

    def count(self, *, incident: str | None = None, broadcast: str | None = None) -> MailboxCount:
        query = select(_LETTERS.c.language, _LETTERS.c.channel, func.count())
        people = select(func.count(distinct(_LETTERS.c.delivery)))
        for name, value in (("incident", incident), ("broadcast", broadcast)):
            if value is not None:
                query = query.where(_LETTERS.c[name] == value)
                people = people.where(_LETTERS.c[name] == value)
        languages: Counter[str] = Counter()
        channels: Counter[str] = Counter()
        with self._store.read() as work:
            for language, channel, count in work.connection.execute(query.group_by("language", "channel")):
                languages[language] += count
                channels[channel] += count
            deliveries = work.connection.execute(people).scalar_one()
        return MailboxCount(languages.total(), deliveries, dict(languages), dict(channels))


def _hash(letter: Letter) -> str:
    parts = "\x00".join((letter.subject, letter.text, letter.html))
    return hashlib.sha256(parts.encode("utf-8", "surrogatepass")).hexdigest()


def _keep_bodies(connection: Connection, bodies: dict[str, Letter]) -> None:
    """Texts that are there already are marked as used again."""
    at = next(reversed(bodies.values())).at
    hashes = list(bodies)
    there = set(connection.execute(select(_BODIES.c.hash).where(_BODIES.c.hash.in_(hashes))).scalars())
    if there:
        connection.execute(update(_BODIES).where(_BODIES.c.hash.in_(there)).values(last_used=at))
    new = [(digest, letter) for digest, letter in bodies.items() if digest not in there]
    if new:
        connection.execute(
            _ADD_BODY,
            [
                {
                    "hash": digest,
                    "subject": letter.subject,
                    "text": letter.text,
                    "html": letter.html,
                    "at": at,
                }
                for digest, letter in new
            ],
        )


_ADD_BODY = text(
    "INSERT INTO mailbox_bodies (hash, subject, text, html, last_used)"
    " VALUES (:hash, :subject, :text, :html, :at) ON CONFLICT DO NOTHING"
).bindparams(bindparam("at", type_=_BODIES.c.last_used.type))


def _whence(connection: Connection, letters: Sequence[Letter]) -> dict[str, tuple[str, str]]:
    """Delivery → its broadcast and incident. Calls to role holders have no delivery row."""
    ids = {
        int(letter.delivery) for letter in letters if letter.delivery.isascii() and letter.delivery.isdigit()
    }
    if not ids:
        return {}
    query = (
        select(_DELIVERIES.c.id, _BROADCASTS.c.id, _BROADCASTS.c.incident)
        .join_from(_DELIVERIES, _BROADCASTS, _DELIVERIES.c.broadcast == _BROADCASTS.c.id)
        .where(_DELIVERIES.c.id.in_(ids))
    )
    return {str(row[0]): (row[1], row[2]) for row in connection.execute(query)}


def _rows(
    letters: Sequence[Letter], hashes: Sequence[str], known: dict[str, tuple[str, str]]
) -> Iterable[tuple[Any, ...]]:
    for letter, digest in zip(letters, hashes, strict=True):
        broadcast, incident = known.get(letter.delivery, (letter.broadcast, letter.incident))
        yield (
            letter.delivery,
            letter.attempt,
            broadcast,
            incident,
            letter.channel.value,
            letter.language,
            letter.to,
            digest,
            letter.link,
            letter.at,
        )


def _trim(connection: Connection, most: int) -> None:
    newest = connection.execute(select(func.max(_LETTERS.c.id))).scalar() or 0
    gone = connection.execute(delete(_LETTERS).where(_LETTERS.c.id <= newest - most)).rowcount
    if not gone:
        return
    oldest: datetime | None = connection.execute(select(func.min(_LETTERS.c.kept))).scalar()
    if oldest is not None:
        connection.execute(delete(_BODIES).where(_BODIES.c.last_used < oldest))


def _letters() -> Select[Any]:
    return select(_LETTERS, _BODIES.c.subject, _BODIES.c.text, _BODIES.c.html).join_from(
        _LETTERS, _BODIES, _LETTERS.c.body == _BODIES.c.hash
    )


def _letter(row: Any) -> Letter:  # a row of SQLAlchemy has no narrower type
    return Letter(
        delivery=row.delivery,
        attempt=row.attempt,
        channel=Channel(row.channel),
        language=row.language,
        to=row.recipient,
        text=row.text.replace(LINK_SLOT, row.link),
        at=row.kept,
        subject=row.subject,
        html=row.html.replace(LINK_SLOT, row.link.replace("&", "&amp;").replace('"', "&quot;")),
        link=row.link,
        number=row.id,
        incident=row.incident,
        broadcast=row.broadcast,
    )

"""How are contacts kept, found and put to rest?"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, Connection, any_, cast, delete, func, insert, literal, select, text, update
from sqlalchemy.sql import Select
from sqlmodel import Session, SQLModel

from responder.core.errors import NotFound
from responder.core.terms import Channel
from responder.db.bulk import insert_rows, table_of
from responder.db.tables.contacts import (
    AddressRow,
    AddressStopRow,
    AreaRow,
    ContactRow,
    LanguageRow,
    ListRow,
)
from responder.engine.ports.contacts import (
    AddressKey,
    AddressRecord,
    AddressState,
    ContactCounts,
    ContactKind,
    ContactRecord,
    ListMembership,
    StopHow,
)

__all__ = ["ContactRows"]

_CONTACTS = table_of(ContactRow)
_LANGUAGES = table_of(LanguageRow)
_LISTS = table_of(ListRow)
_AREAS = table_of(AreaRow)
_ADDRESSES = table_of(AddressRow)
_STOPS = table_of(AddressStopRow)

_HANGING = (_LANGUAGES, _LISTS, _AREAS, _ADDRESSES)
_AT_ONCE = 10_000
"""How many contacts or addresses are asked for in one statement."""

Pair = tuple[ContactRecord, ContactRecord]


class ContactRows:
    """The rows of contacts, inside one transaction. See `responder.engine.ports.contacts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _connection(self) -> Connection:
        return self._session.connection()

    def first_free_id(self) -> int:
        """A writer on SQLite is alone already; on PostgreSQL other adders wait for a table lock."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("LOCK TABLE contacts IN SHARE ROW EXCLUSIVE MODE"))
        highest = self._connection.execute(select(func.max(_CONTACTS.c.id))).scalar()
        return int(highest or 0) + 1

    def find(self, keys: Collection[AddressKey]) -> dict[AddressKey, tuple[int, ...]]:
        found: dict[AddressKey, list[int]] = defaultdict(list)
        columns = (_ADDRESSES.c.channel, _ADDRESSES.c.address_index, _ADDRESSES.c.contact)
        for channel, indexes in _by_channel(keys):
            among = self._among(_ADDRESSES.c.address_index, indexes)
            wanted = select(*columns).where(_ADDRESSES.c.channel == channel.value, among)
            for _, index, contact in self._connection.execute(wanted.order_by(_ADDRESSES.c.contact)).all():
                found[(channel, index)].append(contact)
        return {key: tuple(contacts) for key, contacts in found.items()}

    def load(self, ids: Collection[int]) -> dict[int, ContactRecord]:
        loaded: dict[int, ContactRecord] = {}
        for some in _slices(sorted(ids)):
            loaded.update(self._load(some))
        return loaded

    def page(
        self, *, after: int = 0, limit: int = 100, list_id: str | None = None, language: str | None = None
    ) -> tuple[ContactRecord, ...]:
        wanted: Select[Any] = select(_CONTACTS.c.id).where(_CONTACTS.c.id > after, _CONTACTS.c.active)
        if list_id is not None:
            on_list = select(_LISTS.c.contact).where(_LISTS.c.list == list_id)
            wanted = wanted.where(_CONTACTS.c.id.in_(on_list))
        if language is not None:
            readers = select(_LANGUAGES.c.contact).where(_LANGUAGES.c.language == language)
            wanted = wanted.where(_CONTACTS.c.id.in_(readers))
        ids = list(self._connection.execute(wanted.order_by(_CONTACTS.c.id).limit(limit)).scalars())
        loaded = self.load(ids)
        return tuple(loaded[contact] for contact in ids)

    def counts(self) -> ContactCounts:
        first = select(_LANGUAGES.c.language, func.count()).where(_LANGUAGES.c.rank == 0)
        by_state = select(_ADDRESSES.c.channel, _ADDRESSES.c.state, func.count())
        states = self._connection.execute(by_state.group_by(_ADDRESSES.c.channel, _ADDRESSES.c.state))
        total = select(func.count()).select_from(_CONTACTS).where(_CONTACTS.c.active)
        return ContactCounts(
            contacts=int(self._connection.execute(total).scalar() or 0),
            by_list=self._counted(select(_LISTS.c.list, func.count()).group_by(_LISTS.c.list)),
            by_language=self._counted(first.group_by(_LANGUAGES.c.language)),
            by_area=self._counted(select(_AREAS.c.area, func.count()).group_by(_AREAS.c.area)),
            by_state={(Channel(channel), AddressState(state)): count for channel, state, count in states},
        )

    def add(self, contacts: Sequence[ContactRecord], *, wall: datetime, source: str = "") -> None:
        rows = (
            (one.id, one.kind.value, one.name, one.organisation, True, source, wall, wall) for one in contacts
        )
        columns = ("id", "kind", "name", "organisation", "active", "source", "added", "changed")
        insert_rows(self._connection, ContactRow, columns, rows)
        self._hang(contacts)

    def replace(self, pairs: Iterable[Pair], *, wall: datetime) -> None:
        for before, after in pairs:
            head = {"name": after.name, "kind": after.kind.value, "organisation": after.organisation}
            where = _CONTACTS.c.id == after.id
            self._connection.execute(update(_CONTACTS).where(where).values(**head, changed=wall))
            if before.languages != after.languages:
                self._clear(_LANGUAGES, after.id)
                self._insert(LanguageRow, ("contact", "rank", "language"), _language_rows([after]))
            self._replace_lists(before, after)
            self._replace_areas(before, after)
            self._replace_addresses(before, after)

    def stops(self, keys: Collection[AddressKey]) -> dict[AddressKey, AddressState]:
        found: dict[AddressKey, AddressState] = {}
        columns = (_STOPS.c.address_index, _STOPS.c.state)
        for channel, indexes in _by_channel(keys):
            among = self._among(_STOPS.c.address_index, indexes)
            wanted = select(*columns).where(_STOPS.c.channel == channel.value, among)
            for index, state in self._connection.execute(wanted):
                found[(channel, index)] = AddressState(state)
        return found

    def stop(self, key: AddressKey, state: AddressState, *, how: StopHow, wall: datetime) -> int:
        """What a person of the city put to rest is not made weaker by a word: START would bring it back."""
        channel, index = key
        if state is AddressState.OPTED_OUT and self.stops([key]).get(key) is AddressState.SUSPENDED:
            return 0
        this = (_STOPS.c.channel == channel.value, _STOPS.c.address_index == index)
        values = {"state": state.value, "how": how.value, "since": wall}
        changed = self._connection.execute(update(_STOPS).where(*this).values(**values)).rowcount
        if not changed:
            row = {"channel": channel.value, "address_index": index, **values}
            self._connection.execute(insert(_STOPS).values(**row))
        return self._set_state(key, state)

    def start(self, key: AddressKey) -> int:
        channel, index = key
        gone = delete(_STOPS).where(
            _STOPS.c.channel == channel.value,
            _STOPS.c.address_index == index,
            _STOPS.c.state == AddressState.OPTED_OUT.value,
        )
        if not self._connection.execute(gone).rowcount:
            return 0
        return self._set_state(key, AddressState.OK)

    def forget(self, contact_id: int) -> None:
        where = (_CONTACTS.c.id == contact_id, _CONTACTS.c.active)
        emptied = {"name": None, "organisation": None, "active": False, "source": ""}
        if not self._connection.execute(update(_CONTACTS).where(*where).values(**emptied)).rowcount:
            raise NotFound(f"There is no contact {contact_id}.", mend="Look at: responder contacts list.")
        for table in _HANGING:
            self._clear(table, contact_id)

    def _set_state(self, key: AddressKey, state: AddressState) -> int:
        this = (_ADDRESSES.c.channel == key[0].value, _ADDRESSES.c.address_index == key[1])
        done = self._connection.execute(update(_ADDRESSES).where(*this).values(state=state.value))
        return int(done.rowcount)

    def _load(self, ids: Sequence[int]) -> dict[int, ContactRecord]:
        languages, areas = self._plain(_LANGUAGES, "language", ids), self._plain(_AREAS, "area", ids)
        lists: dict[int, list[ListMembership]] = defaultdict(list)
        for row in self._rows(_LISTS, ids, _LISTS.c.list):
            lists[row.contact].append(ListMembership(row.list, row.basis, row.since))
        addresses: dict[int, list[AddressRecord]] = defaultdict(list)
        for row in self._rows(_ADDRESSES, ids, _ADDRESSES.c.id):
            record = AddressRecord(
                Channel(row.channel), row.address_index, row.sealed, AddressState(row.state)
            )
            addresses[row.contact].append(record)
        wanted = select(_CONTACTS).where(self._among(_CONTACTS.c.id, ids), _CONTACTS.c.active)
        return {
            row.id: ContactRecord(
                id=row.id,
                kind=ContactKind(row.kind),
                name=row.name,
                organisation=row.organisation,
                languages=tuple(languages[row.id]),
                lists=tuple(sorted(lists[row.id], key=lambda one: one.list)),
                areas=tuple(sorted(areas[row.id])),
                addresses=tuple(addresses[row.id]),
            )
            for row in self._connection.execute(wanted).all()
        }

    def _plain(self, table: Any, column: str, ids: Sequence[int]) -> dict[int, list[str]]:  # a table
        order = table.c.rank if "rank" in table.c else table.c[column]
        values: dict[int, list[str]] = defaultdict(list)
        for row in self._rows(table, ids, order):
            values[row.contact].append(getattr(row, column))
        return values

    def _rows(self, table: Any, ids: Sequence[int], order: Any) -> Iterator[Any]:  # a table
        wanted = select(table).where(self._among(table.c.contact, ids)).order_by(table.c.contact, order)
        return iter(self._connection.execute(wanted).all())

    def _among(self, column: Any, values: Sequence[Any]) -> Any:  # SQLAlchemy's expressions
        """IN over thousands of values as one parameter: rendering one each costs more than the query."""
        if self._connection.dialect.name == "postgresql":
            return column == any_(cast(literal(list(values)), ARRAY(column.type)))
        return column.in_(select(func.json_each(json.dumps(list(values))).table_valued("value").c.value))

    def _counted(self, wanted: Select[Any]) -> dict[str, int]:
        return {str(key): int(count) for key, count in self._connection.execute(wanted)}

    def _hang(self, contacts: Sequence[ContactRecord]) -> None:
        self._insert(LanguageRow, ("contact", "rank", "language"), _language_rows(contacts))
        self._insert(ListRow, ("contact", "list", "basis", "since"), _list_rows(contacts))
        self._insert(AreaRow, ("contact", "area"), ((c.id, area) for c in contacts for area in c.areas))
        self._insert(AddressRow, _ADDRESS_COLUMNS, _address_rows(contacts))

    def _insert(self, model: type[SQLModel], columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
        insert_rows(self._connection, model, columns, rows)

    def _clear(self, table: Any, contact_id: int) -> None:  # a table
        self._connection.execute(delete(table).where(table.c.contact == contact_id))

    def _replace_lists(self, before: ContactRecord, after: ContactRecord) -> None:
        if before.lists != after.lists:
            self._clear(_LISTS, after.id)
            self._insert(ListRow, ("contact", "list", "basis", "since"), _list_rows([after]))

    def _replace_areas(self, before: ContactRecord, after: ContactRecord) -> None:
        if before.areas != after.areas:
            self._clear(_AREAS, after.id)
            self._insert(AreaRow, ("contact", "area"), ((after.id, area) for area in after.areas))

    def _replace_addresses(self, before: ContactRecord, after: ContactRecord) -> None:
        """Rows that stay keep their number: deliveries may point to them."""
        had, wants = {one.key for one in before.addresses}, {one.key for one in after.addresses}
        for channel, index in had - wants:
            gone = delete(_ADDRESSES).where(
                _ADDRESSES.c.contact == after.id,
                _ADDRESSES.c.channel == channel.value,
                _ADDRESSES.c.address_index == index,
            )
            self._connection.execute(gone)
        new = [one for one in after.addresses if one.key not in had]
        self._insert(AddressRow, _ADDRESS_COLUMNS, (_address_tuple(after.id, one) for one in new))


_ADDRESS_COLUMNS = ("contact", "channel", "sealed", "address_index", "state")


def _address_tuple(contact: int, one: AddressRecord) -> tuple[Any, ...]:
    return (contact, one.channel.value, one.sealed, one.index, one.state.value)


def _address_rows(contacts: Iterable[ContactRecord]) -> Iterator[tuple[Any, ...]]:
    return (_address_tuple(contact.id, one) for contact in contacts for one in contact.addresses)


def _language_rows(contacts: Iterable[ContactRecord]) -> Iterator[tuple[Any, ...]]:
    return ((c.id, rank, language) for c in contacts for rank, language in enumerate(c.languages))


def _list_rows(contacts: Iterable[ContactRecord]) -> Iterator[tuple[Any, ...]]:
    return ((c.id, one.list, one.basis, one.since) for c in contacts for one in c.lists)


def _by_channel(keys: Collection[AddressKey]) -> Iterator[tuple[Channel, list[str]]]:
    by_channel: dict[Channel, list[str]] = defaultdict(list)
    for channel, index in keys:
        by_channel[channel].append(index)
    for channel, indexes in by_channel.items():
        for some in _slices(indexes):
            yield channel, list(some)


def _slices(values: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]

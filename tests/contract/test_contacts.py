"""Are contacts kept and found, put to rest and forgotten in the same way on every database?"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from responder.core.errors import NotFound
from responder.core.terms import Channel
from responder.db.store import SqlStore
from responder.engine.ports.contacts import (
    AddressKey,
    AddressRecord,
    AddressState,
    ContactKind,
    ContactRecord,
    ListMembership,
    StopHow,
)

WALL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
PHONE: AddressKey = (Channel.SMS, "a1" * 16)
EMAIL: AddressKey = (Channel.EMAIL, "b2" * 16)


def on(*lists: str) -> tuple[ListMembership, ...]:
    return tuple(ListMembership(one, "consent", WALL) for one in lists)


def at(*keys: AddressKey, state: AddressState = AddressState.OK) -> tuple[AddressRecord, ...]:
    return tuple(AddressRecord(channel, index, b"sealed", state) for channel, index in keys)


def resident(number: int, *keys: AddressKey) -> ContactRecord:
    return ContactRecord(
        id=number,
        name=b"sealed name",
        languages=("ar", "en"),
        lists=on("news", "residents"),
        areas=("north", "old_town"),
        addresses=at(*keys),
    )


def keep(store: SqlStore, *contacts: ContactRecord) -> None:
    with store.begin() as work:
        work.contacts.add(contacts, wall=WALL, source="test")


def loaded(store: SqlStore, number: int) -> ContactRecord:
    with store.read() as work:
        return work.contacts.load([number])[number]


def test_a_contact_comes_back_as_it_was_kept(store: SqlStore) -> None:
    kept = resident(1, PHONE, EMAIL)
    keep(store, kept)
    assert loaded(store, 1) == kept


def test_an_organisation_comes_back_as_one(store: SqlStore) -> None:
    kept = ContactRecord(
        id=1, kind=ContactKind.ORGANISATION, organisation="interfaith_council", addresses=at(EMAIL)
    )
    keep(store, kept)
    assert loaded(store, 1) == kept


def test_ids_only_grow(store: SqlStore) -> None:
    with store.begin() as work:
        assert work.contacts.first_free_id() == 1
        work.contacts.add([resident(1, PHONE), resident(2, EMAIL)], wall=WALL)
        assert work.contacts.first_free_id() == 3
    with store.begin() as work:
        work.contacts.forget(2)
        assert work.contacts.first_free_id() == 3


def test_a_household_is_found_by_its_one_phone(store: SqlStore) -> None:
    keep(store, resident(1, PHONE), resident(2, PHONE, EMAIL))
    with store.read() as work:
        assert work.contacts.find([PHONE, EMAIL, (Channel.SMS, "ff" * 16)]) == {PHONE: (1, 2), EMAIL: (2,)}


def test_the_same_index_on_another_channel_is_another_address(store: SqlStore) -> None:
    keep(store, resident(1, PHONE))
    with store.read() as work:
        assert work.contacts.find([(Channel.EMAIL, PHONE[1])]) == {}


def test_only_the_difference_is_written(store: SqlStore) -> None:
    before = resident(1, PHONE)
    keep(store, before)
    after = ContactRecord(
        id=1,
        name=b"another name",
        languages=("en",),
        lists=on("residents"),
        areas=("south",),
        addresses=at(EMAIL),
    )
    with store.begin() as work:
        work.contacts.replace([(before, after)], wall=WALL)
    assert loaded(store, 1) == after
    with store.read() as work:
        assert work.contacts.find([PHONE]) == {}


def test_stopping_an_address_stops_it_for_everybody_who_has_it(store: SqlStore) -> None:
    keep(store, resident(1, PHONE), resident(2, PHONE, EMAIL))
    with store.begin() as work:
        assert work.contacts.stop(PHONE, AddressState.OPTED_OUT, how=StopHow.WORD, wall=WALL) == 2
        assert work.contacts.stops([PHONE, EMAIL]) == {PHONE: AddressState.OPTED_OUT}
    states = {one.key: one.state for one in loaded(store, 2).addresses}
    assert states == {PHONE: AddressState.OPTED_OUT, EMAIL: AddressState.OK}


def test_an_address_that_nobody_has_can_be_stopped_twice(store: SqlStore) -> None:
    with store.begin() as work:
        assert work.contacts.stop(PHONE, AddressState.OPTED_OUT, how=StopHow.LINK, wall=WALL) == 0
        assert work.contacts.stop(PHONE, AddressState.INVALID, how=StopHow.PROVIDER, wall=WALL) == 0
        assert work.contacts.stops([PHONE]) == {PHONE: AddressState.INVALID}


def test_start_brings_back_who_opted_out(store: SqlStore) -> None:
    keep(store, resident(1, PHONE))
    with store.begin() as work:
        work.contacts.stop(PHONE, AddressState.OPTED_OUT, how=StopHow.WORD, wall=WALL)
        assert work.contacts.start(PHONE) == 1
        assert work.contacts.start(PHONE) == 0
    assert loaded(store, 1).addresses[0].state is AddressState.OK


def test_no_word_brings_back_what_a_person_put_to_rest(store: SqlStore) -> None:
    keep(store, resident(1, PHONE))
    with store.begin() as work:
        work.contacts.stop(PHONE, AddressState.SUSPENDED, how=StopHow.BEREAVED, wall=WALL)
        work.contacts.stop(PHONE, AddressState.OPTED_OUT, how=StopHow.WORD, wall=WALL)
        assert work.contacts.start(PHONE) == 0
    assert loaded(store, 1).addresses[0].state is AddressState.SUSPENDED


def test_a_forgotten_contact_leaves_nothing_but_its_stops(store: SqlStore) -> None:
    keep(store, resident(1, PHONE))
    with store.begin() as work:
        work.contacts.stop(PHONE, AddressState.OPTED_OUT, how=StopHow.WORD, wall=WALL)
        work.contacts.forget(1)
    with store.read() as work:
        assert work.contacts.load([1]) == {}
        assert work.contacts.find([PHONE]) == {}
        assert work.contacts.stops([PHONE]) == {PHONE: AddressState.OPTED_OUT}
        assert work.contacts.counts().contacts == 0
    with pytest.raises(NotFound), store.begin() as work:
        work.contacts.forget(1)


def test_contacts_come_page_by_page(store: SqlStore) -> None:
    keep(store, *(resident(number, (Channel.SMS, f"{number:032x}")) for number in range(1, 8)))
    with store.read() as work:
        first = work.contacts.page(limit=3)
        second = work.contacts.page(after=first[-1].id, limit=3)
        assert [one.id for one in (*first, *second)] == [1, 2, 3, 4, 5, 6]
        assert work.contacts.page(list_id="nobody_is_here") == ()
        assert len(work.contacts.page(language="ar")) == 7


def test_counts_are_by_list_first_language_area_and_state(store: SqlStore) -> None:
    keep(store, resident(1, PHONE), resident(2, EMAIL))
    with store.begin() as work:
        work.contacts.stop(EMAIL, AddressState.INVALID, how=StopHow.BOUNCE, wall=WALL)
    with store.read() as work:
        counts = work.contacts.counts()
    assert counts.contacts == 2
    assert counts.by_list == {"news": 2, "residents": 2}
    assert counts.by_language == {"ar": 2}
    assert counts.by_area == {"north": 2, "old_town": 2}
    assert counts.by_state == {
        (Channel.SMS, AddressState.OK): 1,
        (Channel.EMAIL, AddressState.INVALID): 1,
    }

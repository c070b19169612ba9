"""Does the ledger choose, write, mark and settle the same deliveries on every database?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from kit.sending import SendingHouse, contact, house_on
from sqlalchemy import Engine

from responder.core.broadcast import BroadcastState, DeliveryState, Selection, SelectionKind, SkipReason
from responder.core.terms import Channel
from responder.engine import broadcasts
from responder.engine.ports.carriers import Receipt, ReceiptState
from responder.engine.ports.contacts import AddressState, StopHow

ACCEPTED, SKIPPED = DeliveryState.ACCEPTED, DeliveryState.SKIPPED


@pytest.fixture
def house(database: Engine) -> SendingHouse:
    return house_on(database)


def test_everybody_gets_one_message_a_channel(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 26)])
    house.release("one")
    house.send()
    assert house.counts("one") == {ACCEPTED: 50} == house.counted("one")
    assert len({message.to for message in house.sms.taken}) == len(house.sms.taken) == 25


def test_writing_the_rows_again_writes_none(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 6)])
    house.release("one")
    house.materialise()
    before = house.counted("one")
    house.materialise()
    house.send()
    assert sum(house.counted("one").values()) == sum(before.values()) == 10


def test_a_family_phone_rings_once(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number, phone="+12025550199") for number in (1, 2, 3)])
    house.release("one", channels=[Channel.SMS])
    house.send()
    assert [message.to for message in house.sms.taken] == ["+12025550199"]
    rows = broadcasts.deliveries(house.ports, broadcast_id="one", state=SKIPPED)
    assert [row.reason for row in rows] == [SkipReason.SAME_ADDRESS] * 2


def test_who_opted_out_before_or_after_gets_nothing(house: SendingHouse) -> None:
    house.add_contacts(
        [contact(house, 1), contact(house, 2, state=AddressState.OPTED_OUT), contact(house, 3)]
    )
    house.release("one", channels=[Channel.SMS])
    house.materialise()
    with house.ports.store.begin() as work:
        key = work.contacts.load([3])[3].addresses[0].key
        work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.WORD, wall=house.clock.now())
    house.send()
    assert house.counts("one") == {ACCEPTED: 1, SKIPPED: 2} == house.counted("one")


def test_readers_get_their_first_language_or_the_notice(house: SendingHouse) -> None:
    spoken = [("es", "en"), ("ar", "es"), ("es-MX",), (), ("ar",), ("fr",)]
    house.add_contacts(
        [contact(house, number, languages=tags) for number, tags in enumerate(spoken, start=1)]
    )
    house.release("one", channels=[Channel.SMS])
    house.send()
    rows = broadcasts.deliveries(house.ports, broadcast_id="one")
    assert [(row.language, row.notice) for row in rows] == [
        ("es", False),
        ("es", False),
        ("es", False),
        ("en", False),
        ("en", True),
        ("en", True),
    ]


def test_a_later_language_goes_to_those_who_got_the_notice(house: SendingHouse) -> None:
    spoken = [("en",), ("ar",), ("fr",), ("ar", "en")]
    house.add_contacts(
        [contact(house, number, languages=tags) for number, tags in enumerate(spoken, start=1)]
    )
    house.release("one", channels=[Channel.SMS], languages=["en"])
    house.send()
    later = Selection(SelectionKind.GOT_NOTICE, channels=(Channel.SMS,), earlier=("one",), read=("one",))
    house.release("two", channels=[Channel.SMS], languages=["ar"], selection=later)
    house.send()
    rows = broadcasts.deliveries(house.ports, broadcast_id="two")
    assert [(row.contact, row.language) for row in rows] == [(2, "ar")]


def test_receipts_end_a_broadcast(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.release("one", channels=[Channel.SMS])
    house.send()
    sent = house.sms.taken[0].delivery
    for state in (ReceiptState.DELIVERED, ReceiptState.SENT, ReceiptState.DELIVERED):
        broadcasts.receive(house.ports, Receipt(sent, 1, "recording-sms", "SM1", state, house.clock.now()))
        house.send()
    assert house.counts("one") == {DeliveryState.DELIVERED: 1} == house.counted("one")
    house.clock.wind(timedelta(hours=73))
    house.send()
    assert house.progress("one").broadcast.state is BroadcastState.DONE


def test_reach_is_counted_by_language(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number, languages=("es",)) for number in (1, 2)])
    house.release("one", channels=[Channel.SMS])
    house.send()
    (reach,) = broadcasts.reach(house.ports, broadcast_id="one")
    assert (reach.language, reach.wanted, reach.notice, reach.count) == ("es", "es", False, 2)

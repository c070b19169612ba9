"""Do deliveries, parcels and receipts behave alike on both databases?"""

from __future__ import annotations

from kit.sending import SendingHouse, contact, house_on
from sqlalchemy import Engine

from responder.core.broadcast import DeliveryState
from responder.engine import broadcasts
from responder.engine.ports import Limits, Receipt, ReceiptState

LANGUAGES = (("en",), ("es", "en"), ("ar",), ())


def _house(database: Engine) -> SendingHouse:
    house = house_on(database, limits=Limits(parcel_size=7))
    shared = "+12025550199"
    house.add_contacts(
        [
            contact(house, n, languages=LANGUAGES[n % 4], phone=shared if n in (5, 9) else None)
            for n in range(1, 31)
        ]
    )
    return house


def test_everybody_gets_one_and_the_tally_agrees_with_the_rows(database: Engine) -> None:
    house = _house(database)
    house.release("one")
    house.send()
    assert (
        house.counts("one") == {DeliveryState.ACCEPTED: 59, DeliveryState.SKIPPED: 1} == house.counted("one")
    )
    assert len({message.to for message in house.sms.taken}) == len(house.sms.taken) == 29


def test_a_lapsed_lease_leaves_its_marked_rows_unknown(database: Engine) -> None:
    house = _house(database)
    house.release("one")
    house.materialise()
    wall = house.clock.now()
    with house.ports.store.begin() as work:
        lease = work.broadcasts.claim(1, 1, token="t", node="dead", until=wall)
        assert lease is not None
        marked, moves = work.broadcasts.mark(lease, limit=3, wall=wall)
        work.broadcasts.count("one", "dead", moves)
    assert len(marked) == 3
    house.send()
    assert house.counts("one")[DeliveryState.UNKNOWN] == 3
    assert house.counts("one") == house.counted("one")
    assert not {str(row.id) for row in marked} & {message.delivery for message in house.sms.taken}


def test_receipts_late_twice_and_out_of_order_never_lead_back(database: Engine) -> None:
    house = _house(database)
    house.release("one")
    house.send()
    sent = house.sms.taken[0]
    for state in (ReceiptState.DELIVERED, ReceiptState.SENT, ReceiptState.DELIVERED, ReceiptState.FAILED):
        receipt = Receipt(sent.delivery, sent.attempt, "recording-sms", "SM1", state, house.clock.now())
        broadcasts.receive(house.ports, receipt)
    forged = Receipt("999999999999", 1, "recording-sms", "SM2", ReceiptState.DELIVERED, house.clock.now())
    broadcasts.receive(house.ports, forged)
    house.send()
    assert house.counts("one")[DeliveryState.DELIVERED] == 1
    assert house.counts("one") == house.counted("one")

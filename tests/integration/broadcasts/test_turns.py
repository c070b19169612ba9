"""Clocks that jump, leases that lapse, people who change their minds: does each get it at most once?"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from kit.sending import AMINA, SendingHouse, contact

from responder.core.broadcast import BroadcastState, DeliveryState, Selection, SelectionKind, not_before
from responder.core.calendar import Calendar
from responder.core.terms import Channel
from responder.engine import broadcasts
from responder.engine.ports import Inbound, Job, OutcomeKind, Outgoing, Receipt, ReceiptState, Switchboard
from responder.testing.fakes import InlineQueue

PENDING, ACCEPTED, UNKNOWN = DeliveryState.PENDING, DeliveryState.ACCEPTED, DeliveryState.UNKNOWN
STOPPED, EXPIRED, DELIVERED = DeliveryState.STOPPED, DeliveryState.EXPIRED, DeliveryState.DELIVERED
PEOPLE = 60


@pytest.fixture
def sending(house: SendingHouse) -> SendingHouse:
    """Sixty people on one SMS broadcast, written down and not begun."""
    house.add_contacts([contact(house, number) for number in range(1, PEOPLE + 1)])
    house.release("one", channels=[Channel.SMS])
    house.materialise()
    return house


def _at(house: SendingHouse, number: int, act: object) -> None:
    """Do something while the message of this number is being handed over."""

    def answer(_: Outgoing) -> OutcomeKind:
        if len(house.sms.taken) == number - 1:
            act()  # type: ignore[operator]
        return OutcomeKind.ACCEPTED

    house.sms.answer = answer


def _each_once(house: SendingHouse) -> bool:
    return len({message.to for message in house.sms.taken}) == len(house.sms.taken)


@pytest.mark.parametrize("hours", [5, -5, 24 * 400])
def test_a_clock_that_jumps_while_it_sends_doubles_nobody(sending: SendingHouse, hours: int) -> None:
    _at(sending, 20, lambda: sending.clock.wind_to(sending.clock.now() + timedelta(hours=hours)))
    sending.send()
    sending.clock.wind_to(sending.clock.now() + timedelta(minutes=2))
    sending.send()
    assert sending.counts("one") == {ACCEPTED: PEOPLE} == sending.counted("one")
    assert _each_once(sending)


def test_a_clock_set_back_holds_no_retry_for_ever(sending: SendingHouse) -> None:
    sending.sms.answer = lambda message: (
        OutcomeKind.NOT_TAKEN if message.attempt == 1 else OutcomeKind.ACCEPTED
    )
    sending.send()
    sending.clock.wind_to(sending.clock.now() - timedelta(hours=3))
    sending.send()
    sending.clock.wind_to(sending.clock.now() + timedelta(hours=4))
    sending.send()
    assert sending.counts("one") == {ACCEPTED: PEOPLE}


def test_a_lease_that_lapses_while_its_holder_still_sends_doubles_nobody(sending: SendingHouse) -> None:
    """The holder sleeps through its lease; another node opens the parcel and sends the rest."""
    woken: list[int] = []

    def sleep() -> None:
        if woken:
            return
        woken.append(1)
        sending.clock.wind(timedelta(minutes=5))
        other = threading.Thread(target=_take_over, args=(sending,))
        other.start()
        other.join(timeout=20)
        assert not other.is_alive()

    _at(sending, 7, sleep)
    sending.send()
    counted = sending.counted("one")
    assert sum(counted.values()) == PEOPLE
    assert set(counted) <= {ACCEPTED, UNKNOWN}
    assert _each_once(sending)
    assert sending.counts("one") == counted


def _take_over(house: SendingHouse) -> None:
    """What another process does: a queue, a window and a name of its own over the same rows."""
    queue = InlineQueue()
    limits = replace(house.ports.limits, node="other")
    ports = replace(house.ports, queue=queue, limits=limits, switchboard=Switchboard())
    queue.handlers["parcel"] = lambda job: broadcasts.work_parcel(ports, job)
    broadcasts.tend(ports)
    queue.run()


def test_a_stop_while_rows_are_written_sends_nothing(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, PEOPLE + 1)])
    house.release("one")
    broadcasts.tend(house.ports)
    broadcasts.stop(house.ports, broadcast_id="one", by=AMINA, reason="wrong list")
    house.send()
    assert house.sms.taken == house.email.taken == []
    assert house.counts("one") == house.counted("one")
    assert set(house.counts("one")) <= {STOPPED}


def test_a_paused_broadcast_can_be_stopped_for_good(sending: SendingHouse) -> None:
    broadcasts.pause(sending.ports, broadcast_id="one", by=AMINA)
    broadcasts.stop(sending.ports, broadcast_id="one", by=AMINA, reason="not needed")
    sending.send()
    assert sending.counts("one") == {STOPPED: PEOPLE} == sending.counted("one")


def test_what_is_paused_expires_all_the_same(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 11)])
    house.release("one", channels=[Channel.SMS], expires=timedelta(hours=1))
    house.materialise()
    broadcasts.pause(house.ports, broadcast_id="one", by=AMINA)
    house.clock.wind(timedelta(hours=2))
    house.send()
    assert house.progress("one").broadcast.state is BroadcastState.EXPIRED
    assert house.counts("one") == {EXPIRED: 10} == house.counted("one")


def test_who_leaves_while_it_sends_gets_nothing_after_that(sending: SendingHouse) -> None:
    leaver = f"+1202555{PEOPLE:04d}"

    def leave() -> None:
        inbound = Inbound(leaver, "STOP", "+12025550100", "twilio", "SM1", sending.clock.now())
        broadcasts.heard(sending.ports, inbound)

    _at(sending, 5, leave)
    sending.send()
    assert leaver not in {message.to for message in sending.sms.taken}
    assert sending.counts("one") == {ACCEPTED: PEOPLE - 1, DeliveryState.SKIPPED: 1}


def test_a_correction_reaches_those_of_whom_nobody_knows(sending: SendingHouse) -> None:
    sending.sms.answer = lambda message: (
        OutcomeKind.UNKNOWN if message.to.endswith(("1", "2")) else OutcomeKind.REFUSED
    )
    sending.send()
    reached = {message.to for message in sending.sms.taken}
    sending.sms.answer, sending.sms.taken = lambda _: OutcomeKind.ACCEPTED, []
    chosen = Selection(SelectionKind.GOT_ERROR, channels=(Channel.SMS,), earlier=("one",))
    sending.release("mend", channels=[Channel.SMS], selection=chosen, statement="correction")
    sending.send()
    assert {message.to for message in sending.sms.taken} == reached != set()


def test_ten_thousand_receipts_at_once_land_exactly(sending: SendingHouse) -> None:
    sending.send()
    wall = sending.clock.now()
    states = (ReceiptState.DELIVERED, ReceiptState.SENT, ReceiptState.ACCEPTED)
    storm = [
        Receipt(message.delivery, attempt, "recording-sms", "", state, wall)
        for message in sending.sms.taken
        for state in states
        for attempt in (1, 2)
    ]
    strangers = [
        Receipt(str(number), 1, "recording-sms", "", ReceiptState.DELIVERED, wall)
        for number in range(10**6, 10**6 + 10_000 - len(storm))
    ]
    _receive(sending, storm + strangers)
    sending.send()
    broadcasts.apply_receipts(sending.ports, Job("receipts", "x", {}))
    assert sending.counts("one") == {DELIVERED: PEOPLE} == sending.counted("one")


def _receive(house: SendingHouse, receipts: Sequence[Receipt]) -> None:
    for start in range(0, len(receipts), 500):
        broadcasts.receive(house.ports, *receipts[start : start + 500])


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # Berlin, 29 March 2026: 02:00 becomes 03:00. The night is an hour shorter.
        (datetime(2026, 3, 28, 21, 30, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 4, 59, tzinfo=UTC), datetime(2026, 3, 29, 5, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 5, 0, tzinfo=UTC), None),
        # 25 October 2026: 03:00 becomes 02:00. The night is an hour longer.
        (datetime(2026, 10, 24, 20, 30, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 5, 30, tzinfo=UTC), datetime(2026, 10, 25, 6, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 6, 0, tzinfo=UTC), None),
    ],
)
def test_quiet_hours_end_by_the_citys_clock_when_it_is_changed(now: datetime, until: datetime | None) -> None:
    assert not_before(now, "22:00-07:00", Calendar(ZoneInfo("Europe/Berlin"))) == until

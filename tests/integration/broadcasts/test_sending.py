"""Who gets a broadcast, and does each get it once?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from kit.sending import AMINA, SendingHouse, contact

from responder.core.broadcast import BroadcastState, DeliveryState, Selection, SelectionKind, SkipReason
from responder.core.errors import Refused
from responder.core.terms import Channel
from responder.engine import broadcasts
from responder.engine.ports import Job, OutcomeKind
from responder.engine.ports.carriers import Receipt, ReceiptState
from responder.engine.ports.contacts import AddressState, StopHow

PENDING, ACCEPTED = DeliveryState.PENDING, DeliveryState.ACCEPTED


def test_everybody_on_the_list_gets_one_message_a_channel(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 31)])
    house.add_contacts([contact(house, 40, lists=("partners",))])
    house.release("one")
    house.send()
    assert house.counts("one") == {ACCEPTED: 60}
    assert len({message.to for message in house.sms.taken}) == len(house.sms.taken) == 30
    assert len({message.to for message in house.email.taken}) == len(house.email.taken) == 30


def test_a_broadcast_ends_when_all_is_handed_over_and_receipts_are_in(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.release("one")
    house.send()
    assert house.progress("one").broadcast.state is BroadcastState.COMPLETING
    receipt = Receipt(
        house.sms.taken[0].delivery, 1, "recording-sms", "SM1", ReceiptState.DELIVERED, house.clock.now()
    )
    broadcasts.receive(house.ports, receipt)
    house.send()
    assert house.progress("one").broadcast.state is BroadcastState.DONE
    assert house.counts("one") == {ACCEPTED: 1, DeliveryState.DELIVERED: 1}


def test_receipts_are_waited_for_three_days_at_most(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.release("one")
    house.send()
    house.clock.wind(timedelta(hours=73))
    house.send()
    assert house.progress("one").broadcast.state is BroadcastState.DONE


def test_a_family_phone_rings_once(house: SendingHouse) -> None:
    shared = "+12025550199"
    house.add_contacts([contact(house, number, phone=shared) for number in (1, 2, 3)])
    house.release("one")
    house.send()
    assert [message.to for message in house.sms.taken] == [shared]
    rows = broadcasts.deliveries(house.ports, broadcast_id="one", state=DeliveryState.SKIPPED)
    assert [row.reason for row in rows] == [SkipReason.SAME_ADDRESS] * 2
    assert len(house.email.taken) == 3


def test_who_opted_out_stands_as_skipped_and_gets_nothing(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1), contact(house, 2, state=AddressState.OPTED_OUT)])
    house.release("one")
    house.send()
    assert house.counts("one") == {ACCEPTED: 2, DeliveryState.SKIPPED: 2}
    assert len(house.sms.taken) == 1


def test_who_opts_out_after_the_rows_were_written_gets_nothing(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1), contact(house, 2)])
    house.release("one", channels=[Channel.SMS])
    house.materialise()
    with house.ports.store.begin() as work:
        key = work.contacts.load([2])[2].addresses[0].key
        work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.WORD, wall=house.clock.now())
    house.send()
    assert house.counts("one") == {ACCEPTED: 1, DeliveryState.SKIPPED: 1} == house.counted("one")


@pytest.mark.parametrize(
    ("languages", "text"),
    [
        (("es", "en"), "Text in es"),
        (("en", "es"), "Text in en"),
        (("ar", "es"), "Text in es"),
        (("es-MX",), "Text in es"),
        ((), "Text in en"),
        (("ar",), "Text in notice-ar"),
        (("fr",), "Text in en"),
    ],
)
def test_a_reader_gets_the_first_of_their_languages_that_is_ready(
    house: SendingHouse, languages: tuple[str, ...], text: str
) -> None:
    house.add_contacts([contact(house, 1, languages=languages)])
    house.release("one", channels=[Channel.SMS])
    house.send()
    assert [message.text for message in house.sms.taken] == [text]
    notice = broadcasts.reach(house.ports, broadcast_id="one")[0].notice
    assert notice is (languages in (("ar",), ("fr",)))


def test_a_later_language_goes_only_to_those_who_got_the_notice(house: SendingHouse) -> None:
    spoken = [("en",), ("ar",), ("fr",), ("ar", "en")]
    house.add_contacts([contact(house, n, languages=tags) for n, tags in enumerate(spoken, start=1)])
    house.release("one", channels=[Channel.SMS], languages=["en"])
    house.send()
    later = Selection(SelectionKind.GOT_NOTICE, channels=(Channel.SMS,), earlier=("one",), read=("one",))
    house.release("two", channels=[Channel.SMS], languages=["ar"], selection=later)
    house.send()
    rows = broadcasts.deliveries(house.ports, broadcast_id="two")
    assert [(row.contact, row.language, row.notice) for row in rows] == [(2, "ar", False)]


def test_a_correction_goes_to_exactly_those_who_may_have_read_the_error(house: SendingHouse) -> None:
    unknown = {"+12025550003"}
    house.sms.answer = lambda message: OutcomeKind.UNKNOWN if message.to in unknown else OutcomeKind.ACCEPTED
    house.email.answer = lambda _: OutcomeKind.REFUSED
    house.add_contacts([contact(house, number) for number in (1, 2, 3)])
    house.release("error")
    house.send()
    house.add_contacts([contact(house, 4)])
    house.sms.answer = house.email.answer = lambda _: OutcomeKind.ACCEPTED
    house.sms.taken.clear()
    chosen = Selection(SelectionKind.GOT_ERROR, channels=(Channel.SMS, Channel.EMAIL), earlier=("error",))
    house.release("mend", selection=chosen, statement="correction")
    house.send()
    assert sorted(message.to for message in house.sms.taken) == [f"+1202555{n:04d}" for n in (1, 2, 3)]
    assert house.counts("mend") == {ACCEPTED: 3}


def test_writing_rows_again_writes_nothing_more(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 21)])
    house.release("one")
    broadcasts.tend(house.ports)
    broadcasts.materialise(house.ports, Job("materialise", "first", {"broadcast": "one"}))
    house.queue.run()
    assert house.counts("one") == {ACCEPTED: 40} == house.counted("one")


def test_quiet_hours_hold_rows_back_until_morning(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.release("one", channels=[Channel.SMS], quiet="22:00-07:00")
    house.send()
    assert house.counts("one") == {PENDING: 1}  # 01:00 UTC is two in the morning in Berlin
    house.clock.wind(timedelta(hours=4, minutes=59))
    house.send()
    assert house.counts("one") == {PENDING: 1}
    house.clock.wind(timedelta(minutes=2))
    house.send()
    assert house.counts("one") == {ACCEPTED: 1}


def test_what_was_surely_not_taken_is_tried_again_later(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.sms.answer = lambda message: OutcomeKind.NOT_TAKEN if message.attempt < 3 else OutcomeKind.ACCEPTED
    house.release("one", channels=[Channel.SMS])
    house.send()
    assert house.counts("one") == {PENDING: 1}
    for _ in range(3):
        house.clock.wind(timedelta(seconds=5))
        house.send()
    assert house.counts("one") == {ACCEPTED: 1}
    assert [message.attempt for message in house.sms.taken] == [3]


def test_what_may_have_been_taken_is_never_tried_again(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.sms.answer = lambda _: OutcomeKind.UNKNOWN
    house.release("one", channels=[Channel.SMS])
    house.send()
    house.clock.wind(timedelta(hours=2))
    house.send()
    assert house.counts("one") == {DeliveryState.UNKNOWN: 1}
    assert len(house.sms.taken) == 1
    assert [row.contact for row in broadcasts.unknowns(house.ports, broadcast_id="one")] == [1]


def test_a_provider_that_refuses_us_keeps_rows_pending_and_is_said(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 41)])
    house.sms.answer = lambda _: OutcomeKind.BLOCKED
    house.release("one", channels=[Channel.SMS])
    house.send()
    assert house.counts("one") == {PENDING: 40}
    assert "refuses" in house.progress("one").broadcast.reason
    house.sms.answer = lambda _: OutcomeKind.ACCEPTED
    house.clock.wind(timedelta(minutes=2))
    house.send()
    assert house.counts("one") == {ACCEPTED: 40}


def test_an_opt_out_that_the_provider_knows_is_kept_here_too(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.sms.answer = lambda _: OutcomeKind.OPTED_OUT
    house.release("one", channels=[Channel.SMS])
    house.send()
    house.release("two", channels=[Channel.SMS], statement="another")
    house.send()
    assert house.counts("two") == {DeliveryState.SKIPPED: 1}


def test_after_a_stop_nothing_more_is_handed_over(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 41)])
    house.release("one", channels=[Channel.SMS])

    def stop_at_the_fifth(_: object) -> OutcomeKind:
        if len(house.sms.taken) == 4:
            house.ports.switchboard.halt("one")
        return OutcomeKind.ACCEPTED

    house.sms.answer = stop_at_the_fifth
    house.materialise()
    house.queue.run(most=1)
    assert len(house.sms.taken) == 5
    progress = broadcasts.stop(house.ports, broadcast_id="one", by=AMINA, reason="wrong figure")
    house.send()
    assert len(house.sms.taken) == 5
    assert progress.broadcast.state is BroadcastState.STOPPED
    assert house.counts("one") == {ACCEPTED: 5, DeliveryState.STOPPED: 35} == house.counted("one")
    with pytest.raises(Refused):
        broadcasts.resume(house.ports, broadcast_id="one", by=AMINA)


def test_a_pause_holds_and_a_resume_goes_on(house: SendingHouse) -> None:
    house.add_contacts([contact(house, number) for number in range(1, 11)])
    house.release("one", channels=[Channel.SMS])
    house.materialise()
    broadcasts.pause(house.ports, broadcast_id="one", by=AMINA)
    house.send()
    assert house.counts("one") == {PENDING: 10}
    broadcasts.resume(house.ports, broadcast_id="one", by=AMINA)
    house.send()
    assert house.counts("one") == {ACCEPTED: 10}


def test_nothing_is_sent_after_the_message_lost_its_use(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.release("one", channels=[Channel.SMS], expires=timedelta(hours=1))
    house.materialise()
    house.clock.wind(timedelta(hours=2))
    house.send()
    assert house.counts("one") == {DeliveryState.EXPIRED: 1}
    assert not house.sms.taken


def test_the_validity_goes_with_the_message(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.release("one", channels=[Channel.SMS], expires=timedelta(minutes=15))
    house.send()
    assert house.sms.taken[0].valid_seconds == 900


def test_who_hears_it_first_does_not_hear_it_again(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1, lists=("residents", "partners")), contact(house, 2)])
    from responder.core.broadcast import waves_of
    from responder.core.terms import AudienceDefinition

    partners = AudienceDefinition("partners", "Partners", lists=("partners",))
    everybody = AudienceDefinition("residents", "Residents", lists=("residents",))
    first = Selection(SelectionKind.AUDIENCES, waves=waves_of([partners], [Channel.SMS], quiet=None))
    rest = Selection(SelectionKind.AUDIENCES, waves=waves_of([everybody], [Channel.SMS], quiet=None))
    house.release("first", channels=[Channel.SMS], selection=first)
    house.send()
    house.release("rest", channels=[Channel.SMS], selection=rest.leaving_out("first"), twin="first")
    house.send()
    assert [message.to for message in house.sms.taken] == ["+12025550001", "+12025550002"]


def test_every_email_carries_a_link_by_which_its_reader_leaves(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    house.release("one", channels=[Channel.EMAIL])
    house.send()
    headers = dict(house.email.taken[0].headers)
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    token = headers["List-Unsubscribe"].strip("<>").rsplit("/", 1)[-1]
    assert not broadcasts.unsubscribe(house.ports, token=token[:-1] + "x")
    assert broadcasts.unsubscribe(house.ports, token=token)
    house.release("two", channels=[Channel.EMAIL], statement="another")
    house.send()
    assert house.counts("two") == {DeliveryState.SKIPPED: 1}

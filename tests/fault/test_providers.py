"""Providers that break, lie, hang up or speak late: is nobody lost, and nobody told twice?"""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
import uvicorn
from fastapi import FastAPI
from kit.sending import SendingHouse, contact, house_on

from responder.carriers import SmtpCarrier, TwilioAccount, TwilioCarrier, TwilioWebhooks, parse_smtp_url
from responder.carriers.smtp import SmtpTimes
from responder.carriers.twilio import TwilioTimes
from responder.core.broadcast import BroadcastState, DeliveryState
from responder.core.terms import Channel
from responder.db.engine import make_engine
from responder.db.store import create_all
from responder.testing.smtp_sink import Misdeed, SmtpSink
from responder.testing.twilio_standin import ACCOUNT_SID, AUTH_TOKEN, Caprice, TwilioStandIn
from responder.web.hooks import twilio_router

PUBLIC = "https://alerts.example.org"
PEOPLE = 40
FAILING = "+1202555000"  # the numbers of the first nine
FIRST_NINE = 9

ACCEPTED, UNKNOWN, FAILED = DeliveryState.ACCEPTED, DeliveryState.UNKNOWN, DeliveryState.FAILED
DELIVERED, PENDING = DeliveryState.DELIVERED, DeliveryState.PENDING


@dataclass
class Town:
    """A house that sends over real carriers to both stand-ins, and hears of receipts over HTTP."""

    house: SendingHouse
    twilio: TwilioStandIn
    smtp: SmtpSink

    def send_sms(self) -> None:
        self.house.release("one", channels=(Channel.SMS,))
        self.house.send()

    def send_email(self) -> None:
        self.house.release("one", channels=(Channel.EMAIL,))
        self.house.send()

    def later(self, minutes: int) -> None:
        self.house.clock.wind(timedelta(minutes=minutes))
        self.house.send()

    @property
    def counts(self) -> dict[DeliveryState, int]:
        tally = self.house.counts("one")
        assert tally == self.house.counted("one"), "the tally does not agree with the rows"
        return tally


@pytest.fixture
def town() -> Iterator[Town]:
    engine = make_engine("sqlite://")
    create_all(engine)
    with TwilioStandIn() as twilio, SmtpSink() as smtp:
        account = TwilioAccount(
            ACCOUNT_SID,
            AUTH_TOKEN,
            messaging_service_sid="MG" + "0" * 32,
            api_base_url=twilio.url,
            public_url=PUBLIC,
        )
        sms = TwilioCarrier(account, connections=4, times=TwilioTimes(connect=5.0, answer=0.3))
        email = SmtpCarrier(
            parse_smtp_url(smtp.url),
            sender="City of Alderport <news@example.org>",
            connections=4,
            times=SmtpTimes(connect=5.0, command=5.0, content=0.3),
        )
        house = house_on(engine)
        house.ports = house.ports_with({Channel.SMS: sms, Channel.EMAIL: email})
        house.add_contacts([contact(house, number) for number in range(1, PEOPLE + 1)])
        app = FastAPI()
        app.include_router(twilio_router(house.ports, TwilioWebhooks(account)))
        with _served(app) as address:
            twilio.deliver_to = address
            yield Town(house, twilio, smtp)
        sms.close()
        email.close()
    engine.dispose()


@contextmanager
def _served(app: FastAPI) -> Iterator[str]:
    """The application on a port of this machine. The socket listens before the server is up."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(128)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_every_receipt_of_a_broadcast_lands(town: Town) -> None:
    town.send_sms()
    answers = town.twilio.send_receipts(("sent", "delivered"))
    town.house.send()
    assert {callback.answer for callback in answers} == {204}
    assert town.counts == {DELIVERED: PEOPLE}
    assert town.house.progress("one").broadcast.state is BroadcastState.DONE


def test_receipts_that_come_twice_and_backwards_end_in_the_same(town: Town) -> None:
    town.send_sms()
    town.twilio.send_receipts(("queued", "sending", "sent", "delivered"), twice=True, backwards=True)
    town.house.send()
    town.twilio.send_receipts(("sent",))
    town.house.send()
    assert town.counts == {DELIVERED: PEOPLE}


def test_a_message_that_fails_later_is_failed_with_its_reason(town: Town) -> None:
    town.twilio.be(Caprice.FAILS_LATER, to=FAILING)
    town.send_sms()
    town.twilio.send_receipts(("sent", "delivered"))
    town.house.send()
    assert town.counts == {DELIVERED: PEOPLE - FIRST_NINE, FAILED: FIRST_NINE}


def test_forged_and_replayed_receipts_change_nothing(town: Town) -> None:
    town.send_sms()
    first, second = town.twilio.taken[:2]
    fields = {"AccountSid": ACCOUNT_SID, "MessageSid": first.sid, "MessageStatus": "delivered"}
    forged = town.twilio.post(first.status_callback, fields, signature="bm90IHNpZ25lZCBieSB0aGVtISE=")
    signature = town.twilio.sign(first.status_callback, fields)
    replayed = town.twilio.post(second.status_callback, fields, signature=signature)
    town.house.send()
    assert (forged.answer, replayed.answer) == (403, 403)
    assert town.counts == {ACCEPTED: PEOPLE}


@pytest.mark.parametrize(
    "caprice",
    [
        Caprice.BREAK_AFTER,
        Caprice.CUT_AFTER,
        Caprice.SILENT_AFTER,
        Caprice.GARBAGE_AFTER,
        Caprice.NAMELESS_AFTER,
        Caprice.TORN_AFTER,
    ],
)
def test_what_was_taken_without_an_answer_is_unknown_until_its_receipt_comes(
    town: Town, caprice: Caprice
) -> None:
    town.twilio.be(caprice, to=FAILING)
    town.send_sms()
    assert town.counts == {ACCEPTED: PEOPLE - FIRST_NINE, UNKNOWN: FIRST_NINE}
    town.later(minutes=30)
    assert set(town.twilio.recipients.values()) == {1}
    town.twilio.send_receipts(("sent", "delivered"))
    town.house.send()
    assert town.counts == {DELIVERED: PEOPLE}
    assert len(town.twilio.taken) == PEOPLE


@pytest.mark.parametrize("caprice", [Caprice.BREAK_BEFORE, Caprice.CUT_BEFORE])
def test_what_nobody_can_know_is_never_sent_again_by_itself(town: Town, caprice: Caprice) -> None:
    town.twilio.be(caprice, to=FAILING)
    town.send_sms()
    town.twilio.behave()
    town.later(minutes=30)
    assert town.counts == {ACCEPTED: PEOPLE - FIRST_NINE, UNKNOWN: FIRST_NINE}
    assert len(town.twilio.taken) == PEOPLE - FIRST_NINE


def test_too_many_requests_delay_everybody_and_lose_nobody(town: Town) -> None:
    town.twilio.be(Caprice.TOO_MANY, times=25)
    town.send_sms()
    for _ in range(6):
        town.later(minutes=5)
    assert town.counts == {ACCEPTED: PEOPLE}
    assert set(town.twilio.recipients.values()) == {1}


def test_a_wrong_password_holds_everybody_until_it_is_mended(town: Town) -> None:
    town.twilio.be(Caprice.LOCKED_OUT)
    town.send_sms()
    assert town.counts == {PENDING: PEOPLE}
    town.twilio.behave()
    for carrier in town.house.ports.live.values():
        if isinstance(carrier, TwilioCarrier):
            carrier.rest.end()
    for _ in range(4):
        town.later(minutes=10)
    assert town.counts == {ACCEPTED: PEOPLE}


@pytest.mark.parametrize("misdeed", [Misdeed.CUT_AT_MAIL, Misdeed.CUT_AT_RCPT, Misdeed.CUT_BEFORE_354])
def test_an_email_cut_before_it_began_is_sent_once_in_the_end(town: Town, misdeed: Misdeed) -> None:
    town.smtp.misbehave(misdeed, times=12)
    town.send_email()
    for _ in range(6):
        town.later(minutes=10)
    assert town.counts == {ACCEPTED: PEOPLE}
    assert set(town.smtp.recipients.values()) == {1}


@pytest.mark.parametrize("misdeed", [Misdeed.CUT_AFTER_354, Misdeed.CUT_BEFORE_250])
def test_an_email_cut_after_it_began_is_unknown_and_never_sent_again(town: Town, misdeed: Misdeed) -> None:
    town.smtp.misbehave(misdeed, times=7)
    town.send_email()
    for _ in range(3):
        town.later(minutes=10)
    assert town.counts == {ACCEPTED: PEOPLE - 7, UNKNOWN: 7}
    assert set(town.smtp.recipients.values()) == {1}


def test_a_greylisted_reader_gets_the_same_email_later(town: Town) -> None:
    town.smtp.reply("rcpt", "450 4.2.0 come again", to="reader7@", times=2)
    town.send_email()
    for _ in range(4):
        town.later(minutes=10)
    assert town.counts == {ACCEPTED: PEOPLE}
    assert set(town.smtp.message_ids.values()) == {1}

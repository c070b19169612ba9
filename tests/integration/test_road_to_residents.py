"""From a playbook to phones: a live incident reaches everybody once; an exercise reaches nobody."""

from __future__ import annotations

import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from kit.stage import activated, drafted, signed
from kit.world import World, make_world

from responder.app.wiring import handlers
from responder.carriers import (
    MailboxCarrier,
    SmtpCarrier,
    TwilioAccount,
    TwilioCarrier,
    TwilioWebhooks,
    parse_smtp_url,
)
from responder.core.broadcast import BroadcastState, DeliveryState
from responder.core.city import parse_city
from responder.core.terms import DELIVERED_CHANNELS, Channel, Mode
from responder.db.store import SqlStore
from responder.db.store_mailbox import SqlMailbox
from responder.engine import broadcasts
from responder.engine.broadcasts import Heard, InboundWord, reply_to
from responder.engine.ports.contents import CITY_FILE
from responder.engine.ports.incidents import CallState
from responder.testing.contacts import Mix, made_up_phone, make_contacts
from responder.testing.smtp_sink import SmtpSink
from responder.testing.twilio_standin import ACCOUNT_SID, AUTH_TOKEN, TwilioStandIn
from responder.web.hooks.twilio import twilio_router

PUBLIC = "https://alerts.example.org"
RESIDENT = re.compile(r"/hooks/twilio/status/\d{1,9}\.1$")
"""The callback of a delivery; calls to role holders have an id of their own kind."""
LANGUAGES = Mix(languages=((("en",), 40), (("es", "en"), 30), (("ar", "en"), 30)))


@dataclass
class Road:
    """A world whose carriers are the real ones, with both stand-ins at the other end."""

    world: World
    twilio: TwilioStandIn
    smtp: SmtpSink
    mailbox: SqlMailbox

    def release(self, incident: str) -> str:
        """Bo proposes, Chen confirms, and the undo window passes."""
        statement = drafted(self.world, incident)
        signed(self.world, incident, statement)
        ports = self.world.ports
        broadcast = broadcasts.release(
            ports, incident_id=incident, statement_id=statement, by=self.world.person("Bo")
        )
        broadcasts.confirm(ports, broadcast_id=broadcast, by=self.world.person("Chen"))
        self.world.wind(minutes=2)
        return broadcast

    def counts(self, broadcast: str) -> dict[DeliveryState, int]:
        counts: Counter[DeliveryState] = Counter()
        for line in broadcasts.reach(self.world.ports, broadcast_id=broadcast):
            counts[line.state] += line.count
        return dict(counts)


@pytest.fixture
def road(tmp_path: Path) -> Iterator[Road]:
    world = make_world(url=f"sqlite:///{tmp_path / 'responder.db'}")
    store = world.ports.store
    assert isinstance(store, SqlStore)
    mailbox = SqlMailbox(store)
    with TwilioStandIn() as twilio, SmtpSink() as smtp:
        account = TwilioAccount(
            ACCOUNT_SID,
            AUTH_TOKEN,
            messaging_service_sid="MG" + "0" * 32,
            api_base_url=twilio.url,
            public_url=PUBLIC,
        )
        live = {
            Channel.SMS: TwilioCarrier(account, connections=16),
            Channel.EMAIL: SmtpCarrier(parse_smtp_url(smtp.url), sender="City <news@example.org>"),
        }
        exercise = {item: MailboxCarrier(item, mailbox, world.clock) for item in DELIVERED_CHANNELS}
        world.ports = replace(world.ports, live=live, exercise=exercise)
        world.queue.handlers.update(handlers(world.ports))
        with _receiving(world, account) as address:
            twilio.deliver_to = address
            yield Road(world, twilio, smtp, mailbox)
        for carrier in live.values():
            carrier.close()
    store.engine.dispose()


@contextmanager
def _receiving(world: World, account: TwilioAccount) -> Iterator[str]:
    app = FastAPI()
    app.include_router(twilio_router(world.ports, TwilioWebhooks(account)))
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(1_024)
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.slow
def test_a_live_incident_reaches_ten_thousand_people_in_three_languages_once_each(road: Road) -> None:
    people = 10_000
    make_contacts(road.world.ports.store, road.world.ports.ciphers, people, mix=LANGUAGES)
    incident = activated(road.world, mode=Mode.LIVE, contacts=0)
    broadcast = road.release(incident)

    assert max(road.twilio.asked_for.values()) == 1
    assert len([sms for sms in road.twilio.taken if RESIDENT.search(sms.status_callback)]) == people
    assert max(road.smtp.message_ids.values()) == 1
    answers = road.twilio.send_receipts(("delivered",))
    road.world.wind(minutes=1)
    assert {callback.answer for callback in answers} == {204}

    progress = broadcasts.status(road.world.ports, broadcast_id=broadcast)
    assert +Counter(progress.tally[Channel.SMS]) == {DeliveryState.DELIVERED: people}
    assert +Counter(progress.tally[Channel.EMAIL]) == {DeliveryState.ACCEPTED: people // 2}
    assert progress.broadcast.state is BroadcastState.DONE
    reached = Counter[str]()
    for line in broadcasts.reach(road.world.ports, broadcast_id=broadcast):
        if line.channel is Channel.SMS:
            reached[line.language] += line.count
    assert reached == {"en": 4_000, "es": 3_000, "ar": 3_000}


def test_an_exercise_with_real_providers_at_hand_asks_nothing_of_them(road: Road) -> None:
    people = 60
    incident = activated(road.world, mode=Mode.EXERCISE, contacts=people)
    broadcast = road.release(incident)
    assert road.counts(broadcast)
    assert (road.twilio.requests, road.smtp.connections) == (0, 0)
    kept = road.mailbox.count(broadcast=broadcast)
    assert kept.letters == kept.deliveries > people
    assert {"en", "es", "ar"} <= set(kept.by_language)
    letters = road.mailbox.latest(broadcast=broadcast, limit=500)
    assert all(letter.incident == incident for letter in letters)


@pytest.mark.parametrize("body", ["1", " 1. ", "١"])
def test_a_role_holder_answers_a_call_by_texting_one(road: Road, body: str) -> None:
    activated(road.world, mode=Mode.LIVE, contacts=5)
    chen = road.world.person("Chen")
    answer = road.twilio.send_text(f"{PUBLIC}/hooks/twilio/inbound", sender=chen.phone, body=body)
    assert answer.answer == 200
    with road.world.ports.store.read() as work:
        states = {call.state for call in work.incidents.calls_of(chen.id)}
    assert CallState.ANSWERED in states


def test_who_texts_stop_in_their_language_gets_nothing_more(road: Road) -> None:
    incident = activated(road.world, mode=Mode.LIVE, contacts=10)
    leaver = made_up_phone(9)
    answer = road.twilio.send_text(f"{PUBLIC}/hooks/twilio/inbound", sender=leaver, body="Alto")
    assert answer.answer == 200
    road.release(incident)
    assert road.twilio.recipients[leaver] == 0
    assert road.twilio.recipients[made_up_phone(8)] == 1


def test_a_resident_who_asks_is_told_who_writes_and_how_to_end_it(road: Road) -> None:
    ports = road.world.ports
    city = parse_city(ports.content.read(CITY_FILE), CITY_FILE).name
    said = [reply_to(ports, Heard(word)) for word in (InboundWord.STOP, InboundWord.START, InboundWord.HELP)]
    assert all(city in text for text in said)
    assert "STOP" in said[-1]

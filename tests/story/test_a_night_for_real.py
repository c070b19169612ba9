"""Does a live incident reach ten thousand people, each once, and does every receipt come home?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from kit.installed import cast_of, free_port, installed, until
from kit.night import begin, bring_out

from responder.app.wiring import Installation
from responder.core.broadcast import BroadcastState, DeliveryState
from responder.core.terms import Channel, Mode
from responder.engine import broadcasts
from responder.engine.ports.broadcasts import Progress
from responder.engine.reports import report_on
from responder.testing.contacts import Mix, make_contacts
from responder.testing.smtp_sink import SmtpSink
from responder.testing.twilio_standin import ACCOUNT_SID, AUTH_TOKEN, TwilioStandIn

PEOPLE = 10_000
THREE_LANGUAGES = Mix(
    languages=((("en",), 60), (("es", "en"), 25), (("ar", "en"), 15)), areas=("harbour", "old_town")
)


@pytest.fixture
def mail() -> Iterator[SmtpSink]:
    with SmtpSink() as sink:
        yield sink


@pytest.fixture
def twilio() -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as standin:
        yield standin


def _settings(mail: SmtpSink, twilio: TwilioStandIn, *, port: int) -> dict[str, str]:
    return {
        "RESPONDER_SMTP_URL": mail.url,
        "RESPONDER_EMAIL_FROM": "City of Alderport <news@alderport.example.org>",
        "RESPONDER_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "RESPONDER_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "RESPONDER_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
        "RESPONDER_TWILIO_API_BASE_URL": twilio.url,
        "RESPONDER_PUBLIC_URL": f"http://127.0.0.1:{port}",
    }


def _is_delivery(callback: str) -> bool:
    """Whether an SMS belongs to a delivery, and is no call to a role holder."""
    return callback.rsplit("/", 1)[-1].split(".")[0].isdecimal()


def _progress(house: Installation, broadcast: str) -> Progress:
    return broadcasts.status(house.ports, broadcast_id=broadcast)


def test_ten_thousand_people_in_three_languages_each_once_and_every_receipt_lands(
    tmp_path: Path, mail: SmtpSink, twilio: TwilioStandIn
) -> None:
    port = free_port()
    with installed(tmp_path, _settings(mail, twilio, port=port), port=port) as house:
        cast = cast_of(house)
        make_contacts(house.ports.store, house.ports.ciphers, PEOPLE, mix=THREE_LANGUAGES)
        incident = begin(house.ports, cast, mode=Mode.LIVE)
        broadcast = bring_out(house.ports, cast, incident)
        until(lambda: _progress(house, broadcast).broadcast.state is BroadcastState.COMPLETING)

        to_residents = [sms for sms in twilio.taken if _is_delivery(sms.status_callback)]
        letters = Counter(mail.recipients)
        for staff in ("amina", "bo", "chen", "dara", "farid"):
            letters.pop(f"{staff}@example.org", None)
        assert set(letters.values()) == {1}
        texts = Counter(sms.to for sms in to_residents)
        found = _progress(house, broadcast)
        assert found.of(DeliveryState.ACCEPTED) == found.total
        assert len(letters) == found.tally[Channel.EMAIL][DeliveryState.ACCEPTED]
        assert sum(texts.values()) == found.tally[Channel.SMS][DeliveryState.ACCEPTED]
        assert set(texts.values()) == {1}

        twilio.send_receipts(("sent", "delivered"), of=to_residents)
        until(lambda: _progress(house, broadcast).of(DeliveryState.DELIVERED) == len(to_residents))
        assert {callback.answer for callback in twilio.callbacks} == {204}

        reached = report_on(house.ports, incident_id=incident).reach
        languages = {line.language for line in reached if not line.notice}
        assert languages == {"en", "es", "ar"}
        assert sum(line.count for line in reached) == found.total


def test_an_exercise_sends_nothing_to_the_providers_that_are_set(
    tmp_path: Path, mail: SmtpSink, twilio: TwilioStandIn
) -> None:
    port = free_port()
    with installed(tmp_path, _settings(mail, twilio, port=port)) as house:
        cast = cast_of(house)
        make_contacts(house.ports.store, house.ports.ciphers, 300, mix=THREE_LANGUAGES)
        incident = begin(house.ports, cast, mode=Mode.EXERCISE)
        broadcast = bring_out(house.ports, cast, incident)
        until(lambda: _progress(house, broadcast).waiting == 0 and _progress(house, broadcast).total > 0)
        until(lambda: _progress(house, broadcast).on_the_wire == 0)
        count = house.mailbox.count(incident=incident)
        assert count.letters >= _progress(house, broadcast).of(DeliveryState.ACCEPTED) > 0
        letters = house.mailbox.latest(incident=incident, limit=50)
        words = {"en": "EXERCISE", "es": "SIMULACRO", "ar": "تمرين"}
        assert all(words[letter.language.split("-")[0]] in letter.text for letter in letters)
    assert (mail.connections, twilio.requests) == (0, 0)

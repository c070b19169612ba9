"""Are texts of residents kept sealed, answered in their language, and never acted on twice?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from kit.sending import AMINA, SendingHouse, contact, house_on
from sqlalchemy import text

from responder.core.errors import Refused
from responder.core.terms import Channel
from responder.db.engine import make_engine
from responder.db.store import create_all
from responder.engine import broadcasts
from responder.engine.broadcasts import InboundWord
from responder.engine.ports import Inbound
from responder.engine.ports.people import Permission, Person

PHONE = "+12025550001"


@pytest.fixture
def house() -> SendingHouse:
    engine = make_engine("sqlite://")
    create_all(engine)
    return house_on(engine)


def _text(house: SendingHouse, body: str, *, number: int = 1, sender: str = PHONE) -> Inbound:
    return Inbound(sender, body, "+12025550100", "twilio", f"SM{number}", house.clock.now())


@pytest.mark.parametrize(
    ("languages", "body", "said"),
    [
        (("ar", "en"), "stop", "للعودة أرسل START"),
        (("es",), "STOP", "no recibirá más mensajes"),
        (("fr",), "Stop.", "no more messages"),
        (("fr", "es"), "stop", "no recibirá más mensajes"),
    ],
)
def test_a_reader_is_answered_in_a_language_of_theirs(
    house: SendingHouse, languages: tuple[str, ...], body: str, said: str
) -> None:
    house.add_contacts([contact(house, 1, languages=languages)])
    heard = broadcasts.heard(house.ports, _text(house, body))
    assert heard.word is InboundWord.STOP
    assert said in broadcasts.reply_to(house.ports, heard)


@pytest.mark.parametrize(("body", "said"), [("ALTO", "no recibirá"), ("مساعدة", "للإلغاء أرسل STOP")])
def test_somebody_we_do_not_know_is_answered_in_the_language_of_their_word(
    house: SendingHouse, body: str, said: str
) -> None:
    heard = broadcasts.heard(house.ports, _text(house, body))
    assert said in broadcasts.reply_to(house.ports, heard)


def test_words_for_people_are_answered_by_people(house: SendingHouse) -> None:
    heard = broadcasts.heard(house.ports, _text(house, "Is the tram running?"))
    assert broadcasts.reply_to(house.ports, heard) == ""


def test_texts_are_kept_sealed_and_opened_with_the_number_masked(house: SendingHouse) -> None:
    broadcasts.heard(house.ports, _text(house, "Is the tram running?"))
    house.clock.wind(timedelta(minutes=1))
    broadcasts.heard(house.ports, _text(house, "stop", number=2))
    newest, oldest = broadcasts.inbox(house.ports, by=AMINA)
    assert (newest.word, oldest.word) == (InboundWord.STOP, InboundWord.OTHER)
    assert oldest.body == "Is the tram running?"
    assert PHONE not in oldest.sender
    assert oldest.sender.endswith(PHONE[-2:])
    with house.ports.store.read() as work:
        rows = work.connection.execute(text("SELECT * FROM inbound_texts")).all()
    assert not [row for row in rows if PHONE in str(row) or "tram" in str(row)]


def test_who_may_not_read_contacts_may_not_read_their_texts(house: SendingHouse) -> None:
    eve = Person(id="eve", name="Eve", permission=Permission.VIEWER, roles=())
    with pytest.raises(Refused):
        broadcasts.inbox(house.ports, by=eve)


def test_a_recorded_start_that_is_played_again_undoes_no_stop(house: SendingHouse) -> None:
    house.add_contacts([contact(house, 1)])
    recorded = _text(house, "START", number=1)
    broadcasts.heard(house.ports, recorded)
    broadcasts.heard(house.ports, _text(house, "STOP", number=2))
    assert broadcasts.reply_to(house.ports, broadcasts.heard(house.ports, recorded)) == ""
    house.release("one", channels=[Channel.SMS])
    house.send()
    assert house.sms.taken == []
    assert len(broadcasts.inbox(house.ports, by=AMINA)) == 2

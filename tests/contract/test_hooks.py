"""Are receipts and inbound texts taken only from the provider, and is every bad request refused cleanly?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from responder.carriers import TwilioAccount, TwilioWebhooks
from responder.core.errors import Unavailable
from responder.engine.broadcasts import Heard, InboundWord
from responder.engine.ports.carriers import Inbound, Receipt, ReceiptState
from responder.testing.fakes import HandWoundClock
from responder.testing.twilio_standin import ACCOUNT_SID, AUTH_TOKEN, TwilioStandIn
from responder.web.hooks import Desk, Letterbox, desk_router

PUBLIC = "https://alerts.example.org"
STATUS = "/hooks/twilio/status/7.2"
FORM = {"content-type": "application/x-www-form-urlencoded"}


@dataclass
class Books:
    """What was handed in, instead of a database."""

    receipts: list[Receipt] = field(default_factory=list)
    texts: list[Inbound] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    commits: int = 0
    locked: bool = False

    def receive(self, receipts: Sequence[Receipt]) -> None:
        if self.locked:
            raise Unavailable("The database is locked.")
        self.commits += 1
        self.receipts.extend(receipts)

    def heard(self, text: Inbound) -> Heard:
        self.texts.append(text)
        word = text.body.strip().upper()
        meant = {"ALTO": InboundWord.STOP, "AYUDA": InboundWord.HELP, "HELP": InboundWord.HELP}.get(
            word, InboundWord.OTHER
        )
        return Heard(meant)

    def reply(self, said: Heard) -> str:
        return {
            InboundWord.STOP: "No more messages.",
            InboundWord.HELP: "City of Alderport. Reply STOP & no more.",
        }.get(said.word, "")


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def client(books: Books) -> Iterator[TestClient]:
    account = TwilioAccount(ACCOUNT_SID, AUTH_TOKEN, sender="+12025550100", public_url=PUBLIC)
    desk = Desk(
        receive=books.receive,
        heard=books.heard,
        clock=HandWoundClock(),
        reply=books.reply,
        refused=books.refused.append,
    )
    app = FastAPI()
    app.include_router(desk_router(desk, TwilioWebhooks(account)))
    with TestClient(app) as running:
        yield running


@pytest.fixture
def twilio() -> TwilioStandIn:
    return TwilioStandIn()


def fields(status: str = "delivered", **more: str) -> dict[str, str]:
    return {"AccountSid": ACCOUNT_SID, "MessageSid": "SM1", "MessageStatus": status} | more


def test_a_signed_receipt_is_kept_and_answered_without_words(
    client: TestClient, books: Books, twilio: TwilioStandIn
) -> None:
    given = fields("undelivered", ErrorCode="30003")
    headers = {"X-Twilio-Signature": twilio.sign(PUBLIC + STATUS, given)}
    answer = client.post(STATUS, data=given, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    (receipt,) = books.receipts
    assert (receipt.delivery, receipt.attempt, receipt.state) == ("7", 2, ReceiptState.FAILED)


def test_what_a_request_says_of_its_own_address_is_not_believed(
    client: TestClient, books: Books, twilio: TwilioStandIn
) -> None:
    given = fields()
    forwarded = {
        "X-Forwarded-Host": "eve.example.com",
        "X-Forwarded-Proto": "http",
        "Host": "eve.example.com",
    }
    forged = {"X-Twilio-Signature": twilio.sign(f"http://eve.example.com{STATUS}", given)}
    right = {"X-Twilio-Signature": twilio.sign(PUBLIC + STATUS, given)}
    assert client.post(STATUS, data=given, headers=forwarded | forged).status_code == 403
    assert client.post(STATUS, data=given, headers=forwarded | right).status_code == 204
    assert len(books.receipts) == 1


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b'{"MessageStatus": "sent"}', {"content-type": "application/json"}, 400),
        (b"", {}, 400),
        (b"MessageStatus=sent", {"content-type": "text/plain"}, 400),
        (b"a=\xff\xfe", FORM, 400),
        (b"a=%FF%FE", FORM, 400),
        (b"&".join(b"a%d=b" % number for number in range(300)), FORM, 400),
        (b"a=" + b"x" * 70_000, FORM, 413),
        (b"MessageStatus=sent", FORM, 403),
        (b"MessageStatus=sent", FORM | {"X-Twilio-Signature": "bm8="}, 403),
        (b"", FORM | {"X-Twilio-Signature": "bm8="}, 403),
        (b"&&&==&", FORM | {"X-Twilio-Signature": "bm8="}, 403),
    ],
)
@pytest.mark.parametrize("path", [STATUS, "/hooks/twilio/inbound"])
def test_a_bad_request_is_refused_cleanly(
    client: TestClient, books: Books, path: str, content: bytes, headers: dict[str, str], status: int
) -> None:
    assert client.post(path, content=content, headers=headers).status_code == status
    assert books.receipts == []
    assert books.texts == []


@pytest.mark.parametrize(
    "name", ["7", "7.", ".2", "7.x", "7.2.3", "a b.1", "7.1234567", "x" * 65 + ".1", "%2e%2e.1"]
)
def test_an_address_that_we_never_gave_out_is_not_found(client: TestClient, name: str) -> None:
    assert client.post(f"/hooks/twilio/status/{name}", data=fields()).status_code == 404


def test_a_status_that_says_nothing_is_answered_and_dropped(
    client: TestClient, books: Books, twilio: TwilioStandIn
) -> None:
    given = fields("receiving")
    headers = {"X-Twilio-Signature": twilio.sign(PUBLIC + STATUS, given)}
    assert client.post(STATUS, data=given, headers=headers).status_code == 204
    assert books.receipts == []


def test_while_the_database_is_locked_the_provider_is_asked_to_come_again(
    client: TestClient, books: Books, twilio: TwilioStandIn
) -> None:
    books.locked = True
    given = fields()
    headers = {"X-Twilio-Signature": twilio.sign(PUBLIC + STATUS, given)}
    assert client.post(STATUS, data=given, headers=headers).status_code == 503
    books.locked = False
    assert client.post(STATUS, data=given, headers=headers).status_code == 204


@pytest.mark.parametrize(
    ("body", "keyword", "reply"),
    [
        ("ALTO", "", "No more messages."),
        ("ayuda", "", "City of Alderport. Reply STOP &amp; no more."),
        ("HELP", "", ""),
        ("AYUDA", "HELP", ""),
        ("Thank you", "", ""),
    ],
)
def test_an_inbound_text_is_heard_and_answered_unless_twilio_did(
    client: TestClient, books: Books, twilio: TwilioStandIn, body: str, keyword: str, reply: str
) -> None:
    given = {"From": "+12025550107", "To": "+12025550100", "Body": body, "MessageSid": "SM9"}
    given |= {"OptOutType": keyword} if keyword else {}
    headers = {"X-Twilio-Signature": twilio.sign(f"{PUBLIC}/hooks/twilio/inbound", given)}
    answer = client.post("/hooks/twilio/inbound", data=given, headers=headers)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/xml")
    assert (f"<Message>{reply}</Message>" if reply else "<Response></Response>") in answer.text
    assert books.texts[0].body == body


def test_receipts_that_wait_together_share_a_commit() -> None:
    books = Books()

    async def storm() -> None:
        letterbox = Letterbox(books.receive)
        await asyncio.gather(*(letterbox.put(_receipt(number)) for number in range(1_200)))

    asyncio.run(storm())
    assert len(books.receipts) == 1_200
    assert books.commits <= 4


def test_a_commit_that_fails_is_told_to_each_who_waits_and_to_nobody_later() -> None:
    books = Books(locked=True)

    async def storm() -> list[BaseException | None]:
        letterbox = Letterbox(books.receive)
        first = await asyncio.gather(
            *(letterbox.put(_receipt(number)) for number in range(3)), return_exceptions=True
        )
        books.locked = False
        await letterbox.put(_receipt(9))
        return first

    assert all(isinstance(item, Unavailable) for item in asyncio.run(storm()))
    assert [item.delivery for item in books.receipts] == ["9"]


def _receipt(number: int) -> Receipt:
    at = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
    return Receipt(str(number), 1, "twilio", f"SM{number}", ReceiptState.SENT, at)

"""What does Twilio have when it says no, says nothing, or hangs up? Against the stand-in on loopback."""

from __future__ import annotations

import asyncio
import base64
import socket
from collections.abc import Iterator

import aiohttp
import pytest

from responder.carriers import TwilioAccount, TwilioCarrier
from responder.carriers.twilio import TwilioTimes
from responder.engine.ports.carriers import Outcome, OutcomeKind, Outgoing
from responder.testing.twilio_standin import ACCOUNT_SID, AUTH_TOKEN, Caprice, TwilioStandIn

PUBLIC = "https://alerts.example.org"
SERVICE = "MG" + "0" * 32
QUICK = TwilioTimes(connect=5.0, answer=0.3)


@pytest.fixture
def standin() -> Iterator[TwilioStandIn]:
    with TwilioStandIn() as running:
        yield running


def sms(number: int = 1, *, text: str = "Hello.", to: str = "", valid_seconds: int | None = None) -> Outgoing:
    return Outgoing(str(number), 2, to or f"+1202555{number:04d}", text, valid_seconds=valid_seconds)


def account(url: str, **given: str) -> TwilioAccount:
    fields = {"sid": ACCOUNT_SID, "token": AUTH_TOKEN, "messaging_service_sid": SERVICE}
    return TwilioAccount(**(fields | {"api_base_url": url, "public_url": PUBLIC} | given))


def hand_over(who: TwilioAccount, *messages: Outgoing, times: TwilioTimes = QUICK) -> list[Outcome]:
    carrier = TwilioCarrier(who, connections=1, times=times)
    line = carrier.open(lambda: False)
    line.give(messages)
    outcomes: list[Outcome] = []
    while len(outcomes) < len(messages):
        outcomes.extend(line.take(at_least=len(messages) - len(outcomes), timeout=20))
    carrier.close()
    return outcomes


def test_a_message_is_asked_for_with_all_that_was_meant(standin: TwilioStandIn) -> None:
    (outcome,) = hand_over(account(standin.url), sms(7, text="¡Hola! 你好", valid_seconds=900))
    (taken,) = standin.taken
    assert (outcome.kind, outcome.provider_id, outcome.code) == (OutcomeKind.ACCEPTED, taken.sid, "accepted")
    assert (taken.to, taken.body, taken.validity) == ("+12025550007", "¡Hola! 你好", 900)
    assert taken.status_callback == f"{PUBLIC}/hooks/twilio/status/7.2"


def test_a_plain_sender_is_told_the_parts_at_once(standin: TwilioStandIn) -> None:
    who = account(standin.url, messaging_service_sid="", sender="+12025550100")
    (outcome,) = hand_over(who, sms(text="x" * 200))
    assert (outcome.code, outcome.segments) == ("queued", 2)
    assert standin.taken[0].sender == "+12025550100"


@pytest.mark.parametrize(("asked", "given"), [(0, 1), (-5, 1), (99_999, 36_000)])
def test_a_validity_that_twilio_would_refuse_is_drawn_in(
    standin: TwilioStandIn, asked: int, given: int
) -> None:
    hand_over(account(standin.url), sms(valid_seconds=asked))
    assert standin.taken[0].validity == given


@pytest.mark.parametrize(
    ("caprice", "kind", "taken"),
    [
        (Caprice.TOO_MANY, OutcomeKind.NOT_TAKEN, 0),
        (Caprice.BREAK_BEFORE, OutcomeKind.UNKNOWN, 0),
        (Caprice.BREAK_AFTER, OutcomeKind.UNKNOWN, 1),
        (Caprice.CUT_BEFORE, OutcomeKind.UNKNOWN, 0),
        (Caprice.CUT_AFTER, OutcomeKind.UNKNOWN, 1),
        (Caprice.SILENT_AFTER, OutcomeKind.UNKNOWN, 1),
        (Caprice.OPTED_OUT, OutcomeKind.OPTED_OUT, 0),
        (Caprice.NOT_MOBILE, OutcomeKind.REFUSED, 0),
        (Caprice.LOCKED_OUT, OutcomeKind.BLOCKED, 0),
    ],
)
def test_each_caprice_has_its_outcome_and_is_asked_once(
    standin: TwilioStandIn, caprice: Caprice, kind: OutcomeKind, taken: int
) -> None:
    standin.be(caprice)
    (outcome,) = hand_over(account(standin.url), sms())
    assert outcome.kind is kind
    assert len(standin.taken) == taken
    assert standin.requests == 1


def test_too_many_requests_say_when_to_come_again(standin: TwilioStandIn) -> None:
    standin.be(Caprice.TOO_MANY, times=1)
    first, second = hand_over(account(standin.url), sms(1), sms(2))
    assert (first.kind, first.retry_after) == (OutcomeKind.NOT_TAKEN, 1.0)
    assert second.kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        (sms(to="12025550107"), "number-not-valid"),
        (sms(text=" "), "text-missing"),
        (sms(text="x" * 1601), "text-too-long"),
    ],
)
def test_what_twilio_refuses_is_refused_in_words(
    standin: TwilioStandIn, message: Outgoing, detail: str
) -> None:
    (outcome,) = hand_over(account(standin.url), message)
    assert (outcome.kind, outcome.detail) == (OutcomeKind.REFUSED, detail)


@pytest.mark.parametrize(
    ("given", "detail"),
    [
        ({"token": "guess"}, "sign-in-refused"),
        ({"sid": "AC" + "f" * 32}, "sign-in-refused"),
        ({"messaging_service_sid": "MGx"}, "messaging-service-not-valid"),
        ({"messaging_service_sid": "", "sender": "?"}, "sender-not-valid"),
        ({"public_url": "https://alerts_of.example.org"}, "callback-address-not-valid"),
    ],
)
def test_what_is_wrong_with_us_blocks_and_is_not_asked_by_everybody(
    standin: TwilioStandIn, given: dict[str, str], detail: str
) -> None:
    outcomes = hand_over(account(standin.url, **given), *(sms(number) for number in range(1, 21)))
    assert {(item.kind, item.detail) for item in outcomes} == {(OutcomeKind.BLOCKED, detail)}
    assert standin.requests == 1


def test_a_provider_that_is_not_there_has_taken_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (outcome,) = hand_over(account(f"http://127.0.0.1:{port}"), sms())
    assert (outcome.kind, outcome.detail) == (OutcomeKind.NOT_TAKEN, "no-connection")
    assert outcome.retry_after


def test_a_name_that_does_not_resolve_has_taken_nothing() -> None:
    (outcome,) = hand_over(account("https://nobody.invalid"), sms())
    assert (outcome.kind, outcome.detail) == (OutcomeKind.NOT_TAKEN, "no-connection")


def test_a_provider_that_speaks_no_tls_has_taken_nothing(standin: TwilioStandIn) -> None:
    (outcome,) = hand_over(account(f"https://127.0.0.1:{standin.port}"), sms())
    assert (outcome.kind, outcome.detail) == (OutcomeKind.NOT_TAKEN, "no-connection")
    assert standin.taken == []


def test_no_more_connections_are_used_than_allowed(standin: TwilioStandIn) -> None:
    standin.concurrency = 3
    standin.latency = 0.01
    carrier = TwilioCarrier(account(standin.url), connections=3)
    line = carrier.open(lambda: False)
    line.give([sms(number) for number in range(1, 31)])
    outcomes = line.take(at_least=30, timeout=20)
    assert {item.kind for item in outcomes} == {OutcomeKind.ACCEPTED}
    carrier.close()


def test_the_stand_in_lists_what_it_made_by_number(standin: TwilioStandIn) -> None:
    hand_over(account(standin.url), sms(1), sms(2), sms(3, to="+12025550002"))
    listed = asyncio.run(_get(standin, "Messages.json?To=%2B12025550002&PageSize=1"))
    assert [item["to"] for item in listed["messages"]] == ["+12025550002"]
    assert listed["next_page_uri"]
    assert asyncio.run(_get(standin, "Messages.json?To=%2B12025550199"))["messages"] == []


async def _get(standin: TwilioStandIn, path: str) -> dict[str, list[dict[str, str]]]:
    signed_in = {
        "Authorization": "Basic " + base64.b64encode(f"{ACCOUNT_SID}:{AUTH_TOKEN}".encode()).decode()
    }
    async with (
        aiohttp.ClientSession(headers=signed_in) as session,
        session.get(f"{standin.url}/2010-04-01/Accounts/{ACCOUNT_SID}/{path}") as answer,
    ):
        found: dict[str, list[dict[str, str]]] = await answer.json()
        return found

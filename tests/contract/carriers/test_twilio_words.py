"""Does each of Twilio's answers mean what its documentation says?"""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from twilio.request_validator import RequestValidator

from responder.carriers import TwilioAccount, TwilioWebhooks
from responder.carriers._twilio_words import CREATE_ERRORS, DELIVERY_ERRORS, judge_status, words_of
from responder.core.errors import InvalidInput
from responder.engine.ports.carriers import OutcomeKind, Outgoing, ReceiptState

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
PUBLIC = "https://alerts.example.org"
PATH = "/hooks/twilio/status/7.2"


def account(**given: str) -> TwilioAccount:
    return TwilioAccount(
        **({"sid": "AC1", "token": "t", "sender": "+12025550100", "public_url": PUBLIC} | given)
    )


def signed(path: str, fields: dict[str, str], *, token: str = "t") -> str:
    return str(RequestValidator(token).compute_signature(PUBLIC + path, fields))


def many(fields: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in fields.items()}


def test_an_opt_out_is_told_apart_from_a_wrong_number() -> None:
    assert CREATE_ERRORS[21610][0] is OutcomeKind.OPTED_OUT
    assert CREATE_ERRORS[21614][0] is OutcomeKind.REFUSED


def test_a_country_that_is_off_does_not_hold_everybody_else() -> None:
    assert CREATE_ERRORS[21408][0] is OutcomeKind.REFUSED


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (429, OutcomeKind.NOT_TAKEN),
        (500, OutcomeKind.UNKNOWN),
        (503, OutcomeKind.UNKNOWN),
        (401, OutcomeKind.BLOCKED),
        (403, OutcomeKind.BLOCKED),
        (404, OutcomeKind.BLOCKED),
        (302, OutcomeKind.BLOCKED),
        (400, OutcomeKind.REFUSED),
    ],
)
def test_a_code_that_is_not_in_the_table_is_judged_by_its_status(status: int, kind: OutcomeKind) -> None:
    assert judge_status(status)[0] is kind


def test_reasons_are_words_without_numbers_of_people() -> None:
    words = [word for _, word in CREATE_ERRORS.values()] + list(DELIVERY_ERRORS.values())
    assert all(word.replace("-", "").isalpha() and word == word.lower() for word in words)
    assert words_of("30003") == "handset-not-reachable"
    assert words_of("99999") == "twilio-99999"
    assert words_of("") == ""


def test_the_callback_names_delivery_and_attempt() -> None:
    message = Outgoing("7", 2, "+12025550107", "Hello.")
    assert account().callback(message) == PUBLIC + PATH


def test_without_a_public_address_no_callback_is_asked_for() -> None:
    message = Outgoing("7", 2, "+12025550107", "Hello.")
    assert account(public_url="").callback(message) == ""
    assert account(public_url="http://127.0.0.1:8000").callback(message) == ""


@pytest.mark.parametrize(
    "given",
    [{"sid": ""}, {"token": ""}, {"sender": ""}, {"api_base_url": "http://api.example.org"}],
)
def test_an_account_that_cannot_work_is_refused_at_once(given: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as caught:
        account(**given)
    assert "RESPONDER_TWILIO" in str(caught.value)


def test_a_receipt_is_reduced_to_ids_status_and_code() -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "undelivered", "ErrorCode": "30003", "To": "+12025550107"}
    receipt = TwilioWebhooks(account()).receipt("7", 2, fields=many(fields), at=NOW)
    assert receipt is not None
    assert (receipt.delivery, receipt.attempt, receipt.provider_id) == ("7", 2, "SM1")
    assert (receipt.state, receipt.code, receipt.detail) == (
        ReceiptState.FAILED,
        "30003",
        "handset-not-reachable",
    )
    assert "+1202" not in repr(receipt)


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("accepted", ReceiptState.ACCEPTED),
        ("queued", ReceiptState.ACCEPTED),
        ("sending", ReceiptState.ACCEPTED),
        ("sent", ReceiptState.SENT),
        ("delivered", ReceiptState.DELIVERED),
        ("failed", ReceiptState.FAILED),
        ("canceled", ReceiptState.CANCELLED),
    ],
)
def test_every_status_has_its_state(status: str, state: ReceiptState) -> None:
    receipt = TwilioWebhooks(account()).receipt("7", 1, fields=many({"MessageStatus": status}), at=NOW)
    assert receipt is not None
    assert receipt.state is state


def test_an_opt_out_reported_later_is_an_opt_out() -> None:
    fields = many({"MessageStatus": "failed", "ErrorCode": "21610"})
    receipt = TwilioWebhooks(account()).receipt("7", 1, fields=fields, at=NOW)
    assert receipt is not None
    assert receipt.state is ReceiptState.OPTED_OUT


def test_a_status_that_nobody_knows_says_nothing() -> None:
    assert (
        TwilioWebhooks(account()).receipt("7", 1, fields=many({"MessageStatus": "receiving"}), at=NOW) is None
    )


def test_a_signature_holds_for_the_public_address_with_or_without_its_port() -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "sent"}
    hooks = TwilioWebhooks(account())
    with_port = str(RequestValidator("t").compute_signature(f"{PUBLIC}:443{PATH}", fields))
    assert hooks.authentic(PATH, many(fields), signed(PATH, fields))
    assert hooks.authentic(PATH, many(fields), with_port)


def test_a_changed_field_path_or_token_breaks_the_signature() -> None:
    fields = {"MessageSid": "SM1", "MessageStatus": "sent"}
    hooks, signature = TwilioWebhooks(account()), signed(PATH, fields)
    assert not hooks.authentic(PATH, many(fields | {"MessageStatus": "delivered"}), signature)
    assert not hooks.authentic("/hooks/twilio/status/8.2", many(fields), signature)
    assert not hooks.authentic(PATH, many(fields), signed(PATH, fields, token="u"))
    assert not hooks.authentic(PATH, many(fields), "")
    assert not hooks.authentic(PATH, many(fields), "ü" * 28)


def test_another_account_is_not_listened_to() -> None:
    fields = {"MessageStatus": "sent", "AccountSid": "AC2"}
    assert not TwilioWebhooks(account()).authentic(PATH, many(fields), signed(PATH, fields))


def test_a_field_that_came_twice_is_signed_with_both_values() -> None:
    fields = {"MediaUrl": ["b", "a"], "MessageStatus": ["sent"]}
    text = f"{PUBLIC}{PATH}MediaUrlaMediaUrlbMessageStatussent"
    signature = base64.b64encode(hmac.new(b"t", text.encode(), hashlib.sha1).digest()).decode()
    assert TwilioWebhooks(account()).authentic(PATH, fields, signature)


def test_an_inbound_text_keeps_number_and_body_out_of_logs() -> None:
    fields = many({"From": "+12025550107", "To": "+12025550100", "Body": "ALTO\x00", "MessageSid": "SM9"})
    text = TwilioWebhooks(account()).inbound(fields=fields, at=NOW)
    assert text is not None
    assert (text.sender, text.body, text.keyword) == ("+12025550107", "ALTO", "")
    assert "+12025550107" not in repr(text)
    assert "ALTO" not in repr(text)
    assert TwilioWebhooks(account()).inbound(fields=many({"Body": "x"}), at=NOW) is None

"""What do Twilio's codes and statuses mean for us? Tables, from its error dictionary."""

from __future__ import annotations

from responder.engine.ports.carriers import OutcomeKind, ReceiptState

__all__ = ["CREATE_ERRORS", "DELIVERY_ERRORS", "MESSAGE_STATES", "judge_status", "words_of"]

_REFUSED, _BLOCKED, _LATER = OutcomeKind.REFUSED, OutcomeKind.BLOCKED, OutcomeKind.NOT_TAKEN

CREATE_ERRORS: dict[int, tuple[OutcomeKind, str]] = {
    # The account: https://www.twilio.com/docs/api/errors (20003 and neighbours)
    20003: (_BLOCKED, "sign-in-refused"),
    20005: (_BLOCKED, "account-not-active"),
    20006: (_BLOCKED, "access-denied"),
    20008: (_BLOCKED, "test-credentials"),
    20403: (_BLOCKED, "access-denied"),
    20404: (_BLOCKED, "account-not-found"),
    20429: (_LATER, "too-many-requests"),
    # The sender
    21212: (_BLOCKED, "sender-not-valid"),
    21603: (_BLOCKED, "sender-missing"),
    21606: (_BLOCKED, "sender-cannot-send-here"),
    21601: (_BLOCKED, "sender-cannot-send-sms"),
    21609: (_BLOCKED, "callback-address-not-valid"),
    21659: (_BLOCKED, "sender-not-ours"),
    21660: (_BLOCKED, "sender-of-another-account"),
    21661: (_BLOCKED, "sender-cannot-send-sms"),
    21701: (_BLOCKED, "messaging-service-not-found"),
    21702: (_BLOCKED, "messaging-service-not-usable"),
    21703: (_BLOCKED, "messaging-service-has-no-sender"),
    21704: (_BLOCKED, "messaging-service-not-usable"),
    21705: (_BLOCKED, "messaging-service-not-valid"),
    21611: (_LATER, "queue-of-the-sender-full"),
    14107: (_LATER, "too-many-requests"),
    63017: (_LATER, "too-many-requests"),
    # The recipient
    21610: (OutcomeKind.OPTED_OUT, "opted-out"),
    21211: (_REFUSED, "number-not-valid"),
    21214: (_REFUSED, "number-cannot-be-reached"),
    21217: (_REFUSED, "number-not-valid"),
    21219: (_REFUSED, "number-not-verified-on-trial"),
    21265: (_REFUSED, "number-is-a-short-code"),
    21266: (_REFUSED, "number-is-the-sender"),
    21407: (_REFUSED, "number-takes-no-sms"),
    # A country that is not switched on is no reason to hold everybody else's message.
    21408: (_REFUSED, "country-not-switched-on"),
    21421: (_REFUSED, "number-not-valid"),
    21604: (_REFUSED, "number-missing"),
    21608: (_REFUSED, "number-not-verified-on-trial"),
    21612: (_REFUSED, "number-cannot-be-reached-from-here"),
    21614: (_REFUSED, "number-not-mobile"),
    21635: (_REFUSED, "number-is-a-landline"),
    # The text
    21602: (_REFUSED, "text-missing"),
    21605: (_REFUSED, "text-too-long"),
    21617: (_REFUSED, "text-too-long"),
    21619: (_REFUSED, "text-missing"),
}
"""Code of a refused request → what becomes of the row, and the reason in words."""

DELIVERY_ERRORS: dict[int, str] = {
    21610: "opted-out",
    30001: "queue-overflow",
    30002: "account-suspended",
    30003: "handset-not-reachable",
    30004: "blocked-by-the-recipient-or-network",
    30005: "number-not-in-use",
    30006: "landline-or-network-not-reachable",
    30007: "filtered-as-spam",
    30008: "failed-for-a-reason-not-told",
    30009: "part-missing",
    30010: "dearer-than-the-limit",
    30017: "network-congested",
    30018: "sender-needs-registration",
    30019: "content-too-large",
    30022: "sender-over-its-rate",
    30023: "sender-over-its-daily-limit",
    30024: "sender-not-provisioned",
    30032: "toll-free-sender-not-verified",
    30034: "sender-not-registered",
    30035: "sender-not-set-up",
    30036: "expired-before-it-could-be-sent",
    30038: "one-time-password-filtered",
    30039: "message-loop",
    30040: "network-needs-a-registered-sender",
    30041: "sender-not-allowed-there",
    30044: "too-long-for-a-trial",
    30410: "network-did-not-answer",
    30450: "destination-held-back-for-fraud",
    30451: "destination-held-back-for-fraud",
    30453: "held-back-for-fraud",
    30454: "account-over-its-daily-limit",
}
"""Error code of a callback → the reason in words: https://www.twilio.com/docs/api/errors (30xxx)."""

MESSAGE_STATES: dict[str, ReceiptState] = {
    "accepted": ReceiptState.ACCEPTED,
    "scheduled": ReceiptState.ACCEPTED,
    "queued": ReceiptState.ACCEPTED,
    "sending": ReceiptState.ACCEPTED,
    "sent": ReceiptState.SENT,
    "delivered": ReceiptState.DELIVERED,
    "read": ReceiptState.DELIVERED,
    "undelivered": ReceiptState.FAILED,
    "failed": ReceiptState.FAILED,
    "canceled": ReceiptState.CANCELLED,
}
"""https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks"""


def words_of(code: str) -> str:
    """A callback's error code in words; an unknown code is kept as it is."""
    if not code:
        return ""
    number = int(code) if code.isascii() and code.isdigit() else 0
    if number in DELIVERY_ERRORS:
        return DELIVERY_ERRORS[number]
    return CREATE_ERRORS[number][1] if number in CREATE_ERRORS else f"twilio-{code}"


def judge_status(status: int) -> tuple[OutcomeKind, str]:
    """What a refusal means whose code is not in the table, by its HTTP status.

    A 5xx leaves it open whether the message was made: creating one is not idempotent
    (https://www.twilio.com/docs/api/errors/20500).
    """
    if status == 429:
        return _LATER, "too-many-requests"
    if status >= 500 or status == 408:
        return OutcomeKind.UNKNOWN, "provider-broke"
    if status in (401, 403):
        return _BLOCKED, "access-denied"
    if status == 400:
        return _REFUSED, "request-not-valid"
    return _BLOCKED, "address-of-the-provider-not-right"

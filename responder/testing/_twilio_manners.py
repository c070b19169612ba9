"""What does Twilio refuse, and what can it do other than take a message and say so?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

__all__ = ["Callback", "Caprice", "TakenSms", "segments_of", "wrong"]

_E164 = re.compile(r"\+[1-9]\d{6,14}")
_SHORT_OR_NAME = re.compile(r"\d{3,6}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}")
_SID = re.compile(r"MG[0-9a-f]{32}")
_LONGEST_BODY = 1_600
_KNOWN = frozenset(
    [
        "To",
        "From",
        "MessagingServiceSid",
        "Body",
        "StatusCallback",
        "ValidityPeriod",
        "SmartEncoded",
        "ForceDelivery",
        "MaxPrice",
        "ProvideFeedback",
        "Attempt",
        "ContentRetention",
        "AddressRetention",
        "PersistentAction",
        "ShortenUrls",
        "ScheduleType",
        "SendAt",
        "SendAsMms",
        "ContentVariables",
        "RiskCheck",
        "FallbackFrom",
        "MediaUrl",
        "ContentSid",
        "ApplicationSid",
        "TrafficType",
        "MessageIntent",
    ]
)


class Caprice(StrEnum):
    """What a provider can do other than take a message and say so."""

    TOO_MANY = "too_many"
    """429 with Retry-After, not looked at."""
    BREAK_BEFORE = "break_before"
    """500, and the message was not made."""
    BREAK_AFTER = "break_after"
    """500, and the message WAS made."""
    CUT_BEFORE = "cut_before"
    """The connection ends before the request was read to its end; nothing was made."""
    CUT_AFTER = "cut_after"
    """The connection ends without an answer; the message WAS made."""
    SILENT_AFTER = "silent_after"
    """No answer ever comes; the message WAS made."""
    GARBAGE_AFTER = "garbage_after"
    """201 with a page of a proxy in its body; the message WAS made."""
    NAMELESS_AFTER = "nameless_after"
    """201 with JSON that names no message; it WAS made."""
    TORN_AFTER = "torn_after"
    """201, and the connection ends in the middle of the body; the message WAS made."""
    OPTED_OUT = "opted_out"
    """21610."""
    NOT_MOBILE = "not_mobile"
    """21614."""
    LOCKED_OUT = "locked_out"
    """401 with 20003."""
    FAILS_LATER = "fails_later"
    """Taken, and then a callback says undelivered (30003)."""


@dataclass(frozen=True, slots=True)
class TakenSms:
    """One message that was made, whether or not the asker heard of it."""

    sid: str
    to: str
    sender: str
    body: str = field(repr=False)
    status_callback: str
    validity: int | None
    at: datetime
    segments: int = 1


@dataclass(frozen=True, slots=True)
class Callback:
    """One receipt as it was sent, and how it was answered (0 = not at all)."""

    url: str
    fields: Mapping[str, str]
    answer: int


def wrong(fields: Mapping[str, str]) -> tuple[int, str] | None:
    """What Twilio would refuse in a request for a message: code and words."""
    unknown = sorted(set(fields) - _KNOWN)
    to, sender, service = (fields.get(name, "") for name in ("To", "From", "MessagingServiceSid"))
    body, validity = fields.get("Body", ""), fields.get("ValidityPeriod", "36000")
    checks: tuple[tuple[bool, int, str], ...] = (
        (bool(unknown), 20001, f"Unknown parameters: {', '.join(unknown)}"),
        (not to, 21604, "A 'To' phone number is required."),
        (not _E164.fullmatch(to), 21211, f"Invalid 'To' Phone Number: {to[:3]}XXXX"),
        (not sender and not service, 21603, "A 'From' or 'MessagingServiceSid' parameter is required."),
        (bool(service) and not _SID.fullmatch(service), 21705, "The Messaging Service Sid is invalid."),
        (bool(sender) and not _is_sender(sender), 21212, "Invalid 'From' Number."),
        (to == sender, 21266, "'To' and 'From' number cannot be the same"),
        (not body.strip(), 21602, "Message body is required."),
        (len(body) > _LONGEST_BODY, 21617, "The concatenated message body exceeds the 1600 character limit."),
        (not validity.isdigit() or not 1 <= int(validity) <= 36_000, 20001, "Invalid ValidityPeriod."),
        (not _is_callback(fields.get("StatusCallback", "")), 21609, "The 'StatusCallback' URL is not valid."),
    )
    return next(((code, words) for is_wrong, code, words in checks if is_wrong), None)


def _is_sender(sender: str) -> bool:
    return bool(
        _E164.fullmatch(sender) or re.fullmatch(r"\d{3,6}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11}", sender)
    )


def _is_callback(url: str) -> bool:
    return not url or bool(re.fullmatch(r"https?://[^\s/_]+(/\S*)?", url))


def segments_of(body: str) -> int:
    units = len(body) if body.isascii() else len(body.encode("utf-16-le")) // 2
    whole, part = (160, 153) if body.isascii() else (70, 67)
    return 1 if units <= whole else -(-units // part)

"""What can a mail server do wrong, and what did it take?"""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from enum import StrEnum

__all__ = ["Arrived", "Misdeed"]


class Misdeed(StrEnum):
    """What a mail server can do wrong, and where. `451 …` at MAIL, RCPT, DATA or content is `reply`."""

    CUT_AT_MAIL = "cut_at_mail"
    CUT_AT_RCPT = "cut_at_rcpt"
    CUT_BEFORE_354 = "cut_before_354"
    CUT_AFTER_354 = "cut_after_354"
    """Within the content: the email was not taken."""
    CUT_BEFORE_250 = "cut_before_250"
    """After the content, before the answer: the email WAS taken."""
    SILENT_BEFORE_250 = "silent_before_250"
    """As above, but the connection stays open without a word."""


@dataclass(frozen=True, slots=True)
class Arrived:
    """One email that the sink took, whether or not it could say so."""

    sender: str
    recipient: str
    message_id: str
    raw: bytes = field(repr=False)

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

"""Who takes the messages? Mail servers, Twilio, and the exercise mailbox, which reaches nobody."""

from __future__ import annotations

from responder.carriers.exercise import MailboxCarrier
from responder.carriers.smtp import SmtpCarrier, SmtpServer, parse_smtp_url
from responder.carriers.twilio import TwilioAccount, TwilioCarrier, TwilioWebhooks

__all__ = [
    "MailboxCarrier",
    "SmtpCarrier",
    "SmtpServer",
    "TwilioAccount",
    "TwilioCarrier",
    "TwilioWebhooks",
    "parse_smtp_url",
]

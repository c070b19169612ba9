"""What is said: templates, texts in every language and channel, findings, sign-offs bound to hashes."""

from __future__ import annotations

from responder.core.statement.approval import Approval, LanguageStanding, LanguageState, Right, SignOff
from responder.core.statement.catalogue import Catalogue, source_catalogue
from responder.core.statement.lint import Finding, Severity, blocking
from responder.core.statement.slots import SLOTS, STOP_LINE, UNSUBSCRIBE_LINK, VIEW_LINK, join
from responder.core.statement.sms import SmsSize, gsm_safe, measure, parts
from responder.core.statement.state import Kind, Statement, StatementState
from responder.core.statement.template import Template, Variable, VariableType
from responder.core.statement.texts import FRAME, ChannelText, Digests, Frame, Texts, digests_of, text_digest

__all__ = [
    "FRAME",
    "SLOTS",
    "STOP_LINE",
    "UNSUBSCRIBE_LINK",
    "VIEW_LINK",
    "Approval",
    "Catalogue",
    "ChannelText",
    "Digests",
    "Finding",
    "Frame",
    "Kind",
    "LanguageStanding",
    "LanguageState",
    "Right",
    "Severity",
    "SignOff",
    "SmsSize",
    "Statement",
    "StatementState",
    "Template",
    "Texts",
    "Variable",
    "VariableType",
    "blocking",
    "digests_of",
    "gsm_safe",
    "join",
    "measure",
    "parts",
    "source_catalogue",
    "text_digest",
]

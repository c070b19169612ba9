"""What is said: templates, texts in every language and channel, findings, sign-offs bound to hashes."""

from __future__ import annotations

from responder.core.statement.approval import Approval, LanguageStanding, LanguageState, Right, SignOff
from responder.core.statement.catalogue import Catalogue, source_catalogue
from responder.core.statement.checking import check_template, sentences_of
from responder.core.statement.lint import Finding, Severity, blocking
from responder.core.statement.po import CatalogueStatus, read_catalogue, status_of
from responder.core.statement.render import Rendering, Voice, render
from responder.core.statement.slots import SLOTS, STOP_LINE, UNSUBSCRIBE_LINK, VIEW_LINK, join
from responder.core.statement.sms import SmsSize, gsm_safe, measure, parts
from responder.core.statement.state import Kind, Statement, StatementState
from responder.core.statement.template import Template, Variable, VariableType, parse_template
from responder.core.statement.texts import (
    FRAME,
    ChannelText,
    Digests,
    Edition,
    Frame,
    Texts,
    digests_of,
    text_digest,
)
from responder.core.statement.values import Filled, Known, fill
from responder.core.statement.words import Words, parse_words

__all__ = [
    "FRAME",
    "SLOTS",
    "STOP_LINE",
    "UNSUBSCRIBE_LINK",
    "VIEW_LINK",
    "Approval",
    "Catalogue",
    "CatalogueStatus",
    "ChannelText",
    "Digests",
    "Edition",
    "Filled",
    "Finding",
    "Frame",
    "Kind",
    "Known",
    "LanguageStanding",
    "LanguageState",
    "Rendering",
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
    "Voice",
    "Words",
    "blocking",
    "check_template",
    "digests_of",
    "fill",
    "gsm_safe",
    "join",
    "measure",
    "parse_template",
    "parse_words",
    "parts",
    "read_catalogue",
    "render",
    "sentences_of",
    "source_catalogue",
    "status_of",
    "text_digest",
]

"""What happened, when, and how late? The after-action report, counted from the log and the deliveries."""

from __future__ import annotations

from responder.core.report.account import Names, account
from responder.core.report.markdown import in_words, markdown, sentences
from responder.core.report.model import (
    CallLine,
    DecisionLine,
    EntryLine,
    Measure,
    OnTime,
    PromiseLine,
    ReachLine,
    Report,
    SignLine,
    StatementLine,
)

__all__ = [
    "CallLine",
    "DecisionLine",
    "EntryLine",
    "Measure",
    "Names",
    "OnTime",
    "PromiseLine",
    "ReachLine",
    "Report",
    "SignLine",
    "StatementLine",
    "account",
    "in_words",
    "markdown",
    "sentences",
]

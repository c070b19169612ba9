"""Who must sign, who has, who may now, and is it approved? A pure fold over signatures."""

from __future__ import annotations

from responder.core.statement.approval.fold import assess, may_sign, may_waive
from responder.core.statement.approval.words import (
    Approval,
    LanguageStanding,
    LanguageState,
    Proceedings,
    Right,
    SignOff,
    StepStanding,
    Waiver,
)

__all__ = [
    "Approval",
    "LanguageStanding",
    "LanguageState",
    "Proceedings",
    "Right",
    "SignOff",
    "StepStanding",
    "Waiver",
    "assess",
    "may_sign",
    "may_waive",
]

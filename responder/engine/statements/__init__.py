"""The desk of statements: draft, edit, submit, sign, return, waive, withdraw, override, review."""

from __future__ import annotations

from responder.engine.statements.errands import Errand, ErrandKind, errands
from responder.engine.statements.reading import (
    approval_of,
    find_statement,
    list_statements,
    open_occurrence,
    texts_at,
)
from responder.engine.statements.reviews import (
    LanguageProgress,
    ReviewItem,
    check_languages,
    extract,
    progress_of,
    review,
    to_review,
)
from responder.engine.statements.signing import override, return_, sign, submit, waive, withdraw
from responder.engine.statements.standing import Standing, revoke_standing, sign_standing, standing_of
from responder.engine.statements.texts import (
    accept_mend,
    draft,
    edit,
    fill,
    mark_used,
    narrow,
    offered_mends,
)

__all__ = [
    "Errand",
    "ErrandKind",
    "LanguageProgress",
    "ReviewItem",
    "Standing",
    "accept_mend",
    "approval_of",
    "check_languages",
    "draft",
    "edit",
    "errands",
    "extract",
    "fill",
    "find_statement",
    "list_statements",
    "mark_used",
    "narrow",
    "offered_mends",
    "open_occurrence",
    "override",
    "progress_of",
    "return_",
    "review",
    "revoke_standing",
    "sign",
    "sign_standing",
    "standing_of",
    "submit",
    "texts_at",
    "to_review",
    "waive",
    "withdraw",
]

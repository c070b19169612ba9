"""The desk of statements: draft, edit, submit, sign, return, waive, withdraw, override, review."""

from __future__ import annotations

from responder.engine.statements.reading import approval_of, find_statement, list_statements, texts_at
from responder.engine.statements.signing import override, return_, sign, submit, waive, withdraw
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
    "accept_mend",
    "approval_of",
    "draft",
    "edit",
    "fill",
    "find_statement",
    "list_statements",
    "mark_used",
    "narrow",
    "offered_mends",
    "override",
    "return_",
    "sign",
    "submit",
    "texts_at",
    "waive",
    "withdraw",
]

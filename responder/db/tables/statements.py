"""The tables of statements: each version's texts, the review ledger, standing approvals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from responder.db.columns import Moment

__all__ = ["ReviewRow", "StandingRow", "StatementRow", "StatementTextRow", "StatementVersionRow"]


class StatementRow(SQLModel, table=True):
    """One statement of one occurrence of a message; `version` is its newest."""

    __tablename__ = "statements"
    __table_args__ = (CheckConstraint("mode IN ('live', 'exercise')", name="ck_statements_mode"),)

    id: str = Field(primary_key=True, max_length=64)
    incident: str = Field(index=True, max_length=64)
    occurrence: str = Field(index=True)
    message: str
    mode: str
    template: str
    template_digest: str
    kind: str
    state: str
    version: int
    source_language: str
    drafted_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    author: str | None = None
    used_channels: str = ""


class StatementVersionRow(SQLModel, table=True):
    """What a statement said at one version. Appended, never changed."""

    __tablename__ = "statement_versions"

    statement: str = Field(foreign_key="statements.id", primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    document: str = Field(sa_column=Column(Text(), nullable=False))


class StatementTextRow(SQLModel, table=True):
    """All channel texts of one language at one version, in every edition. Appended, never changed."""

    __tablename__ = "statement_texts"

    statement: str = Field(foreign_key="statements.id", primary_key=True, max_length=64)
    version: int = Field(primary_key=True)
    language: str = Field(primary_key=True)
    texts: str = Field(sa_column=Column(Text(), nullable=False))


class ReviewRow(SQLModel, table=True):
    """One line of the review ledger: somebody who reads the language has signed this hash."""

    __tablename__ = "reviews"

    language: str = Field(primary_key=True)
    digest: str = Field(primary_key=True, max_length=64)
    person: str
    what: str
    at: datetime = Field(sa_column=Column(Moment(), nullable=False))


class StandingRow(SQLModel, table=True):
    """One signature given in peacetime on a template and its translations."""

    __tablename__ = "standing_approvals"
    __table_args__ = (
        UniqueConstraint("playbook", "message", "scope", "digest", "person", "role", name="uq_standing"),
    )

    id: str = Field(primary_key=True, max_length=64)
    playbook: str = Field(index=True)
    message: str
    template: str
    scope: str
    digest: str
    person: str
    role: str
    recorded_for: str = ""
    how: str = ""
    signed_at: datetime = Field(sa_column=Column(Moment(), nullable=False))
    expires: datetime = Field(sa_column=Column(Moment(), nullable=False))
    revoked_at: datetime | None = Field(default=None, sa_column=Column(Moment()))

"""The table of contents: bytes that running incidents pinned, by their SHA-256."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, LargeBinary
from sqlmodel import Field, SQLModel

from responder.db.columns import Moment

__all__ = ["ContentRow", "PlaybookReviewRow"]


class ContentRow(SQLModel, table=True):
    """One file as it was. Written once, never changed, never deleted while an incident names it."""

    __tablename__ = "contents"

    digest: str = Field(primary_key=True, max_length=64)
    content: bytes = Field(sa_column=Column(LargeBinary, nullable=False))


class PlaybookReviewRow(SQLModel, table=True):
    """When a playbook was last reviewed, and which bytes of it."""

    __tablename__ = "playbook_reviews"

    playbook: str = Field(primary_key=True, max_length=128)
    digest: str = Field(max_length=64)
    reviewed: datetime = Field(sa_column=Column(Moment(), nullable=False))
    by: str = Field(max_length=64)

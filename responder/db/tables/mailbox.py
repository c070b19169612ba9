"""The tables of the exercise mailbox: what an exercise would have sent, and the texts its letters share."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index
from sqlmodel import Field, SQLModel

from responder.db.columns import Moment

__all__ = ["MailboxBodyRow", "MailboxLetterRow"]


class MailboxBodyRow(SQLModel, table=True):
    """One text, kept once however many readers got it. `last_used` tells when it may go."""

    __tablename__ = "mailbox_bodies"

    hash: str = Field(primary_key=True, max_length=64)
    subject: str = ""
    text: str
    html: str = ""
    last_used: datetime = Field(sa_column=Column(Moment(), nullable=False))


class MailboxLetterRow(SQLModel, table=True):
    """One letter. `recipient` is masked; there is no unique key: a letter that came twice is seen twice."""

    __tablename__ = "mailbox_letters"
    __table_args__ = (
        Index("ix_mailbox_letters_broadcast", "broadcast", "id"),
        Index("ix_mailbox_letters_incident", "incident", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    delivery: str = Field(max_length=64)
    attempt: int
    broadcast: str = ""
    incident: str = ""
    channel: str
    language: str
    recipient: str
    body: str = Field(max_length=64)
    link: str = ""
    kept: datetime = Field(sa_column=Column(Moment(), nullable=False))

"""The table of texts that residents sent to the city."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Column, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from responder.db.columns import Moment

__all__ = ["InboundTextRow"]


class InboundTextRow(SQLModel, table=True):
    """One text. Number and body are sealed like those of contacts; nothing here can be searched by them."""

    __tablename__ = "inbound_texts"
    __table_args__ = (
        Index(
            "ux_inbound_texts_provider",
            "carrier",
            "provider_id",
            unique=True,
            sqlite_where=text("provider_id <> ''"),
            postgresql_where=text("provider_id <> ''"),
        ),
        Index("ix_inbound_texts_arrived", "arrived"),
    )

    id: str = Field(primary_key=True, max_length=32)
    carrier: str
    provider_id: str = ""
    number: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    word: str
    arrived: datetime = Field(sa_column=Column(Moment(), nullable=False))

"""The tables of broadcasts: what was released, every delivery, parcels, the tally, what carriers reported.

Mode is part of every key from the incident down, and a CHECK ties it to the carrier: a row of an
exercise cannot name a carrier that reaches residents, nor the other way round.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    UniqueConstraint,
    text,
)
from sqlmodel import Field, SQLModel

from responder.core.broadcast import BroadcastState, DeliveryState, Part
from responder.core.terms import DELIVERED_CHANNELS, Mode, Urgency
from responder.db.columns import Moment

__all__ = [
    "BroadcastRow",
    "BroadcastTextRow",
    "BroadcastWordRow",
    "DeliveryLedgerRow",
    "ParcelRow",
    "ReceiptRow",
    "TallyRow",
]


def _one_of(column: str, values: Any, table: str) -> CheckConstraint:
    words = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({words})", name=f"ck_{table}_{column}")


def _mode_fits_carrier(table: str) -> CheckConstraint:
    return CheckConstraint("(mode = 'exercise') = (carrier = 'exercise')", name=f"ck_{table}_mode_carrier")


def _moment(*, nullable: bool = True) -> Any:
    return Field(default=None, sa_column=Column(Moment(), nullable=nullable))


class BroadcastRow(SQLModel, table=True):
    """One sending out of one statement. `round` counts the runs of its materialising, `touched` its lease.

    `parts` is which part of a release it is; `twin` the broadcast of those who hear it first.
    """

    __tablename__ = "broadcasts"
    __table_args__ = (
        UniqueConstraint("id", "mode", name="ux_broadcasts_id_mode"),
        ForeignKeyConstraint(["incident", "mode"], ["incidents.id", "incidents.mode"]),
        _one_of("mode", Mode, "broadcasts"),
        _one_of("state", BroadcastState, "broadcasts"),
        _one_of("urgency", Urgency, "broadcasts"),
        _one_of("part", Part, "broadcasts"),
        Index("ix_broadcasts_incident", "incident"),
        Index("ix_broadcasts_statement", "statement"),
        Index("ix_broadcasts_state", "state"),
    )

    id: str = Field(primary_key=True, max_length=32)
    incident: str
    statement: str
    occurrence: str
    mode: str
    state: str
    urgency: str
    part: str = "whole"
    channels: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    languages: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    source_language: str
    selection: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    supersedes: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    corrects: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))
    twin: str | None = None
    persons: int = 1
    digest: str = ""
    reason: str = ""
    proposed_by: str
    proposed: datetime = _moment(nullable=False)
    wait_seconds: int = 0
    zone: str = "UTC"
    released: datetime | None = _moment()
    starts: datetime | None = _moment()
    expires: datetime | None = _moment()
    ended: datetime | None = _moment()
    touched: datetime | None = _moment()
    round: int = 0


class BroadcastWordRow(SQLModel, table=True):
    """One person's word for a release."""

    __tablename__ = "broadcast_words"

    broadcast: str = Field(foreign_key="broadcasts.id", primary_key=True)
    person: str = Field(primary_key=True)
    given: datetime = _moment(nullable=False)


class BroadcastTextRow(SQLModel, table=True):
    """One text as it was frozen at the release. `language` is a tag, or `notice-{tag}` for a notice."""

    __tablename__ = "broadcast_texts"

    broadcast: str = Field(foreign_key="broadcasts.id", primary_key=True)
    channel: str = Field(primary_key=True)
    language: str = Field(primary_key=True)
    subject: str = ""
    text: str
    html: str = ""
    stop_line: str = ""
    segments: int = 1


class ParcelRow(SQLModel, table=True):
    """About a thousand delivery rows of one broadcast and channel, and who is working on them.

    `asked` is the last generation for which a job was enqueued, `asked_at` when.
    """

    __tablename__ = "parcels"
    __table_args__ = (
        ForeignKeyConstraint(["broadcast", "mode"], ["broadcasts.id", "broadcasts.mode"]),
        _mode_fits_carrier("parcels"),
        _one_of("state", ("open", "leased", "done"), "parcels"),
        _one_of("channel", DELIVERED_CHANNELS, "parcels"),
        UniqueConstraint("broadcast", "channel", "number", name="ux_parcels_number"),
        Index("ix_parcels_state", "state", "lease"),
    )

    id: int | None = Field(default=None, primary_key=True)
    broadcast: str
    mode: str
    channel: str
    carrier: str
    number: int
    first_id: int = 0
    last_id: int = 0
    quiet: str | None = None
    state: str = "open"
    generation: int = 1
    asked: int = 0
    asked_at: datetime | None = _moment()
    token: str | None = None
    holder: str | None = None
    lease: datetime | None = _moment()
    not_before: datetime | None = _moment()


class DeliveryLedgerRow(SQLModel, table=True):
    """One message for one person on one channel, written before anything is sent.

    `meant` is false for rows that were never meant to be sent; it never changes, so that the index
    which keeps a household's phone from ringing twice is not touched while states move on.
    The unique key begins with the broadcast and is only ever read with a contact beside it: the
    rows of a parcel are found by their range of ids.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("broadcast", "contact", "channel", name="ux_deliveries_person"),
        Index(
            "ux_deliveries_address",
            "broadcast",
            "channel",
            "address_index",
            unique=True,
            sqlite_where=text("meant"),
            postgresql_where=text("meant"),
        ),
        Index(
            "ix_deliveries_unknown",
            "broadcast",
            sqlite_where=text("state = 'unknown'"),
            postgresql_where=text("state = 'unknown'"),
        ),
        ForeignKeyConstraint(["broadcast", "mode"], ["broadcasts.id", "broadcasts.mode"]),
        _mode_fits_carrier("deliveries"),
        _one_of("state", DeliveryState, "deliveries"),
        _one_of("channel", DELIVERED_CHANNELS, "deliveries"),
    )

    id: int | None = Field(default=None, primary_key=True)
    broadcast: str
    mode: str
    contact: int = Field(foreign_key="contacts.id")
    channel: str
    carrier: str
    address_index: str = Field(max_length=64)
    meant: bool = Field(default=True, sa_column=Column(Boolean, nullable=False))
    state: str
    reason: str = ""
    same_as: int | None = None
    language: str
    wanted: str = ""
    notice: bool = False
    attempt: int = 0
    not_before: datetime | None = _moment()
    provider_id: str = ""
    code: str = ""
    changed: datetime = _moment(nullable=False)


class TallyRow(SQLModel, table=True):
    """How many deliveries one node has moved into (or, below zero, out of) a state."""

    __tablename__ = "broadcast_tally"

    broadcast: str = Field(foreign_key="broadcasts.id", primary_key=True)
    node: str = Field(primary_key=True)
    channel: str = Field(primary_key=True)
    state: str = Field(primary_key=True)
    count: int = 0


class ReceiptRow(SQLModel, table=True):
    """What a carrier reported, reduced to ids, state, code and time, until it has been applied.

    No foreign key: a receipt may be forged or older than the backup that was restored.
    """

    __tablename__ = "receipts"
    __table_args__ = (Index("ix_receipts_arrived", "arrived"),)

    id: int | None = Field(default=None, primary_key=True)
    delivery: int
    attempt: int
    carrier: str
    provider_id: str = ""
    state: str
    code: str = ""
    arrived: datetime = _moment(nullable=False)
    tried: int = 0

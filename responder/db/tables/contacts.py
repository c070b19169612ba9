"""The tables of contacts: residents and organisations who asked to hear from the city.

No column says which community a person belongs to, and none may be added: such a table would be a
target list. Who gets a message is decided by lists, areas and organisations.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary
from sqlmodel import Field, SQLModel

from responder.db.columns import Moment

__all__ = [
    "AddressRow",
    "AddressStopRow",
    "AreaRow",
    "ContactRow",
    "LanguageRow",
    "ListRow",
]


class ContactRow(SQLModel, table=True):
    """One resident or organisation. `name` is sealed under `contact/{id}/name`.

    Rows are emptied, never deleted: deliveries point to them, and a number is never given twice.
    """

    __tablename__ = "contacts"
    __table_args__ = (
        CheckConstraint("kind IN ('person', 'organisation')", name="ck_contacts_kind"),
        CheckConstraint("kind = 'organisation' OR organisation IS NULL", name="ck_contacts_no_membership"),
        Index("ix_contacts_organisation", "organisation"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = "person"
    name: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    organisation: str | None = None
    active: bool = True
    source: str = ""
    added: datetime = Field(sa_column=Column(Moment(), nullable=False))
    changed: datetime = Field(sa_column=Column(Moment(), nullable=False))


class LanguageRow(SQLModel, table=True):
    """The languages that a contact reads, `rank` 0 first."""

    __tablename__ = "contact_languages"
    __table_args__ = (Index("ux_contact_languages", "contact", "language", unique=True),)

    contact: int = Field(foreign_key="contacts.id", primary_key=True)
    rank: int = Field(primary_key=True)
    language: str


class ListRow(SQLModel, table=True):
    """A list that a contact is on: chosen by themselves, with the basis in law and since when."""

    __tablename__ = "contact_lists"
    __table_args__ = (Index("ix_contact_lists_list", "list", "contact"),)

    contact: int = Field(foreign_key="contacts.id", primary_key=True)
    list: str = Field(primary_key=True)
    basis: str = ""
    since: datetime = Field(sa_column=Column(Moment(), nullable=False))


class AreaRow(SQLModel, table=True):
    """An area that a contact wants to hear about."""

    __tablename__ = "contact_areas"
    __table_args__ = (Index("ix_contact_areas_area", "area", "contact"),)

    contact: int = Field(foreign_key="contacts.id", primary_key=True)
    area: str = Field(primary_key=True)


class AddressRow(SQLModel, table=True):
    """A phone number or email address, sealed under `address/{channel}/{address_index}`.

    Bound to its index and not to its contact, so that a delivery can carry the same bytes.
    """

    __tablename__ = "contact_addresses"
    __table_args__ = (
        CheckConstraint("channel IN ('sms', 'email')", name="ck_contact_addresses_channel"),
        CheckConstraint(
            "state IN ('ok', 'opted_out', 'invalid', 'suspended')", name="ck_contact_addresses_state"
        ),
        Index("ux_contact_addresses", "channel", "address_index", "contact", unique=True),
        Index("ix_contact_addresses_contact", "contact", "channel"),
    )

    id: int | None = Field(default=None, primary_key=True)
    contact: int = Field(foreign_key="contacts.id")
    channel: str
    sealed: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    address_index: str = Field(max_length=64)
    state: str = "ok"


class AddressStopRow(SQLModel, table=True):
    """An address that gets nothing more, kept apart so that it outlives contacts and imports.

    `how` is word, link, provider, bounce, person or bereaved; it is never told to anybody outside.
    """

    __tablename__ = "address_stops"
    __table_args__ = (
        CheckConstraint("state IN ('opted_out', 'invalid', 'suspended')", name="ck_address_stops_state"),
    )

    channel: str = Field(primary_key=True)
    address_index: str = Field(primary_key=True, max_length=64)
    state: str
    how: str
    since: datetime = Field(sa_column=Column(Moment(), nullable=False))

"""The tables of people: who works here, which playbook roles they hold, how they sign in."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, LargeBinary
from sqlmodel import Field, SQLModel

from responder.db.columns import Moment

__all__ = ["CredentialRow", "HouseNoteRow", "PersonRow", "RoleRow"]


class PersonRow(SQLModel, table=True):
    """One member of staff. Addresses are sealed under `person/{id}/email` and `person/{id}/phone`."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint("permission IN ('admin', 'staff', 'viewer')", name="ck_people_permission"),
    )

    id: str = Field(primary_key=True, max_length=64)
    name: str
    permission: str
    email: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    phone: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    email_index: str | None = Field(default=None, max_length=64, unique=True)
    phone_index: str | None = Field(default=None, max_length=64, index=True)
    languages: str = "en"
    active: bool = True
    added: datetime = Field(sa_column=Column(Moment(), nullable=False))


class RoleRow(SQLModel, table=True):
    """Who holds a playbook role; `rank` 0 is asked first."""

    __tablename__ = "person_roles"

    role: str = Field(primary_key=True)
    person: str = Field(foreign_key="people.id", primary_key=True)
    rank: int


class CredentialRow(SQLModel, table=True):
    """A one-time link, a session or a token; only the hash of its secret is kept."""

    __tablename__ = "credentials"
    __table_args__ = (
        CheckConstraint("kind IN ('link', 'session', 'token')", name="ck_credentials_kind"),
        CheckConstraint("permission IN ('admin', 'staff', 'viewer')", name="ck_credentials_permission"),
    )

    id: str = Field(primary_key=True, max_length=64)
    kind: str
    digest: str = Field(max_length=64, unique=True)
    person: str | None = Field(default=None, foreign_key="people.id", index=True)
    name: str = ""
    permission: str
    roles: str = ""
    made: datetime = Field(sa_column=Column(Moment(), nullable=False))
    expires: datetime = Field(sa_column=Column(Moment(), nullable=False))
    used: datetime | None = Field(default=None, sa_column=Column(Moment()))
    revoked: datetime | None = Field(default=None, sa_column=Column(Moment()))


class HouseNoteRow(SQLModel, table=True):
    """What was done outside any incident: people added, tokens made, contacts imported or exported.

    Written once, never changed; `detail` holds counts and ids, never an address.
    """

    __tablename__ = "house_notes"

    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_column=Column(Moment(), nullable=False, index=True))
    actor: str
    act: str
    detail: str = ""

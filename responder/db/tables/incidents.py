"""The tables of incidents: one row each, their log line by line, restricted names, calls to role holders."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from responder.core.terms import Mode
from responder.db.columns import Moment
from responder.engine.ports.incidents import CallState, CarriedState, IncidentState

__all__ = ["CallTableRow", "EventRow", "IncidentTableRow", "RestrictedRow"]


def _one_of(column: str, words: type[StrEnum], table: str) -> CheckConstraint:
    listed = ", ".join(f"'{word.value}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"ck_{table}_{column}")


def _moment(*, nullable: bool = False) -> Any:
    return Field(default=None, sa_column=Column(Moment(), nullable=nullable))


class IncidentTableRow(SQLModel, table=True):
    """One incident. Its log is the truth; `state`, `next_beat`, `number` and `head` are written with it."""

    __tablename__ = "incidents"
    __table_args__ = (
        UniqueConstraint("id", "mode", name="ux_incidents_id_mode"),
        Index("ix_incidents_next_beat", "next_beat"),
        _one_of("mode", Mode, "incidents"),
        _one_of("state", IncidentState, "incidents"),
    )

    id: str = Field(primary_key=True, max_length=32)
    mode: str
    title: str
    playbook: str
    state: str
    private: bool = False
    created: datetime = _moment()
    next_beat: datetime | None = _moment(nullable=True)
    number: int
    head: str = Field(max_length=64)


class EventRow(SQLModel, table=True):
    """One line of a log: the canonical JSON that its hash covers, byte by byte. Written once."""

    __tablename__ = "incident_events"

    incident: str = Field(primary_key=True, foreign_key="incidents.id", max_length=32)
    number: int = Field(primary_key=True)
    kind: str
    line: str = Field(sa_column=Column(Text(), nullable=False))
    previous: str = Field(max_length=64)
    hash: str = Field(max_length=64)


class RestrictedRow(SQLModel, table=True):
    """A name that no statement of an incident may hold, as a keyed hash of its normalised form."""

    __tablename__ = "incident_restricted"

    incident: str = Field(primary_key=True, foreign_key="incidents.id", max_length=32)
    hash: str = Field(primary_key=True, max_length=64)


class CallTableRow(SQLModel, table=True):
    """One person told of one occurrence at one rung. Its mode is its incident's."""

    __tablename__ = "calls"
    __table_args__ = (
        ForeignKeyConstraint(
            ["incident", "mode"], ["incidents.id", "incidents.mode"], name="fk_calls_incident"
        ),
        UniqueConstraint("incident", "occurrence", "rung", "person", name="ux_calls_occurrence_rung_person"),
        UniqueConstraint("token_hash", name="ux_calls_token_hash"),
        Index("ix_calls_person", "person", "state"),
        Index("ix_calls_state", "state", "wall"),
        _one_of("mode", Mode, "calls"),
        _one_of("state", CallState, "calls"),
        _one_of("sms", CarriedState, "calls"),
        _one_of("email", CarriedState, "calls"),
    )

    id: str = Field(primary_key=True, max_length=32)
    incident: str = Field(max_length=32)
    mode: str
    occurrence: str
    rung: int
    role: str
    person: str
    state: str
    made: datetime = _moment()
    wall: datetime = _moment()
    token_hash: str = Field(max_length=64)
    sms: str
    email: str
    attempt: int = 0
    answered: datetime | None = _moment(nullable=True)

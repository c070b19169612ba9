"""What stands in an incident now? The fold of its log: what people and the clock have done so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from responder.core.facts import Fact, FactValue
from responder.core.incident.clock import IncidentClock
from responder.core.incident.event import Actor, ActorKind, Event
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.terms import Mode

__all__ = ["Answer", "CallRecord", "Incident", "Item", "OccurrenceRecord", "PhaseRecord"]


@dataclass(frozen=True, slots=True)
class Item:
    """One case of a register."""

    register: str
    number: int
    fields: Mapping[str, FactValue]
    added: datetime
    closed: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to a decision."""

    option: str
    at: datetime
    by: Actor
    reason: str = ""
    dissent: str = ""
    by_clock: bool = False


@dataclass(frozen=True, slots=True)
class CallRecord:
    """One person who was told of an occurrence. `answered` when they said that they have it."""

    call: str
    person: str
    rung: int
    at: datetime
    answered: datetime | None = None


@dataclass(frozen=True, slots=True)
class PhaseRecord:
    """When a phase opened and closed, and how often its closing was asked for."""

    opened: datetime | None = None
    closed: datetime | None = None
    closed_by: Actor | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class OccurrenceRecord:
    """What the log says of one occurrence. `finished` = done, passed, answered or sent."""

    key: OccurrenceKey
    opened: datetime | None = None
    opened_by: Actor | None = None
    acknowledged: datetime | None = None
    acknowledged_by: Actor | None = None
    finished: datetime | None = None
    finished_by: Actor | None = None
    skipped: datetime | None = None
    skipped_by: Actor | None = None
    reason: str = ""
    note: str = ""
    evidence: tuple[str, ...] = ()
    checklist: Mapping[str, bool] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    gate: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    rungs: Mapping[int, str] = field(default_factory=dict)
    calls: tuple[CallRecord, ...] = ()
    statement: str | None = None
    signed: datetime | None = None
    broadcasts: tuple[str, ...] = ()

    @property
    def answer(self) -> Answer | None:
        """The last answer; it counts."""
        return self.answers[-1] if self.answers else None


@dataclass(frozen=True, slots=True)
class Incident:
    """One incident as its log tells it; times are incident time.

    `started` is the moment `activated`: None while a second person has not confirmed yet.
    `events` is the whole log, oldest first.
    """

    mode: Mode
    title: str
    playbook: str
    clock: IncidentClock
    pins: Mapping[str, str]
    activated_by: Actor
    started: datetime | None = None
    confirmed_by: Actor | None = None
    private: bool = False
    level: str = ""
    levels: tuple[tuple[datetime, str], ...] = ()
    facts: Mapping[str, Fact] = field(default_factory=dict)
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    phases: Mapping[str, PhaseRecord] = field(default_factory=dict)
    occurrences: Mapping[OccurrenceKey, OccurrenceRecord] = field(default_factory=dict)
    items: Mapping[str, Mapping[int, Item]] = field(default_factory=dict)
    statements: Mapping[str, OccurrenceKey] = field(default_factory=dict)
    broadcasts: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str | None, tuple[datetime, ...]] = field(default_factory=dict)
    promise: datetime | None = None
    stood_down: datetime | None = None
    reopened: datetime | None = None
    restricted: int = 0
    events: tuple[Event, ...] = ()

    @property
    def number(self) -> int:
        """The number of the last event."""
        return self.events[-1].number if self.events else 0

    @property
    def head(self) -> str:
        """The hash of the last event: who holds it can prove that the log was not changed."""
        return self.events[-1].hash if self.events else ""

    @property
    def running(self) -> bool:
        """Whether the plan goes on: started, and not stood down."""
        return self.started is not None and self.stood_down is None

    @property
    def taken_up(self) -> bool:
        """Whether somebody has begun to act on it: taken something, done it or answered it."""
        return any(
            record.acknowledged is not None
            or (record.finished_by is not None and record.finished_by.kind is not ActorKind.CLOCK)
            for record in self.occurrences.values()
        )

    def of_statement(self, statement: str) -> tuple[Event, ...]:
        """The events of one statement, oldest first."""
        return tuple(event for event in self.events if getattr(event.body, "statement", None) == statement)

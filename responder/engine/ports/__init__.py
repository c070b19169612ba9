"""What does the engine need from the outside world? One record of ports, handed in as first parameter."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from responder.core.terms import Channel
from responder.engine.ports.broadcasts import BroadcastStore
from responder.engine.ports.carriers import (
    ExerciseCarrier,
    Inbound,
    Line,
    LiveCarrier,
    Outcome,
    OutcomeKind,
    Outgoing,
    Receipt,
    ReceiptState,
)
from responder.engine.ports.contacts import ContactStore
from responder.engine.ports.contents import Content, ContentStore
from responder.engine.ports.courses import Course, Courses
from responder.engine.ports.inbox import InboundRow, InboxStore
from responder.engine.ports.incidents import IncidentStore
from responder.engine.ports.mailbox import Letter, Mailbox, MailboxCount
from responder.engine.ports.outside import Chance, Ciphers, Clock
from responder.engine.ports.people import PeopleStore
from responder.engine.ports.queue import Job, JobState, Queue
from responder.engine.ports.statements import StatementStore
from responder.engine.ports.switchboard import Switchboard

__all__ = [
    "BroadcastStore",
    "Chance",
    "Ciphers",
    "Clock",
    "ContactStore",
    "Content",
    "ContentStore",
    "Course",
    "Courses",
    "ExerciseCarrier",
    "Inbound",
    "InboundRow",
    "InboxStore",
    "IncidentStore",
    "Job",
    "JobState",
    "Letter",
    "Limits",
    "Line",
    "LiveCarrier",
    "Mailbox",
    "MailboxCount",
    "Outcome",
    "OutcomeKind",
    "Outgoing",
    "PeopleStore",
    "Ports",
    "Queue",
    "Receipt",
    "ReceiptState",
    "StatementStore",
    "Store",
    "Switchboard",
    "Work",
]


class Work(Protocol):
    """One transaction on the store: everything read and written through it stands or falls together."""

    @property
    def incidents(self) -> IncidentStore: ...
    @property
    def statements(self) -> StatementStore: ...
    @property
    def broadcasts(self) -> BroadcastStore: ...
    @property
    def contacts(self) -> ContactStore: ...
    @property
    def people(self) -> PeopleStore: ...
    @property
    def contents(self) -> ContentStore: ...
    @property
    def inbox(self) -> InboxStore: ...

    @property
    def connection(self) -> object:
        """The transaction itself, opaque; handed to the queue so that a job stands or falls with it."""


class Store(Protocol):
    """Where everything is kept."""

    def begin(self) -> AbstractContextManager[Work]:
        """A writing transaction: committed at the end of the block, rolled back on any error.

        Raises Unavailable when the database is locked for too long, full or of another version,
        Conflict when another writer was faster.
        """

    def read(self) -> AbstractContextManager[Work]:
        """A reading transaction: one consistent view, nothing may be written."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Numbers that the installation sets: see docs/reference/environment."""

    node: str = "node"
    public_url: str = "http://127.0.0.1:8000"
    sms_connections: int = 32
    smtp_connections: int = 32
    lease_seconds: int = 60
    undo_seconds: int = 60
    parcel_size: int = 1_000
    email_from: str = "city@example.org"
    sms_from: str = ""


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that a use case may touch. Assembled once, in `responder.app.wiring`.

    `live` and `exercise` are two types on purpose: an exercise incident is wired to the second
    only, and mypy refuses to mix them up.
    """

    store: Store
    content: Content
    clock: Clock
    chance: Chance
    ciphers: Ciphers
    queue: Queue
    live: Mapping[Channel, LiveCarrier]
    exercise: Mapping[Channel, ExerciseCarrier]
    limits: Limits
    switchboard: Switchboard = field(default_factory=Switchboard)
    courses: Courses = field(default_factory=Courses)

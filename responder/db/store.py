"""How does a use case get its transaction, and what do a database's errors become?"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from importlib import import_module
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session, SQLModel

from responder.core.errors import Conflict, ResponderError, Unavailable
from responder.db.engine import BUSY_SECONDS, WRITES, in_memory
from responder.db.store_broadcasts import BroadcastRows
from responder.db.store_contacts import ContactRows
from responder.db.store_contents import ContentRows
from responder.db.store_inbox import InboxRows
from responder.db.store_incidents import IncidentRows
from responder.db.store_people import PeopleRows
from responder.db.store_statements import StatementRows

__all__ = ["SqlStore", "SqlWork", "create_all", "translated"]


class SqlWork:
    """One transaction: the rows of every noun on the same session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def connection(self) -> Connection:
        return self._session.connection()

    @cached_property
    def incidents(self) -> IncidentRows:
        return IncidentRows(self._session)

    @cached_property
    def statements(self) -> StatementRows:
        return StatementRows(self._session)

    @cached_property
    def broadcasts(self) -> BroadcastRows:
        return BroadcastRows(self._session)

    @cached_property
    def contacts(self) -> ContactRows:
        return ContactRows(self._session)

    @cached_property
    def people(self) -> PeopleRows:
        return PeopleRows(self._session)

    @cached_property
    def inbox(self) -> InboxRows:
        return InboxRows(self._session)

    @cached_property
    def contents(self) -> ContentRows:
        return ContentRows(self._session)


class SqlStore:
    """Where everything is kept: SQLite or PostgreSQL.

    On SQLite the writers of one process queue on a lock of ours: waiting in the database's own busy
    handler means sleeping, and many sleepers starve one another.
    """

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._sqlite = engine.dialect.name == "sqlite"
        self._writers = threading.Lock()
        self._readers = self._writers if in_memory(engine) else None
        self._open = threading.local()

    @contextmanager
    def begin(self) -> Iterator[SqlWork]:
        """A writing transaction. See `responder.engine.ports.Store`."""
        options = {WRITES: True} if self._sqlite else {}
        lock = self._writers if self._sqlite else None
        with self._one_at_a_time(), _held(lock), self._transaction(options) as work:
            yield work

    @contextmanager
    def read(self) -> Iterator[SqlWork]:
        """A reading transaction: one view from the first statement on."""
        options: dict[str, Any] = {WRITES: False}
        if not self._sqlite:
            options = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        with self._one_at_a_time(), _held(self._readers), self._transaction(options) as work:
            yield work

    @contextmanager
    def _transaction(self, options: dict[str, Any]) -> Iterator[SqlWork]:
        with (
            translated(),
            self.engine.connect().execution_options(**options) as connection,
            connection.begin(),
            Session(bind=connection, expire_on_commit=False) as session,
        ):
            yield SqlWork(session)
            session.flush()

    @contextmanager
    def _one_at_a_time(self) -> Iterator[None]:
        """A second transaction inside an open one would wait for itself: say so at once."""
        if getattr(self._open, "here", False):
            raise RuntimeError("This thread has a transaction open already: hand its work on.")
        self._open.here = True
        try:
            yield
        finally:
            self._open.here = False


@contextmanager
def _held(lock: threading.Lock | None) -> Iterator[None]:
    if lock is None:
        yield
        return
    if not lock.acquire(timeout=BUSY_SECONDS):
        raise Unavailable("The database is busy.", mend="Another writer holds it: try again in a moment.")
    try:
        yield
    finally:
        lock.release()


@contextmanager
def translated() -> Iterator[None]:
    """Let a database's errors cross the floor as ours. Broken rules of our own tables stay as they are."""
    try:
        yield
    except IntegrityError as error:
        if _is_duplicate(error):
            raise Conflict("Somebody else was faster.", mend="Read again and decide again.") from error
        raise
    except PoolTimeout as error:
        raise Unavailable("No connection to the database is free.", mend="Try again in a moment.") from error
    except DBAPIError as error:
        known = _known(error)
        if known is None:
            raise
        raise known from error


def create_all(engine: Engine) -> None:
    """Make every table at once: for tests and demos; an installation runs the migrations."""
    import_module("responder.db.tables")
    with translated():
        SQLModel.metadata.create_all(engine)


def _is_duplicate(error: IntegrityError) -> bool:
    state = getattr(error.orig, "sqlstate", None)
    return state == "23505" or "UNIQUE constraint failed" in str(error.orig)


_WORDS: tuple[tuple[str, str, str], ...] = (
    (
        "database is locked",
        "The database is locked.",
        "Another program writes to it: try again soon.",
    ),
    ("database table is locked", "The database is locked.", "Try again in a moment."),
    ("disk is full", "The database is full.", "Free space on its disk; nothing was lost."),
    ("disk i/o", "The disk of the database does not answer.", "Look at the disk; nothing was lost."),
    ("unable to open", "The database file cannot be opened.", "Look at its path and who may read it."),
    ("readonly database", "The database may only be read.", "Look at who may write its file and its folder."),
    ("malformed", "The database file is damaged.", "Restore the last backup: responder restore."),
    ("not a database", "The file is not a database.", "Look at RESPONDER_DATABASE_URL."),
    ("no such table", "The database is of an older version.", "Run: responder db upgrade."),
    ("no such column", "The database is of another version.", "Run: responder db upgrade."),
    ("has no column", "The database is of another version.", "Run: responder db upgrade."),
)

_STATES: tuple[tuple[str, str, str], ...] = (
    ("53100", "The database is full.", "Free space on its disk; nothing was lost."),
    ("53300", "The database has no connection left.", "Try again in a moment."),
    ("55P03", "The database is locked.", "Try again in a moment."),
    ("57P", "The database is shutting down.", "Try again when it is back."),
    ("42P01", "The database is of an older version.", "Run: responder db upgrade."),
    ("42703", "The database is of another version.", "Run: responder db upgrade."),
    ("25006", "The database may only be read here.", "Look at the address of the database."),
    ("3D000", "There is no such database.", "Look at RESPONDER_DATABASE_URL."),
    ("28", "The database does not let us in.", "Look at user and password in RESPONDER_DATABASE_URL."),
)


def _known(error: DBAPIError) -> ResponderError | None:
    state = getattr(error.orig, "sqlstate", None) or ""
    if state in ("40001", "40P01"):
        return Conflict("Somebody else was faster.", mend="Read again and decide again.")
    for start, message, mend in _STATES:
        if state.startswith(start):
            return Unavailable(message, mend=mend)
    text = str(error.orig).lower()
    for words, message, mend in _WORDS:
        if words in text:
            return Unavailable(message, mend=mend)
    if isinstance(error, OperationalError):
        return Unavailable("The database does not answer.", mend="Look whether it runs; nothing was lost.")
    return None

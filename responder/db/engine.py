"""How is a database opened, so that SQLite and PostgreSQL behave alike?"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import StaticPool

from responder.core.errors import InvalidInput, Unavailable

__all__ = ["BUSY_SECONDS", "WRITES", "database_url", "in_memory", "make_engine"]

BUSY_SECONDS = 10
"""How long a writer waits for another before it gives up."""

WRITES = "responder_writes"
"""The execution option that marks a connection as writing: on SQLite it takes the lock at BEGIN.

A transaction that begins by reading and writes later can fail with SQLITE_BUSY at once, with no
waiting, when another wrote in between (https://sqlite.org/lang_transaction.html, section 2.2).
"""

_CACHE_KIB = 4_096
_HIDDEN = True
"""An error of the database never quotes the values of a row: they may be an address or a text."""
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg", "postgres": "postgresql+psycopg"}


def make_engine(url: str) -> Engine:
    """An engine for `sqlite:///path`, `sqlite://` (in memory, one connection) or `postgresql://…`.

    Raises InvalidInput for any other database.
    """
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    return create_engine(
        parsed,
        pool_size=8,
        max_overflow=24,
        pool_pre_ping=True,
        hide_parameters=_HIDDEN,
        connect_args={"connect_timeout": 5},
    )


def database_url(url: str) -> URL:
    """The address with the driver that we use."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise InvalidInput(_BAD_URL, mend=_URL_MEND) from error
    driver = _DRIVERS.get(parsed.drivername.split("+")[0])
    if driver is None:
        raise InvalidInput(_BAD_URL, mend=_URL_MEND)
    return parsed.set(drivername=driver)


_BAD_URL = "The database address cannot be used."
_URL_MEND = "Set RESPONDER_DATABASE_URL to sqlite:///path/to/file.db or postgresql://user@host/name."


def in_memory(engine: Engine) -> bool:
    """Whether all of the database stands on one connection in this process."""
    return isinstance(engine.pool, StaticPool)


def _sqlite(url: URL) -> Engine:
    arguments: dict[str, Any] = {"check_same_thread": False, "timeout": BUSY_SECONDS}
    if url.database in (None, "", ":memory:"):
        engine = create_engine(url, poolclass=StaticPool, hide_parameters=_HIDDEN, connect_args=arguments)
    else:
        _make_private(Path(str(url.database)))
        engine = create_engine(
            url, pool_size=8, max_overflow=24, hide_parameters=_HIDDEN, connect_args=arguments
        )
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _make_private(path: Path) -> None:
    """The file is for its owner alone; its log takes the same mode. Raises Unavailable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    except OSError as error:
        message = f"The database cannot be made at {path}: {error.strerror}."
        raise Unavailable(message, mend="Look at RESPONDER_DATA_DIR and who may write there.") from error


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    """Take transactions into our own hands (isolation_level None) and set the pragmas."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_SECONDS * 1_000}")
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    cursor.execute("PRAGMA temp_store = MEMORY")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, True)
    connection.exec_driver_sql(f"PRAGMA query_only = {int(not writes)}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN DEFERRED")

"""How does a database get the tables of this version, and how is one of another version told?"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

import responder.db.tables  # noqa: F401  # registers every table
from responder.core.errors import Unavailable
from responder.db.columns import Moment
from responder.db.store import translated

__all__ = ["differences", "head", "require_current", "revision_of", "upgrade", "write_migration"]

_HERE = Path(__file__).parent
_LOCK = 0x52_45_53_50
"""The number under which PostgreSQL holds one upgrade at a time: two nodes may start together."""


def head() -> str:
    """The version of this program's tables."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def revision_of(engine: Engine) -> str | None:
    """The version of a database's tables; None when it was never upgraded."""
    with translated(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> str:
    """Bring a database to this version, in one transaction; returns the version it had, or "".

    Raises Unavailable when it is newer than the program, or was not made by it.
    """
    before = revision_of(engine)
    if before is not None and not _is_known(before):
        raise _newer(before)
    with translated(), engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": _LOCK})
        _refuse_foreign(connection)
        command.upgrade(_config(connection), "head")
    return before or ""


def require_current(engine: Engine) -> None:
    """Raises Unavailable, with the mend, unless the database has exactly the tables of this version."""
    revision = revision_of(engine)
    if revision == head():
        return
    if revision is None:
        raise Unavailable("The database has no tables yet.", mend="Run: responder db upgrade.")
    if not _is_known(revision):
        raise _newer(revision)
    message = f"The database is of an older version ({revision}; this program needs {head()})."
    raise Unavailable(message, mend="Make a backup, then run: responder db upgrade.")


def differences(engine: Engine) -> list[Any]:
    """What a new migration would have to do; empty when tables and models agree."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_name": include_name}
        )
        return list(compare_metadata(context, SQLModel.metadata))


def write_migration(engine: Engine, message: str) -> str:
    """Write the next migration from the difference between an upgraded database and the models; its path."""
    number = f"{len(list((_HERE / 'versions').glob('[0-9]*.py'))) + 1:04}"
    with engine.begin() as connection:
        made = command.revision(_config(connection), message, autogenerate=True, rev_id=number)
    if made is None or isinstance(made, list):
        raise Unavailable(
            "No single migration was written.", mend="Look at responder/db/migrations/versions."
        )
    return str(made.path)


def include_name(name: str | None, kind: str, _parents: object) -> bool:
    """Other programs' tables in the same database, the queue's among them, are not ours to compare."""
    return kind != "table" or name in SQLModel.metadata.tables


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Migrations name plain types: they must still run when ours have changed."""
    if kind != "type" or not isinstance(item, TypeEngine):
        return False
    if isinstance(item, Moment):
        return "sa.DateTime(timezone=True)"
    if type(item).__name__ == "AutoString":
        length = getattr(item, "length", None) or getattr(getattr(item, "impl", None), "length", None)
        return f"sa.String(length={length})" if length else "sa.String()"
    return False


def _config(connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_HERE).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _is_known(revision: str) -> bool:
    try:
        return ScriptDirectory.from_config(_config()).get_revision(revision) is not None
    except CommandError:
        return False


def _newer(revision: str) -> Unavailable:
    message = f"The database is of a newer version ({revision}; this program knows {head()})."
    return Unavailable(message, mend="Use the newer program, or restore the backup made before.")


def _refuse_foreign(connection: Connection) -> None:
    """Tables of our names without a version: upgrading would fail half way through their names."""
    if MigrationContext.configure(connection).get_current_revision() is not None:
        return
    ours = set(inspect(connection).get_table_names()) & set(SQLModel.metadata.tables)
    if ours:
        message = f"The database has tables of ours but no version: {', '.join(sorted(ours)[:5])}."
        raise Unavailable(message, mend="Point RESPONDER_DATABASE_URL at an empty database.")

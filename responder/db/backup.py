"""How is the embedded database copied while it is in use, and how does a copy come back?"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from responder.core.errors import Conflict, InvalidInput, Unavailable
from responder.db.engine import BUSY_SECONDS

__all__ = ["backup", "restore"]

_PAGES_AT_ONCE = 4_096
_TABLE = "alembic_version"


def backup(source: Path, target: Path) -> int:
    """Copy the SQLite database `source` into the file `target`, whole and consistent; returns its bytes.

    The program may go on meanwhile. The copy appears under its name only when it is complete, for
    its owner alone (mode 0600). Raises Conflict when `target` is there, Unavailable when the disk
    does not let us.
    """
    if not source.exists():
        raise Unavailable(f"There is no database at {source}.", mend="Look at RESPONDER_DATABASE_URL.")
    if target.exists():
        raise Conflict(f"{target} is there already.", mend="Give another name: a backup replaces nothing.")
    part = target.with_name(f"{target.name}.part")
    try:
        _copy(source, part)
        _check(part)
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(f"The backup could not be written: {error}.", mend="Look at its folder.") from error
    finally:
        with suppress(OSError):
            part.unlink()
    return target.stat().st_size


def restore(source: Path, target: Path) -> Path | None:
    """Put the copy `source` in the place of the database `target`.

    What stood there is kept beside it under another name, which is returned. Raises InvalidInput
    when the copy is no whole database of ours, Unavailable while another program uses the database.
    """
    if not source.is_file():
        raise InvalidInput(f"There is no file {source}.", mend="Give the path of a backup.")
    try:
        _check(source)
    except sqlite3.Error as error:
        raise InvalidInput(f"{source} is no whole database: {error}.", mend="Take another backup.") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    try:
        _copy(source, part)
        kept = _set_aside(target) if target.exists() else None
        part.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise Unavailable(
            f"The copy could not be put back: {error}.", mend="Free space on the disk."
        ) from error
    finally:
        with suppress(OSError):
            part.unlink()
    return kept


def _copy(source: Path, target: Path) -> None:
    """SQLite's online backup, a few pages at a time so that writers get in between."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileNotFoundError):
        target.unlink()
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    with closing(_open(source)) as reading, closing(sqlite3.connect(target)) as writing:
        reading.backup(writing, pages=_PAGES_AT_ONCE, sleep=0.005)
        writing.execute("PRAGMA journal_mode = DELETE")


def _open(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=BUSY_SECONDS)


def _check(path: Path) -> None:
    """Raises sqlite3.Error, or InvalidInput when the file holds something else."""
    with closing(_open(path)) as connection:
        verdict = connection.execute("PRAGMA quick_check").fetchone()[0]
        if verdict != "ok":
            raise InvalidInput(f"{path} is damaged.", mend="Take another backup.")
        names = {row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if _TABLE not in names:
        raise InvalidInput(f"{path} is not a database of Responder.", mend="Take another backup.")


def _set_aside(target: Path) -> Path:
    """Make sure that nobody writes, fold the log into the file, and keep it under another name."""
    try:
        with closing(sqlite3.connect(target, timeout=1, isolation_level=None)) as connection:
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("BEGIN EXCLUSIVE")
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise Unavailable("The database is in use.", mend="Stop the program first.") from error
    except sqlite3.DatabaseError:
        pass  # it is damaged, which may be why a copy is wanted
    kept = _free_name(target)
    target.replace(kept)
    for tail in ("-wal", "-shm"):
        with suppress(FileNotFoundError):
            target.with_name(target.name + tail).unlink()
    return kept


def _free_name(target: Path) -> Path:
    number = 1
    while (kept := target.with_name(f"{target.name}.before-restore-{number}")).exists():
        number += 1
    return kept

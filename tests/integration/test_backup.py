"""Does a backup taken in full use come back whole?"""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from responder.core.errors import Conflict, InvalidInput, Unavailable
from responder.db.backup import backup, restore
from responder.db.engine import make_engine
from responder.db.migrations import upgrade
from responder.db.store import SqlStore
from responder.engine.ports.people import HouseNote

WALL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def opened(path: Path) -> Engine:
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    return engine


def write(engine: Engine, count: int) -> None:
    store = SqlStore(engine)
    for number in range(count):
        with store.begin() as work:
            work.people.note(HouseNote(WALL, "amina", "note", str(number)))


def notes(path: Path) -> int:
    engine = make_engine(f"sqlite:///{path}")
    with SqlStore(engine).read() as work:
        count = len(work.people.notes(limit=100_000))
    engine.dispose()
    return count


def test_a_backup_comes_back_as_it_was(tmp_path: Path) -> None:
    live, copy = tmp_path / "live.db", tmp_path / "copy.db"
    engine = opened(live)
    write(engine, 3)
    assert backup(live, copy) > 0
    write(engine, 2)
    engine.dispose()
    kept = restore(copy, live)
    assert notes(live) == 3
    assert kept is not None
    assert notes(kept) == 5


def test_a_backup_is_for_its_owner_alone(tmp_path: Path) -> None:
    opened(tmp_path / "live.db").dispose()
    backup(tmp_path / "live.db", tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600


def test_writers_go_on_while_a_backup_is_taken(tmp_path: Path) -> None:
    engine = opened(tmp_path / "live.db")
    writer = threading.Thread(target=write, args=(engine, 200))
    writer.start()
    for number in range(3):
        backup(tmp_path / "live.db", tmp_path / f"copy{number}.db")
    writer.join()
    engine.dispose()
    counts = [notes(tmp_path / f"copy{number}.db") for number in range(3)]
    assert counts == sorted(counts)
    assert notes(tmp_path / "live.db") == 200


def test_a_backup_replaces_nothing(tmp_path: Path) -> None:
    opened(tmp_path / "live.db").dispose()
    (tmp_path / "copy.db").write_text("something else")
    with pytest.raises(Conflict):
        backup(tmp_path / "live.db", tmp_path / "copy.db")


def test_a_backup_of_nothing_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        backup(tmp_path / "live.db", tmp_path / "copy.db")


def test_a_database_in_use_is_not_replaced(tmp_path: Path) -> None:
    engine = opened(tmp_path / "live.db")
    backup(tmp_path / "live.db", tmp_path / "copy.db")
    with SqlStore(engine).begin() as work:
        work.people.note(HouseNote(WALL, "amina", "note", "under way"))
        with pytest.raises(Unavailable, match="in use"):
            restore(tmp_path / "copy.db", tmp_path / "live.db")
    engine.dispose()
    assert notes(tmp_path / "live.db") == 1


def test_what_is_no_backup_does_not_come_back(tmp_path: Path) -> None:
    live = tmp_path / "live.db"
    (tmp_path / "words.db").write_text("these are words, not pages of a database" * 40)
    with pytest.raises(InvalidInput):
        restore(tmp_path / "words.db", live)
    sqlite3.connect(tmp_path / "other.db").executescript("CREATE TABLE theirs (id INTEGER); ").close()
    with pytest.raises(InvalidInput, match="not a database of Responder"):
        restore(tmp_path / "other.db", live)
    with pytest.raises(InvalidInput, match="no file"):
        restore(tmp_path / "nothing.db", live)
    assert not live.exists()


def test_a_damaged_database_can_be_replaced(tmp_path: Path) -> None:
    engine = opened(tmp_path / "live.db")
    write(engine, 3)
    engine.dispose()
    backup(tmp_path / "live.db", tmp_path / "copy.db")
    (tmp_path / "live.db").write_bytes(b"damaged" * 1_000)
    restore(tmp_path / "copy.db", tmp_path / "live.db")
    assert notes(tmp_path / "live.db") == 3

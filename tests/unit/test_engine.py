"""Are databases opened as they must be, and bad addresses told?"""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from responder.core.errors import InvalidInput, Unavailable
from responder.db.engine import in_memory, make_engine
from responder.db.store import SqlStore, SqlWork


@pytest.mark.parametrize("url", ["", "nonsense", "mysql://127.0.0.1/city", "postgresql://h:port/x"])
def test_an_address_that_cannot_be_used_names_the_mend(url: str) -> None:
    with pytest.raises(InvalidInput, match="RESPONDER_DATABASE_URL"):
        make_engine(url)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_every_spelling_of_postgresql_uses_our_driver(scheme: str) -> None:
    engine = make_engine(f"{scheme}://amina@127.0.0.1/city")
    assert engine.dialect.driver == "psycopg"


def test_the_pragmas_are_set(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    with engine.connect() as connection:
        found = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "var" / "a.db"
    engine = make_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE a (id INTEGER)"))
        modes = {one.name: one.stat().st_mode & 0o777 for one in path.parent.iterdir()}
    engine.dispose()
    assert set(modes.values()) == {0o600}


def test_memory_is_one_database_for_all_threads() -> None:
    assert in_memory(make_engine("sqlite://"))


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    path.write_text("these are words, not pages of a database" * 100)
    with (
        pytest.raises(Unavailable, match="not a database"),
        SqlStore(make_engine(f"sqlite:///{path}")).read(),
    ):
        pass


def test_a_folder_in_the_place_of_the_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.db").mkdir()
    with pytest.raises(Unavailable), SqlStore(make_engine(f"sqlite:///{tmp_path / 'a.db'}")).read():
        pass


def test_a_full_database_is_told_and_loses_nothing(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.db'}")
    store = SqlStore(engine)
    with store.begin() as work:
        work.connection.execute(text("CREATE TABLE a (words TEXT)"))
        work.connection.execute(text("INSERT INTO a VALUES ('kept')"))
    with pytest.raises(Unavailable, match="full"), store.begin() as work:
        _fill(work)
    with store.read() as work:
        assert work.connection.execute(text("SELECT words FROM a")).scalars().all() == ["kept"]
    engine.dispose()


def _fill(work: SqlWork) -> None:
    work.connection.execute(text("PRAGMA max_page_count = 4"))
    work.connection.execute(text("INSERT INTO a VALUES (hex(randomblob(100000)))"))


def test_an_error_of_the_database_quotes_no_value_of_a_row() -> None:
    engine = make_engine("sqlite://")
    with engine.begin() as connection, pytest.raises(DBAPIError) as told:
        connection.execute(text("INSERT INTO nowhere VALUES (:number)"), {"number": "+12025550123"})
    assert "+12025550123" not in str(told.value)

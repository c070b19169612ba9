"""Do migrations make exactly the tables that the program knows, on every database?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from responder.core.errors import Unavailable
from responder.db.engine import make_engine
from responder.db.migrations import differences, head, require_current, revision_of, upgrade
from responder.db.store import create_all


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database with nothing in it."""
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'empty.db'}")
        yield engine
        engine.dispose()
        return
    url: str = request.getfixturevalue("postgres_url")
    name = f"empty_{uuid4().hex}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    engine = make_engine(url.replace("/postgres?", f"/{name}?"))
    yield engine
    engine.dispose()


def test_migrations_and_models_agree(empty: Engine) -> None:
    upgrade(empty)
    assert differences(empty) == []


def test_every_table_is_made(empty: Engine) -> None:
    upgrade(empty)
    assert set(SQLModel.metadata.tables) <= set(inspect(empty).get_table_names())


def test_migrations_make_the_same_indexes_as_the_models(empty: Engine, tmp_path: Path) -> None:
    upgrade(empty)
    other = make_engine(f"sqlite:///{tmp_path / 'other.db'}")
    create_all(other)
    assert _indexes(empty) == _indexes(other)
    other.dispose()


def test_an_upgrade_again_changes_nothing(empty: Engine) -> None:
    assert revision_of(empty) is None
    assert upgrade(empty) == ""
    assert revision_of(empty) == head()
    assert upgrade(empty) == head()
    require_current(empty)


def test_an_empty_database_is_told(empty: Engine) -> None:
    with pytest.raises(Unavailable, match="no tables yet"):
        require_current(empty)


def test_a_newer_database_is_left_alone(empty: Engine) -> None:
    upgrade(empty)
    _set_revision(empty, "9999")
    with pytest.raises(Unavailable, match="newer version"):
        require_current(empty)
    with pytest.raises(Unavailable, match="newer version"):
        upgrade(empty)


def test_tables_without_a_version_are_left_alone(empty: Engine) -> None:
    create_all(empty)
    with pytest.raises(Unavailable, match="no version"):
        upgrade(empty)


def test_other_programs_tables_do_not_matter(empty: Engine) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE somebody_elses (id INTEGER PRIMARY KEY)"))
    upgrade(empty)
    assert differences(empty) == []
    assert "somebody_elses" in inspect(empty).get_table_names()


def _indexes(engine: Engine) -> set[tuple[str, str | None]]:
    looking = inspect(engine)
    return {
        (table, index["name"])
        for table in SQLModel.metadata.tables
        for index in looking.get_indexes(table)
        if not index.get("duplicates_constraint")
    }


def _set_revision(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :new"), {"new": revision})

"""One suite over every store: the fixture `store` is each of our databases in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlmodel import SQLModel

from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.testing.postgres import running_postgres


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server for the whole run."""
    with running_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_engine(postgres_url: str) -> Iterator[Engine]:
    engine = make_engine(postgres_url)
    create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database with all tables: SQLite in a file, then PostgreSQL."""
    if request.param == "postgresql":
        engine = request.getfixturevalue("postgres_engine")
        yield engine
        _empty(engine)
        return
    engine = make_engine(f"sqlite:///{tmp_path / 'store.db'}")
    create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def store(database: Engine) -> SqlStore:
    """The store under contract, empty."""
    return SqlStore(database)


@pytest.fixture(scope="session")
def ciphers() -> SecretCiphers:
    return SecretCiphers("a made-up key that only tests know")


def _empty(engine: Engine) -> None:
    names = ", ".join(f'"{table.name}"' for table in SQLModel.metadata.sorted_tables)
    with engine.begin() as connection:
        connection.execute(text(f"TRUNCATE {names} RESTART IDENTITY CASCADE"))

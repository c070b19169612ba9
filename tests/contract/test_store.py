"""Do transactions and their errors mean the same on every database?"""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlmodel import Session, select

from responder.core.errors import Conflict, Unavailable
from responder.db.store import SqlStore
from responder.db.tables.people import PersonRow

WALL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)


def add(work: object, name: str) -> None:
    row = PersonRow(id=name, name=name, permission="staff", added=WALL)
    with Session(bind=work.connection) as session:  # type: ignore[attr-defined]
        session.add(row)
        session.flush()


def names(store: SqlStore) -> list[str]:
    with store.read() as work, Session(bind=work.connection) as session:
        return sorted(session.exec(select(PersonRow.name)).all())


def test_a_transaction_stands_as_a_whole(store: SqlStore) -> None:
    with store.begin() as work:
        add(work, "amina")
        add(work, "bo")
    assert names(store) == ["amina", "bo"]


def test_an_error_rolls_everything_back(store: SqlStore) -> None:
    with pytest.raises(KeyError), store.begin() as work:
        _add_then_fail(work)
    assert names(store) == []


def test_a_duplicate_is_a_conflict(store: SqlStore) -> None:
    with store.begin() as work:
        add(work, "amina")
    with pytest.raises(Conflict), store.begin() as work:
        add(work, "amina")


def test_a_broken_rule_of_a_table_is_no_conflict(store: SqlStore) -> None:
    broken = text(
        "INSERT INTO people (id, name, permission, languages, active, added)"
        " VALUES ('eve', 'Eve', 'king', 'en', true, '2026-11-22 09:30:00')"
    )
    with pytest.raises(IntegrityError), store.begin() as work:
        work.connection.execute(broken)


def test_a_reading_transaction_cannot_write(store: SqlStore) -> None:
    with pytest.raises((Unavailable, DBAPIError)), store.read() as work:
        add(work, "amina")
    assert names(store) == []


def test_a_reading_transaction_sees_one_view(store: SqlStore) -> None:
    with store.read() as work, Session(bind=work.connection) as session:
        assert session.exec(select(PersonRow.name)).all() == []
        other = threading.Thread(target=_add_in_own_transaction, args=(store, "bo"))
        other.start()
        other.join()
        assert session.exec(select(PersonRow.name)).all() == []
    assert names(store) == ["bo"]


def test_a_missing_table_names_the_mend(store: SqlStore) -> None:
    with pytest.raises(Unavailable, match="responder db upgrade"), store.read() as work:
        work.connection.execute(text("SELECT * FROM a_table_of_tomorrow"))


def test_a_second_transaction_inside_an_open_one_is_refused(store: SqlStore) -> None:
    with store.begin(), pytest.raises(RuntimeError, match="hand its work on"), store.read():
        pass


def test_writers_of_one_process_wait_for_one_another(store: SqlStore) -> None:
    threads = [
        threading.Thread(target=_add_in_own_transaction, args=(store, f"person {number}"))
        for number in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(names(store)) == 12


def test_moments_come_back_aware_and_in_utc(store: SqlStore) -> None:
    with store.begin() as work:
        add(work, "amina")
    with store.read() as work, Session(bind=work.connection) as session:
        assert session.exec(select(PersonRow.added)).one() == WALL


def _add_in_own_transaction(store: SqlStore, name: str) -> None:
    with store.begin() as work:
        add(work, name)


def _add_then_fail(work: object) -> None:
    add(work, "amina")
    raise KeyError

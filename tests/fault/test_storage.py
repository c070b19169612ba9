"""A disk that is full, a database that is locked or of an older version: is anything lost?"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from kit.sending import SendingHouse, contact, house_on
from sqlalchemy import text

from responder.core.broadcast import BroadcastState, DeliveryState
from responder.core.errors import Unavailable
from responder.core.terms import Channel
from responder.db.engine import make_engine
from responder.db.store import create_all
from responder.engine import broadcasts
from responder.engine.ports import OutcomeKind

PEOPLE = 600
ACCEPTED, PENDING, UNKNOWN = DeliveryState.ACCEPTED, DeliveryState.PENDING, DeliveryState.UNKNOWN


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SendingHouse]:
    engine = make_engine(f"sqlite:///{tmp_path / 'responder.db'}")
    create_all(engine)
    made = house_on(engine)
    made.add_contacts([contact(made, number) for number in range(1, PEOPLE + 1)])
    yield made
    engine.dispose()


def _fill(house: SendingHouse, *, spare: int | None) -> None:
    """No more than `spare` pages are free from now on; None: all the room there is."""
    with house.ports.store.begin() as work:
        used = work.connection.execute(text("PRAGMA page_count")).scalar()
    limit = 2**30 if spare is None else used + spare
    house.store.engine.dispose()  # type: ignore[attr-defined]  # the store of the kit has one
    _Limit.pages = limit


class _Limit:
    pages = 2**30


@pytest.fixture(autouse=True)
def limited(house: SendingHouse) -> Iterator[None]:
    """Each connection keeps to the number of pages that the test allows."""
    from sqlalchemy import event

    def follow(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {_Limit.pages}")

    event.listen(house.store.engine, "connect", follow)  # type: ignore[attr-defined]
    yield
    _Limit.pages = 2**30


def test_a_disk_that_fills_while_rows_are_written_loses_nobody(house: SendingHouse) -> None:
    house.release("one")
    broadcasts.tend(house.ports)
    _fill(house, spare=8)
    with pytest.raises(Unavailable, match="full"):
        house.queue.run(most=1)
    _fill(house, spare=None)
    house.clock.wind(timedelta(minutes=2))
    house.send()
    assert house.counts("one") == {ACCEPTED: 2 * PEOPLE} == house.counted("one")
    assert len({message.to for message in house.sms.taken}) == len(house.sms.taken) == PEOPLE


def test_a_disk_that_fills_during_a_round_leaves_what_was_on_the_wire_unknown(house: SendingHouse) -> None:
    house.release("one", channels=[Channel.SMS])
    house.materialise()

    def fill_at_the_tenth(_: object) -> OutcomeKind:
        if len(house.sms.taken) == 9:
            with sqlite3.connect(house.store.engine.url.database) as other:  # type: ignore[attr-defined]
                _Limit.pages = other.execute("PRAGMA page_count").fetchone()[0]
            house.store.engine.dispose()  # type: ignore[attr-defined]
        return OutcomeKind.ACCEPTED

    house.sms.answer = fill_at_the_tenth
    with pytest.raises(Unavailable):
        _Hungry(house).run()
    _Limit.pages = 2**30
    house.store.engine.dispose()  # type: ignore[attr-defined]
    house.clock.wind(timedelta(minutes=2))
    house.send()
    counted = house.counted("one")
    assert sum(counted.values()) == PEOPLE
    assert set(counted) <= {ACCEPTED, UNKNOWN}
    assert house.counts("one") == counted
    assert len({message.to for message in house.sms.taken}) == len(house.sms.taken)
    assert len(house.sms.taken) + counted.get(UNKNOWN, 0) >= PEOPLE


class _Hungry:
    """Runs the parcels while something else eats every page that comes free."""

    def __init__(self, house: SendingHouse) -> None:
        self._house = house

    def run(self) -> None:
        self._house.queue.run(most=1)
        with self._house.ports.store.begin() as work:
            work.connection.execute(text("CREATE TABLE eaten (page BLOB)"))
            work.connection.execute(text("INSERT INTO eaten VALUES (zeroblob(1000000))"))


def test_a_database_that_is_locked_for_a_while_is_waited_for(house: SendingHouse) -> None:
    house.release("one", channels=[Channel.SMS])
    house.materialise()
    locker = sqlite3.connect(house.store.engine.url.database, check_same_thread=False, isolation_level=None)  # type: ignore[attr-defined]
    locked = threading.Event()

    def lock_at_the_tenth(_: object) -> OutcomeKind:
        if len(house.sms.taken) == 9:
            locker.execute("BEGIN IMMEDIATE")
            locked.set()
            threading.Timer(1.5, lambda: locker.execute("ROLLBACK")).start()
        return OutcomeKind.ACCEPTED

    house.sms.answer = lock_at_the_tenth
    house.send()
    assert locked.is_set()
    assert house.counts("one") == {ACCEPTED: PEOPLE} == house.counted("one")
    assert house.progress("one").broadcast.state is BroadcastState.COMPLETING
    locker.close()


def test_a_database_without_our_tables_says_what_to_run(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'older.db'}")
    with pytest.raises(Unavailable, match="older version") as told:
        house_on(engine)
    assert "db upgrade" in told.value.mend
    engine.dispose()

"""Are incidents, their log and their calls kept in the same way on every database?"""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from responder.core.errors import Conflict, NotFound
from responder.core.incident.chain import seal, verify
from responder.core.incident.event import Actor, ActorKind, Event, NewEvent, Noted
from responder.core.terms import Mode
from responder.db.store import SqlStore
from responder.engine.ports.incidents import CallRow, CallState, CarriedState, IncidentRow, IncidentState

WALL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
AMINA = Actor(ActorKind.PERSON, "amina")

ROW = IncidentRow(
    id="a" * 32,
    mode=Mode.EXERCISE,
    title="Attack at the harbour market",
    playbook="violent-hate-attack",
    state=IncidentState.RUNNING,
    private=False,
    created=WALL,
    next_beat=WALL + timedelta(minutes=5),
    number=1,
    head="",
)

CALL = CallRow(
    id="c1",
    incident=ROW.id,
    mode=Mode.EXERCISE,
    occurrence="update#1",
    rung=0,
    role="mayor",
    person="amina",
    state=CallState.WAITING,
    made=WALL,
    wall=WALL,
    token_hash="f" * 64,
)


def note(number: int, text: str, previous: str = "") -> Event:
    new = NewEvent(AMINA, Noted(text))
    return seal(new, number=number, recorded=WALL, wall=WALL, previous=previous)


def begun(store: SqlStore) -> Event:
    first = note(1, "begins, in English, العربية and “quotes”")
    with store.begin() as work:
        work.incidents.create(replace(ROW, head=first.hash), [first])
    return first


def test_an_incident_comes_back_as_it_was_kept(store: SqlStore) -> None:
    first = begun(store)
    with store.read() as work:
        assert work.incidents.row(ROW.id) == replace(ROW, head=first.hash)
        assert work.incidents.find("aaaa").id == ROW.id
        assert work.incidents.events(ROW.id) == (first,)
        assert work.incidents.rows(state=IncidentState.STOOD_DOWN) == ()


def test_what_is_not_there_is_not_found(store: SqlStore) -> None:
    with store.read() as work:
        for look in (work.incidents.row, work.incidents.find, work.incidents.call):
            with pytest.raises(NotFound):
                look("b" * 32)


def test_an_append_needs_the_number_that_was_read(store: SqlStore) -> None:
    first = begun(store)
    second = note(2, "goes on", first.hash)
    with store.begin() as work:
        work.incidents.append(replace(ROW, number=2, head=second.hash), [second], read=1)
    third = note(2, "came too late", first.hash)
    with pytest.raises(Conflict), store.begin() as work:
        work.incidents.append(replace(ROW, number=2, head=third.hash), [third], read=1)
    with store.read() as work:
        assert [event.body for event in work.incidents.events(ROW.id, after=1)] == [Noted("goes on")]
        assert verify(work.incidents.lines(ROW.id)).whole


def test_of_many_who_append_at_once_each_number_is_one_event(store: SqlStore) -> None:
    begun(store)
    threads = [threading.Thread(target=_append_until_done, args=(store, f"note {n}")) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as work:
        lines = work.incidents.lines(ROW.id)
        assert [line.number for line in lines] == [1, 2, 3, 4, 5, 6, 7]
        assert verify(lines).whole


def test_beats_come_in_order_and_are_set_only_on_the_log_that_was_read(store: SqlStore) -> None:
    begun(store)
    with store.begin() as work:
        assert work.incidents.next_beat() == WALL + timedelta(minutes=5)
        assert work.incidents.beating(WALL) == ()
        assert work.incidents.beating(WALL + timedelta(minutes=5)) == (ROW.id,)
        work.incidents.set_beat(ROW.id, number=7, beat=None)
        assert work.incidents.next_beat() is not None
        work.incidents.set_beat(ROW.id, number=1, beat=None)
        assert work.incidents.next_beat() is None


def test_names_are_restricted_once(store: SqlStore) -> None:
    begun(store)
    with store.begin() as work:
        assert work.incidents.restrict(ROW.id, ["x" * 64, "y" * 64, "x" * 64]) == 2
        assert work.incidents.restrict(ROW.id, ["x" * 64]) == 0
        assert work.incidents.restricted(ROW.id) == {"x" * 64, "y" * 64}


def test_a_rung_calls_a_person_once(store: SqlStore) -> None:
    begun(store)
    with store.begin() as work:
        assert work.incidents.add_call(CALL)
        assert not work.incidents.add_call(replace(CALL, id="c2", token_hash="e" * 64))
        assert work.incidents.add_call(replace(CALL, id="c3", rung=1, token_hash="d" * 64))
        assert work.incidents.call("c1") == CALL
        assert work.incidents.call_by_token("f" * 64) == CALL
        assert len(work.incidents.calls(ROW.id, occurrence="update#1")) == 2


def test_a_call_is_moved_by_the_first_only(store: SqlStore) -> None:
    begun(store)
    carrying = replace(CALL, state=CallState.CARRYING, sms=CarriedState.HANDING_OVER, attempt=1)
    with store.begin() as work:
        work.incidents.add_call(CALL)
        assert work.incidents.move_call(carrying, was=CallState.WAITING, attempt=0)
        assert not work.incidents.move_call(carrying, was=CallState.WAITING, attempt=0)
        assert work.incidents.call("c1") == carrying
        assert work.incidents.calls_of("amina", state=CallState.CARRYING) == (carrying,)
        assert work.incidents.calls_to_carry(WALL - timedelta(minutes=1)) == ()
        assert work.incidents.calls_to_carry(WALL + timedelta(minutes=1)) == (carrying,)


def _append_until_done(store: SqlStore, text: str) -> None:
    while True:
        try:
            with store.begin() as work:
                row = work.incidents.row(ROW.id)
                event = note(row.number + 1, text, row.head)
                after = replace(row, number=event.number, head=event.hash)
                work.incidents.append(after, [event], read=row.number)
        except Conflict:
            continue
        return

"""Does every store keep incidents, logs and calls alike?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from responder.core.errors import Conflict, NotFound
from responder.core.incident import Actor, Event, NewEvent, seal, verify
from responder.core.incident.event import Activated, Noted
from responder.core.terms import Mode
from responder.db.store import SqlStore
from responder.engine.ports.incidents import CallRow, CallState, CarriedState, IncidentRow, IncidentState

WALL = datetime(2027, 3, 1, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ID = "0" * 31 + "1"


def _log(*texts: str) -> list[Event]:
    bodies = [Activated(Mode.LIVE, "small", "Small", facts={"place": "Straße “9”"}), *map(Noted, texts)]
    events: list[Event] = []
    for number, body in enumerate(bodies, 1):
        previous = events[-1].hash if events else ""
        new = NewEvent(Actor.person("amina"), body)
        events.append(seal(new, number=number, recorded=WALL, wall=WALL, previous=previous))
    return events


def _row(events: list[Event], *, id_: str = ID, beat: datetime | None = WALL) -> IncidentRow:
    return IncidentRow(
        id=id_,
        mode=Mode.LIVE,
        title="Small",
        playbook="small",
        state=IncidentState.RUNNING,
        private=False,
        created=WALL,
        next_beat=beat,
        number=len(events),
        head=events[-1].hash,
    )


def _call(id_: str, *, person: str = "amina", rung: int = 0) -> CallRow:
    return CallRow(
        id=id_,
        incident=ID,
        mode=Mode.LIVE,
        occurrence="call#1",
        rung=rung,
        role="lead",
        person=person,
        state=CallState.WAITING,
        made=WALL,
        wall=WALL,
        token_hash=f"hash of {id_}",
    )


@pytest.fixture
def kept(store: SqlStore) -> SqlStore:
    events = _log("one")
    with store.begin() as work:
        work.incidents.create(_row(events), events)
    return store


def test_a_log_comes_back_as_it_was_written(kept: SqlStore) -> None:
    with kept.read() as work:
        assert list(work.incidents.events(ID)) == _log("one")
        assert [event.number for event in work.incidents.events(ID, after=1)] == [2]
        assert verify(work.incidents.lines(ID)).whole
        assert work.incidents.row(ID) == _row(_log("one"))


def test_an_append_under_an_old_number_is_a_conflict_and_leaves_nothing(kept: SqlStore) -> None:
    longer = _log("one", "two")
    with kept.begin() as work:
        work.incidents.append(_row(longer), longer[2:], read=2)
    with pytest.raises(Conflict), kept.begin() as work:
        work.incidents.append(_row(longer), longer[2:], read=2)
    with kept.read() as work:
        assert [event.number for event in work.incidents.events(ID)] == [1, 2, 3]


def test_incidents_beat_when_their_time_has_come(kept: SqlStore) -> None:
    events = _log()
    with kept.begin() as work:
        work.incidents.create(_row(events, id_="2" * 32, beat=WALL + HOUR), events)
        work.incidents.create(_row(events, id_="3" * 32, beat=None), events)
    with kept.read() as work:
        assert work.incidents.beating(WALL) == (ID,)
        assert work.incidents.beating(WALL + HOUR) == (ID, "2" * 32)
        assert work.incidents.next_beat() == WALL


def test_a_beat_is_set_only_for_the_log_that_was_read(kept: SqlStore) -> None:
    with kept.begin() as work:
        work.incidents.set_beat(ID, number=1, beat=None)
        assert work.incidents.row(ID).next_beat == WALL
        work.incidents.set_beat(ID, number=2, beat=None)
        assert work.incidents.row(ID).next_beat is None


def test_an_incident_is_found_by_the_beginning_of_its_id(kept: SqlStore) -> None:
    events = _log()
    with kept.begin() as work:
        work.incidents.create(_row(events, id_="0" * 31 + "2"), events)
        assert work.incidents.find(ID).id == ID
        with pytest.raises(NotFound, match="Several"):
            work.incidents.find("000")
        with pytest.raises(NotFound):
            work.incidents.find("%")


def test_restricted_names_are_kept_once(kept: SqlStore) -> None:
    with kept.begin() as work:
        assert work.incidents.restrict(ID, ["a", "b", "a"]) == 2
        assert work.incidents.restrict(ID, ["b", "c"]) == 1
        assert work.incidents.restricted(ID) == frozenset({"a", "b", "c"})


def test_there_is_one_call_for_each_occurrence_rung_and_person(kept: SqlStore) -> None:
    with kept.begin() as work:
        assert work.incidents.add_call(_call("1"))
        assert not work.incidents.add_call(_call("2"))
        assert work.incidents.add_call(_call("3", person="bo"))
        assert work.incidents.add_call(_call("4", rung=1))
        assert [call.id for call in work.incidents.calls(ID)] == ["1", "3", "4"]
        assert work.incidents.call_by_token("hash of 3") == _call("3", person="bo")


def test_a_call_moves_only_from_the_state_that_was_read(kept: SqlStore) -> None:
    with kept.begin() as work:
        work.incidents.add_call(_call("1"))
        carrying = replace(_call("1"), state=CallState.CARRYING, sms=CarriedState.HANDING_OVER, attempt=1)
        assert work.incidents.move_call(carrying, was=CallState.WAITING, attempt=0)
        assert not work.incidents.move_call(carrying, was=CallState.WAITING, attempt=0)
        assert work.incidents.call("1") == carrying
        assert work.incidents.calls_to_carry(WALL) == ()
        assert work.incidents.calls_to_carry(WALL + HOUR) == (carrying,)

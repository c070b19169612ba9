"""Does a plan that goes on from where it stood equal one that walks the whole log anew?"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from responder.content.files import FileContent
from responder.core.errors import ResponderError
from responder.core.incident import Actor, NewEvent, OccurrenceKey
from responder.core.incident.event import (
    AnchorSet,
    ClockWound,
    DecisionAnswered,
    EntryDone,
    EntryOpened,
    EntrySkipped,
    EventBody,
    FactLearned,
    ItemAdded,
    ItemClosed,
    LevelChanged,
    PhaseClosed,
    Reopened,
    StoodDown,
)
from responder.core.terms import Mode
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.engine import incidents
from responder.engine.people import OPERATOR
from responder.engine.ports import Courses, Limits, Ports, Work
from responder.engine.situation import Situation, record, situate
from responder.engine.tick import beat_incident
from responder.testing.fakes import CountedChance, HandWoundClock, InlineQueue

PLAYBOOK = """
responder: 1
id: small
version: 1
name: Small
language: en
owner: lead
facts:
  big: {type: flag, expires: 3h}
registers:
  rumours: {fields: {claim: {type: text}}}
activation: {by: lead, levels: {watch: Watch, full: Full}}
roles:
  lead: {name: Lead}
anchors:
  vigil: {name: Vigil, set_by: lead}
  after: {from: vigil + 2h}
phases:
  now: {opens: activated, closes: {by: lead, needs: call, review: opened + 5h, every: 3h}}
  then: {opens: vigil, latest: activated + 9h}
tasks:
  call: {owner: lead, due: 10min, escalate: [{after: 5min, to: deputy}, {late: 20min, to: lead}]}
  after_call: {owner: lead, needs: call, if: fact.big}
  check: {owner: lead, each: rumours, due: 1h}
  settle: {owner: lead, each: rumours, needs: check, at: item.added + 30min}
  plan_vigil: {owner: lead, at: vigil - 1d @09:00, due: vigil}
  listed: {owner: lead, at: [activated + 1h, vigil + 1h, after]}
  often: {owner: lead, phase: now, repeat: {every: 1h}}
  each_one: {owner: lead, repeat: [{every: 2h, until: vigil, missed: each}, {every: 5h, missed: skip}]}
  high: {owner: lead, level: full, phase: then}
decisions:
  go: {owner: lead, question: Go?, options: {yes: Yes, no: No}, due: 2h, default: no}
  later: {owner: lead, question: And?, options: {yes: Yes, no: No}, if: decision.go == 'no'}
"""
CITY = "name: A\nzone: Europe/Berlin\ncountry: DE\nlanguages: {source: en, required: en, offered: en}\n"
ENTRIES = ["call", "after_call", "check", "settle", "plan_vigil", "listed", "often", "each_one", "high", "go"]
MOVED = PLAYBOOK.replace("version: 1\n", "version: 2\n").replace("every: 1h", "every: 90min")


class House:
    """One incident, and two nodes on its database; each has its own memory of plans."""

    def __init__(self, folder: Path) -> None:
        self.engine = make_engine("sqlite://")
        create_all(self.engine)
        (folder / "playbooks").mkdir()
        self.playbook = folder / "playbooks" / "small.yaml"
        self.playbook.write_text(PLAYBOOK, encoding="utf-8")
        (folder / "playbooks" / "city.yaml").write_text(CITY, encoding="utf-8")
        self.clock = HandWoundClock()
        self.nodes = [self._node(folder), self._node(folder)]
        wanted = incidents.Activation(playbook="small", mode=Mode.EXERCISE, rate=1.0)
        self.incident = incidents.activate(self.nodes[0], wanted=wanted, by=OPERATOR)

    def _node(self, folder: Path) -> Ports:
        return Ports(
            store=SqlStore(self.engine),
            content=FileContent((folder,)),
            clock=self.clock,
            chance=CountedChance(),
            ciphers=SecretCiphers("only-for-tests-0123456789-abcdef"),
            queue=InlineQueue(),
            live={},
            exercise={},
            limits=Limits(public_url="https://respond.example.org"),
        )

    def look(self, ports: Ports) -> Situation:
        with ports.store.read() as work:
            return situate(ports, work, self.incident)

    def same_as_afresh(self) -> None:
        """What each node's memory gives equals a walk through the log, at this very instant."""
        for ports in self.nodes:
            kept = self.look(ports)
            fresh = self.look(replace(ports, courses=Courses()))
            assert kept.incident == fresh.incident
            assert kept.timeline == fresh.timeline


def _body(situation: Situation, deed: tuple[str, int]) -> EventBody | None:
    """What a person says; None when it cannot be said now."""
    verb, number = deed
    said = _SAYINGS.get(verb)
    return said(situation, number) if said is not None else _of_entry(situation, verb, number)


def _anchor(situation: Situation, number: int) -> EventBody:
    return AnchorSet("vigil", None if number % 4 == 0 else situation.now + timedelta(hours=number - 8))


def _item(situation: Situation, _: int) -> EventBody:
    return ItemAdded("rumours", len(situation.incident.items.get("rumours", {})) + 1, {"claim": "x"})


def _close_item(situation: Situation, _: int) -> EventBody | None:
    return ItemClosed("rumours", 1) if situation.incident.items.get("rumours") else None


_SAYINGS: dict[str, Callable[[Situation, int], EventBody | None]] = {
    "fact": lambda _, number: FactLearned("big", [True, False, None][number % 3]),
    "anchor": _anchor,
    "level": lambda _, number: LevelChanged(["watch", "full"][number % 2]),
    "item": _item,
    "close item": _close_item,
    "close": lambda *_: PhaseClosed("now"),
    "down": lambda situation, _: Reopened() if situation.incident.stood_down else StoodDown(),
    "wind": lambda situation, number: ClockWound(situation.now + timedelta(hours=number), 1.0),
}


def _of_entry(situation: Situation, verb: str, number: int) -> EventBody | None:
    entry = ENTRIES[number % len(ENTRIES)]
    item = 1 if entry in ("check", "settle") else None
    if item is not None and not situation.incident.items.get("rumours"):
        return None
    known = situation.timeline.of(entry, item)
    if verb == "open":
        numbers = [one.key.number for one in known if one.opened]
        return EntryOpened(OccurrenceKey(entry, item, max(numbers, default=0) + 1), situation.now)
    ready = [one.key for one in known if one.open]
    if not ready:
        return None
    if verb == "skip":
        return EntrySkipped(ready[0], "no")
    return DecisionAnswered(ready[0], "yes") if entry == "go" else EntryDone(ready[0])


VERBS = ["fact", "anchor", "level", "item", "close item", "close", "down", "wind", "open", "skip", "do", "do"]
DEEDS = some.tuples(
    some.sampled_from(["write", "write", "roll back", "beat", "wait", "move", "set back"]),
    some.tuples(some.sampled_from(VERBS), some.integers(0, 20)),
    some.integers(0, 1),
)


class _RolledBack(Exception):
    """The transaction does not commit."""


@contextmanager
def _maybe(ports: Ports, *, fails: bool) -> Iterator[Work]:
    try:
        with ports.store.begin() as work:
            yield work
            if fails:
                raise _RolledBack
    except _RolledBack:
        return


def _act(house: House, deed: tuple[str, tuple[str, int], int]) -> None:
    what, said, node = deed
    ports = house.nodes[node]
    if what == "wait":
        house.clock.wind(timedelta(minutes=said[1] * 17))
    elif what == "set back":
        house.clock.wind_to(house.clock.now() - timedelta(seconds=said[1]))
    elif what == "beat":
        beat_incident(ports, house.incident)
    elif what == "move":
        _move(house, ports)
    else:
        with _maybe(ports, fails=what == "roll back") as work:
            situation = situate(ports, work, house.incident)
            body = _body(situation, said)
            if body is not None:
                record(ports, work, situation, NewEvent(Actor.person("amina"), body))


def _move(house: House, ports: Ports) -> None:
    text = house.playbook.read_text(encoding="utf-8")
    house.playbook.write_text(MOVED if text == PLAYBOOK else PLAYBOOK, encoding="utf-8")
    try:
        incidents.move_version(ports, incident_id=house.incident, by=OPERATOR, reason="x")
    except ResponderError:
        return


@given(some.lists(DEEDS, max_size=12))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_course_that_goes_on_equals_a_fresh_walk(deeds: list[tuple[str, tuple[str, int], int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        house = House(Path(folder))
        for deed in deeds:
            _act(house, deed)
            house.same_as_afresh()
        house.engine.dispose()

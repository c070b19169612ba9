"""A city with a small playbook of its own, on SQLite in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import Engine

from responder.content.files import FileContent
from responder.core.incident import OccurrenceKey
from responder.core.terms import Channel, Mode
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.engine import incidents
from responder.engine.ports import Limits, Ports
from responder.engine.ports.people import Permission, Person, PersonRecord
from responder.engine.situation import Situation
from responder.engine.situation.addresses import address_index
from responder.engine.situation.people import seal_field
from responder.engine.tick import tick
from responder.testing.fakes import (
    CountedChance,
    HandWoundClock,
    InlineQueue,
    RecordingCarrier,
    RecordingExerciseCarrier,
)

PLAYBOOK = """
responder: 1
id: small
version: 1
name: Small
language: en
owner: lead
facts:
  big: {type: flag, verify: true}
  deaths: {type: number}
registers:
  rumours: {fields: {claim: {type: text}}}
activation:
  by: lead
  confirm: true
  levels: {watch: Watch, full: Full}
roles:
  lead: {name: Lead, deputies: comms, fallback: comms}
  comms: {name: Comms}
anchors:
  vigil: {name: Vigil, set_by: lead}
phases:
  now: {name: Now, closes: {by: lead, needs: call}}
tasks:
  call: {owner: lead, code: I01, due: 10min, escalate: [{after: 5min, to: deputy}], learns: deaths}
  after: {owner: comms, needs: call, evidence: yes}
  check: {owner: comms, each: rumours}
  vigil_plan: {owner: comms, at: vigil - 1d}
  often: {owner: comms, phase: now, repeat: {every: 1h}}
gates:
  ethics: {owner: lead, at: request}
decisions:
  go: {owner: lead, question: Go?, options: {yes: Yes, no: No}}
"""
CITY = """
name: Bridgeford
zone: Europe/Berlin
country: DE
languages: {source: en, required: en, offered: en}
"""


@dataclass
class House:
    """Ports with recording carriers, a cast, and what tests of incidents do again and again."""

    engine: Engine
    folder: Path
    playbook: str = PLAYBOOK

    def __post_init__(self) -> None:
        (self.folder / "playbooks").mkdir(exist_ok=True)
        self.write("small", PLAYBOOK)
        (self.folder / "playbooks" / "city.yaml").write_text(CITY, encoding="utf-8")
        self.clock = HandWoundClock()
        self.queue = InlineQueue()
        self.sms, self.email = RecordingCarrier(Channel.SMS), RecordingCarrier(Channel.EMAIL)
        self.drill = RecordingExerciseCarrier(Channel.SMS)
        self.ports = Ports(
            store=SqlStore(self.engine),
            content=FileContent((self.folder,)),
            clock=self.clock,
            chance=CountedChance(),
            ciphers=SecretCiphers("only-for-tests-0123456789-abcdef"),
            queue=self.queue,
            live={Channel.SMS: self.sms, Channel.EMAIL: self.email},
            exercise={Channel.SMS: self.drill},
            limits=Limits(public_url="https://respond.example.org"),
        )
        self.queue.handlers = {"call": lambda job: incidents.carry_call(self.ports, job)}
        self.amina = self.add("amina", "+12025550101", "lead")
        self.bo = self.add("bo", "+12025550102", "comms")
        self.chen = self.add("chen", "", "lead")
        self.eve = self.add("eve", "", permission=Permission.VIEWER)
        self.dara = self.add("dara", "")

    def write(self, name: str, text: str) -> None:
        (self.folder / "playbooks" / f"{name}.yaml").write_text(text, encoding="utf-8")

    def add(self, name: str, phone: str, *roles: str, permission: Permission = Permission.STAFF) -> Person:
        record = PersonRecord(
            id=name,
            name=name.capitalize(),
            permission=permission,
            phone=seal_field(self.ports, phone, person_id=name, field="phone"),
            phone_index=address_index(self.ports.ciphers, Channel.SMS, phone) if phone else None,
            roles=roles,
        )
        with self.ports.store.begin() as work:
            work.people.add(record)
        return Person(name, name.capitalize(), phone=phone, permission=permission, roles=roles)

    def activate(self, mode: Mode = Mode.EXERCISE, playbook: str = "small", **said: object) -> str:
        wanted = incidents.Activation(playbook=playbook, mode=mode, **said)  # type: ignore[arg-type]  # as the test says
        incident_id = incidents.activate(self.ports, wanted=wanted, by=self.amina)
        if mode is Mode.LIVE:
            incidents.confirm(self.ports, incident_id=incident_id, by=self.chen)
        tick(self.ports)
        return incident_id

    def look(self, incident_id: str) -> Situation:
        return incidents.look(self.ports, incident_id=incident_id, by=self.amina)

    def states(self, incident_id: str, entry: str, item: int | None = None) -> list[str]:
        return [one.state.value for one in self.look(incident_id).timeline.of(entry, item)]

    def done(self, incident_id: str, occurrence: str, **said: object) -> Situation:
        key = OccurrenceKey.parse(occurrence)
        return incidents.done(self.ports, incident_id=incident_id, occurrence=key, by=self.amina, **said)  # type: ignore[arg-type]  # as the test says


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    engine = make_engine("sqlite://")
    create_all(engine)
    yield House(engine, tmp_path)
    engine.dispose()

"""How does a test get the whole program in its hand? In memory, wound by hand, with carriers that listen."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from responder.app.wiring import handlers
from responder.content.files import FileContent
from responder.core.terms import DELIVERED_CHANNELS, Channel
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.engine import people
from responder.engine.people import OPERATOR, NewPerson, Permission, Person
from responder.engine.ports import Limits, Ports
from responder.engine.tick import tick
from responder.testing.fakes import (
    CountedChance,
    HandWoundClock,
    InlineQueue,
    RecordingCarrier,
    RecordingExerciseCarrier,
)

KEY = "0123456789abcdef0123456789abcdef"

CAST = {
    # name: (permission, roles, languages, phone)
    "Amina": (Permission.STAFF, ("mayor",), ("ar", "en"), "+12025550101"),
    "Bo": (Permission.STAFF, ("comms_lead", "comms_writer"), ("en",), "+12025550102"),
    "Chen": (Permission.ADMIN, ("incident_lead", "duty_officer"), ("en",), "+12025550103"),
    "Dara": (Permission.STAFF, ("community_reviewer",), ("es", "en"), "+12025550104"),
    "Farid": (Permission.STAFF, ("language_access_lead",), ("ar", "en"), "+12025550105"),
    "Eve": (Permission.VIEWER, (), ("en",), "+12025550106"),
}


@dataclass
class World:
    """Everything wired, nothing running: wind the clock, beat, run the jobs, look at what was sent."""

    ports: Ports
    clock: HandWoundClock
    chance: CountedChance
    queue: InlineQueue
    sms: RecordingCarrier
    email: RecordingCarrier
    exercise_sms: RecordingExerciseCarrier
    exercise_email: RecordingExerciseCarrier
    people: dict[str, Person] = field(default_factory=dict)

    def person(self, name: str) -> Person:
        return self.people[name]

    def beat(self) -> None:
        """One heartbeat: tick, then every job whose time has come."""
        tick(self.ports)
        self.queue.run(now=self.clock.now())

    def wind(self, **by: float) -> None:
        """Let time pass beat by beat, as a clock does that sleeps until the next one."""
        end = self.clock.now() + timedelta(**by)
        while True:
            upcoming = tick(self.ports)
            self.queue.run(now=self.clock.now())
            if upcoming is None or upcoming > end:
                break
            self.clock.wind_to(max(upcoming, self.clock.now() + timedelta(milliseconds=1)))
        self.clock.wind_to(end)
        self.beat()

    def sent(self) -> list[str]:
        """Delivery ids in the order in which live carriers were given them."""
        return [message.delivery for carrier in (self.sms, self.email) for message in carrier.taken]


def make_world(
    *,
    directories: tuple[Path, ...] = (),
    limits: Limits | None = None,
    cast: tuple[str, ...] = tuple(CAST),
    url: str = "sqlite://",
) -> World:
    """A fresh world with the shipped content and the cast."""
    engine = make_engine(url)
    create_all(engine)
    clock, chance, queue = HandWoundClock(), CountedChance(), InlineQueue()
    live = {channel: RecordingCarrier(channel) for channel in DELIVERED_CHANNELS}
    exercise = {channel: RecordingExerciseCarrier(channel) for channel in DELIVERED_CHANNELS}
    ports = Ports(
        store=SqlStore(engine),
        content=FileContent(directories=directories),
        clock=clock,
        chance=chance,
        ciphers=SecretCiphers(KEY),
        queue=queue,
        live=live,
        exercise=exercise,
        limits=limits or Limits(node="test"),
    )
    queue.handlers.update(handlers(ports))
    world = World(
        ports,
        clock,
        chance,
        queue,
        live[Channel.SMS],
        live[Channel.EMAIL],
        exercise[Channel.SMS],
        exercise[Channel.EMAIL],
    )
    for name in cast:
        world.people[name] = _join(world, name)
    return world


def _join(world: World, name: str) -> Person:
    permission, roles, languages, phone = CAST[name]
    new = NewPerson(
        name=name,
        permission=permission,
        roles=roles,
        languages=languages,
        email=f"{name.lower()}@example.org",
        phone=phone,
    )
    people.add_person(world.ports, by=OPERATOR, new=new)
    return people.find_person(world.ports, name)

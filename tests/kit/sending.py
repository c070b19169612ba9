"""What does a test of broadcasts need? A small house with contacts, an incident and carriers that record."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import Engine

from responder.content.files import FileContent
from responder.core.broadcast import (
    Broadcast,
    BroadcastState,
    DeliveryState,
    Part,
    Selection,
    SelectionKind,
    waves_of,
)
from responder.core.terms import AudienceDefinition, Channel, Mode, Urgency
from responder.db.ciphers import SecretCiphers
from responder.db.store import SqlStore
from responder.engine import broadcasts, incidents
from responder.engine.ports import Chance, Ciphers, Content, Limits, LiveCarrier, Ports, Store
from responder.engine.ports.broadcasts import FrozenText, Progress
from responder.engine.ports.contacts import AddressRecord, AddressState, ContactRecord, ListMembership
from responder.engine.ports.people import Permission, Person
from responder.engine.situation.addresses import address_index, address_row
from responder.testing.fakes import CountedChance, HandWoundClock, InlineQueue, RecordingCarrier

__all__ = ["AMINA", "KEY", "RESIDENTS", "SendingHouse", "contact", "house_on"]

KEY = "only-for-tests-0123456789-abcdef"

AMINA = Person(
    id="amina",
    name="Amina",
    permission=Permission.ADMIN,
    roles=("mayor", "incident_lead", "comms", "duty_officer"),
)
RESIDENTS = AudienceDefinition("residents", "Residents", lists=("residents",))


@dataclass
class SendingHouse:
    """Ports over a store with recording live carriers, and shortcuts to what tests of sending do."""

    store: Store
    ciphers: Ciphers
    content: Content
    limits: Limits = field(default_factory=Limits)
    clock: HandWoundClock = field(default_factory=HandWoundClock)
    chance: Chance = field(default_factory=CountedChance)
    connections: int = 4
    incident_id: str = ""

    def __post_init__(self) -> None:
        self.queue = InlineQueue()
        self.sms = RecordingCarrier(Channel.SMS, connections=self.connections)
        self.email = RecordingCarrier(Channel.EMAIL, connections=self.connections)
        self.ports = self.ports_with({Channel.SMS: self.sms, Channel.EMAIL: self.email})

    def ports_with(self, live: dict[Channel, LiveCarrier]) -> Ports:
        """The same house with other carriers, or as another process sees it."""
        ports = Ports(
            store=self.store,
            content=self.content,
            clock=self.clock,
            chance=self.chance,
            ciphers=self.ciphers,
            queue=self.queue,
            live=live,
            exercise={},
            limits=self.limits,
        )
        self.queue.handlers = {
            "materialise": lambda job: broadcasts.materialise(ports, job),
            "parcel": lambda job: broadcasts.work_parcel(ports, job),
            "receipts": lambda job: broadcasts.apply_receipts(ports, job),
        }
        return ports

    def activate(self, playbook: str = "first-hour") -> str:
        """Activate a shipped playbook for real (which here reaches only the recording carriers)."""
        wanted = incidents.Activation(playbook=playbook, mode=Mode.LIVE, title="Test")
        self.incident_id = incidents.activate(self.ports, wanted=wanted, by=AMINA)
        return self.incident_id

    def add_contacts(self, contacts: Sequence[ContactRecord]) -> None:
        with self.ports.store.begin() as work:
            work.contacts.add(contacts, wall=self.clock.now())

    def release(
        self,
        broadcast_id: str,
        *,
        selection: Selection | None = None,
        languages: Sequence[str] = ("en", "es"),
        channels: Sequence[Channel] = (Channel.SMS, Channel.EMAIL),
        statement: str = "statement",
        quiet: str | None = None,
        expires: timedelta | None = None,
        twin: str | None = None,
    ) -> Broadcast:
        """A broadcast that stands released, as if a person had signed and released its statement."""
        wall = self.clock.now()
        broadcast = Broadcast(
            id=broadcast_id,
            incident_id=self.incident_id,
            statement_id=statement,
            occurrence="update#1",
            mode=Mode.LIVE,
            state=BroadcastState.RELEASED,
            urgency=Urgency.NORMAL,
            part=Part.WHOLE,
            channels=tuple(channels),
            languages=tuple(languages),
            source_language="en",
            proposed_by="amina",
            proposed=wall,
            words=("amina",),
            released=wall,
            starts=wall,
            expires=None if expires is None else wall + expires,
            zone="Europe/Berlin",
            twin=twin,
        )
        chosen = selection or Selection(
            SelectionKind.AUDIENCES, waves=waves_of([RESIDENTS], channels, quiet=quiet)
        )
        texts = [
            FrozenText(channel, tag, f"Text in {tag}", subject="News")
            for channel in channels
            for tag in (*languages, "notice-ar")
        ]
        with self.ports.store.begin() as work:
            work.broadcasts.add(broadcast, chosen, texts)
        return broadcast

    def materialise(self) -> None:
        """One beat, then the writing of rows; no parcel is worked on."""
        broadcasts.tend(self.ports)
        waiting = self.queue.run(most=1)
        assert waiting == 1, "nothing was to be materialised"

    def send(self, *, rounds: int = 50) -> None:
        """Beat and work until nothing more happens."""
        for _ in range(rounds):
            broadcasts.tend(self.ports)
            if not self.queue.run():
                return

    def progress(self, broadcast_id: str) -> Progress:
        return broadcasts.status(self.ports, broadcast_id=broadcast_id)

    def counts(self, broadcast_id: str) -> dict[DeliveryState, int]:
        """State → rows as the tally has them, without zeros."""
        progress = self.progress(broadcast_id)
        return {state: progress.of(state) for state in DeliveryState if progress.of(state)}

    def counted(self, broadcast_id: str) -> dict[DeliveryState, int]:
        """State → rows, counted over the deliveries: what the tally must agree with."""
        counts: Counter[DeliveryState] = Counter()
        for line in broadcasts.reach(self.ports, broadcast_id=broadcast_id):
            counts[line.state] += line.count
        return dict(counts)


def house_on(
    engine: Engine, *, clock: HandWoundClock | None = None, limits: Limits | None = None
) -> SendingHouse:
    """A house that sends, on a database that has its tables, with an incident that is live."""
    house = SendingHouse(
        SqlStore(engine),
        SecretCiphers(KEY),
        FileContent(),
        clock=clock or HandWoundClock(),
        limits=limits or Limits(),
    )
    house.activate()
    return house


def contact(
    house: SendingHouse,
    number: int,
    *,
    languages: Sequence[str] = ("en",),
    lists: Sequence[str] = ("residents",),
    areas: Sequence[str] = (),
    phone: str | None = None,
    email: str | None = None,
    state: AddressState = AddressState.OK,
) -> ContactRecord:
    """A made-up contact with a phone and a mailbox of its own unless told otherwise; "" means none."""
    written = {
        Channel.SMS: f"+1202555{number:04d}" if phone is None else phone,
        Channel.EMAIL: f"reader{number}@example.org" if email is None else email,
    }
    ciphers = house.ports.ciphers
    addresses = []
    for channel, address in written.items():
        if address:
            index = address_index(ciphers, channel, address)
            sealed = ciphers.seal(address, row=address_row(channel, index))
            addresses.append(AddressRecord(channel, index, sealed, state))
    wall = house.clock.now()
    return ContactRecord(
        id=number,
        languages=tuple(languages),
        lists=tuple(ListMembership(name, "consent", wall) for name in lists),
        areas=tuple(areas),
        addresses=tuple(addresses),
    )

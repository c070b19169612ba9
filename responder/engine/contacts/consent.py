"""How does somebody stop hearing from the city, or start again?"""

from __future__ import annotations

from responder.core.errors import NotFound
from responder.core.terms import Channel
from responder.engine.ports import Ports
from responder.engine.ports.contacts import AddressState, ContactCounts, StopHow
from responder.engine.ports.people import HouseNote, Person
from responder.engine.situation.addresses import address_index, clean_address
from responder.engine.situation.people import Act, require

__all__ = ["count_contacts", "forget_contact", "start_address", "stop_address", "stop_contact"]


def stop_address(
    ports: Ports, *, by: Person, address: str, country: str = "", how: StopHow = StopHow.PERSON
) -> int:
    """No more messages to this phone number or email address, on any list; contacts touched.

    An address that nobody has yet is remembered, so that an import cannot bring it back. Raises
    InvalidInput for what is no address.
    """
    require(by, Act.STOP_CONTACT)
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    key = (channel, address_index(ports.ciphers, channel, clean_address(channel, address, country)))
    state = AddressState.SUSPENDED if how is StopHow.BEREAVED else AddressState.OPTED_OUT
    wall = ports.clock.now()
    with ports.store.begin() as work:
        touched = work.contacts.stop(key, state, how=how, wall=wall)
        work.people.note(HouseNote(wall, by.id, "address stopped", f"{channel}, {touched} contacts"))
    return touched


def stop_contact(ports: Ports, *, by: Person, contact_id: int, how: StopHow = StopHow.PERSON) -> int:
    """No more messages to any address of a contact. Raises NotFound."""
    require(by, Act.STOP_CONTACT)
    state = AddressState.SUSPENDED if how is StopHow.BEREAVED else AddressState.OPTED_OUT
    wall = ports.clock.now()
    with ports.store.begin() as work:
        record = work.contacts.load([contact_id]).get(contact_id)
        if record is None:
            raise NotFound(f"There is no contact {contact_id}.", mend="Look at: responder contacts list.")
        for one in record.addresses:
            work.contacts.stop(one.key, state, how=how, wall=wall)
        work.people.note(HouseNote(wall, by.id, "contact stopped", f"contact {contact_id}"))
    return len(record.addresses)


def start_address(ports: Ports, *, by: Person, address: str, country: str = "") -> int:
    """Somebody who had opted out wants messages again; contacts touched."""
    require(by, Act.STOP_CONTACT)
    channel = Channel.EMAIL if "@" in address else Channel.SMS
    key = (channel, address_index(ports.ciphers, channel, clean_address(channel, address, country)))
    with ports.store.begin() as work:
        touched = work.contacts.start(key)
        work.people.note(
            HouseNote(ports.clock.now(), by.id, "address started", f"{channel}, {touched} contacts")
        )
    return touched


def forget_contact(ports: Ports, *, by: Person, contact_id: int) -> None:
    """Empty a contact for good; what was stopped stays stopped. Raises NotFound."""
    require(by, Act.IMPORT_CONTACTS)
    with ports.store.begin() as work:
        work.contacts.forget(contact_id)
        note = HouseNote(ports.clock.now(), by.id, "contact forgotten", f"contact {contact_id}")
        work.people.note(note)


def count_contacts(ports: Ports, *, by: Person) -> ContactCounts:
    """How many there are, by list, first language, area and state of address."""
    require(by, Act.READ_CONTACTS)
    with ports.store.read() as work:
        return work.contacts.counts()

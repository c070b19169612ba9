"""How do contacts leave the house? Masked, or in clear for an admin; and it is written down."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TextIO

from responder.core.terms import Channel
from responder.engine.contacts.importing import name_row
from responder.engine.ports import Ports
from responder.engine.ports.contacts import AddressState, ContactRecord
from responder.engine.ports.people import HouseNote, Person
from responder.engine.situation.addresses import address_row, mask
from responder.engine.situation.people import Act, require

__all__ = ["Contact", "clear_contact", "export_contacts", "list_contacts"]

_PAGE = 1_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_HEADER = (
    "id", "name", "organisation", "phone", "phone_state", "email", "email_state",
    "languages", "lists", "areas",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact as it may be shown: names and addresses masked unless they were revealed."""

    id: int
    kind: str
    name: str = field(repr=False)
    organisation: str
    phone: str = field(repr=False)
    phone_state: str
    email: str = field(repr=False)
    email_state: str
    languages: tuple[str, ...]
    lists: tuple[str, ...]
    areas: tuple[str, ...]


def list_contacts(
    ports: Ports,
    *,
    by: Person,
    after: int = 0,
    limit: int = 100,
    list_id: str | None = None,
    language: str | None = None,
) -> tuple[Contact, ...]:
    """A page of contacts, masked, in order of id from the one after `after`."""
    require(by, Act.READ_CONTACTS)
    with ports.store.read() as work:
        records = work.contacts.page(after=after, limit=limit, list_id=list_id, language=language)
    return tuple(clear_contact(ports, record, masked=True) for record in records)


def export_contacts(
    ports: Ports, *, by: Person, into: TextIO, reveal: bool = False, list_id: str | None = None
) -> int:
    """Write contacts as CSV; returns how many. `reveal` is for admins who are named people.

    Noted before the first row leaves. Cells that a spreadsheet would read as a formula get an
    apostrophe in front, which the import takes away again.
    """
    require(by, Act.REVEAL_CONTACTS if reveal else Act.EXPORT_CONTACTS)
    _note(ports, by, reveal=reveal, list_id=list_id)
    writer = csv.writer(into, lineterminator="\r\n")
    writer.writerow(_HEADER)
    count = 0
    for contact in _all(ports, masked=not reveal, list_id=list_id):
        writer.writerow([_guarded(cell) for cell in _cells(contact)])
        count += 1
    return count


def clear_contact(ports: Ports, record: ContactRecord, *, masked: bool) -> Contact:
    """A contact with its sealed fields opened, or opened and masked."""
    name = ports.ciphers.unseal(record.name, row=name_row(record.id)) if record.name else ""
    shown = {
        channel: _shown(ports, record, channel, masked=masked) for channel in (Channel.SMS, Channel.EMAIL)
    }
    return Contact(
        id=record.id,
        kind=record.kind.value,
        name=_initials(name) if masked and record.organisation is None else name,
        organisation=record.organisation or "",
        phone=shown[Channel.SMS][0],
        phone_state=shown[Channel.SMS][1],
        email=shown[Channel.EMAIL][0],
        email_state=shown[Channel.EMAIL][1],
        languages=record.languages,
        lists=tuple(one.list for one in record.lists),
        areas=record.areas,
    )


def _shown(ports: Ports, record: ContactRecord, channel: Channel, *, masked: bool) -> tuple[str, str]:
    for one in record.addresses:
        if one.channel is channel:
            plain = ports.ciphers.unseal(one.sealed, row=address_row(channel, one.index))
            return (mask(channel, plain) if masked else plain), one.state.value
    return "", ""


def _all(ports: Ports, *, masked: bool, list_id: str | None) -> Iterator[Contact]:
    """Page by page, each its own transaction: a slow reader holds nothing open."""
    after = 0
    while True:
        with ports.store.read() as work:
            records = work.contacts.page(after=after, limit=_PAGE, list_id=list_id)
        yield from (clear_contact(ports, record, masked=masked) for record in records)
        if len(records) < _PAGE:
            return
        after = records[-1].id


def _cells(contact: Contact) -> tuple[str, ...]:
    return (
        str(contact.id),
        contact.name,
        contact.organisation,
        contact.phone,
        _state(contact.phone_state),
        contact.email,
        _state(contact.email_state),
        ";".join(contact.languages),
        ";".join(contact.lists),
        ";".join(contact.areas),
    )


def _state(state: str) -> str:
    """Who may not be written to is said; why, is not."""
    return state if state in ("", AddressState.OK) else "stopped"


def _guarded(cell: str) -> str:
    """OWASP, CSV injection. A phone number is a plus sign and digits, which is no formula."""
    number = cell[:1] == "+" and cell[1:].isdecimal()
    return f"'{cell}" if cell.startswith(_FORMULA) and not number else cell


def _initials(name: str) -> str:
    return " ".join(f"{word[:1]}." for word in name.split())


def _note(ports: Ports, by: Person, *, reveal: bool, list_id: str | None) -> None:
    words = f"{'in clear' if reveal else 'masked'}, {f'list {list_id}' if list_id else 'all'}"
    with ports.store.begin() as work:
        work.people.note(HouseNote(ports.clock.now(), by.id, "contacts exported", words))

"""How does a demo or a load test get many made-up contacts quickly?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from responder.core.terms import Channel
from responder.engine.ports import Store
from responder.engine.ports.contacts import AddressRecord, ContactRecord, ListMembership
from responder.engine.ports.outside import Ciphers
from responder.engine.situation.addresses import address_index, address_row

__all__ = ["Mix", "made_up_email", "made_up_phone", "make_contacts"]

_BATCH = 20_000
_NAMED_UP_TO = 100_000
_WALL = datetime(2027, 1, 4, 9, 0, tzinfo=UTC)

_FIRST = ("Ana", "Omar", "Lena", "Yusuf", "Iryna", "Marta", "Karim", "Sofia", "Petro", "Nour", "Luis", "Hana")
_LAST = ("Reyes", "Haddad", "Okoro", "Shevchenko", "Lind", "Moreno", "Aziz", "Bauer", "Costa", "Novak")


@dataclass(frozen=True, slots=True)
class Mix:
    """What made-up contacts are made of. `languages` are (preferences, share of a hundred).

    Every contact is on the first list, every third on the second, every ninth on the third, and so on;
    areas go round. `sms` and `email` are how many of a hundred have such an address.
    """

    languages: Sequence[tuple[tuple[str, ...], int]] = (
        (("en",), 55),
        (("es", "en"), 20),
        (("ar", "en"), 15),
        (("uk", "en"), 10),
    )
    lists: Sequence[str] = ("residents",)
    areas: Sequence[str] = ()
    basis: str = "consent"
    sms: int = 100
    email: int = 50


def make_contacts(
    store: Store, ciphers: Ciphers, count: int, *, mix: Mix | None = None, wall: datetime = _WALL
) -> int:
    """Write `count` made-up contacts straight into the store; returns the id of the first.

    Phone numbers come from the ranges kept for fiction as long as these last (1,900 of them), then from
    the unassigned country code +999: such contacts are for loopback only. Names are left out of sets
    of more than 100,000.
    """
    mix = mix or Mix()
    first = 0
    for start in range(0, count, _BATCH):
        with store.begin() as work:
            contact_id = work.contacts.first_free_id()
            first = first or contact_id
            numbers = range(start, min(start + _BATCH, count))
            named = count <= _NAMED_UP_TO
            made = list(_made(ciphers, mix, numbers, contact_id=contact_id, named=named, wall=wall))
            work.contacts.add(made, wall=wall, source="made up")
    return first


def made_up_phone(number: int) -> str:
    """Fiction first: +1 202 555 01xx and eight more area codes, then +44 7700 900xxx, then +999."""
    if number < 900:
        area, line = divmod(number, 100)
        return f"+1{_AREA_CODES[area]}55501{line:02}"
    if number < 1_900:
        return f"+447700900{number - 900:03}"
    return f"+999{number:09}"


def made_up_email(number: int) -> str:
    return f"resident{number}@example.org"


_AREA_CODES = (202, 212, 213, 305, 312, 404, 415, 512, 617)


def _made(
    ciphers: Ciphers, mix: Mix, numbers: range, *, contact_id: int, named: bool, wall: datetime
) -> Iterator[ContactRecord]:
    spread = [languages for languages, share in mix.languages for _ in range(share)]
    for number in numbers:
        this = contact_id + number - numbers.start
        yield ContactRecord(
            id=this,
            name=ciphers.seal(_name(number), row=f"contact/{this}/name") if named else None,
            languages=spread[number * 37 % len(spread)],
            lists=tuple(
                ListMembership(one, mix.basis, wall)
                for place, one in enumerate(mix.lists)
                if number % 3**place == 0
            ),
            areas=(mix.areas[number % len(mix.areas)],) if mix.areas else (),
            addresses=tuple(_addresses(ciphers, mix, number)),
        )


def _addresses(ciphers: Ciphers, mix: Mix, number: int) -> Iterator[AddressRecord]:
    """Shares are spread evenly; who has no address by share has the other one."""
    has_email = number * 53 % 100 < mix.email
    if number * 71 % 100 < mix.sms or not has_email:
        yield _sealed(ciphers, Channel.SMS, made_up_phone(number))
    if has_email:
        yield _sealed(ciphers, Channel.EMAIL, made_up_email(number))


def _sealed(ciphers: Ciphers, channel: Channel, address: str) -> AddressRecord:
    index = address_index(ciphers, channel, address)
    return AddressRecord(channel, index, ciphers.seal(address, row=address_row(channel, index)))


def _name(number: int) -> str:
    return f"{_FIRST[number % len(_FIRST)]} {_LAST[number // len(_FIRST) % len(_LAST)]}"

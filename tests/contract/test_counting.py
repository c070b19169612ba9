"""Does a preview promise exactly the rows that a release writes?"""

from __future__ import annotations

from collections import Counter

import pytest
from kit.sending import SendingHouse, contact, house_on
from sqlalchemy import Engine

from responder.core.broadcast import Selection, SelectionKind, serving, waves_of
from responder.core.terms import AudienceDefinition, Channel
from responder.engine import broadcasts
from responder.engine.ports.broadcasts import Readers
from responder.engine.ports.contacts import AddressState

BOTH = (Channel.SMS, Channel.EMAIL)
PARTNERS = AudienceDefinition("partners", "Partners", lists=("partners",))
RESIDENTS = AudienceDefinition("residents", "Residents", lists=("residents",))
HARBOUR = AudienceDefinition("harbour", "Harbour", areas=("harbour",))


@pytest.fixture
def house(database: Engine) -> SendingHouse:
    """Thirty people: every third is a partner too, families share phones, some have opted out."""
    made = house_on(database)
    made.add_contacts(
        [
            contact(
                made,
                number,
                languages=(("en",), ("es", "en"), ("ar",), ())[number % 4],
                lists=("residents", "partners") if number % 3 == 0 else ("residents",),
                areas=("harbour",) if number % 5 == 0 else (),
                phone="+12025550199" if number % 6 == 0 else None,
                email="" if number % 7 == 0 else None,
                state=AddressState.OPTED_OUT if number % 11 == 0 else AddressState.OK,
            )
            for number in range(1, 31)
        ]
    )
    return made


def _audiences(*audiences: AudienceDefinition) -> Selection:
    return Selection(SelectionKind.AUDIENCES, waves=waves_of(audiences, BOTH, quiet=None))


def _counted(house: SendingHouse, *parts: Selection) -> Readers:
    with house.ports.store.read() as work:
        served = serving(work.broadcasts.languages_in_use(), ("en", "es"))
        return work.broadcasts.preview(parts, served=served, source_language="en")


def _promised(readers: Readers) -> Counter[tuple[Channel, str, bool]]:
    counts: Counter[tuple[Channel, str, bool]] = Counter()
    for line in readers.lines:
        meant = line.address_state == "ok" and not line.doubled
        counts[line.channel, line.language, meant] += line.people
    return counts


def _written(house: SendingHouse, *ids: str) -> Counter[tuple[Channel, str, bool]]:
    counts: Counter[tuple[Channel, str, bool]] = Counter()
    for broadcast in ids:
        for row in broadcasts.deliveries(house.ports, broadcast_id=broadcast, limit=1_000):
            counts[row.channel, row.language, row.state.value != "skipped"] += 1
    return counts


def test_who_is_in_several_audiences_is_counted_once(house: SendingHouse) -> None:
    chosen = _audiences(HARBOUR, PARTNERS, RESIDENTS)
    promised = _promised(_counted(house, chosen))
    house.release("one", selection=chosen)
    house.send()
    assert promised == _written(house, "one")


def test_who_hears_it_first_is_not_counted_among_the_rest(house: SendingHouse) -> None:
    first, rest = _audiences(PARTNERS), _audiences(RESIDENTS)
    promised = _promised(_counted(house, first, rest))
    house.release("first", selection=first)
    house.send()
    house.release("rest", selection=rest.leaving_out("first"), twin="first")
    house.send()
    assert promised == _written(house, "first", "rest")


def test_people_are_different_ones_and_messages_are_not(house: SendingHouse) -> None:
    readers = _counted(house, _audiences(PARTNERS), _audiences(RESIDENTS))
    house.release("one")
    house.send()
    rows = broadcasts.deliveries(house.ports, broadcast_id="one", limit=1_000)
    assert readers.people == len({row.contact for row in rows if row.state.value != "skipped"})
    messages = sum(count for (_, _, meant), count in _promised(readers).items() if meant)
    assert readers.people < messages

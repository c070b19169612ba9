"""Which laws hold for every file of contacts, however its rows repeat and contradict one another?"""

from __future__ import annotations

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore
from responder.db.tables import contacts as contact_tables
from responder.db.tables import people as people_tables
from responder.engine import contacts
from responder.engine.contacts import ImportReport, ImportRules
from responder.engine.contacts.sheet import BadRow, open_sheet
from responder.engine.people import OPERATOR
from responder.engine.ports import Limits, Ports
from responder.engine.ports.contacts import ContactRecord
from responder.testing.fakes import CountedChance, HandWoundClock, InlineQueue

RULES = ImportRules(
    country="US",
    lists={"news": "news", "vigil": "vigil"},
    areas={"north": "north", "south": "south"},
    basis={"news": "consent", "vigil": "consent"},
    default_languages=("en",),
)
_TABLES = [
    SQLModel.metadata.tables[getattr(room, name).__tablename__]
    for room in (contact_tables, people_tables)
    for name in room.__all__
]

_NAMES = ("", "Ana Reyes", "REYES, ANA", "A. Reyes", "Luis Reyes", "Omar", "=2+3")
_PHONES = ("", "+12025550101", "(202) 555-0101", "2025550102", "+447700900123", "12", "+1 900 555 1234")
_EMAILS = ("", "ana@example.org", "Ana@Example.org", "omar@example.org", "nonsense")
_LANGUAGES = ("", "es", "en;es", "ar", "klingonian")
_LISTS = ("news", "vigil", "news;vigil", "")
_AREAS = ("", "north", "north;south")

rows = st.tuples(*(st.sampled_from(v) for v in (_NAMES, _PHONES, _EMAILS, _LANGUAGES, _LISTS, _AREAS)))
files = st.lists(rows, max_size=14)
batches = st.integers(min_value=1, max_value=6)


def house() -> Ports:
    engine = make_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=_TABLES)
    return Ports(
        store=SqlStore(engine),
        content=None,  # type: ignore[arg-type]  # contacts need no content
        clock=HandWoundClock(),
        chance=CountedChance(),
        ciphers=SecretCiphers("a made-up key that only tests know"),
        queue=InlineQueue(),
        live={},
        exercise={},
        limits=Limits(),
    )


def take(ports: Ports, file: list[tuple[str, ...]], batch: int) -> ImportReport:
    text = io.StringIO()
    csv.writer(text).writerows([("name", "phone", "email", "languages", "lists", "areas"), *file])
    stream = io.BytesIO(text.getvalue().encode())
    return contacts.import_contacts(ports, by=OPERATOR, stream=stream, rules=RULES, batch=batch)


def kept(ports: Ports) -> tuple[ContactRecord, ...]:
    with ports.store.read() as work:
        return work.contacts.page(limit=1_000)


@settings(deadline=None, max_examples=120)
@given(file=files, batch=batches, other=batches)
def test_the_same_file_again_changes_nothing(file: list[tuple[str, ...]], batch: int, other: int) -> None:
    ports = house()
    first = take(ports, file, batch)
    before = kept(ports)
    again = take(ports, file, other)
    assert kept(ports) == before
    assert (again.added, again.updated) == (0, 0)
    assert again.rejected == first.rejected
    assert first.rows == first.added + first.updated + first.unchanged + first.merged + first.rejected


@settings(deadline=None, max_examples=60)
@given(file=files, batch=batches)
def test_nobody_has_two_addresses_of_one_channel_or_a_language_twice(
    file: list[tuple[str, ...]], batch: int
) -> None:
    ports = house()
    take(ports, file, batch)
    for one in kept(ports):
        channels = [address.channel for address in one.addresses]
        assert len(channels) == len(set(channels))
        assert channels
        assert one.languages
        assert len(one.languages) == len(set(one.languages))


@settings(deadline=None, max_examples=300)
@given(content=st.binary(max_size=300) | st.text(alphabet='a,;"\n\r\t é', max_size=120).map(str.encode))
def test_every_line_of_a_file_is_read_or_told(content: bytes) -> None:
    sheet = open_sheet(io.BytesIO(b"name,phone\n" + content))
    lines = [row.line for row in sheet.rows]
    assert lines == sorted(set(lines))
    assert all(2 <= line <= content.count(b"\n") + 2 for line in lines)


@given(
    good=st.lists(st.sampled_from(("Ana,1", "Bo,2", '"Chen, W.",3')), min_size=1, max_size=6),
    at=st.integers(0, 5),
)
def test_one_bad_row_costs_no_other(good: list[str], at: int) -> None:
    at = min(at, len(good))
    content = "\n".join(["name,phone", *good[:at], '"Eve,4', *good[at:], ""]).encode()
    read = list(open_sheet(io.BytesIO(content)).rows)
    assert sum(isinstance(row, BadRow) for row in read) == 1
    assert len(read) == len(good) + 1

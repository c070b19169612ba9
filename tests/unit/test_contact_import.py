"""Does a file of contacts get in once, whole, and with nothing that must not be kept?"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import pytest
from sqlmodel import SQLModel

from responder.core.city import City, CityLanguages, MailingList
from responder.core.errors import InvalidInput, NotFound, Refused
from responder.core.terms import Channel
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore
from responder.db.tables import contacts as contact_tables
from responder.db.tables import people as people_tables
from responder.engine import contacts
from responder.engine.contacts import ImportReport, rules_of
from responder.engine.contacts.rows import names_agree
from responder.engine.people import OPERATOR, Permission, Person
from responder.engine.ports import Limits, Ports
from responder.engine.ports.contacts import AddressState, StopHow
from responder.testing.contacts import Mix, made_up_phone, make_contacts
from responder.testing.fakes import CountedChance, HandWoundClock, InlineQueue

AMINA = Person(id="amina", name="Amina", permission=Permission.ADMIN)
BO = Person(id="bo", name="Bo")

CITY = City(
    name="Alderport",
    zone="Europe/London",
    country="US",
    languages=CityLanguages(source="en", required=("es",), offered=("ar", "zh-Hans")),
    areas={"north": "North Quay", "old_town": "Old Town"},
    lists={
        "news": MailingList("news", "City news", basis="consent"),
        "vigil": MailingList("vigil", "Vigil", basis="consent"),
        "staff": MailingList("staff", "Staff"),
    },
)
RULES = rules_of(CITY, source="test.csv")

_TABLES = [
    SQLModel.metadata.tables[model.__tablename__]
    for room in (contact_tables, people_tables)
    for model in (getattr(room, name) for name in room.__all__)
]


@pytest.fixture
def ports() -> Iterator[Ports]:
    engine = make_engine("sqlite://")
    SQLModel.metadata.create_all(engine, tables=_TABLES)
    yield Ports(
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
    engine.dispose()


def take(ports: Ports, *lines: str, by: Person = AMINA, end: str = "\n", batch: int = 100) -> ImportReport:
    content = ("\n".join(lines) + end).encode()
    return contacts.import_contacts(ports, by=by, stream=io.BytesIO(content), rules=RULES, batch=batch)


def revealed(ports: Ports) -> list[dict[str, str]]:
    into = io.StringIO()
    contacts.export_contacts(ports, by=AMINA, into=into, reveal=True)
    return list(csv.DictReader(io.StringIO(into.getvalue())))


def counts(report: ImportReport) -> tuple[int, int, int, int, int]:
    return report.added, report.updated, report.unchanged, report.merged, report.rejected


def test_a_row_becomes_a_contact(ports: Ports) -> None:
    report = take(
        ports,
        "name,phone,email,languages,lists,areas",
        "Ana Reyes,(202) 555-0101,Ana@Example.org,es;en,news;vigil,north",
    )
    assert counts(report) == (1, 0, 0, 0, 0)
    (row,) = revealed(ports)
    assert row == {
        "id": "1",
        "name": "Ana Reyes",
        "organisation": "",
        "phone": "+12025550101",
        "phone_state": "ok",
        "email": "Ana@example.org",
        "email_state": "ok",
        "languages": "es;en",
        "lists": "news;vigil",
        "areas": "north",
    }


def test_the_same_file_again_changes_nothing(ports: Ports) -> None:
    file = (
        "name;phone;email;languages;lists;areas",
        "Ana Reyes;+12025550101;ana@example.org;es;news;north",
        "ana reyes;202-555-0101;;en;vigil;old_town",
        ";2025550102;;;news;",
        "Omar;;omar@example.org;ar;news;",
        "Luis Reyes;+12025550101;;es;news;",
    )
    first, second, third = take(ports, *file), take(ports, *file), take(ports, *file)
    assert counts(first) == (4, 0, 0, 1, 0)
    assert counts(second) == counts(third) == (0, 0, 4, 1, 0)


def test_other_spellings_of_one_person_are_merged(ports: Ports) -> None:
    report = take(
        ports,
        "name,phone,email,languages,lists",
        "María López,+1 202 555 0101,,es,news",
        "LOPEZ MARIA,(202) 555-0101,maria@example.org,en,vigil",
        "M. Lopez,,MARIA@example.org,,news",
        ",1.202.555.0101,,,news",
    )
    assert counts(report) == (1, 0, 0, 3, 0)
    (row,) = revealed(ports)
    assert (row["name"], row["phone"], row["email"]) == ("María López", "+12025550101", "maria@example.org")
    assert (row["languages"], row["lists"]) == ("es;en", "news;vigil")


def test_a_household_on_one_phone_keeps_its_people_apart(ports: Ports) -> None:
    report = take(
        ports,
        "name,phone,languages,lists",
        "Ana Reyes,+12025550101,es,news",
        "Luis Reyes,+12025550101,en,news",
    )
    assert (report.added, report.households) == (2, 1)
    assert [row["languages"] for row in revealed(ports)] == ["es", "en"]


def test_a_later_file_updates_what_it_names(ports: Ports) -> None:
    take(ports, "name,phone,email,languages,lists", "Ana,+12025550101,ana@example.org,es,news")
    report = take(
        ports, "name,phone,email,languages,lists,areas", "Ana,+12025550102,ana@example.org,en,vigil,north"
    )
    assert counts(report) == (0, 1, 0, 0, 0)
    (row,) = revealed(ports)
    assert (row["phone"], row["languages"]) == ("+12025550102", "en;es")
    assert (row["lists"], row["areas"]) == ("news;vigil", "north")


def test_a_second_number_in_one_file_is_a_contact_of_its_own(ports: Ports) -> None:
    file = (
        "name,phone,email,lists",
        "Ana,+12025550101,ana@example.org,news",
        "Ana,+12025550102,ana@example.org,news",
    )
    assert counts(take(ports, *file)) == (2, 0, 0, 0, 0)
    assert counts(take(ports, *file)) == (0, 0, 2, 0, 0)


def test_every_rejected_row_has_its_number_its_line_and_its_reason(ports: Ports) -> None:
    told = []
    content = (
        "name,phone,email,languages,lists,areas\n"
        "Ana,+12025550101,,,news,\n"
        "Bo,12,,,news,\n"
        '"Chen\nWei",,,,news,\n'
        "Dara,,dara@nowhere,,news,\n"
        "Farid,+12025550102,,klingonian,news,\n"
        "Eve,+12025550103,,,newz,\n"
        "Eve,+12025550103,,,news,Old Twon\n"
        "Eve,+12025550103,,,staff,\n"
    )
    report = contacts.import_contacts(
        ports, by=AMINA, stream=io.BytesIO(content.encode()), rules=RULES, on_problem=told.append
    )
    assert counts(report) == (1, 0, 0, 0, 7)
    assert told == report.problems
    assert [(one.row, one.line) for one in told] == [(2, 3), (3, 4), (4, 6), (5, 7), (6, 8), (7, 9), (8, 10)]
    words = [f"{one.reason} {one.mend}" for one in told]
    assert "too few digits" in words[0]
    assert "neither a phone number nor an email" in words[1]
    assert "name@example.org" in words[2]
    assert "“klingonian” is not a language" in words[3]
    assert "Did you mean “news”?" in words[4]
    assert "Did you mean “old_town”?" in words[5]
    assert "on which basis they are on “staff”" in words[6]


def test_a_row_with_one_good_address_is_kept_with_it_and_told(ports: Ports) -> None:
    report = take(ports, "name,phone,email,lists", "Ana,12,ana@example.org,news")
    assert (report.added, report.rejected, report.partly) == (1, 0, 1)
    assert report.problems[0].kept
    assert not report.whole()
    assert revealed(ports)[0]["phone"] == ""


def test_a_file_cut_in_the_middle_says_where_and_keeps_what_stood_before(ports: Ports) -> None:
    report = take(ports, "name,phone,lists", "Ana,+12025550101,news", "Bo,+1202", end="")
    assert (report.added, report.rejected, report.cut_at) == (1, 1, 3)


def test_languages_are_known_by_tag_and_by_name(ports: Ports) -> None:
    take(
        ports,
        "phone,languages,lists",
        "+12025550101,Spanish;English,news",
        "+12025550102,العربية,news",
        "+12025550103,zh_hans,news",
        "+12025550104,ti;en,news",
        "+12025550105,,news",
    )
    assert [row["languages"] for row in revealed(ports)] == ["es;en", "ar", "zh-Hans", "ti;en", "en"]


def test_lists_and_areas_are_known_by_id_and_by_name(ports: Ports) -> None:
    take(ports, "phone,lists,areas", "+12025550101,City News|vigil,old town;north")
    (row,) = revealed(ports)
    assert (row["lists"], row["areas"]) == ("news;vigil", "north;old_town")


def test_an_address_on_a_channel_that_nobody_wants_is_not_kept(ports: Ports) -> None:
    report = take(
        ports,
        "phone,email,channels,lists",
        "+12025550101,ana@example.org,email,news",
        "+12025550102,,email,news",
    )
    assert (report.added, report.rejected) == (1, 1)
    (row,) = revealed(ports)
    assert (row["phone"], row["email"]) == ("", "ana@example.org")


def test_the_basis_of_a_row_comes_before_that_of_the_city(ports: Ports) -> None:
    take(ports, "phone,lists,basis", "+12025550101,staff;news,employment")
    with ports.store.read() as work:
        lists = work.contacts.load([1])[1].lists
    assert {one.list: one.basis for one in lists} == {"news": "employment", "staff": "employment"}


def test_an_organisation_is_a_contact_of_its_own_kind(ports: Ports) -> None:
    take(
        ports,
        "name,email,organisation,lists",
        "Interfaith Council,office@example.org,interfaith_council,news",
    )
    (one,) = contacts.list_contacts(ports, by=BO)
    assert (one.kind, one.name, one.organisation) == (
        "organisation",
        "Interfaith Council",
        "interfaith_council",
    )


def test_a_stop_holds_on_every_list_and_against_every_file(ports: Ports) -> None:
    take(ports, "phone,lists", "+12025550101,news")
    assert contacts.stop_address(ports, by=BO, address="(202) 555-0101", country="US") == 1
    contacts.stop_address(ports, by=BO, address="omar@example.org")
    report = take(ports, "phone,email,lists", "+12025550101,,vigil", ",Omar@Example.org,news")
    assert report.stopped == 1
    assert [(row["phone_state"], row["email_state"]) for row in revealed(ports)] == [
        ("stopped", ""),
        ("", "stopped"),
    ]
    assert contacts.start_address(ports, by=BO, address="+12025550101") == 1
    assert revealed(ports)[0]["phone_state"] == "ok"


def test_a_bereaved_household_stays_silent(ports: Ports) -> None:
    take(ports, "name,phone,email,lists", "Ana,+12025550101,ana@example.org,news")
    assert contacts.stop_contact(ports, by=BO, contact_id=1, how=StopHow.BEREAVED) == 2
    assert contacts.start_address(ports, by=BO, address="+12025550101") == 0
    with ports.store.read() as work:
        states = {one.channel: one.state for one in work.contacts.load([1])[1].addresses}
    assert states == {Channel.SMS: AddressState.SUSPENDED, Channel.EMAIL: AddressState.SUSPENDED}


def test_a_contact_who_is_not_there_is_not_found(ports: Ports) -> None:
    with pytest.raises(NotFound):
        contacts.stop_contact(ports, by=BO, contact_id=7)


def test_a_file_with_a_forbidden_column_leaves_nothing_behind(ports: Ports) -> None:
    with pytest.raises(Refused, match="religion"):
        take(ports, "name,phone,religion,lists", "Ana,+12025550101,none,news")
    assert contacts.count_contacts(ports, by=BO).contacts == 0


def test_what_stands_in_the_database_is_sealed(ports: Ports) -> None:
    take(ports, "name,phone,email,lists", "Ana Reyes,+12025550101,ana@example.org,news")
    with ports.store.read() as work:
        record = work.contacts.load([1])[1]
    kept = b"".join([record.name or b"", *(one.sealed + one.index.encode() for one in record.addresses)])
    assert not any(word in kept for word in (b"Ana", b"Reyes", b"202555", b"example"))


def test_lists_of_contacts_are_masked(ports: Ports) -> None:
    take(ports, "name,phone,email,lists", "Ana Reyes,+12025550101,ana@example.org,news")
    (one,) = contacts.list_contacts(ports, by=BO)
    assert (one.name, one.phone, one.email) == ("A. R.", "+1 ••• ••01", "a•••@e•••.org")
    assert "Reyes" not in repr(one)


def test_an_export_in_clear_is_for_a_named_admin_and_is_noted(ports: Ports) -> None:
    for nobody in (BO, OPERATOR):
        with pytest.raises(Refused):
            contacts.export_contacts(ports, by=nobody, into=io.StringIO(), reveal=True)
    contacts.export_contacts(ports, by=AMINA, into=io.StringIO(), reveal=True)
    with ports.store.read() as work:
        (note,) = work.people.notes()
    assert (note.actor, note.act, note.detail) == ("amina", "contacts exported", "in clear, all")


def test_a_formula_leaves_as_text_and_comes_back_as_it_was(ports: Ports) -> None:
    name = '=HYPERLINK("https://example.com")'
    take(ports, "name;phone;lists", f'"{name.replace(chr(34), chr(34) * 2)}";+12025550101;news')
    (row,) = revealed(ports)
    assert row["name"] == f"'{name}"
    assert row["phone"] == "+12025550101"
    into = io.StringIO()
    contacts.export_contacts(ports, by=AMINA, into=into, reveal=True)
    again = contacts.import_contacts(
        ports, by=AMINA, stream=io.BytesIO(into.getvalue().encode()), rules=RULES
    )
    assert counts(again) == (0, 0, 1, 0, 0)


def test_only_an_admin_imports(ports: Ports) -> None:
    with pytest.raises(Refused):
        take(ports, "phone", "+12025550101", by=BO)


def test_control_signs_in_a_name_are_dropped_and_a_long_one_is_refused(ports: Ports) -> None:
    report = take(
        ports, "name,phone,lists", "A\x1b[31mna\u202e,+12025550101,news", f"{'x' * 300},+12025550102,news"
    )
    assert (report.added, report.rejected) == (1, 1)
    assert revealed(ports)[0]["name"] == "A[31mna"


def test_batches_do_not_show(ports: Ports) -> None:
    lines = [f"Person {number},+120255501{number:02},news" for number in range(10)]
    again = [f"person {number},202-555-01{number:02},vigil" for number in range(10)]
    first = take(ports, "name,phone,lists", *lines, *again, batch=2)
    assert counts(first) == (10, 0, 0, 10, 0)
    assert counts(take(ports, "name,phone,lists", *lines, *again, batch=3)) == (0, 0, 10, 10, 0)


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("Maria Lopez", "LOPEZ, María", True),
        ("M. Lopez", "Maria Lopez", True),
        ("Maria", "Maria Lopez", True),
        ("", "Maria", True),
        ("Ana Reyes", "Luis Reyes", False),
        ("Ana Reyes", "Ana Haddad", False),
        ("أنا", "أنا", True),
    ],
)
def test_names_agree_when_they_can_be_one_person(one: str, other: str, agree: bool) -> None:
    assert names_agree(one, other) is agree
    assert names_agree(other, one) is agree


def test_an_option_names_a_list_of_the_city() -> None:
    assert rules_of(CITY, add_lists=("City news",)).add_lists == ("news",)
    with pytest.raises(InvalidInput, match="no list"):
        rules_of(CITY, add_lists=("nobody",))


def test_made_up_contacts_reach_nobody(ports: Ports) -> None:
    make_contacts(
        ports.store, ports.ciphers, 300, mix=Mix(lists=("news", "vigil"), areas=("north",), email=50)
    )
    found = contacts.count_contacts(ports, by=BO)
    assert found.contacts == 300
    assert found.by_list == {"news": 300, "vigil": 100}
    assert found.by_language == {"en": 165, "es": 60, "ar": 45, "uk": 30}
    assert made_up_phone(0) == "+12025550100"
    assert made_up_phone(5_000) == "+999000005000"
    phones = [row["phone"] for row in revealed(ports) if row["phone"]]
    assert len(set(phones)) == 300


def test_made_up_numbers_are_all_different() -> None:
    assert len({made_up_phone(number) for number in range(3_000)}) == 3_000

"""Are people, roles and credentials kept in the same way on every database?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from responder.core.errors import Conflict, NotFound
from responder.db.store import SqlStore
from responder.engine.ports.people import Credential, CredentialKind, HouseNote, Permission, PersonRecord

WALL = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)

AMINA = PersonRecord(
    id="amina",
    name="Amina",
    permission=Permission.ADMIN,
    email=b"sealed",
    email_index="a" * 32,
    phone_index="f" * 32,
    roles=("duty_officer", "mayor"),
    languages=("ar", "en"),
    added=WALL,
)
BO = replace(AMINA, id="bo", name="Bo", permission=Permission.STAFF, email_index="b" * 32, roles=("mayor",))

LINK = Credential(
    id="1",
    kind=CredentialKind.LINK,
    digest="d" * 64,
    person="amina",
    name="Amina",
    permission=Permission.ADMIN,
    roles=("mayor",),
    made=WALL,
    expires=WALL + timedelta(days=2),
)


def keep(store: SqlStore, *people: PersonRecord) -> None:
    with store.begin() as work:
        for person in people:
            work.people.add(person)


def test_a_person_comes_back_as_they_were_kept(store: SqlStore) -> None:
    keep(store, AMINA)
    with store.read() as work:
        assert work.people.get("amina") == AMINA


def test_the_roster_keeps_the_order_of_a_role(store: SqlStore) -> None:
    keep(store, AMINA, BO)
    with store.begin() as work:
        assert work.people.roster().holders == {"duty_officer": ("amina",), "mayor": ("amina", "bo")}
        work.people.give_role("bo", "mayor", rank=0)
        assert work.people.roster().of("mayor") == ("bo", "amina")


def test_who_left_is_not_in_the_roster(store: SqlStore) -> None:
    keep(store, AMINA, BO)
    with store.begin() as work:
        work.people.change(replace(AMINA, active=False))
        assert work.people.roster().holders == {"mayor": ("bo",)}
        assert [one.id for one in work.people.all()] == ["bo"]
        assert [one.id for one in work.people.all(inactive=True)] == ["amina", "bo"]


def test_people_are_found_by_the_index_of_an_address(store: SqlStore) -> None:
    keep(store, AMINA, BO)
    with store.read() as work:
        assert [one.id for one in work.people.by_address("b" * 32)] == ["bo"]
        assert [one.id for one in work.people.by_address("f" * 32)] == ["amina", "bo"]


def test_an_email_belongs_to_one_person(store: SqlStore) -> None:
    keep(store, AMINA)
    with pytest.raises(Conflict, match="Amina has this email"):
        keep(store, replace(BO, email_index=AMINA.email_index))


def test_nobody_is_not_found(store: SqlStore) -> None:
    with pytest.raises(NotFound), store.read() as work:
        work.people.get("eve")
    with pytest.raises(NotFound), store.begin() as work:
        work.people.change(AMINA)


def test_a_link_can_be_used_by_the_first_only(store: SqlStore) -> None:
    keep(store, AMINA)
    with store.begin() as work:
        work.people.add_credential(LINK)
        assert work.people.credential(CredentialKind.LINK, LINK.digest) == LINK
        assert work.people.credential(CredentialKind.TOKEN, LINK.digest) is None
        assert work.people.use_credential("1", wall=WALL, once=True)
        assert not work.people.use_credential("1", wall=WALL, once=True)


def test_what_is_revoked_is_not_used(store: SqlStore) -> None:
    keep(store, AMINA)
    with store.begin() as work:
        work.people.add_credential(LINK)
        assert work.people.revoke_credentials(["1", "2"], wall=WALL) == 1
        assert work.people.revoke_credentials(["1"], wall=WALL) == 0
        assert not work.people.use_credential("1", wall=WALL)


def test_old_links_are_forgotten_and_tokens_stay(store: SqlStore) -> None:
    keep(store, AMINA)
    token = replace(LINK, id="2", kind=CredentialKind.TOKEN, digest="e" * 64, person=None)
    with store.begin() as work:
        work.people.add_credential(LINK)
        work.people.add_credential(token)
        assert work.people.forget_credentials(before=WALL + timedelta(days=3)) == 1
        assert work.people.credentials(CredentialKind.LINK, person="amina") == ()
        assert work.people.credentials(CredentialKind.TOKEN) == (token,)


def test_notes_come_newest_first(store: SqlStore) -> None:
    first = HouseNote(WALL, "amina", "person added", "bo")
    second = HouseNote(WALL, "amina", "token made", "1")
    with store.begin() as work:
        work.people.note(first)
        work.people.note(second)
        assert work.people.notes(limit=5) == (second, first)
        assert work.people.notes(limit=1) == (second,)

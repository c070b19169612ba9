"""Does everybody get what their permission and their roles allow, and nothing more?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlmodel import SQLModel

from responder.core.errors import Conflict, InvalidInput, NotFound, Refused
from responder.core.terms import Channel
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore
from responder.db.tables.people import CredentialRow, HouseNoteRow, PersonRow, RoleRow
from responder.engine import people
from responder.engine.people import OPERATOR, Act, NewPerson, Permission, Person, SignIn, may, require
from responder.engine.ports import Limits, Ports
from responder.engine.situation.people import PERMISSIONS, address_of
from responder.testing.fakes import CountedChance, HandWoundClock, InlineQueue

_MODELS = (PersonRow, RoleRow, CredentialRow, HouseNoteRow)

EVE = Person(id="eve", name="Eve", permission=Permission.VIEWER)


@pytest.fixture
def clock() -> HandWoundClock:
    return HandWoundClock()


@pytest.fixture
def ports(clock: HandWoundClock) -> Iterator[Ports]:
    engine = make_engine("sqlite://")
    tables = [SQLModel.metadata.tables[model.__tablename__] for model in _MODELS]
    SQLModel.metadata.create_all(engine, tables=tables)
    yield Ports(
        store=SqlStore(engine),
        content=None,  # type: ignore[arg-type]  # people need no content
        clock=clock,
        chance=CountedChance(),
        ciphers=SecretCiphers("a made-up key that only tests know"),
        queue=InlineQueue(),
        live={},
        exercise={},
        limits=Limits(public_url="https://city.example.org"),
    )
    engine.dispose()


def add(ports: Ports, name: str, *roles: str, permission: Permission = Permission.STAFF) -> SignIn:
    new = NewPerson(
        name=name,
        email=f"{name.lower()}@example.org",
        phone="+12025550101",
        permission=permission,
        roles=roles,
        languages=("ar", "en"),
    )
    return people.add_person(ports, by=OPERATOR, new=new)


def test_a_person_comes_back_as_they_were_added(ports: Ports) -> None:
    added = add(ports, "Amina", "mayor").person
    found = people.find_person(ports, "amina")
    assert found == added
    assert (found.email, found.phone) == ("amina@example.org", "+12025550101")
    assert (found.roles, found.languages) == (("mayor",), ("ar", "en"))
    assert address_of(found, Channel.SMS) == "+12025550101"


def test_no_address_stands_in_the_database_in_clear(ports: Ports) -> None:
    add(ports, "Amina", "mayor")
    with ports.store.read() as work:
        record = work.people.all()[0]
    assert b"amina@" not in (record.email or b"")
    assert b"555" not in (record.phone or b"")


def test_an_address_moved_to_another_row_does_not_open(ports: Ports) -> None:
    add(ports, "Amina")
    add(ports, "Bo")
    with ports.store.read() as work:
        amina, bo = work.people.all()
    with pytest.raises(InvalidInput):
        ports.ciphers.unseal(amina.email or b"", row=f"person/{bo.id}/email")


def test_a_second_person_cannot_have_the_same_email(ports: Ports) -> None:
    add(ports, "Amina")
    with pytest.raises(Conflict, match="Amina has this email"):
        people.add_person(ports, by=OPERATOR, new=NewPerson(name="Other", email="AMINA@example.org"))


def test_holders_of_a_role_keep_their_order(ports: Ports) -> None:
    amina, bo, chen = (add(ports, name, "mayor").person.id for name in ("Amina", "Bo", "Chen"))
    assert people.roster(ports).of("mayor") == (amina, bo, chen)
    people.give_role(ports, by=OPERATOR, person_id=chen, role="mayor", rank=0)
    assert people.roster(ports).of("mayor") == (chen, amina, bo)
    people.take_role(ports, by=OPERATOR, person_id=amina, role="mayor")
    assert people.roster(ports).of("mayor") == (chen, bo)


def test_who_left_holds_no_role_and_has_no_address(ports: Ports) -> None:
    amina = add(ports, "Amina", "mayor").person
    people.remove_person(ports, by=OPERATOR, person_id=amina.id)
    assert people.roster(ports).of("mayor") == ()
    assert people.list_people(ports, by=OPERATOR) == ()
    (gone,) = people.list_people(ports, by=OPERATOR, inactive=True)
    assert (gone.name, gone.email, gone.phone, gone.active) == ("Amina", "", "", False)


def test_the_last_admin_stays(ports: Ports) -> None:
    amina = add(ports, "Amina", permission=Permission.ADMIN).person
    with pytest.raises(Refused, match="last admin"):
        people.remove_person(ports, by=amina, person_id=amina.id)


def test_a_name_that_fits_several_is_not_guessed(ports: Ports) -> None:
    people.add_person(ports, by=OPERATOR, new=NewPerson(name="Amina Reyes"))
    people.add_person(ports, by=OPERATOR, new=NewPerson(name="Amina Okoro"))
    with pytest.raises(InvalidInput, match="fits 2 people"):
        people.find_person(ports, "Amina")
    assert people.find_person(ports, "amina okoro").name == "Amina Okoro"
    with pytest.raises(NotFound):
        people.find_person(ports, "Bo")


def test_a_link_opens_once(ports: Ports) -> None:
    link = add(ports, "Amina")
    assert link.url == f"https://city.example.org/sign-in/{link.secret}"
    session = people.redeem_link(ports, link.secret)
    found = people.session_person(ports, session.secret)
    assert found is not None
    assert found.name == "Amina"
    with pytest.raises(Refused):
        people.redeem_link(ports, link.secret)


def test_a_link_ends(ports: Ports, clock: HandWoundClock) -> None:
    link = add(ports, "Amina")
    clock.wind(timedelta(days=3))
    with pytest.raises(Refused):
        people.redeem_link(ports, link.secret)


def test_a_new_link_ends_the_one_before(ports: Ports) -> None:
    first = add(ports, "Amina")
    second = people.sign_in_link(ports, by=OPERATOR, person_id=first.person.id)
    with pytest.raises(Refused):
        people.redeem_link(ports, first.secret)
    assert people.redeem_link(ports, second.secret).person.name == "Amina"


def test_a_session_ends_by_time_by_signing_out_and_with_its_person(
    ports: Ports, clock: HandWoundClock
) -> None:
    amina = add(ports, "Amina")
    one = people.redeem_link(ports, amina.secret)
    people.sign_out(ports, one.secret)
    assert people.session_person(ports, one.secret) is None
    link = people.sign_in_link(ports, by=amina.person, person_id=amina.person.id)
    two = people.redeem_link(ports, link.secret)
    assert people.session_person(ports, two.secret) is not None
    clock.wind(timedelta(days=2))
    assert people.session_person(ports, two.secret) is None
    link = people.sign_in_link(ports, by=OPERATOR, person_id=amina.person.id)
    three = people.redeem_link(ports, link.secret)
    people.remove_person(ports, by=OPERATOR, person_id=amina.person.id)
    assert people.session_person(ports, three.secret) is None


def test_a_link_is_no_session_and_a_session_no_token(ports: Ports) -> None:
    link = add(ports, "Amina")
    assert people.session_person(ports, link.secret) is None
    assert people.bearer_person(ports, link.secret) is None


def test_a_token_of_a_person_reaches_no_further_than_they_do(ports: Ports, clock: HandWoundClock) -> None:
    bo = add(ports, "Bo", "comms_lead", "drafter").person
    token = people.add_token(
        ports,
        by=OPERATOR,
        owner=bo.id,
        permission=Permission.ADMIN,
        roles=("drafter",),
        expires=clock.now() + timedelta(days=30),
    )
    acting = people.bearer_person(ports, token.secret)
    assert acting is not None
    assert (acting.id, acting.permission, acting.roles) == (bo.id, Permission.STAFF, ("drafter",))
    assert not acting.machine


def test_a_token_cannot_hold_a_role_that_its_owner_lacks(ports: Ports, clock: HandWoundClock) -> None:
    bo = add(ports, "Bo", "comms_lead").person
    with pytest.raises(InvalidInput, match="does not hold mayor"):
        people.add_token(
            ports, by=OPERATOR, owner=bo.id, roles=("mayor",), expires=clock.now() + timedelta(days=1)
        )


def test_a_token_of_nobody_signs_nothing(ports: Ports, clock: HandWoundClock) -> None:
    token = people.add_token(
        ports, by=OPERATOR, permission=Permission.ADMIN, expires=clock.now() + timedelta(days=1)
    )
    acting = people.bearer_person(ports, token.secret)
    assert acting is not None
    assert acting.machine
    assert may(acting, Act.READ_CONTACTS)
    for act in (Act.SIGN, Act.RELEASE, Act.CONFIRM, Act.REVIEW_LANGUAGE, Act.WAIVE, Act.OVERRIDE):
        assert not may(acting, act)


def test_tokens_end_by_time_and_by_revoking(ports: Ports, clock: HandWoundClock) -> None:
    until = clock.now() + timedelta(days=1)
    one = people.add_token(ports, by=OPERATOR, name="dashboard", expires=until)
    two = people.add_token(ports, by=OPERATOR, name="sitrep", expires=until)
    people.revoke_token(ports, by=OPERATOR, token_id="dashboard")
    assert people.bearer_person(ports, one.secret) is None
    assert people.bearer_person(ports, two.secret) is not None
    clock.wind(timedelta(days=1))
    assert people.bearer_person(ports, two.secret) is None
    listed = people.list_tokens(ports, by=OPERATOR)
    assert {(token.name, token.revoked is None, token.secret) for token in listed} == {
        ("dashboard", False, ""),
        ("sitrep", True, ""),
    }


def test_a_token_that_would_have_ended_is_not_made(ports: Ports, clock: HandWoundClock) -> None:
    with pytest.raises(InvalidInput):
        people.add_token(ports, by=OPERATOR, expires=clock.now())


def test_what_was_done_is_written_down_without_addresses(ports: Ports) -> None:
    amina = add(ports, "Amina", "mayor").person
    (note,) = people.house_notes(ports, by=OPERATOR)
    assert (note.actor, note.act) == ("operator", "person added")
    assert note.detail == f"{amina.id} staff mayor"


@pytest.mark.parametrize("act", list(Act))
def test_every_act_has_a_least_permission(act: Act) -> None:
    assert act in PERMISSIONS


def test_a_viewer_only_reads() -> None:
    assert [act for act in Act if may(EVE, act)] == [Act.READ]
    with pytest.raises(Refused, match="Eve may not sign"):
        require(EVE, Act.SIGN)


def test_staff_run_incidents_but_neither_people_nor_tokens_nor_contact_files() -> None:
    bo = Person(id="bo", name="Bo")
    denied = {act for act in Act if not may(bo, act)}
    assert denied == {
        Act.MANAGE_PEOPLE,
        Act.MANAGE_TOKENS,
        Act.IMPORT_CONTACTS,
        Act.EXPORT_CONTACTS,
        Act.REVEAL_CONTACTS,
    }


def test_who_is_not_active_may_nothing() -> None:
    gone = Person(id="eve", name="Eve", permission=Permission.ADMIN, active=False)
    assert not any(may(gone, act) for act in Act)


def test_the_console_sets_up_the_house_and_signs_nothing() -> None:
    assert may(OPERATOR, Act.MANAGE_PEOPLE)
    with pytest.raises(Refused, match="--as NAME"):
        require(OPERATOR, Act.SIGN)


def test_words_of_permission_are_told_from_playbook_roles() -> None:
    assert people.split_roles(["admin", "mayor", "mayor"]) == (Permission.ADMIN, ("mayor",))
    assert people.split_roles(["comms_lead"]) == (None, ("comms_lead",))
    with pytest.raises(InvalidInput):
        people.split_roles(["Comms Lead"])


@pytest.mark.parametrize(
    "new",
    [
        NewPerson(name="  "),
        NewPerson(name="A\x00mina"),
        NewPerson(name="Amina", email="amina"),
        NewPerson(name="Amina", phone="12"),
        NewPerson(name="Amina", roles=("The Mayor",)),
    ],
)
def test_what_cannot_be_used_is_refused(ports: Ports, new: NewPerson) -> None:
    with pytest.raises(InvalidInput):
        people.add_person(ports, by=OPERATOR, new=new)

"""Who works here, and which playbook roles do they hold, in which order?"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from responder.core.errors import InvalidInput, NotFound, Refused
from responder.core.terms import Channel, Roster, language_tag
from responder.engine.people.credentials import SignIn, first_link
from responder.engine.people.notes import note
from responder.engine.ports import Ports
from responder.engine.ports.people import CredentialKind, HouseNote, Permission, Person, PersonRecord
from responder.engine.situation.addresses import address_index, clean_email, clean_phone
from responder.engine.situation.people import Act, clear_person, read_people, require, seal_field

__all__ = [
    "NewPerson",
    "add_person",
    "find_person",
    "give_role",
    "house_notes",
    "list_people",
    "remove_person",
    "roster",
    "split_roles",
    "take_role",
]

_ROLE = re.compile(r"[a-z][a-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What is asked of somebody who is added. `country` (ISO 3166) reads phone numbers without a code."""

    name: str
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    permission: Permission = Permission.STAFF
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    country: str = ""


def add_person(ports: Ports, *, by: Person, new: NewPerson) -> SignIn:
    """Add somebody and make their first one-time link. Raises InvalidInput, Conflict, Refused."""
    require(by, Act.MANAGE_PEOPLE)
    record = _record(ports, new)
    with ports.store.begin() as work:
        work.people.add(record)
        note(ports, work, by, "person added", f"{record.id} {record.permission} {' '.join(record.roles)}")
        return first_link(ports, work, clear_person(ports, record))


def list_people(ports: Ports, *, by: Person, inactive: bool = False) -> tuple[Person, ...]:
    """Everybody, by name."""
    require(by, Act.READ)
    with ports.store.read() as work:
        return read_people(ports, work, inactive=inactive)


def remove_person(ports: Ports, *, by: Person, person_id: str) -> Person:
    """Let somebody go: their roles, links, sessions and tokens end; their name stays in the log.

    Raises Refused for the last admin.
    """
    require(by, Act.MANAGE_PEOPLE)
    with ports.store.begin() as work:
        record = work.people.get(person_id)
        others = (one for one in work.people.all() if one.id != person_id)
        if record.permission is Permission.ADMIN and not any(
            one.permission is Permission.ADMIN for one in others
        ):
            raise Refused(f"{record.name} is the last admin.", mend="Add another admin first.")
        for role in record.roles:
            work.people.take_role(person_id, role)
        gone = replace(
            record, active=False, roles=(), email=None, phone=None, email_index=None, phone_index=None
        )
        work.people.change(gone)
        ids = [one.id for kind in CredentialKind for one in work.people.credentials(kind, person=person_id)]
        work.people.revoke_credentials(ids, wall=ports.clock.now())
        note(ports, work, by, "person removed", person_id)
        return clear_person(ports, gone)


def give_role(ports: Ports, *, by: Person, person_id: str, role: str, rank: int | None = None) -> Roster:
    """Let somebody hold a playbook role, at a place in the order (0 is asked first) or last."""
    require(by, Act.MANAGE_PEOPLE)
    with ports.store.begin() as work:
        work.people.give_role(person_id, _role_id(role), rank=rank)
        note(ports, work, by, "role given", f"{person_id} {role}")
        return work.people.roster()


def take_role(ports: Ports, *, by: Person, person_id: str, role: str) -> Roster:
    """Somebody no longer holds a role."""
    require(by, Act.MANAGE_PEOPLE)
    with ports.store.begin() as work:
        work.people.take_role(person_id, role)
        note(ports, work, by, "role taken", f"{person_id} {role}")
        return work.people.roster()


def roster(ports: Ports) -> Roster:
    """Who holds which playbook role, in order."""
    with ports.store.read() as work:
        return work.people.roster()


def find_person(ports: Ports, name: str) -> Person:
    """The one active person with this id, name or email address.

    Raises NotFound, or InvalidInput when a name fits several.
    """
    with ports.store.read() as work:
        everybody = read_people(ports, work)
    wanted = name.strip().casefold()
    ways = (
        [one for one in everybody if one.id == name.strip()],
        [one for one in everybody if one.email and one.email.casefold() == wanted],
        [one for one in everybody if one.name.casefold() == wanted],
        [one for one in everybody if wanted and one.name.casefold().split()[0] == wanted],
    )
    found = next((way for way in ways if way), [])
    if not found:
        raise NotFound(f"There is nobody called “{name}”.", mend="Look at: responder user list.")
    if len(found) > 1:
        raise InvalidInput(f"“{name}” fits {len(found)} people.", mend="Give the email address or the id.")
    return found[0]


def house_notes(ports: Ports, *, by: Person, limit: int = 100) -> tuple[HouseNote, ...]:
    """What was done outside any incident, the newest first."""
    require(by, Act.MANAGE_PEOPLE)
    with ports.store.read() as work:
        return work.people.notes(limit=limit)


def split_roles(words: Iterable[str]) -> tuple[Permission | None, tuple[str, ...]]:
    """Of `admin mayor comms_lead`, the permission role (or None) and the playbook roles."""
    permission: Permission | None = None
    roles: list[str] = []
    for word in words:
        if word in set(Permission):
            permission = Permission(word)
        else:
            roles.append(_role_id(word))
    return permission, tuple(dict.fromkeys(roles))


def _record(ports: Ports, new: NewPerson) -> PersonRecord:
    name = " ".join(new.name.split())
    if not name or not name.isprintable() or len(name) > 200:
        raise InvalidInput("A person needs a name.", mend="Give one with --name, 200 characters at most.")
    email = clean_email(new.email) if new.email else ""
    phone = clean_phone(new.phone, new.country) if new.phone else ""
    person_id = ports.chance.new_id()
    return PersonRecord(
        id=person_id,
        name=name,
        permission=new.permission,
        email=seal_field(ports, email, person_id=person_id, field="email"),
        phone=seal_field(ports, phone, person_id=person_id, field="phone"),
        email_index=address_index(ports.ciphers, Channel.EMAIL, email) if email else None,
        phone_index=address_index(ports.ciphers, Channel.SMS, phone) if phone else None,
        roles=tuple(dict.fromkeys(_role_id(role) for role in new.roles)),
        languages=tuple(dict.fromkeys(language_tag(tag) for tag in new.languages)) or ("en",),
        added=ports.clock.now(),
    )


def _role_id(role: str) -> str:
    role = role.strip()
    if (
        not role.isascii()
        or not role.replace("_", "a").isalnum()
        or not role[:1].isalpha()
        or role != role.lower()
    ):
        raise InvalidInput(
            f"“{role}” is not the id of a role.", mend="Small letters, digits and _: comms_lead."
        )
    return role

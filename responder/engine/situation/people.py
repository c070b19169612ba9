"""Who may do what? One table for pages, API and command line, and how a person is read."""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum

from responder.core.errors import Refused
from responder.core.terms import Channel
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import OPERATOR, Permission, Person, PersonRecord

__all__ = [
    "OPERATOR",
    "PERMISSIONS",
    "Act",
    "Permission",
    "Person",
    "address_of",
    "clear_person",
    "may",
    "read_people",
    "read_person",
    "require",
    "seal_field",
]


class Act(StrEnum):
    """What somebody can want to do."""

    READ = "read"
    ACTIVATE = "activate"
    CONFIRM = "confirm"
    RUN_INCIDENT = "run_incident"
    ANSWER = "answer"
    DRAFT = "draft"
    SIGN = "sign"
    REVIEW_LANGUAGE = "review_language"
    WAIVE = "waive"
    OVERRIDE = "override"
    RELEASE = "release"
    STOP = "stop"
    STAND_DOWN = "stand_down"
    RESTRICT = "restrict"
    PUBLISH = "publish"
    READ_CONTACTS = "read_contacts"
    STOP_CONTACT = "stop_contact"
    IMPORT_CONTACTS = "import_contacts"
    EXPORT_CONTACTS = "export_contacts"
    REVEAL_CONTACTS = "reveal_contacts"
    MANAGE_PEOPLE = "manage_people"
    MANAGE_TOKENS = "manage_tokens"


_FOR_ADMINS = frozenset(
    {
        Act.IMPORT_CONTACTS,
        Act.EXPORT_CONTACTS,
        Act.REVEAL_CONTACTS,
        Act.MANAGE_PEOPLE,
        Act.MANAGE_TOKENS,
    }
)

_FOR_PEOPLE_ONLY = frozenset(
    {
        Act.CONFIRM,
        Act.SIGN,
        Act.REVIEW_LANGUAGE,
        Act.WAIVE,
        Act.OVERRIDE,
        Act.RELEASE,
        Act.REVEAL_CONTACTS,
    }
)
"""A token or the console is nobody: it can not be one of two people, and the log could name no one."""

PERMISSIONS: dict[Act, Permission] = {
    **dict.fromkeys(Act, Permission.STAFF),
    **dict.fromkeys(_FOR_ADMINS, Permission.ADMIN),
    Act.READ: Permission.VIEWER,
}
"""The least permission for each act. Playbook roles narrow it further, at the desks."""


def may(person: Person, act: Act) -> bool:
    """Whether this person may do this at all."""
    if not person.active or (person.machine and act in _FOR_PEOPLE_ONLY):
        return False
    return person.permission.reach >= PERMISSIONS[act].reach


def require(person: Person, act: Act) -> None:
    """Raises Refused, saying who could, when `may` says no."""
    if may(person, act):
        return
    words = act.value.replace("_", " ")
    if person.machine and act in _FOR_PEOPLE_ONLY:
        raise Refused(
            f"Only a named person may {words}.", mend="Say who you are: --as NAME or RESPONDER_USER."
        )
    if not person.active:
        raise Refused(f"{person.name} is no longer active.", mend="An admin can add them again.")
    least = PERMISSIONS[act].value
    raise Refused(f"{person.name} may not {words}.", mend=f"Ask somebody with the permission “{least}”.")


def read_person(ports: Ports, work: Work, person_id: str) -> Person:
    """A person with their addresses in clear. Raises NotFound."""
    return clear_person(ports, work.people.get(person_id))


def read_people(ports: Ports, work: Work, *, inactive: bool = False) -> tuple[Person, ...]:
    """Everybody, by name."""
    return tuple(clear_person(ports, record) for record in work.people.all(inactive=inactive))


def address_of(person: Person, channel: Channel) -> str:
    """Where a person is reached by SMS or email; empty when nowhere."""
    return {Channel.SMS: person.phone, Channel.EMAIL: person.email}.get(channel, "")


def clear_person(ports: Ports, record: PersonRecord) -> Person:
    """The person behind a row."""
    person = Person(
        id=record.id,
        name=record.name,
        permission=record.permission,
        roles=record.roles,
        languages=record.languages,
        active=record.active,
    )
    return replace(
        person,
        email=_unsealed(ports, record.email, record.id, "email"),
        phone=_unsealed(ports, record.phone, record.id, "phone"),
    )


def seal_field(ports: Ports, plain: str, *, person_id: str, field: str) -> bytes | None:
    """A person's `email` or `phone`, sealed and bound to its row; None when empty."""
    return ports.ciphers.seal(plain, row=f"person/{person_id}/{field}") if plain else None


def _unsealed(ports: Ports, sealed: bytes | None, person_id: str, field: str) -> str:
    return ports.ciphers.unseal(sealed, row=f"person/{person_id}/{field}") if sealed else ""

"""What does the engine ask of the store about people, their roles, links, sessions and tokens?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from responder.core.terms import Roster

__all__ = [
    "OPERATOR",
    "Credential",
    "CredentialKind",
    "HouseNote",
    "PeopleStore",
    "Permission",
    "Person",
    "PersonRecord",
    "RoleHolding",
]


class Permission(StrEnum):
    """What somebody may do in the program; not a playbook role."""

    ADMIN = "admin"
    """Everything, and the only one who adds people, tokens and contacts."""
    STAFF = "staff"
    """Runs incidents: acts for the playbook roles that they hold."""
    VIEWER = "viewer"
    """Reads, and changes nothing."""

    @property
    def reach(self) -> int:
        return {"viewer": 0, "staff": 1, "admin": 2}[self.value]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who acts: a person of the roster, or (`machine`) a token or the console.

    `roles` are the playbook roles they hold. A machine is nobody: it never signs or releases,
    so one human can not count as two.
    """

    id: str
    name: str
    email: str = field(default="", repr=False)
    phone: str = field(default="", repr=False)
    permission: Permission = Permission.STAFF
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    active: bool = True
    machine: bool = False

    def holds(self, role: str) -> bool:
        return role in self.roles


OPERATOR = Person(id="operator", name="the console", permission=Permission.ADMIN, machine=True)
"""Whoever works at the command line without saying who they are: may set the house up, signs nothing."""


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """A person as the store keeps them: addresses sealed, bound to the row `person/{id}/{field}`.

    To get a `Person` with addresses in clear, use `responder.engine.situation.people.read_person`.
    """

    id: str
    name: str
    permission: Permission
    email: bytes | None = field(default=None, repr=False)
    phone: bytes | None = field(default=None, repr=False)
    email_index: str | None = None
    phone_index: str | None = None
    roles: tuple[str, ...] = ()
    languages: tuple[str, ...] = ("en",)
    active: bool = True
    added: datetime | None = None


@dataclass(frozen=True, slots=True)
class RoleHolding:
    """One line of the roster: who holds a role as number `rank` (0 first)."""

    role: str
    person: str
    rank: int


class CredentialKind(StrEnum):
    """By what somebody shows who they are."""

    LINK = "link"
    """A one-time link to sign in."""
    SESSION = "session"
    """A browser that is signed in."""
    TOKEN = "token"  # noqa: S105  # a word, not a secret
    """A bearer token of the JSON API."""


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret of which only the hash is kept. `person` None: a token of a machine.

    `permission` and `roles` narrow what its person may do. All times are wall time, aware UTC.
    """

    id: str
    kind: CredentialKind
    digest: str = field(repr=False)
    person: str | None
    name: str
    permission: Permission
    roles: tuple[str, ...]
    made: datetime
    expires: datetime
    used: datetime | None = None
    revoked: datetime | None = None


@dataclass(frozen=True, slots=True)
class HouseNote:
    """Something done outside any incident. `detail` holds counts and ids, never an address."""

    at: datetime
    actor: str
    act: str
    detail: str


class PeopleStore(Protocol):
    """The rows of people, inside one transaction."""

    def add(self, person: PersonRecord) -> None:
        """Raises Conflict when the email address is another person's already."""

    def change(self, person: PersonRecord) -> None:
        """Write all fields but the roles. Raises NotFound."""

    def get(self, person_id: str) -> PersonRecord:
        """Raises NotFound."""

    def all(self, *, inactive: bool = False) -> tuple[PersonRecord, ...]:
        """Everybody, by name; those who left only when asked for."""

    def by_address(self, address_index: str) -> tuple[PersonRecord, ...]:
        """Active people with this email or phone index."""

    def roster(self) -> Roster:
        """Who holds which role, in order; people who left are not in it."""

    def give_role(self, person_id: str, role: str, *, rank: int | None = None) -> None:
        """Add a holder: at `rank`, moving later ones back, or last. Holding it already only moves."""

    def take_role(self, person_id: str, role: str) -> None: ...

    def add_credential(self, credential: Credential) -> None: ...

    def credential(self, kind: CredentialKind, digest: str) -> Credential | None: ...

    def credentials(self, kind: CredentialKind, *, person: str | None = None) -> tuple[Credential, ...]:
        """Newest first."""

    def use_credential(self, credential_id: str, *, wall: datetime, once: bool = False) -> bool:
        """Mark as used. With `once`: only if it never was; False = somebody was faster."""

    def revoke_credentials(self, ids: Sequence[str], *, wall: datetime) -> int: ...

    def forget_credentials(self, *, before: datetime) -> int:
        """Delete links and sessions that ended before then."""

    def note(self, note: HouseNote) -> None:
        """Write down what was done outside any incident."""

    def notes(self, *, limit: int = 100) -> tuple[HouseNote, ...]:
        """The newest first."""

"""How are people, their roles and their credentials kept?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, or_, select, update
from sqlmodel import Session

from responder.core.errors import Conflict, NotFound
from responder.core.terms import Roster
from responder.db.bulk import table_of
from responder.db.tables.people import CredentialRow, HouseNoteRow, PersonRow, RoleRow
from responder.engine.ports.people import Credential, CredentialKind, HouseNote, Permission, PersonRecord

__all__ = ["PeopleRows"]

_PEOPLE = table_of(PersonRow)
_ROLES = table_of(RoleRow)
_CREDENTIALS = table_of(CredentialRow)
_NOTES = table_of(HouseNoteRow)

_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class PeopleRows:
    """The rows of people, inside one transaction. See `responder.engine.ports.people`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _connection(self) -> Connection:
        return self._session.connection()

    def add(self, person: PersonRecord) -> None:
        self._refuse_taken_email(person)
        self._connection.execute(insert(_PEOPLE).values(id=person.id, **_fields(person)))
        for role in person.roles:
            self.give_role(person.id, role)

    def change(self, person: PersonRecord) -> None:
        self._refuse_taken_email(person)
        fields = _fields(person)
        if person.added is None:
            del fields["added"]
        changed = self._connection.execute(update(_PEOPLE).where(_PEOPLE.c.id == person.id).values(**fields))
        if not changed.rowcount:
            raise _nobody(person.id)

    def get(self, person_id: str) -> PersonRecord:
        found = self._people(select(_PEOPLE).where(_PEOPLE.c.id == person_id))
        if not found:
            raise _nobody(person_id)
        return found[0]

    def all(self, *, inactive: bool = False) -> tuple[PersonRecord, ...]:
        wanted = select(_PEOPLE).order_by(func.lower(_PEOPLE.c.name), _PEOPLE.c.id)
        return self._people(wanted if inactive else wanted.where(_PEOPLE.c.active))

    def by_address(self, address_index: str) -> tuple[PersonRecord, ...]:
        theirs = or_(_PEOPLE.c.email_index == address_index, _PEOPLE.c.phone_index == address_index)
        return self._people(select(_PEOPLE).where(and_(theirs, _PEOPLE.c.active)).order_by(_PEOPLE.c.id))

    def roster(self) -> Roster:
        wanted = select(_ROLES.c.role, _ROLES.c.person).join(_PEOPLE, _PEOPLE.c.id == _ROLES.c.person)
        ordered = wanted.where(_PEOPLE.c.active).order_by(_ROLES.c.role, _ROLES.c.rank, _ROLES.c.person)
        holders: dict[str, list[str]] = defaultdict(list)
        for role, person in self._connection.execute(ordered):
            holders[role].append(person)
        return Roster({role: tuple(people) for role, people in holders.items()})

    def give_role(self, person_id: str, role: str, *, rank: int | None = None) -> None:
        self.get(person_id)
        wanted = select(_ROLES.c.person).where(_ROLES.c.role == role).order_by(_ROLES.c.rank)
        holders = [one for one in self._connection.execute(wanted).scalars() if one != person_id]
        holders.insert(len(holders) if rank is None else rank, person_id)
        self._connection.execute(delete(_ROLES).where(_ROLES.c.role == role))
        rows = [{"role": role, "person": one, "rank": place} for place, one in enumerate(holders)]
        self._connection.execute(insert(_ROLES), rows)

    def take_role(self, person_id: str, role: str) -> None:
        this = (_ROLES.c.role == role, _ROLES.c.person == person_id)
        self._connection.execute(delete(_ROLES).where(*this))

    def add_credential(self, credential: Credential) -> None:
        row = {
            "id": credential.id,
            "kind": credential.kind.value,
            "digest": credential.digest,
            "person": credential.person,
            "name": credential.name,
            "permission": credential.permission.value,
            "roles": " ".join(credential.roles),
            "made": credential.made,
            "expires": credential.expires,
            "used": credential.used,
            "revoked": credential.revoked,
        }
        self._connection.execute(insert(_CREDENTIALS).values(**row))

    def credential(self, kind: CredentialKind, digest: str) -> Credential | None:
        this = (_CREDENTIALS.c.kind == kind.value, _CREDENTIALS.c.digest == digest)
        row = self._connection.execute(select(_CREDENTIALS).where(*this)).first()
        return None if row is None else _credential(row)

    def credentials(self, kind: CredentialKind, *, person: str | None = None) -> tuple[Credential, ...]:
        wanted = select(_CREDENTIALS).where(_CREDENTIALS.c.kind == kind.value)
        if person is not None:
            wanted = wanted.where(_CREDENTIALS.c.person == person)
        newest = wanted.order_by(_CREDENTIALS.c.made.desc(), _CREDENTIALS.c.id.desc())
        return tuple(_credential(row) for row in self._connection.execute(newest))

    def use_credential(self, credential_id: str, *, wall: datetime, once: bool = False) -> bool:
        this = update(_CREDENTIALS).where(
            _CREDENTIALS.c.id == credential_id, _CREDENTIALS.c.revoked.is_(None)
        )
        if once:
            this = this.where(_CREDENTIALS.c.used.is_(None))
        return bool(self._connection.execute(this.values(used=wall)).rowcount)

    def revoke_credentials(self, ids: Sequence[str], *, wall: datetime) -> int:
        this = (_CREDENTIALS.c.id.in_(list(ids)), _CREDENTIALS.c.revoked.is_(None))
        return int(self._connection.execute(update(_CREDENTIALS).where(*this).values(revoked=wall)).rowcount)

    def forget_credentials(self, *, before: datetime) -> int:
        this = (_CREDENTIALS.c.kind != CredentialKind.TOKEN.value, _CREDENTIALS.c.expires < before)
        return int(self._connection.execute(delete(_CREDENTIALS).where(*this)).rowcount)

    def note(self, note: HouseNote) -> None:
        row = {"at": note.at, "actor": note.actor, "act": note.act, "detail": note.detail}
        self._connection.execute(insert(_NOTES).values(**row))

    def notes(self, *, limit: int = 100) -> tuple[HouseNote, ...]:
        rows = self._connection.execute(select(_NOTES).order_by(_NOTES.c.id.desc()).limit(limit))
        return tuple(HouseNote(row.at, row.actor, row.act, row.detail) for row in rows)

    def _people(self, wanted: Any) -> tuple[PersonRecord, ...]:  # a select
        rows = list(self._connection.execute(wanted))
        roles = self._roles_of([row.id for row in rows])
        return tuple(_record(row, roles.get(row.id, ())) for row in rows)

    def _roles_of(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        wanted = select(_ROLES.c.person, _ROLES.c.role).where(_ROLES.c.person.in_(list(ids)))
        roles: dict[str, list[str]] = defaultdict(list)
        for person, role in self._connection.execute(wanted.order_by(_ROLES.c.role)):
            roles[person].append(role)
        return {person: tuple(held) for person, held in roles.items()}

    def _refuse_taken_email(self, person: PersonRecord) -> None:
        if person.email_index is None:
            return
        taken = select(_PEOPLE.c.name).where(
            _PEOPLE.c.email_index == person.email_index, _PEOPLE.c.id != person.id
        )
        name = self._connection.execute(taken).scalar()
        if name is not None:
            raise Conflict(
                f"{name} has this email address already.", mend="Each person needs one of their own."
            )


def _fields(person: PersonRecord) -> dict[str, Any]:
    return {
        "name": person.name,
        "permission": person.permission.value,
        "email": person.email,
        "phone": person.phone,
        "email_index": person.email_index,
        "phone_index": person.phone_index,
        "languages": " ".join(person.languages),
        "active": person.active,
        "added": person.added or _LONG_AGO,
    }


def _record(row: Any, roles: tuple[str, ...]) -> PersonRecord:  # a row of the table
    return PersonRecord(
        id=row.id,
        name=row.name,
        permission=Permission(row.permission),
        email=row.email,
        phone=row.phone,
        email_index=row.email_index,
        phone_index=row.phone_index,
        roles=roles,
        languages=tuple(row.languages.split()),
        active=row.active,
        added=row.added,
    )


def _credential(row: Any) -> Credential:  # a row of the table
    return Credential(
        id=row.id,
        kind=CredentialKind(row.kind),
        digest=row.digest,
        person=row.person,
        name=row.name,
        permission=Permission(row.permission),
        roles=tuple(row.roles.split()),
        made=row.made,
        expires=row.expires,
        used=row.used,
        revoked=row.revoked,
    )


def _nobody(person_id: str) -> NotFound:
    return NotFound(f"There is nobody with the id “{person_id}”.", mend="Look at: responder user list.")

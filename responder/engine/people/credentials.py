"""How do people and programs show who they are? One-time links, sessions, bearer tokens."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from responder.core.errors import InvalidInput, NotFound, Refused
from responder.engine.people.notes import note
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Credential, CredentialKind, Permission, Person
from responder.engine.situation.people import Act, read_person, require

__all__ = [
    "SignIn",
    "Token",
    "add_token",
    "bearer_person",
    "first_link",
    "list_tokens",
    "redeem_link",
    "revoke_token",
    "session_person",
    "sign_in_link",
    "sign_out",
]

LINK_LASTS = timedelta(days=2)
SESSION_LASTS = timedelta(hours=24)
_USE_NOTED_EVERY = timedelta(hours=1)
_LONGEST_TOKEN = 512
_DEAD_LINK = "This link does not open: it was used, has ended or was replaced."
_DEAD_LINK_MEND = "Ask for a new one: responder user link NAME."


@dataclass(frozen=True, slots=True)
class SignIn:
    """A secret made for a person, told once: a one-time link or a session. `until` is wall time."""

    person: Person
    secret: str = field(repr=False)
    until: datetime
    url: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Token:
    """A bearer token. `secret` is only set when it was just made. `owner` empty: nobody's, a machine's."""

    id: str
    name: str
    owner: str
    permission: Permission
    roles: tuple[str, ...]
    made: datetime
    expires: datetime
    used: datetime | None
    revoked: datetime | None
    secret: str = field(default="", repr=False)


def sign_in_link(ports: Ports, *, by: Person, person_id: str) -> SignIn:
    """A new one-time link; the ones before end. Everybody may make their own."""
    if by.machine or by.id != person_id:
        require(by, Act.MANAGE_PEOPLE)
    with ports.store.begin() as work:
        person = read_person(ports, work, person_id)
        require(person, Act.READ)
        earlier = [one.id for one in work.people.credentials(CredentialKind.LINK, person=person_id)]
        work.people.revoke_credentials(earlier, wall=ports.clock.now())
        return first_link(ports, work, person)


def redeem_link(ports: Ports, token: str) -> SignIn:
    """Exchange a one-time link for a session. Raises Refused when it is unknown, used, ended or revoked."""
    wall = ports.clock.now()
    with ports.store.begin() as work:
        link = work.people.credential(CredentialKind.LINK, _digest(token))
        if link is None or link.person is None or not _holds(link, wall):
            raise Refused(_DEAD_LINK, mend=_DEAD_LINK_MEND)
        if not work.people.use_credential(link.id, wall=wall, once=True):
            raise Refused(_DEAD_LINK, mend=_DEAD_LINK_MEND)
        person = read_person(ports, work, link.person)
        require(person, Act.READ)
        return _make(ports, work, person, CredentialKind.SESSION, SESSION_LASTS)


def session_person(ports: Ports, token: str) -> Person | None:
    """Who is signed in with this session; None when nobody is."""
    with ports.store.read() as work:
        session = work.people.credential(CredentialKind.SESSION, _digest(token))
        if session is None or session.person is None or not _holds(session, ports.clock.now()):
            return None
        person = read_person(ports, work, session.person)
    return person if person.active else None


def sign_out(ports: Ports, token: str) -> None:
    """End a session."""
    with ports.store.begin() as work:
        session = work.people.credential(CredentialKind.SESSION, _digest(token))
        if session is not None:
            work.people.revoke_credentials([session.id], wall=ports.clock.now())


def add_token(
    ports: Ports,
    *,
    by: Person,
    expires: datetime,
    permission: Permission = Permission.VIEWER,
    roles: tuple[str, ...] = (),
    name: str = "",
    owner: str | None = None,
) -> Token:
    """Make a bearer token; its secret is in the answer and nowhere else.

    With an `owner` (an id) it acts as that person and reaches no further than they do; without one
    it is a machine: it can run what its permission allows, but never sign or release.
    """
    require(by, Act.MANAGE_TOKENS)
    wall = ports.clock.now()
    if expires <= wall:
        raise InvalidInput("The token would have ended already.", mend="Give a later --expires.")
    secret = ports.chance.new_token()
    with ports.store.begin() as work:
        holder = read_person(ports, work, owner) if owner else None
        if holder is not None:
            roles = _narrowed_roles(holder, roles)
        made = Credential(
            id=ports.chance.new_id(),
            kind=CredentialKind.TOKEN,
            digest=_digest(secret),
            person=owner,
            name=name or (holder.name if holder else "token"),
            permission=permission,
            roles=roles,
            made=wall,
            expires=expires,
        )
        work.people.add_credential(made)
        note(ports, work, by, "token made", f"{made.id} {permission} until {expires.isoformat()}")
    return _token(made, secret=secret)


def list_tokens(ports: Ports, *, by: Person) -> tuple[Token, ...]:
    """Newest first; revoked ones too. Never a secret."""
    require(by, Act.MANAGE_TOKENS)
    with ports.store.read() as work:
        return tuple(_token(one) for one in work.people.credentials(CredentialKind.TOKEN))


def revoke_token(ports: Ports, *, by: Person, token_id: str) -> Token:
    """End a token, named by its id, the beginning of its id, or its name. Raises NotFound."""
    require(by, Act.MANAGE_TOKENS)
    wall = ports.clock.now()
    with ports.store.begin() as work:
        living = [one for one in work.people.credentials(CredentialKind.TOKEN) if one.revoked is None]
        found = [one for one in living if one.id == token_id or one.name == token_id]
        found = found or [one for one in living if len(token_id) >= 6 and one.id.startswith(token_id)]
        if not found:
            raise NotFound(f"There is no living token “{token_id}”.", mend="Look at: responder token list.")
        if len(found) > 1:
            raise InvalidInput(f"“{token_id}” fits {len(found)} tokens.", mend="Give the whole id.")
        work.people.revoke_credentials([found[0].id], wall=wall)
        note(ports, work, by, "token revoked", found[0].id)
    return _token(replace(found[0], revoked=wall))


def bearer_person(ports: Ports, secret: str) -> Person | None:
    """Who acts with this bearer token; None when it is unknown, ended or revoked."""
    wall = ports.clock.now()
    with ports.store.read() as work:
        token = work.people.credential(CredentialKind.TOKEN, _digest(secret))
        if token is None or not _holds(token, wall):
            return None
        holder = read_person(ports, work, token.person) if token.person else None
    if holder is not None and not holder.active:
        return None
    if token.used is None or wall - token.used > _USE_NOTED_EVERY:
        with ports.store.begin() as work:
            work.people.use_credential(token.id, wall=wall)
    return _acting(token, holder)


def first_link(ports: Ports, work: Work, person: Person) -> SignIn:
    link = _make(ports, work, person, CredentialKind.LINK, LINK_LASTS)
    return replace(link, url=f"{ports.limits.public_url.rstrip('/')}/sign-in/{link.secret}")


def _make(ports: Ports, work: Work, person: Person, kind: CredentialKind, lasts: timedelta) -> SignIn:
    wall = ports.clock.now()
    work.people.forget_credentials(before=wall - timedelta(days=30))
    secret = ports.chance.new_token()
    made = Credential(
        id=ports.chance.new_id(),
        kind=kind,
        digest=_digest(secret),
        person=person.id,
        name=person.name,
        permission=person.permission,
        roles=(),
        made=wall,
        expires=wall + lasts,
    )
    work.people.add_credential(made)
    return SignIn(person, secret, made.expires)


def _digest(secret: str) -> str:
    """256 random bits need neither salt nor a slow hash."""
    return hashlib.sha256(secret[:_LONGEST_TOKEN].encode()).hexdigest()


def _holds(credential: Credential, wall: datetime) -> bool:
    spent = credential.kind is CredentialKind.LINK and credential.used is not None
    return credential.revoked is None and not spent and credential.made <= wall < credential.expires


def _narrowed_roles(holder: Person, roles: tuple[str, ...]) -> tuple[str, ...]:
    foreign = [role for role in roles if role not in holder.roles]
    if foreign:
        held = ", ".join(holder.roles) or "none"
        raise InvalidInput(
            f"{holder.name} does not hold {', '.join(foreign)}.", mend=f"Roles they hold: {held}."
        )
    return roles or holder.roles


def _acting(token: Credential, holder: Person | None) -> Person:
    if holder is None:
        return Person(
            id=f"token:{token.id}",
            name=token.name,
            permission=token.permission,
            roles=token.roles,
            machine=True,
        )
    least = min(token.permission, holder.permission, key=lambda one: one.reach)
    return replace(holder, permission=least, roles=tuple(r for r in holder.roles if r in token.roles))


def _token(made: Credential, *, secret: str = "") -> Token:
    return Token(
        id=made.id,
        name=made.name,
        owner=made.person or "",
        permission=made.permission,
        roles=made.roles,
        made=made.made,
        expires=made.expires,
        used=made.used,
        revoked=made.revoked,
        secret=secret,
    )

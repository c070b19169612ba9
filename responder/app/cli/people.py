"""The commands about people: user and token."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.table import Column, Table

from responder.app.cli.acting import As, acting, city_of
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import opened
from responder.core.calendar import Calendar, parse_duration
from responder.core.errors import InvalidInput
from responder.core.playbook import try_parse
from responder.engine import people
from responder.engine.people import NewPerson, Permission, Person, SignIn, Token
from responder.engine.ports import Ports
from responder.engine.situation.addresses import mask_email, mask_phone

__all__ = ["mount"]

users = typer.Typer(help="People who work here, their permissions and playbook roles.", no_args_is_help=True)
tokens = typer.Typer(help="Bearer tokens of the JSON API.", no_args_is_help=True)

Roles = Annotated[
    list[str],
    typer.Option("--role", help="A playbook role, or admin, staff or viewer; may be repeated."),
]
Who = Annotated[str, typer.Argument(help="A name, email address or id.")]
MayDo = Annotated[Permission | None, typer.Option("--permission", help="What they may do in the program.")]


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.add_typer(users, name="user")
    app.add_typer(tokens, name="token")


@users.command("add")
def add(
    name: Annotated[str, typer.Option("--name", help="How they are called.")],
    email: Annotated[str, typer.Option(help="Where calls and links go.")] = "",
    phone: Annotated[str, typer.Option(help="Where calls go; without a country code, the city's.")] = "",
    role: Roles = [],  # noqa: B006  # typer reads it, nobody changes it
    permission: MayDo = None,
    language: Annotated[list[str], typer.Option("--language", help="BCP 47, most liked first.")] = [],  # noqa: B006
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Add somebody and print their one-time link to sign in."""
    word, roles = people.split_roles(role)
    with opened() as ports:
        new = NewPerson(
            name=name,
            email=email,
            phone=phone,
            permission=permission or word or Permission.STAFF,
            roles=roles,
            languages=tuple(language) or ("en",),
            country=city_of(ports).country if phone and not phone.lstrip().startswith("+") else "",
        )
        made = people.add_person(ports, by=acting(ports, who), new=new)
        _doubt(ports, roles)
    _show_link(made, as_json=as_json)


@users.command("list")
def show_all(
    everybody: Annotated[bool, typer.Option("--all", help="Also those who left.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show who is here and which roles they hold."""
    with opened() as ports:
        found = people.list_people(ports, by=acting(ports, who), inactive=everybody)
        roster = people.roster(ports)
    rows = [_shown(person) for person in found]
    if as_json:
        show_json({"people": rows, "roles": roster.holders})
        return
    table = Table(*_COLUMNS[:-1], Column("id", no_wrap=True))
    for row in rows:
        table.add_row(*(_words(row[column]) for column in _COLUMNS))
    out.print(table)


@users.command("remove")
def remove(person: Who, who: As = "", as_json: AsJson = False) -> None:
    """Let somebody go: their roles, links, sessions and tokens end."""
    with opened() as ports:
        gone = people.remove_person(
            ports, by=acting(ports, who), person_id=people.find_person(ports, person).id
        )
    if as_json:
        show_json(_shown(gone))
    else:
        progress.print(f"{gone.name} is no longer active.", markup=False)


@users.command("role")
def role_of(
    person: Who,
    role: Annotated[str, typer.Argument(help="The id of a playbook role.")],
    rank: Annotated[int | None, typer.Option(min=1, help="Place in the order: 1 is asked first.")] = None,
    take: Annotated[bool, typer.Option("--take", help="They no longer hold it.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Give somebody a playbook role, or take it."""
    with opened() as ports:
        by, found = acting(ports, who), people.find_person(ports, person)
        if take:
            roster = people.take_role(ports, by=by, person_id=found.id, role=role)
        else:
            place = None if rank is None else rank - 1
            roster = people.give_role(ports, by=by, person_id=found.id, role=role, rank=place)
            _doubt(ports, [role])
        names = {one.id: one.name for one in people.list_people(ports, by=by)}
    holders = [names.get(one, one) for one in roster.of(role)]
    if as_json:
        show_json({"role": role, "holders": holders})
    else:
        progress.print(f"{role}: {', '.join(holders) or 'nobody'}", markup=False)


@users.command("link")
def link(person: Who, who: As = "", as_json: AsJson = False) -> None:
    """Print a new one-time link to sign in; earlier ones end."""
    with opened() as ports:
        found = people.find_person(ports, person)
        made = people.sign_in_link(ports, by=acting(ports, who), person_id=found.id)
    _show_link(made, as_json=as_json)


@users.command("log")
def log(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many lines.")] = 50,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show what was done outside any incident: people, tokens, contacts; the newest first."""
    with opened() as ports:
        notes = people.house_notes(ports, by=acting(ports, who), limit=limit)
    if as_json:
        show_json(notes)
        return
    for note in notes:
        line = f"{note.at:%Y-%m-%d %H:%M}Z  {note.actor}  {note.act}  {note.detail}"
        out.print(line, markup=False)


@tokens.command("add")
def add_token(
    role: Roles = [],  # noqa: B006  # typer reads it, nobody changes it
    permission: MayDo = None,
    expires: Annotated[str, typer.Option(help="30d, 6mo, or a date: the last day it works.")] = "90d",
    name: Annotated[str, typer.Option(help="What it is for.")] = "",
    owner: Annotated[
        str, typer.Option("--for", help="Whose it is; without, it can neither sign nor release.")
    ] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Make a bearer token and print it, once."""
    word, roles = people.split_roles(role)
    with opened() as ports:
        made = people.add_token(
            ports,
            by=acting(ports, who),
            expires=_until(expires, ports.clock.now()),
            permission=permission or word or Permission.VIEWER,
            roles=roles,
            name=name,
            owner=people.find_person(ports, owner).id if owner else None,
        )
    if as_json:
        show_json(made)
        return
    out.print(made.secret, markup=False)
    progress.print(
        f"Keep it now: it is not shown again. It ends {made.expires:%Y-%m-%d %H:%M}Z.", markup=False
    )


@tokens.command("list")
def show_tokens(who: As = "", as_json: AsJson = False) -> None:
    """Show all tokens, never their secrets."""
    with opened() as ports:
        found = people.list_tokens(ports, by=acting(ports, who))
        wall = ports.clock.now()
        names = {one.id: one.name for one in people.list_people(ports, by=people.OPERATOR, inactive=True)}
    if as_json:
        show_json([_token_row(token, names, wall) for token in found])
        return
    table = Table(
        Column("id", no_wrap=True), "name", "whose", "permission", "roles", "ends", "last used", "state"
    )
    for token in found:
        row = _token_row(token, names, wall)
        table.add_row(*(_words(row[column]) for column in row))
    out.print(table)


@tokens.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(help="Its id, the first six signs of it, or its name.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """End a token."""
    with opened() as ports:
        gone = people.revoke_token(ports, by=acting(ports, who), token_id=token)
    if as_json:
        show_json(_token_row(gone, {}, gone.revoked or gone.made))
    else:
        progress.print(f"The token “{gone.name}” ({gone.id}) is revoked.", markup=False)


_COLUMNS = ("name", "permission", "roles", "languages", "email", "phone", "id")


def _shown(person: Person) -> dict[str, object]:
    """A person with masked addresses."""
    return {
        "id": person.id,
        "name": person.name,
        "permission": person.permission.value,
        "roles": list(person.roles),
        "languages": list(person.languages),
        "email": mask_email(person.email) if person.email else "",
        "phone": mask_phone(person.phone) if person.phone else "",
        "active": person.active,
    }


def _token_row(token: Token, names: dict[str, str], wall: datetime) -> dict[str, object]:
    state = "revoked" if token.revoked else "ended" if token.expires <= wall else "living"
    return {
        "id": token.id,
        "name": token.name,
        "owner": names.get(token.owner, token.owner),
        "permission": token.permission.value,
        "roles": list(token.roles),
        "expires": token.expires.isoformat(timespec="minutes"),
        "used": token.used.isoformat(timespec="minutes") if token.used else "",
        "state": state,
    }


def _doubt(ports: Ports, roles: Iterable[str]) -> None:
    """Say which roles no playbook here has: a slip of the pen would leave a role with nobody."""
    known = {role for id_ in ports.content.playbooks() for role in _roles_of(ports, id_)}
    for role in roles:
        if role not in known:
            near = "".join(f" Is it {one}?" for one in get_close_matches(role, known, n=1))
            progress.print(f"No playbook here has a role “{role}”.{near}", markup=False, style="yellow")


def _roles_of(ports: Ports, playbook: str) -> Iterable[str]:
    found = try_parse(playbook, ports.content.playbook).playbook
    return found.roles if found is not None else ()


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _show_link(made: SignIn, *, as_json: bool) -> None:
    person = made.person
    if as_json:
        show_json({"id": person.id, "name": person.name, "link": made.url, "until": made.until})
        return
    progress.print(f"{person.name} ({person.permission}) signs in once with this link, until", markup=False)
    progress.print(f"{made.until:%Y-%m-%d %H:%M}Z:", markup=False)
    out.print(made.url, markup=False)


def _until(text: str, wall: datetime) -> datetime:
    """The end of a date, or a duration from now. Raises InvalidInput."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        try:
            last = date.fromisoformat(text)
        except ValueError as error:
            raise InvalidInput(f"“{text}” is not a date.", mend="Write it as 2027-01-31.") from error
        return datetime.combine(last + timedelta(days=1), time(0), tzinfo=UTC)
    return Calendar(ZoneInfo("UTC")).shift(wall, parse_duration(text))

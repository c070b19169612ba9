"""What do programs reach outside of any incident? Playbooks, people, contacts, texts of residents."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse
from pydantic import AwareDatetime

from responder.engine import broadcasts, contacts, playbooks
from responder.engine.people import list_people, roster
from responder.engine.ports.contacts import StopHow
from responder.engine.ports.incidents import IncidentState
from responder.engine.situation.people import Act
from responder.web.api import bodies
from responder.web.api.incidents import entry_object
from responder.web.api.plain import plain
from responder.web.pages.queries import incidents_for, open_desk
from responder.web.visits import Caller, Door

__all__ = ["HIGHEST", "After", "Limit", "door"]

door = Door(prefix="/api/v1", api=True)

HIGHEST = 2**63 - 1
"""The highest number that a row can have."""
After = Annotated[int, Query(ge=0, le=HIGHEST)]
Limit = Annotated[int, Query(ge=1, le=1_000)]


@door.get("/playbooks", act=Act.ACTIVATE)
def every_playbook(caller: Caller) -> JSONResponse:
    """All playbooks, programmes and modules: id, name, version, errors, when the next review is due."""
    lines = playbooks.list_playbooks(caller.ports.content, reviewed=playbooks.reviews(caller.ports))
    return JSONResponse(
        {
            "playbooks": [_without(line, "file") for line in lines],
            "reminders": plain(playbooks.reminders(caller.ports)),
        }
    )


@door.get("/playbooks/{playbook}", act=Act.ACTIVATE)
def one_playbook(caller: Caller, playbook: str) -> JSONResponse:
    """Every entry of a playbook, phase by phase, with what it asks at the activation."""
    found = playbooks.read_playbook(caller.ports.content, playbook)
    return JSONResponse(
        {
            "id": found.id,
            "name": found.name,
            "version": found.version,
            "summary": found.summary,
            "kind": found.kind.value,
            "language": found.language,
            "levels": plain(found.activation.levels),
            "roles": {role: one.title for role, one in found.roles.items()},
            "facts": {
                fact: {"name": one.name, "type": one.type.value, "options": plain(one.options)}
                for fact, one in found.facts.items()
            },
            "entries": plain(playbooks.outline(found)),
        }
    )


@door.get("/playbooks/{playbook}/check", act=Act.ACTIVATE)
def check_playbook(caller: Caller, playbook: str) -> JSONResponse:
    """Check a playbook as `responder playbook check --city` does: files, city, roster, a rehearsal."""
    house = playbooks.house_of(caller.ports)
    found = playbooks.check_playbook(caller.ports.content, playbook=playbook, house=house)
    return JSONResponse({**plain(found), "sound": found.sound, "line": found.line})


@door.get("/people", act=Act.READ)
def people(caller: Caller) -> JSONResponse:
    """Everybody, and who holds which role in which order. No addresses."""
    found = list_people(caller.ports, by=caller.person)
    return JSONResponse(
        {
            "people": [_without(one, "email", "phone") for one in found],
            "roles": plain(roster(caller.ports).holders),
        }
    )


@door.get("/mine", act=Act.READ)
def mine(caller: Caller) -> JSONResponse:
    """What is open for the roles of this token, in every incident that is not stood down."""
    found = []
    for row in incidents_for(caller.ports, caller.person):
        if row.state is IncidentState.STOOD_DOWN:
            continue
        desk = open_desk(caller.ports, row.id, caller.person)
        own = {*caller.person.roles, *desk.situation.roster.roles_of(caller.person.id)}
        found.append(
            {
                "incident": row.id,
                "title": row.title,
                "mode": row.mode.value,
                "entries": [entry_object(desk, o) for o in desk.situation.timeline.open if o.owner in own],
                "errands": [plain(errand) for errand in desk.errands if errand.role in own],
            }
        )
    return JSONResponse({"incidents": found})


@door.get("/contacts", act=Act.READ_CONTACTS)
def every_contact(
    caller: Caller,
    *,
    after: After = 0,
    limit: Limit = 100,
    list_id: Annotated[str | None, Query(alias="list")] = None,
    language: str | None = None,
) -> JSONResponse:
    """A page of contacts in order of id, masked; `after` is the id of the last one already read."""
    found = contacts.list_contacts(
        caller.ports, by=caller.person, after=after, limit=limit, list_id=list_id, language=language
    )
    return JSONResponse({"contacts": [plain(one) for one in found]})


@door.get("/contacts/counts", act=Act.READ_CONTACTS)
def contact_counts(caller: Caller) -> JSONResponse:
    """How many contacts there are, by list, first language, area and state of address."""
    return JSONResponse(plain(contacts.count_contacts(caller.ports, by=caller.person)))


@door.post("/contacts/stop", act=Act.STOP_CONTACT)
def stop_address(caller: Caller, body: bodies.AddressBody) -> JSONResponse:
    """No more messages to a phone number or email address, on any list."""
    touched = contacts.stop_address(
        caller.ports, by=caller.person, address=body.address, country=_country(caller), how=_how(body)
    )
    return JSONResponse({"contacts": touched})


@door.post("/contacts/start", act=Act.STOP_CONTACT)
def start_address(caller: Caller, body: bodies.AddressBody) -> JSONResponse:
    """Somebody who had asked us to stop wants messages again."""
    touched = contacts.start_address(
        caller.ports, by=caller.person, address=body.address, country=_country(caller)
    )
    return JSONResponse({"contacts": touched})


@door.post("/contacts/{contact}/stop", act=Act.STOP_CONTACT)
def stop_contact(
    caller: Caller, contact: Annotated[int, Path(ge=1, le=HIGHEST)], body: bodies.StopBody
) -> JSONResponse:
    """No more messages to any address of a contact."""
    touched = contacts.stop_contact(caller.ports, by=caller.person, contact_id=contact, how=_how(body))
    return JSONResponse({"addresses": touched})


@door.get("/inbox", act=Act.READ_CONTACTS)
def inbox(caller: Caller, before: AwareDatetime | None = None, limit: Limit = 50) -> JSONResponse:
    """What residents texted back, newest first, with their numbers masked."""
    found = broadcasts.inbox(caller.ports, by=caller.person, before=before, limit=limit)
    return JSONResponse({"texts": [plain(one) for one in found]})


def _without(value: object, *fields: str) -> dict[str, object]:
    return {
        field.name: plain(getattr(value, field.name))
        for field in dataclasses.fields(value)  # type: ignore[arg-type]  # only dataclasses are handed in
        if field.name not in fields
    }


def _country(caller: Caller) -> str:
    return playbooks.read_city(caller.ports.content).country


def _how(body: bodies.StopBody) -> StopHow:
    return StopHow.BEREAVED if body.bereaved else StopHow.PERSON

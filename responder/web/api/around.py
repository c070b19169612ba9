"""What else of an incident do programs reach? Its people, cases, errands, files, names and letters."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import JSONResponse

from responder.core.errors import NotFound
from responder.core.playbook import bench
from responder.core.terms import Channel, Mode
from responder.engine import incidents
from responder.engine.ports.incidents import CallRow
from responder.engine.ports.mailbox import Mailbox
from responder.engine.situation.people import Act
from responder.web.api import bodies
from responder.web.api.house import HIGHEST, Limit
from responder.web.api.incidents import incident_object
from responder.web.api.plain import plain
from responder.web.pages.queries import Desk, open_desk
from responder.web.visits import Caller, Door

__all__ = ["door"]

door = Door(prefix="/api/v1/incidents/{incident}", api=True)


@door.get("/people", act=Act.READ)
def people(caller: Caller, incident: str) -> JSONResponse:
    """Who stands for which role, who was called for what, and who has answered."""
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse(
        {
            "roles": {role: _role(desk, role) for role in desk.situation.playbook.roles},
            "calls": [_call(desk, call) for call in desk.calls],
        }
    )


@door.get("/errands", act=Act.READ)
def errands(caller: Caller, incident: str) -> JSONResponse:
    """What is still to be done about statements: languages to finish, texts to look at again."""
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse({"errands": [plain(errand) for errand in desk.errands]})


@door.get("/registers", act=Act.READ)
def registers(caller: Caller, incident: str) -> JSONResponse:
    """The registers, with how many cases are open in each."""
    desk = open_desk(caller.ports, incident, caller.person)
    items = desk.situation.incident.items
    return JSONResponse(
        {
            "registers": [
                {
                    "id": one.id,
                    "name": one.name,
                    "fields": {field: fact.type.value for field, fact in one.fields.items()},
                    "open": sum(item.closed is None for item in items.get(one.id, {}).values()),
                }
                for one in desk.situation.playbook.registers.values()
            ]
        }
    )


@door.get("/registers/{register}", act=Act.READ)
def register(caller: Caller, incident: str, register: str) -> JSONResponse:
    """The cases of a register, in the order in which they were added."""
    desk = open_desk(caller.ports, incident, caller.person)
    if register not in desk.situation.playbook.registers:
        raise NotFound(f"The playbook has no register “{register}”.", mend="List the registers first.")
    items = desk.situation.incident.items.get(register, {})
    return JSONResponse({"items": [plain(items[number]) for number in sorted(items)]})


@door.get("/phases/{phase}", act=Act.READ)
def phase(caller: Caller, incident: str, phase: str) -> JSONResponse:
    """What closing this phase would do."""
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse(plain(incidents.closing_preview(desk.situation, phase)))


@door.post("/names", act=Act.RESTRICT)
def restrict(caller: Caller, incident: str, body: bodies.NamesBody) -> JSONResponse:
    """Names that no statement may hold. They are never given back: only how many were new, and are kept."""
    new = incidents.restrict_names(caller.ports, incident_id=incident, names=body.names, by=caller.person)
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse({"new": new, "restricted": desk.situation.incident.restricted})


@door.get("/version", act=Act.READ)
def compare_versions(caller: Caller, incident: str) -> JSONResponse:
    """What the files of today have that the pinned ones have not; empty when they are the same."""
    found = incidents.compare_versions(caller.ports, incident_id=incident, by=caller.person)
    return JSONResponse({"changes": [plain(change) for change in found]})


@door.post("/version", act=Act.RUN_INCIDENT)
def move_version(caller: Caller, incident: str, body: bodies.ReasonBody) -> JSONResponse:
    """Move to the files of today. What is open or done stays."""
    incidents.move_version(caller.ports, incident_id=incident, by=caller.person, reason=body.reason)
    return JSONResponse(incident_object(open_desk(caller.ports, incident, caller.person)))


@door.get("/mailbox", act=Act.READ)
def mailbox(
    caller: Caller,
    incident: str,
    *,
    language: str | None = None,
    channel: Channel | None = None,
    before: Annotated[int | None, Query(ge=0, le=HIGHEST)] = None,
    limit: Limit = 50,
) -> JSONResponse:
    """The letters of an exercise, newest first; `before` is the number of the last one already read."""
    desk, box = _mailbox(caller, incident)
    found = box.latest(incident=desk.id, language=language, channel=channel, before=before, limit=limit)
    return JSONResponse(
        {"letters": [plain(letter) for letter in found], "count": plain(box.count(incident=desk.id))}
    )


@door.get("/mailbox/{number}", act=Act.READ)
def letter(caller: Caller, incident: str, number: Annotated[int, Path(ge=0, le=HIGHEST)]) -> JSONResponse:
    """One letter of an exercise."""
    desk, box = _mailbox(caller, incident)
    found = box.open(number)
    if found.incident != desk.id:
        raise NotFound("There is no such letter in this exercise.")
    return JSONResponse(plain(found))


def _mailbox(caller: Caller, incident: str) -> tuple[Desk, Mailbox]:
    desk = open_desk(caller.ports, incident, caller.person)
    if desk.situation.mode is not Mode.EXERCISE or caller.mailbox is None:
        raise NotFound("A live incident has no exercise mailbox.")
    return desk, caller.mailbox


def _role(desk: Desk, role: str) -> dict[str, object]:
    found = bench(desk.situation.playbook, desk.situation.roster, role)
    return {
        "title": desk.situation.playbook.roles[role].title,
        "holders": [_named(desk, person) for person in found.holders],
        "deputies": [_named(desk, person) for person in found.deputies],
        "fallback": [_named(desk, person) for person in found.fallback],
    }


def _call(desk: Desk, call: CallRow) -> dict[str, object]:
    """Without the hash of its link."""
    return {
        "occurrence": call.occurrence,
        "rung": call.rung,
        "role": call.role,
        "person": _named(desk, call.person),
        "state": call.state.value,
        "made": plain(call.made),
        "answered": plain(call.answered),
    }


def _named(desk: Desk, person: str) -> dict[str, str]:
    return {"id": person, "name": desk.name(person)}

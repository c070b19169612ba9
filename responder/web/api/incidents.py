"""Which acts on an incident do programs have? Those of the pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fastapi.responses import JSONResponse

from responder.core.incident import Occurrence
from responder.engine import incidents, reports
from responder.engine.incidents import Activation
from responder.engine.situation.people import Act
from responder.web.api import bodies
from responder.web.api.plain import plain
from responder.web.pages.entries import parse_key
from responder.web.pages.queries import Desk, incidents_for, open_desk, title_of
from responder.web.visits import Caller, Door

__all__ = ["door", "entry_object", "incident_object"]

door = Door(prefix="/api/v1", api=True)


@door.get("/incidents", act=Act.READ)
def every(caller: Caller) -> JSONResponse:
    """The incidents this token may see, newest first."""
    return JSONResponse({"incidents": [plain(row) for row in incidents_for(caller.ports, caller.person)]})


@door.post("/incidents", act=Act.ACTIVATE)
def activate(caller: Caller, body: bodies.ActivateBody) -> JSONResponse:
    """Activate a playbook."""
    wanted = Activation(
        playbook=body.playbook,
        mode=body.mode,
        title=body.title,
        level=body.level,
        facts=body.facts,
        verified=frozenset(body.verified),
        exercise=body.exercise,
        rate=body.rate,
    )
    made = incidents.activate(caller.ports, wanted=wanted, by=caller.person)
    return JSONResponse({"incident": made}, status_code=201)


@door.get("/incidents/{incident}", act=Act.READ)
def one(caller: Caller, incident: str) -> JSONResponse:
    """How an incident stands: phases, facts, what is open, what was promised."""
    return JSONResponse(incident_object(open_desk(caller.ports, incident, caller.person)))


@door.post("/incidents/{incident}/confirm", act=Act.CONFIRM)
def confirm(caller: Caller, incident: str) -> JSONResponse:
    """The second person's word for a live activation."""
    incidents.confirm(caller.ports, incident_id=incident, by=caller.person)
    return _now(caller, incident)


@door.get("/incidents/{incident}/entries", act=Act.READ)
def entries(caller: Caller, incident: str) -> JSONResponse:
    """Every occurrence, planned, open or settled."""
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse(
        {"entries": [entry_object(desk, found) for found in desk.situation.timeline.occurrences]}
    )


@door.post("/incidents/{incident}/entries", act=Act.RUN_INCIDENT)
def open_entry(caller: Caller, incident: str, body: bodies.OpenBody) -> JSONResponse:
    """Open an entry by hand."""
    made = incidents.open_entry(
        caller.ports,
        incident_id=incident,
        entry=body.entry,
        item=body.item,
        reason=body.reason,
        by=caller.person,
    )
    return JSONResponse({"occurrence": str(made)}, status_code=201)


@door.post("/incidents/{incident}/entries/{key}/acknowledge", act=Act.RUN_INCIDENT)
def acknowledge(caller: Caller, incident: str, key: str) -> JSONResponse:
    """“I have it.” In a key `~` stands for `#` and `~~` for `/`: `update~2`."""
    incidents.acknowledge(caller.ports, incident_id=incident, occurrence=parse_key(key), by=caller.person)
    return _now(caller, incident)


@door.post("/incidents/{incident}/entries/{key}/done", act=Act.RUN_INCIDENT)
def done(caller: Caller, incident: str, key: str, body: bodies.DoneBody) -> JSONResponse:
    """A task is done."""
    incidents.done(
        caller.ports,
        incident_id=incident,
        occurrence=parse_key(key),
        by=caller.person,
        note=body.note,
        evidence=body.evidence,
        checklist=body.checklist,
        learned=body.learned,
        source=body.source,
        verified=body.verified,
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/entries/{key}/skip", act=Act.RUN_INCIDENT)
def skip(caller: Caller, incident: str, key: str, body: bodies.ReasonBody) -> JSONResponse:
    """It is not done, and why."""
    incidents.skip(
        caller.ports, incident_id=incident, occurrence=parse_key(key), reason=body.reason, by=caller.person
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/entries/{key}/answer", act=Act.ANSWER)
def answer(caller: Caller, incident: str, key: str, body: bodies.AnswerBody) -> JSONResponse:
    """Answer a decision."""
    incidents.answer_decision(
        caller.ports,
        incident_id=incident,
        occurrence=parse_key(key),
        option=body.option,
        reason=body.reason,
        dissent=body.dissent,
        by=caller.person,
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/entries/{key}/gate", act=Act.ANSWER)
def gate(caller: Caller, incident: str, key: str, body: bodies.GateBody) -> JSONResponse:
    """Answer every point of a gate."""
    incidents.answer_gate(
        caller.ports,
        incident_id=incident,
        occurrence=parse_key(key),
        answers=body.answers,
        notes=body.notes,
        overrides=body.overrides,
        by=caller.person,
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/facts/{fact}", act=Act.RUN_INCIDENT)
def learn(caller: Caller, incident: str, fact: str, body: bodies.FactBody) -> JSONResponse:
    """Something became known, or with null is not known after all."""
    incidents.learn_fact(
        caller.ports,
        incident_id=incident,
        fact=fact,
        value=body.value,
        source=body.source,
        verified=body.verified,
        by=caller.person,
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/anchors/{anchor}", act=Act.RUN_INCIDENT)
def anchor(caller: Caller, incident: str, anchor: str, body: bodies.AnchorBody) -> JSONResponse:
    """Set, move or clear a date."""
    incidents.set_anchor(caller.ports, incident_id=incident, anchor=anchor, at=body.at, by=caller.person)
    return _now(caller, incident)


@door.post("/incidents/{incident}/level", act=Act.RUN_INCIDENT)
def level(caller: Caller, incident: str, body: bodies.LevelBody) -> JSONResponse:
    """Raise or lower the level."""
    incidents.change_level(
        caller.ports, incident_id=incident, level=body.level, reason=body.reason, by=caller.person
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/roles", act=Act.RUN_INCIDENT)
def role(caller: Caller, incident: str, body: bodies.RoleBody) -> JSONResponse:
    """Take a role in this incident."""
    incidents.take_role(caller.ports, incident_id=incident, role=body.role, by=caller.person)
    return _now(caller, incident)


@door.post("/incidents/{incident}/registers/{register}", act=Act.RUN_INCIDENT)
def add_item(caller: Caller, incident: str, register: str, body: bodies.ItemBody) -> JSONResponse:
    """A case enters a register."""
    number = incidents.add_item(
        caller.ports, incident_id=incident, register=register, fields=body.fields, by=caller.person
    )
    return JSONResponse({"item": number}, status_code=201)


@door.post("/incidents/{incident}/registers/{register}/{item}/close", act=Act.RUN_INCIDENT)
def close_item(
    caller: Caller, incident: str, register: str, item: int, body: bodies.ReasonBody
) -> JSONResponse:
    """A case is closed."""
    incidents.close_item(
        caller.ports,
        incident_id=incident,
        register=register,
        item=item,
        reason=body.reason,
        by=caller.person,
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/phases/{phase}/close", act=Act.RUN_INCIDENT)
def close_phase(caller: Caller, incident: str, phase: str, body: bodies.ReasonBody) -> JSONResponse:
    """Close a phase. It never opens again."""
    incidents.close_phase(
        caller.ports, incident_id=incident, phase=phase, reason=body.reason, by=caller.person
    )
    return _now(caller, incident)


@door.post("/incidents/{incident}/stand-down", act=Act.STAND_DOWN)
def stand_down(caller: Caller, incident: str, body: bodies.ReasonBody) -> JSONResponse:
    """End the incident."""
    incidents.stand_down(caller.ports, incident_id=incident, reason=body.reason, by=caller.person)
    return _now(caller, incident)


@door.post("/incidents/{incident}/reopen", act=Act.STAND_DOWN)
def reopen(caller: Caller, incident: str, body: bodies.ReasonBody) -> JSONResponse:
    """Let an incident that was stood down go on."""
    incidents.reopen(caller.ports, incident_id=incident, reason=body.reason, by=caller.person)
    return _now(caller, incident)


@door.post("/incidents/{incident}/clock", act=Act.RUN_INCIDENT)
def clock(caller: Caller, incident: str, body: bodies.ClockBody) -> JSONResponse:
    """Wind the clock of an exercise forward."""
    incidents.wind(caller.ports, incident_id=incident, to=body.to, rate=body.rate, by=caller.person)
    return _now(caller, incident)


@door.get("/incidents/{incident}/log", act=Act.READ)
def log(caller: Caller, incident: str, after: int = 0, limit: int = 500) -> JSONResponse:
    """The log in order, after a number; each event with its hash."""
    desk = open_desk(caller.ports, incident, caller.person)
    events = [event for event in desk.situation.incident.events if event.number > after]
    return JSONResponse(
        {
            "events": [{"kind": event.kind, **plain(event)} for event in events[: max(1, min(limit, 5_000))]],
            "head": desk.situation.incident.head,
        }
    )


@door.post("/incidents/{incident}/log", act=Act.RUN_INCIDENT)
def note(caller: Caller, incident: str, body: bodies.TextBody) -> JSONResponse:
    """Add a note."""
    incidents.note(caller.ports, incident_id=incident, text=body.text, by=caller.person)
    return _now(caller, incident)


@door.get("/incidents/{incident}/report", act=Act.READ)
def report(caller: Caller, incident: str) -> JSONResponse:
    """The after-action report."""
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse(plain(reports.report_on(caller.ports, incident_id=desk.id)))


def _now(caller: Caller, incident: str) -> JSONResponse:
    return JSONResponse(incident_object(open_desk(caller.ports, incident, caller.person)))


def incident_object(desk: Desk) -> dict[str, object]:
    """How an incident stands."""
    situation = desk.situation
    incident, timeline = situation.incident, situation.timeline
    return {
        "id": desk.id,
        "mode": situation.mode.value,
        "title": desk.row.title,
        "playbook": situation.playbook.id,
        "state": desk.row.state.value,
        "now": plain(situation.now),
        "started": plain(incident.started),
        "level": incident.level,
        "promise": plain(incident.promise),
        "phases": plain(timeline.phases),
        "facts": plain(incident.facts),
        "anchors": plain(incident.anchors),
        "items": plain(incident.items),
        "open": [entry_object(desk, found) for found in timeline.open],
        "late": _keys(timeline.late(situation.now)),
        "statements": [
            {"id": one.id, "occurrence": one.occurrence, "state": one.state.value} for one in desk.statements
        ],
        "broadcasts": [
            {"id": one.broadcast.id, "state": one.broadcast.state.value, "tally": plain(one.tally)}
            for one in desk.progress
        ],
        "number": incident.number,
        "head": incident.head,
    }


def _keys(found: Sequence[Occurrence]) -> list[str]:
    return [str(one.key) for one in found]


def entry_object(desk: Desk, found: Occurrence) -> Mapping[str, object]:
    """An occurrence with its title, and whether it is late."""
    shown: dict[str, object] = plain(found)
    return {**shown, "title": title_of(desk, found.key), "late": found.late(desk.situation.now)}

"""Which acts on statements and broadcasts do programs have? A token signs and releases nothing by itself."""

from __future__ import annotations

from fastapi.responses import JSONResponse

from responder.core.broadcast import DeliveryState
from responder.core.errors import NotFound
from responder.core.statement import ChannelText
from responder.engine import broadcasts, statements
from responder.engine.situation.people import Act
from responder.web.api import bodies
from responder.web.api.house import After, Limit
from responder.web.api.plain import plain
from responder.web.pages.narrowing import Kept, narrowed
from responder.web.pages.queries import Desk, open_desk
from responder.web.visits import Caller, Door

__all__ = ["door"]

door = Door(prefix="/api/v1/incidents/{incident}", api=True)


@door.get("/statements", act=Act.READ)
def every(caller: Caller, incident: str) -> JSONResponse:
    """The statements of an incident, oldest first."""
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse({"statements": [plain(one) for one in desk.statements]})


@door.post("/statements", act=Act.DRAFT)
def draft(caller: Caller, incident: str, body: bodies.DraftBody) -> JSONResponse:
    """Draft the statement of an open message."""
    desk = open_desk(caller.ports, incident, caller.person)
    made = statements.draft(
        caller.ports,
        incident_id=desk.id,
        occurrence=body.occurrence,
        by=caller.person,
        values={
            name: tuple(value) if isinstance(value, list) else value for name, value in body.values.items()
        },
    )
    return JSONResponse({"statement": made}, status_code=201)


@door.get("/statements/{statement}", act=Act.READ)
def one(caller: Caller, incident: str, statement: str) -> JSONResponse:
    """A statement with its texts, findings, hashes and sign-off."""
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/fill", act=Act.DRAFT)
def fill(caller: Caller, incident: str, statement: str, body: bodies.FillBody) -> JSONResponse:
    """Fill in variables and render again."""
    _of(caller, incident, statement)
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in body.values.items()}
    statements.fill(
        caller.ports, statement_id=statement, version=body.version, values=values, by=caller.person
    )
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/edit", act=Act.DRAFT)
def edit(caller: Caller, incident: str, statement: str, body: bodies.EditBody) -> JSONResponse:
    """Replace one channel's text."""
    _of(caller, incident, statement)
    statements.edit(
        caller.ports,
        statement_id=statement,
        version=body.version,
        language=body.language,
        channel=body.channel,
        text=ChannelText(text=body.text, subject=body.subject, html=body.html),
        by=caller.person,
        edition=body.edition,
    )
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/narrow", act=Act.DRAFT)
def narrow(caller: Caller, incident: str, statement: str, body: bodies.NarrowBody) -> JSONResponse:
    """Narrow who hears it. It never becomes wider, and everybody who signed is asked again."""
    desk = _of(caller, incident, statement)
    wide = next(one for one in desk.statements if one.id == statement).frame.audiences
    choices = {
        audience: Kept(lists=kept.lists, organisations=kept.organisations, areas=kept.areas)
        for audience, kept in body.audiences.items()
    }
    statements.narrow(
        caller.ports,
        statement_id=statement,
        version=body.version,
        audiences=narrowed(wide, choices),
        by=caller.person,
    )
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/submit", act=Act.DRAFT)
def submit(caller: Caller, incident: str, statement: str) -> JSONResponse:
    """Ask those who sign."""
    _of(caller, incident, statement)
    statements.submit(caller.ports, statement_id=statement, by=caller.person)
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/sign", act=Act.SIGN)
def sign(caller: Caller, incident: str, statement: str, body: bodies.SignBody) -> JSONResponse:
    """Sign the source text and frame, or review a language."""
    _of(caller, incident, statement)
    statements.sign(
        caller.ports,
        statement_id=statement,
        scope=body.scope,
        digest=body.digest,
        by=caller.person,
        role=body.role,
        declares_reading=body.declares_reading,
        recorded_for=body.recorded_for,
        how=body.how,
    )
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/review", act=Act.REVIEW_LANGUAGE)
def review(caller: Caller, incident: str, statement: str, body: bodies.ReviewBody) -> JSONResponse:
    """Sign one language as somebody who reads it and did not write it."""
    _of(caller, incident, statement)
    statements.sign(
        caller.ports,
        statement_id=statement,
        scope=body.language,
        digest=body.digest,
        by=caller.person,
        declares_reading=body.declares_reading,
    )
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/return", act=Act.SIGN)
def return_(caller: Caller, incident: str, statement: str, body: bodies.ReasonBody) -> JSONResponse:
    """Send it back to its author."""
    _of(caller, incident, statement)
    statements.return_(caller.ports, statement_id=statement, reason=body.reason, by=caller.person)
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/waive", act=Act.WAIVE)
def waive(caller: Caller, incident: str, statement: str, body: bodies.WaiveBody) -> JSONResponse:
    """Waive the late step of an outside role."""
    _of(caller, incident, statement)
    statements.waive(
        caller.ports, statement_id=statement, role=body.role, reason=body.reason, by=caller.person
    )
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/override", act=Act.OVERRIDE)
def override(caller: Caller, incident: str, statement: str, body: bodies.OverrideBody) -> JSONResponse:
    """Answer for a blocking finding."""
    _of(caller, incident, statement)
    statements.override(
        caller.ports,
        statement_id=statement,
        rule=body.rule,
        language=body.language,
        reason=body.reason,
        by=caller.person,
    )
    return _stands(caller, incident, statement)


@door.post("/statements/{statement}/withdraw", act=Act.DRAFT)
def withdraw(caller: Caller, incident: str, statement: str, body: bodies.ReasonBody) -> JSONResponse:
    """Take it back."""
    _of(caller, incident, statement)
    statements.withdraw(caller.ports, statement_id=statement, reason=body.reason, by=caller.person)
    return _stands(caller, incident, statement)


@door.get("/statements/{statement}/preview", act=Act.READ)
def preview(caller: Caller, incident: str, statement: str) -> JSONResponse:
    """Who would get it, and who would not."""
    _of(caller, incident, statement)
    return JSONResponse(plain(broadcasts.preview(caller.ports, incident_id=incident, statement_id=statement)))


@door.post("/statements/{statement}/release", act=Act.RELEASE)
def release(caller: Caller, incident: str, statement: str, body: bodies.ReleaseBody) -> JSONResponse:
    """Release what is signed off; where it takes two people, this is the first one's word."""
    _of(caller, incident, statement)
    made = broadcasts.release(
        caller.ports,
        incident_id=incident,
        statement_id=statement,
        by=caller.person,
        languages=body.languages,
        expected_count=body.expected_count,
    )
    return JSONResponse({"broadcast": made}, status_code=201)


@door.get("/broadcasts", act=Act.READ)
def all_broadcasts(caller: Caller, incident: str) -> JSONResponse:
    """The broadcasts of an incident with their tallies."""
    desk = open_desk(caller.ports, incident, caller.person)
    return JSONResponse({"broadcasts": [plain(progress) for progress in desk.progress]})


@door.get("/broadcasts/{broadcast}", act=Act.READ)
def broadcast(caller: Caller, incident: str, broadcast: str) -> JSONResponse:
    """How far a broadcast is."""
    return _progress(caller, incident, broadcast)


@door.get("/broadcasts/{broadcast}/deliveries", act=Act.READ)
def deliveries(
    caller: Caller,
    incident: str,
    broadcast: str,
    *,
    state: DeliveryState | None = None,
    after: After = 0,
    limit: Limit = 100,
) -> JSONResponse:
    """A page of deliveries in order of id, without addresses; `after` is the id of the last one read."""
    _progress(caller, incident, broadcast)
    found = broadcasts.deliveries(caller.ports, broadcast_id=broadcast, state=state, after=after, limit=limit)
    return JSONResponse({"deliveries": [plain(one) for one in found]})


@door.get("/broadcasts/{broadcast}/unknowns", act=Act.READ)
def unknowns(
    caller: Caller, incident: str, broadcast: str, after: After = 0, limit: Limit = 100
) -> JSONResponse:
    """The deliveries of which nobody knows whether they arrived. They are not sent a second time."""
    _progress(caller, incident, broadcast)
    found = broadcasts.unknowns(caller.ports, broadcast_id=broadcast, after=after, limit=limit)
    return JSONResponse({"deliveries": [plain(one) for one in found]})


@door.post("/broadcasts/{broadcast}/confirm", act=Act.RELEASE)
def confirm(caller: Caller, incident: str, broadcast: str, body: bodies.WordBody) -> JSONResponse:
    """A further person's word."""
    _progress(caller, incident, broadcast)
    broadcasts.confirm(
        caller.ports, broadcast_id=broadcast, by=caller.person, expected_count=body.expected_count
    )
    return _progress(caller, incident, broadcast)


@door.post("/broadcasts/{broadcast}/pause", act=Act.STOP)
def pause(caller: Caller, incident: str, broadcast: str, body: bodies.ReasonBody) -> JSONResponse:
    """Hand nothing more over until it is resumed."""
    _progress(caller, incident, broadcast)
    broadcasts.pause(caller.ports, broadcast_id=broadcast, by=caller.person, reason=body.reason)
    return _progress(caller, incident, broadcast)


@door.post("/broadcasts/{broadcast}/resume", act=Act.RELEASE)
def resume(caller: Caller, incident: str, broadcast: str) -> JSONResponse:
    """Go on."""
    _progress(caller, incident, broadcast)
    broadcasts.resume(caller.ports, broadcast_id=broadcast, by=caller.person)
    return _progress(caller, incident, broadcast)


@door.post("/broadcasts/{broadcast}/stop", act=Act.STOP)
def stop(caller: Caller, incident: str, broadcast: str, body: bodies.ReasonBody) -> JSONResponse:
    """Stop for good. Before the undo window ends nothing has left yet: then this undoes the release."""
    _progress(caller, incident, broadcast)
    broadcasts.stop(caller.ports, broadcast_id=broadcast, by=caller.person, reason=body.reason)
    return _progress(caller, incident, broadcast)


def _of(caller: Caller, incident: str, statement: str) -> Desk:
    desk = open_desk(caller.ports, incident, caller.person)
    if statement not in {one.id for one in desk.statements}:
        raise NotFound("This incident has no such statement.", mend="List its statements first.")
    return desk


def _stands(caller: Caller, incident: str, statement: str) -> JSONResponse:
    _of(caller, incident, statement)
    return JSONResponse(
        plain(statements.approval_of(caller.ports, incident_id=incident, statement_id=statement))
    )


def _progress(caller: Caller, incident: str, broadcast: str) -> JSONResponse:
    desk = open_desk(caller.ports, incident, caller.person)
    for progress in desk.progress:
        if progress.broadcast.id == broadcast:
            return JSONResponse(plain(progress))
    raise NotFound("This incident has no such broadcast.", mend="List its broadcasts first.")

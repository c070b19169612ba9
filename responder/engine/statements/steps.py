"""How does a use case of this desk run? One statement, one transaction, one decision."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from responder.core.errors import Conflict, Refused
from responder.core.incident.event import Actor, NewEvent, StatementApproved
from responder.core.statement import FRAME, Approval, SignOff, Statement, StatementState
from responder.core.statement.approval import Waiver, assess
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.situation.incident import Situation, change, situate
from responder.engine.situation.statement import StatementSituation, situate_statement

__all__ = ["Desk", "approved_after", "at_version", "decide", "event", "look", "open_only"]


@dataclass(frozen=True, slots=True)
class Desk:
    """What a decision has before it."""

    ports: Ports
    work: Work
    situation: Situation
    standing: StatementSituation

    @property
    def statement(self) -> Statement:
        return self.standing.statement


def decide(
    ports: Ports, statement_id: str, decision: Callable[[Desk], Sequence[NewEvent]]
) -> StatementSituation:
    """Run a decision about a statement in one transaction and say how it stands after it."""
    incident_id = _incident_of(ports, statement_id)

    def decided(work: Work, situation: Situation) -> Sequence[NewEvent]:
        return decision(Desk(ports, work, situation, situate_statement(ports, work, situation, statement_id)))

    change(ports, incident_id, decided)
    return look(ports, incident_id, statement_id)


def look(ports: Ports, incident_id: str, statement_id: str) -> StatementSituation:
    """How a statement stands now."""
    with ports.store.read() as work:
        return situate_statement(ports, work, situate(ports, work, incident_id), statement_id)


def event(by: Person, body: object) -> NewEvent:
    """An event by a person, at the moment it is recorded."""
    return NewEvent(Actor.person(by.id), body)  # type: ignore[arg-type]  # each caller hands a body of the union


def at_version(desk: Desk, version: int) -> Statement:
    """The statement, if nobody has edited it since that version. Raises Conflict."""
    if desk.statement.version != version:
        raise Conflict(
            f"Somebody has edited this statement since version {version}.",
            mend=f"Look at version {desk.statement.version} and edit again.",
        )
    return desk.statement


def open_only(statement: Statement, doing: str) -> None:
    """Raises Refused for a statement whose text can no longer change."""
    closed = {
        StatementState.WITHDRAWN: "It was withdrawn.",
        StatementState.SUPERSEDED: "A newer statement took its place.",
        StatementState.CORRECTED: "It was corrected.",
    }
    if statement.state in closed:
        raise Refused(f"{closed[statement.state]} You cannot {doing} it.", mend="Draft a new statement.")


def approved_after(desk: Desk, by: Person, *more: SignOff | Waiver) -> tuple[NewEvent, ...]:
    """The news that the last signature a scope needed is there."""
    proceedings = desk.standing.proceedings
    if proceedings is None:
        return ()
    signs = tuple(one for one in more if isinstance(one, SignOff))
    waivers = tuple(one for one in more if isinstance(one, Waiver))
    before = assess(proceedings)
    after = assess(
        replace(
            proceedings,
            sign_offs=(*proceedings.sign_offs, *signs),
            waivers=(*proceedings.waivers, *waivers),
        )
    )
    return tuple(
        event(by, StatementApproved(desk.statement.id, scope))
        for scope in _scopes(after, desk.statement.source_language)
        if scope not in _scopes(before, desk.statement.source_language)
    )


def _scopes(approval: Approval, source: str) -> tuple[str, ...]:
    frame = (FRAME,) if approval.source_signed else ()
    return (*frame, *(tag for tag in approval.approved_languages if tag != source))


def _incident_of(ports: Ports, statement_id: str) -> str:
    with ports.store.read() as work:
        return work.statements.get(statement_id).incident_id

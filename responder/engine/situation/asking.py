"""Who is to be asked about statements, what did time alone approve, and when is somebody asked again?

An approval is reckoned from the log whenever somebody looks; nothing of it is stored. So the clock
has to look too: when a step is asked, when it turns late, when a consult lapses, when the waiting
for languages is over. What it finds becomes calls, once each, and news for the log.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from responder.core.incident import CLOCK, NewEvent, OccurrenceKey, carriers
from responder.core.incident.event import (
    BroadcastReleased,
    StatementApproved,
    StatementEdited,
    StatementSubmitted,
)
from responder.core.statement import FRAME, Statement, StatementState
from responder.core.statement.approval import Approval, Proceedings, assess
from responder.core.terms import OnLate, StepKind
from responder.engine.ports import Ports, Work
from responder.engine.ports.incidents import CallRow, CallState
from responder.engine.situation.calls import CallKind
from responder.engine.situation.errands import errands_of
from responder.engine.situation.incident import Situation
from responder.engine.situation.statement import proceedings_in, state_of

__all__ = ["Asking", "askings", "close_calls", "lapsed", "next_asking", "still_asked"]

_REMINDERS = 6
"""Who has not answered six reminders is not reached by a seventh: the page shows it as late."""
_CLOSABLE = (CallState.WAITING, CallState.CARRIED, CallState.FAILED, CallState.UNKNOWN)
"""Not one that may be on the wire: its job writes what became of it first."""
_HANDED_IN = (StatementSubmitted, BroadcastReleased)
_OPEN = (StatementState.SUBMITTED, StatementState.APPROVED, StatementState.RELEASED)


@dataclass(frozen=True, slots=True)
class Asking:
    """People to call about a statement; one call for each occurrence, rung and person."""

    occurrence: OccurrenceKey
    rung: int
    role: str
    people: tuple[str, ...]


def askings(ports: Ports, work: Work, situation: Situation) -> Iterator[Asking]:
    """Everybody who is asked now: signers, those who look after languages, those who look again."""
    if situation.incident.stood_down is not None:
        return
    for statement in _statements(work, situation):
        proceedings = proceedings_in(work, situation, statement)
        yield from _signers(situation, statement, proceedings)
        key = OccurrenceKey.parse(statement.occurrence)
        for errand in errands_of(ports, work, situation, statement):
            people = carriers(situation.playbook, situation.roster, errand.role)
            yield Asking(CallKind(errand.kind.value).about(key), 0, errand.role, people)


def lapsed(work: Work, situation: Situation) -> Iterator[NewEvent]:
    """Approvals that no signature completed but time: a consult, asked last, that stayed silent."""
    for statement in _statements(work, situation):
        approval = assess(proceedings_in(work, situation, statement))
        known = situation.incident.occurrences.get(OccurrenceKey.parse(statement.occurrence))
        if approval.source_signed_at is None or known is None or known.signed is not None:
            continue
        tags = [tag for tag in approval.approved_languages if tag != statement.source_language]
        for scope in (FRAME, *tags):
            yield NewEvent(CLOCK, StatementApproved(statement.id, scope), approval.source_signed_at)


def next_asking(work: Work, situation: Situation) -> datetime | None:
    """The next moment (incident time) at which time alone changes whom to ask."""
    if situation.incident.stood_down is not None:
        return None
    ahead: list[datetime] = []
    for statement in _statements(work, situation):
        proceedings = proceedings_in(work, situation, statement)
        approval = assess(proceedings)
        ahead += _moments(proceedings, approval)
    return min((moment for moment in ahead if moment > situation.now), default=None)


def still_asked(ports: Ports, work: Work, situation: Situation, row: CallRow) -> bool:
    """Whether anybody still needs the answer to a call."""
    incident, key = situation.incident, OccurrenceKey.parse(row.occurrence)
    kind = CallKind.of(key)
    if incident.stood_down is not None:
        return False
    if kind is CallKind.ACTIVATION:
        return incident.started is None or not incident.taken_up
    if kind is CallKind.CLOSING:
        phase = None if key.entry == "incident.closes" else CallKind.entry_of(key)
        return any((ask.phase, ask.number) == (phase, key.number) for ask in situation.timeline.asks)
    if kind is CallKind.ENTRY:
        found = situation.timeline.find(key)
        return found is not None and found.open
    return _still_about(ports, work, situation, row, kind)


def close_calls(ports: Ports, work: Work, situation: Situation) -> None:
    """Close the calls about what is finished: nobody is to run for it, and a `1` answers something else."""
    for row in work.incidents.calls(situation.incident_id):
        if row.state in _CLOSABLE and not still_asked(ports, work, situation, row):
            work.incidents.move_call(replace(row, state=CallState.CLOSED), was=row.state, attempt=row.attempt)


def _still_about(ports: Ports, work: Work, situation: Situation, row: CallRow, kind: CallKind) -> bool:
    key = OccurrenceKey.parse(row.occurrence)
    occurrence = str(OccurrenceKey(CallKind.entry_of(key), key.item, key.number))
    statement = work.statements.of_occurrence(situation.incident_id, occurrence)
    if statement is None or statement.message not in situation.playbook.messages:
        return False
    if kind is not CallKind.SIGN:
        return any(one.kind.value == kind for one in errands_of(ports, work, situation, statement))
    proceedings = proceedings_in(work, situation, statement)
    now = tuple(_signers(situation, statement, proceedings))
    return any(one.rung // _STEP == row.rung // _STEP and row.person in one.people for one in now)


def _statements(work: Work, situation: Situation) -> Iterator[Statement]:
    """Those that somebody was ever asked about: the log tells, and most drafts need not be read."""
    submitted = (event.body for event in situation.incident.events)
    for statement_id in dict.fromkeys(body.statement for body in submitted if isinstance(body, _HANDED_IN)):
        statement = work.statements.get(statement_id)
        if statement.message in situation.playbook.messages:
            approval = assess(proceedings_in(work, situation, statement))
            if state_of(situation, statement, approval) in _OPEN:
                yield statement


_STEP = 100
"""A rung tells apart which asking, which step and which reminder: asking × 10,000 + step × 100 + reminder."""


def _signers(situation: Situation, statement: Statement, proceedings: Proceedings) -> Iterator[Asking]:
    """Those who may sign the step that is open, when it is asked and, when late, at each reminder."""
    approval = assess(proceedings)
    if approval.source_signed or proceedings.submitted_at is None:
        return
    open_step = next((one for one in approval.steps if one.done_at is None), None)
    number = open_step.number if open_step is not None else len(approval.steps) + 1
    asking = _asked_so_often(situation, statement)
    rung = (asking * _STEP + number) * _STEP + _reminders(proceedings, approval)
    key = CallKind.SIGN.about(OccurrenceKey.parse(statement.occurrence))
    for role in dict.fromkeys(right.role for right in approval.may_sign):
        people = dict.fromkeys(right.person for right in approval.may_sign if right.role == role)
        yield Asking(key, rung, role, tuple(people))


def _asked_so_often(situation: Situation, statement: Statement) -> int:
    """A text that changed is asked for anew."""
    bodies = [event.body for event in situation.incident.of_statement(statement.id)]
    source = statement.source_language
    return sum(
        isinstance(body, StatementSubmitted)
        or (isinstance(body, StatementEdited) and (not body.languages or source in body.languages))
        for body in bodies
    )


def _reminders(proceedings: Proceedings, approval: Approval) -> int:
    """How often the open step was late: once with `escalate`, again and again with `hold`."""
    passed = [moment for moment in _late_moments(proceedings, approval) if moment <= proceedings.now]
    return len(passed)


def _late_moments(proceedings: Proceedings, approval: Approval) -> tuple[datetime, ...]:
    step = next((one for one in approval.steps if one.done_at is None), None)
    within = proceedings.chain.within
    if step is None or step.late_at is None or step.kind is StepKind.CONSULT or within is None:
        return ()
    times = [step.late_at]
    if proceedings.chain.if_late is OnLate.HOLD:
        while len(times) < _REMINDERS:
            times.append(proceedings.calendar.shift(times[-1], within))
    return tuple(times)


def _moments(proceedings: Proceedings, approval: Approval) -> tuple[datetime, ...]:
    lapses = [step.late_at for step in approval.steps if step.done_at is None and step.late_at is not None]
    waits = [approval.wait_until] if approval.wait_until is not None else []
    return (*_late_moments(proceedings, approval), *lapses, *waits)

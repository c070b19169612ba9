"""How is a statement signed off? Submitted, signed, reviewed, returned, waived, withdrawn, answered for."""

from __future__ import annotations

from collections.abc import Sequence

from responder.core.errors import Conflict, InvalidInput, NotFound, Refused
from responder.core.incident.event import (
    FindingOverridden,
    NewEvent,
    StatementReturned,
    StatementSigned,
    StatementSubmitted,
    StatementWaived,
    StatementWithdrawn,
)
from responder.core.statement import FRAME, SignOff, StatementState
from responder.core.statement.approval import Proceedings, Right, Waiver, may_sign, may_waive
from responder.core.terms import language_tag
from responder.engine.ports import Ports
from responder.engine.ports.people import Person
from responder.engine.ports.statements import Review
from responder.engine.situation.people import Act, require
from responder.engine.situation.statement import StatementSituation
from responder.engine.statements.steps import Desk, approved_after, decide, event, open_only

__all__ = ["override", "return_", "sign", "submit", "waive", "withdraw"]

READER = "reader"
"""The role of a signature on a language: somebody who declares to read it."""


def submit(ports: Ports, *, statement_id: str, by: Person) -> StatementSituation:
    """Ask those who sign. Raises Refused while something has to be filled in."""
    require(by, Act.DRAFT)

    def submitted(desk: Desk) -> Sequence[NewEvent]:
        statement = desk.statement
        open_only(statement, "submit")
        if statement.state is not StatementState.DRAFT:
            raise Refused(f"It is {statement.state.value} already.", mend="Return it first to change it.")
        if statement.asked:
            raise Refused(
                f"Still to be filled in: {', '.join(statement.asked)}.", mend="Fill in these values first."
            )
        if statement.source_language not in desk.standing.texts:
            raise Refused("It has no text in the source language.", mend="Write it first.")
        return (event(by, StatementSubmitted(statement.id)), *approved_after(desk, by))

    return decide(ports, statement_id, submitted)


def sign(
    ports: Ports,
    *,
    statement_id: str,
    scope: str,
    digest: str,
    by: Person,
    role: str | None = None,
    declares_reading: bool = False,
    recorded_for: str | None = None,
    how: str = "",
) -> StatementSituation:
    """Sign the scope `frame`, or review a language. `digest` is that of what the person saw.

    Raises Conflict when the text has changed since, Refused when this person may not sign.
    `how` says how an outside role's word came, or what somebody who was consulted answered.
    """
    tag = scope if scope == FRAME else language_tag(scope)

    def signed(desk: Desk) -> Sequence[NewEvent]:
        open_only(desk.statement, "sign")
        _refuse_changed(desk, tag, digest)
        if tag in (FRAME, desk.statement.source_language):
            require(by, Act.SIGN)
            return _sign_frame(desk, by, digest=digest, role=role, recorded_for=recorded_for, how=how)
        require(by, Act.REVIEW_LANGUAGE)
        return _review(desk, by, tag=tag, digest=digest, declares_reading=declares_reading)

    return decide(ports, statement_id, signed)


def return_(ports: Ports, *, statement_id: str, reason: str, by: Person) -> StatementSituation:
    """Send it back to its author; the chain's signatures given so far no longer count."""
    require(by, Act.SIGN)
    why = _given(reason)

    def returned(desk: Desk) -> Sequence[NewEvent]:
        if desk.statement.state not in (StatementState.SUBMITTED, StatementState.APPROVED):
            raise Refused(f"It is {desk.statement.state.value}: there is nothing to return.")
        return (event(by, StatementReturned(desk.statement.id, why)),)

    return decide(ports, statement_id, returned)


def waive(ports: Ports, *, statement_id: str, role: str, reason: str, by: Person) -> StatementSituation:
    """Waive the late step of an outside role. Raises Refused while it is not late, and for an author."""
    require(by, Act.WAIVE)
    why = _given(reason)

    def waived(desk: Desk) -> Sequence[NewEvent]:
        proceedings, approval = _asked(desk), desk.standing.approval
        step = next((one for one in approval.steps if role in one.open_roles and one.asked_at), None)
        if step is None:
            raise NotFound(f"Nobody waits for {role}.")
        people = may_waive(proceedings, approval, role)
        if by.id not in people:
            why_not = "is not late yet" if not people else "can be waived only by those on the ladder"
            raise Refused(f"The step of {role} {why_not}.", mend="Record its word, or wait.")
        waiver = Waiver(by.id, role, why, desk.situation.now)
        news = event(by, StatementWaived(desk.statement.id, step.number, role, why))
        return (news, *approved_after(desk, by, waiver))

    return decide(ports, statement_id, waived)


def withdraw(ports: Ports, *, statement_id: str, reason: str, by: Person) -> None:
    """Take it back; nothing of it is released any more. What is on its way is stopped by its broadcast."""
    require(by, Act.DRAFT)
    why = _given(reason)

    def withdrawn(desk: Desk) -> Sequence[NewEvent]:
        open_only(desk.statement, "withdraw")
        # The public pages read the row, and a text that was taken back must leave them at once.
        desk.work.statements.set_state(desk.statement.id, StatementState.WITHDRAWN)
        return (event(by, StatementWithdrawn(desk.statement.id, why)),)

    decide(ports, statement_id, withdrawn)


def override(
    ports: Ports, *, statement_id: str, rule: str, language: str, reason: str, by: Person
) -> StatementSituation:
    """Answer by name for a blocking finding, on the text as it stands. `language` "" is the whole statement.

    Only one of those who may sign this message can, and never an author of the text.
    """
    require(by, Act.OVERRIDE)
    why = _given(reason)
    tag = language_tag(language) if language else ""

    def overridden(desk: Desk) -> Sequence[NewEvent]:
        proceedings = _asked(desk)
        open_only(desk.statement, "answer for")
        theirs = [one for one in desk.standing.findings if one.rule == rule and (one.language or "") == tag]
        if not any(one.blocks for one in theirs):
            raise NotFound(f"No blocking finding {rule} stands there.")
        approvers = {one for bench in proceedings.benches.values() for one in bench.everyone}
        if by.id in proceedings.authors or by.id in proceedings.writers.get(tag, frozenset()):
            raise Refused(f"{by.name} wrote this text.", mend="Somebody else must answer for the finding.")
        if by.id not in approvers and by.id not in proceedings.ladder:
            raise Refused(f"{by.name} is not among those who sign it.", mend="Ask one of its signers.")
        return (event(by, FindingOverridden(desk.statement.id, rule, tag, why)),)

    return decide(ports, statement_id, overridden)


def _sign_frame(
    desk: Desk, by: Person, *, digest: str, role: str | None, recorded_for: str | None, how: str
) -> Sequence[NewEvent]:
    right = _right(desk, by, role=role, recorded_for=recorded_for)
    if right.records and not how.strip():
        raise InvalidInput("How did the word come?", mend="Say it: by telephone at 14:02, from whom.")
    body = StatementSigned(
        statement=desk.statement.id,
        scope=FRAME,
        role=right.role,
        digest=digest,
        for_role=right.role if right.for_role else "",
        consult=right.consult,
        recorded_for=right.role if right.records else "",
        how=how.strip(),
    )
    sign_off = SignOff(
        person=by.id,
        role=body.role,
        scope=FRAME,
        digest=digest,
        at=desk.situation.now,
        for_role=body.for_role or None,
        consult=body.consult,
        recorded_for=body.recorded_for or None,
        how=body.how,
    )
    return (event(by, body), *approved_after(desk, by, sign_off))


def _right(desk: Desk, by: Person, *, role: str | None, recorded_for: str | None) -> Right:
    """The right by which this person signs now. Raises Refused in words."""
    rights = may_sign(desk.standing.approval, by.id)
    wanted = recorded_for or role
    fitting = [
        right
        for right in rights
        if right.records == (recorded_for is not None) and wanted in (None, right.role)
    ]
    if fitting:
        return fitting[0]
    raise _why_not(desk, by, rights)


def _why_not(desk: Desk, by: Person, rights: tuple[Right, ...]) -> Refused:
    proceedings = _asked(desk)
    if proceedings.submitted_at is None:
        return Refused("Nobody was asked to sign it yet.", mend="Submit it first.")
    if by.id in proceedings.authors:
        return Refused(f"{by.name} wrote in this text: nobody signs their own.", mend="Ask somebody else.")
    if desk.standing.approval.source_signed:
        return Refused("It is signed already.")
    if any(right.records for right in rights):
        return Refused(
            "Nobody signs for an outside role.", mend="Record its word: how it came, and from whom."
        )
    names = dict.fromkeys(
        desk.standing.people.get(one.person, one.person) for one in desk.standing.approval.may_sign
    )
    mend = f"Now it is with: {', '.join(names)}." if names else desk.standing.approval.stuck
    return Refused(f"{by.name} is not asked to sign it now.", mend=mend)


def _review(desk: Desk, by: Person, *, tag: str, digest: str, declares_reading: bool) -> Sequence[NewEvent]:
    proceedings = _asked(desk)
    if not declares_reading:
        raise Refused(f"Only somebody who reads {tag} may sign it off.", mend="Say that you read it.")
    if by.id in proceedings.writers.get(tag, frozenset()):
        raise Refused(f"{by.name} wrote in this text: nobody signs their own.", mend="Ask another reader.")
    if proceedings.submitted_at is None and desk.statement.state is StatementState.DRAFT:
        raise Refused("It is still being written.", mend="Submit it first.")
    body = StatementSigned(desk.statement.id, tag, READER, digest, declares_reading=True)
    sign_off = SignOff(by.id, READER, tag, digest, desk.situation.now, declares_reading=True)
    desk.work.statements.add_review(Review(tag, digest, by.id, desk.situation.wall, "statement"))
    return (event(by, body), *approved_after(desk, by, sign_off))


def _refuse_changed(desk: Desk, tag: str, digest: str) -> None:
    current = desk.standing.digests.of(tag)
    if current is None:
        raise NotFound(f"There is no whole text in {tag}.", mend="Its translation is missing.")
    if current != digest:
        raise Conflict("The text has changed since you read it.", mend="Read it again, then sign.")


def _asked(desk: Desk) -> Proceedings:
    if desk.standing.proceedings is None:
        raise NotFound("It has no chain.")
    return desk.standing.proceedings


def _given(reason: str) -> str:
    if not reason.strip():
        raise InvalidInput("A reason is needed.", mend="Say why, in a sentence.")
    return reason.strip()

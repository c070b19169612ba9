"""What is still to be done about statements: languages to finish, texts to look at again?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from responder.core.incident.event import BroadcastReleased
from responder.core.statement import LanguageState, Statement, StatementState
from responder.core.statement.approval import Approval, assess
from responder.core.terms import OtherLanguages, Urgency
from responder.engine.ports import Ports, Work
from responder.engine.situation.incident import Situation
from responder.engine.situation.statement import proceedings_in, situate_statement, state_of

__all__ = ["Errand", "ErrandKind", "errands_in", "errands_of"]

_ASKED = (StatementState.SUBMITTED, StatementState.APPROVED, StatementState.RELEASED)
_UNFINISHED = (LanguageState.MISSING, LanguageState.UNREVIEWED)


class ErrandKind(StrEnum):
    """Why somebody has to look at a statement once more."""

    LANGUAGE = "language"
    """A language was not ready when the others might go."""
    REVIEW = "review"
    """It went out under a standing approval, and its chain has not looked at it since."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One thing to do, for a role. `since` is incident time. It is done when its reason is gone."""

    kind: ErrandKind
    statement: str
    occurrence: str
    role: str
    since: datetime
    language: str = ""


def errands_in(ports: Ports, work: Work, situation: Situation) -> tuple[Errand, ...]:
    """The errands that are open now, oldest first. Nothing is stored: they follow from what stands."""
    found = [
        errand
        for statement in work.statements.of_incident(situation.incident_id)
        for errand in errands_of(ports, work, situation, statement)
    ]
    return tuple(sorted(found, key=lambda one: (one.since, one.statement, one.language)))


def errands_of(ports: Ports, work: Work, situation: Situation, statement: Statement) -> tuple[Errand, ...]:
    """The errands of one statement."""
    if statement.message not in situation.playbook.messages:
        return ()
    approval, unseen = assess(proceedings_in(work, situation, statement)), False
    if statement.frame.urgency is Urgency.LIFE_SAFETY:
        standing = situate_statement(ports, work, situation, statement.id)
        unseen = standing.standing and not approval.source_signed
        approval = standing.approval
    if state_of(situation, statement, approval) not in _ASKED:
        return ()
    found = _languages(situation, statement, approval)
    return (*found, *(_review(situation, statement) if unseen else ()))


def _languages(situation: Situation, statement: Statement, approval: Approval) -> Iterator[Errand]:
    """Languages that are not ready when the waiting time is over, for who looks after languages."""
    skipped = statement.frame.policy.others is OtherLanguages.SKIP
    since = approval.wait_until
    if since is None or since > situation.now:
        return
    role = situation.city.language_lead or situation.playbook.messages[statement.message].owner
    for tag, it in approval.languages.items():
        if it.state in _UNFINISHED and (it.required or not skipped):
            yield Errand(ErrandKind.LANGUAGE, statement.id, statement.occurrence, role, since, tag)


def _review(situation: Situation, statement: Statement) -> Iterator[Errand]:
    """It was released on its standing approval alone."""
    releases = [
        event.occurred
        for event in situation.incident.of_statement(statement.id)
        if isinstance(event.body, BroadcastReleased)
    ]
    if releases:
        role = situation.playbook.messages[statement.message].owner
        yield Errand(ErrandKind.REVIEW, statement.id, statement.occurrence, role, releases[0])

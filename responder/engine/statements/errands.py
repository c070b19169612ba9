"""What is still to be done about statements: languages to finish, texts to look at again?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from responder.core.incident.event import BroadcastReleased
from responder.core.statement import LanguageState, StatementState
from responder.core.statement.approval import assess
from responder.core.terms import OtherLanguages
from responder.engine.ports import Ports
from responder.engine.situation.incident import Situation, situate
from responder.engine.situation.statement import StatementSituation, situate_statement

__all__ = ["Errand", "ErrandKind", "errands"]

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


def errands(ports: Ports, *, incident_id: str) -> tuple[Errand, ...]:
    """The errands that are open now, oldest first. Nothing is stored: they follow from what stands."""
    found: list[Errand] = []
    with ports.store.read() as work:
        situation = situate(ports, work, incident_id)
        for statement in work.statements.of_incident(incident_id):
            standing = situate_statement(ports, work, situation, statement.id)
            if standing.statement.state in _ASKED:
                found += _languages(situation, standing)
                found += _review(situation, standing)
    return tuple(sorted(found, key=lambda one: (one.since, one.statement, one.language)))


def _languages(situation: Situation, standing: StatementSituation) -> list[Errand]:
    """Languages that are not ready when the waiting time is over, for who looks after languages."""
    statement, approval = standing.statement, standing.approval
    skipped = statement.frame.policy.others is OtherLanguages.SKIP
    since = approval.wait_until
    if since is None or since > situation.now:
        return []
    message = situation.playbook.messages[statement.message]
    role = situation.city.language_lead or message.owner
    return [
        Errand(ErrandKind.LANGUAGE, statement.id, statement.occurrence, role, since, tag)
        for tag, it in approval.languages.items()
        if it.state in _UNFINISHED and (it.required or not skipped)
    ]


def _review(situation: Situation, standing: StatementSituation) -> list[Errand]:
    statement, proceedings = standing.statement, standing.proceedings
    releases = [
        event.occurred
        for event in situation.incident.of_statement(statement.id)
        if isinstance(event.body, BroadcastReleased)
    ]
    if not standing.standing or not releases or proceedings is None or assess(proceedings).source_signed:
        return []
    role = situation.playbook.messages[statement.message].owner
    return [Errand(ErrandKind.REVIEW, statement.id, statement.occurrence, role, releases[0])]

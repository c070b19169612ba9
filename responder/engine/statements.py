"""The desk of statements: draft, edit, submit, sign, return, waive, withdraw, override, review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from responder.core.facts import FactValue
from responder.core.statement import ChannelText, Statement
from responder.core.terms import AudienceDefinition, Channel
from responder.engine.ports import Ports
from responder.engine.ports.people import Person
from responder.engine.situation.statement import StatementSituation

__all__ = [
    "approval_of",
    "draft",
    "edit",
    "fill",
    "list_statements",
    "narrow",
    "override",
    "return_",
    "sign",
    "submit",
    "waive",
    "withdraw",
]


def approval_of(ports: Ports, *, incident_id: str, statement_id: str) -> StatementSituation:
    """How a statement stands now."""
    raise NotImplementedError


def list_statements(ports: Ports, *, incident_id: str) -> Sequence[Statement]:
    """The statements of an incident, oldest first."""
    raise NotImplementedError


def draft(
    ports: Ports,
    *,
    incident_id: str,
    occurrence: str,
    by: Person,
    values: Mapping[str, FactValue] | None = None,
) -> str:
    """Draft the statement of an open message occurrence; returns its id.

    `values` fill variables that nothing else fills; they are unverified.
    """
    raise NotImplementedError


def fill(
    ports: Ports, *, statement_id: str, version: int, values: Mapping[str, FactValue], by: Person
) -> int:
    """Fill in variables and render again; returns the new version. Raises Conflict on an older version."""
    raise NotImplementedError


def edit(
    ports: Ports,
    *,
    statement_id: str,
    version: int,
    language: str,
    channel: Channel,
    text: ChannelText,
    by: Person,
) -> int:
    """Replace one channel's text; returns the new version. Raises Conflict when `version` is not the newest."""
    raise NotImplementedError


def narrow(
    ports: Ports, *, statement_id: str, version: int, audiences: Sequence[AudienceDefinition], by: Person
) -> int:
    """Narrow the audience; it can never be widened. Returns the new version."""
    raise NotImplementedError


def submit(ports: Ports, *, statement_id: str, by: Person) -> StatementSituation:
    """Ask those who sign."""
    raise NotImplementedError


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
    raise NotImplementedError


def return_(ports: Ports, *, statement_id: str, reason: str, by: Person) -> StatementSituation:
    """Send it back to its author; signatures given so far no longer count."""
    raise NotImplementedError


def waive(ports: Ports, *, statement_id: str, role: str, reason: str, by: Person) -> StatementSituation:
    """Waive the late step of an outside role."""
    raise NotImplementedError


def withdraw(ports: Ports, *, statement_id: str, reason: str, by: Person) -> None:
    """Take it back; nothing of it is released any more."""
    raise NotImplementedError


def override(
    ports: Ports, *, statement_id: str, rule: str, language: str, reason: str, by: Person
) -> StatementSituation:
    """Answer by name for a blocking finding, on the text as it stands. `language` "" = the whole statement."""
    raise NotImplementedError

"""What does the engine ask of the store about statements, reviews and standing approvals?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from responder.core.statement import Edition, Statement, StatementState, Texts

__all__ = ["Review", "StandingApproval", "StatementStore"]


@dataclass(frozen=True, slots=True)
class Review:
    """One line of the review ledger: somebody who reads a language signed source and translation.

    `digest` is SHA-256 over both; `what` says in words what it was (`entry`, `statement`).
    `at` is wall time, aware UTC.
    """

    language: str
    digest: str
    person: str
    at: datetime
    what: str = "entry"


@dataclass(frozen=True, slots=True)
class StandingApproval:
    """A signature given in peacetime on a template and its translations, until `expires` (wall time).

    `scope` is `frame` (template and chain) or a language. `digest` covers the template's bytes
    and, for a language, that language's entries. `recorded_for` is the outside role whose word
    `person` wrote down, `how` says how it came.
    """

    id: str
    playbook: str
    message: str
    template: str
    scope: str
    digest: str
    person: str
    role: str
    signed_at: datetime
    expires: datetime
    revoked_at: datetime | None = None
    recorded_for: str = ""
    how: str = ""


class StatementStore(Protocol):
    """The rows of statements, inside one transaction."""

    def add(self, statement: Statement, texts: Texts, first: Texts | None = None) -> None:
        """A new statement with its first version; `first` are the texts of the first readers."""

    def add_version(self, statement: Statement, texts: Texts, first: Texts | None = None) -> None:
        """Append version `statement.version`. Raises Conflict when it is not the next one."""

    def set_state(self, statement_id: str, state: StatementState) -> None:
        """Where it stands, for lists. Raises NotFound."""

    def mark_used(self, statement_id: str, channel: str) -> None:
        """A copied-out channel was used."""

    def get(self, statement_id: str) -> Statement:
        """The newest version. Raises NotFound."""

    def find(self, text: str) -> Statement:
        """By id, or by the beginning or end of an id if only one has it. Raises NotFound."""

    def texts(
        self, statement_id: str, *, version: int | None = None, edition: Edition = Edition.MAIN
    ) -> Texts:
        """The texts of a version; None is the newest. Raises NotFound."""

    def of_incident(self, incident_id: str) -> Sequence[Statement]:
        """Newest versions, oldest statement first."""

    def of_occurrence(self, incident_id: str, occurrence: str) -> Statement | None:
        """The newest statement of an occurrence."""

    def add_review(self, review: Review) -> None:
        """Signing the same digest twice changes nothing."""

    def reviews(self, language: str) -> Mapping[str, Review]:
        """digest → the first review of it."""

    def add_standing(self, approval: StandingApproval) -> None: ...

    def standing(self, playbook: str, message: str) -> Sequence[StandingApproval]:
        """Signatures that were not revoked, oldest first; expired ones too."""

    def all_standing(self) -> Sequence[StandingApproval]:
        """All signatures that were not revoked."""

    def revoke_standing(self, playbook: str, message: str, *, wall: datetime) -> int: ...

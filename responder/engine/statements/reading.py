"""How do statements stand, what waits for whom, and what differs between two versions?"""

from __future__ import annotations

from collections.abc import Sequence

from responder.core.statement import Edition, Statement, Texts
from responder.engine.ports import Ports
from responder.engine.situation.incident import situate
from responder.engine.situation.statement import StatementSituation, situate_statement, statements_of
from responder.engine.statements.steps import look

__all__ = ["approval_of", "find_statement", "list_statements", "open_occurrence", "texts_at"]


def approval_of(ports: Ports, *, incident_id: str, statement_id: str) -> StatementSituation:
    """How a statement stands now. Raises NotFound."""
    return look(ports, incident_id, statement_id)


def find_statement(ports: Ports, *, statement_id: str) -> StatementSituation:
    """How a statement stands now, found by its id, or by the beginning of it if only one begins so."""
    with ports.store.read() as work:
        statement = work.statements.find(statement_id)
        return situate_statement(ports, work, situate(ports, work, statement.incident_id), statement.id)


def list_statements(ports: Ports, *, incident_id: str) -> Sequence[Statement]:
    """The statements of an incident, oldest first."""
    with ports.store.read() as work:
        return statements_of(work, situate(ports, work, incident_id))


def texts_at(ports: Ports, *, statement_id: str, version: int, edition: Edition = Edition.MAIN) -> Texts:
    """The texts of an earlier version. Raises NotFound."""
    with ports.store.read() as work:
        return work.statements.texts(statement_id, version=version, edition=edition)


def open_occurrence(ports: Ports, *, incident_id: str, message: str) -> str | None:
    """The newest open occurrence of a message, None when there is none."""
    with ports.store.read() as work:
        situation = situate(ports, work, incident_id)
    found = [one for one in situation.timeline.occurrences if one.key.entry == message and one.open]
    return str(found[-1].key) if found else None

"""How does the cast bring one statement out, from the press of a button to the release?"""

from __future__ import annotations

from collections.abc import Mapping

from responder.core.statement import FRAME, LanguageState
from responder.core.terms import Mode
from responder.engine import broadcasts, incidents, statements
from responder.engine.incidents import Activation
from responder.engine.people import Person
from responder.engine.ports import Ports
from responder.engine.situation.statement import StatementSituation

__all__ = ["begin", "bring_out", "prepare", "release"]

FACTS = {"incident_type": "attack", "incident_place": "Harbour Hall", "incident_area": ["harbour"]}


def begin(ports: Ports, cast: Mapping[str, Person], *, mode: Mode, playbook: str = "first-hour") -> str:
    """Chen activates."""
    wanted = Activation(
        playbook=playbook,
        mode=mode,
        title="Attack at Harbour Hall",
        facts=FACTS,
        verified=frozenset(FACTS),
        rate=1.0 if mode is Mode.EXERCISE else None,
    )
    return incidents.activate(ports, wanted=wanted, by=cast["Chen"])


def prepare(ports: Ports, cast: Mapping[str, Person], incident_id: str, *, message: str = "holding") -> str:
    """Open the message by hand, draft, submit, sign and review; returns the statement's id."""
    key = incidents.open_entry(ports, incident_id=incident_id, entry=message, by=cast["Bo"])
    statement_id = statements.draft(ports, incident_id=incident_id, occurrence=str(key), by=cast["Bo"])
    statements.submit(ports, statement_id=statement_id, by=cast["Bo"])
    for name in ("Chen", "Amina"):
        sign(ports, incident_id, statement_id, by=cast[name])
    review(ports, incident_id, statement_id, language="es", by=cast["Dara"])
    review(ports, incident_id, statement_id, language="ar", by=cast["Farid"])
    return statement_id


def sign(ports: Ports, incident_id: str, statement_id: str, *, by: Person) -> StatementSituation:
    found = statements.approval_of(ports, incident_id=incident_id, statement_id=statement_id)
    return statements.sign(ports, statement_id=statement_id, scope=FRAME, digest=found.digests.frame, by=by)


def review(
    ports: Ports, incident_id: str, statement_id: str, *, language: str, by: Person
) -> StatementSituation:
    found = statements.approval_of(ports, incident_id=incident_id, statement_id=statement_id)
    assert found.approval.languages[language].state is not LanguageState.MISSING
    return statements.sign(
        ports,
        statement_id=statement_id,
        scope=language,
        digest=found.digests.languages[language],
        by=by,
        declares_reading=True,
    )


def release(ports: Ports, cast: Mapping[str, Person], incident_id: str, statement_id: str) -> str:
    """Bo proposes with the number typed, Chen confirms; returns the broadcast's id."""
    count = broadcasts.preview(ports, incident_id=incident_id, statement_id=statement_id).count
    broadcast = broadcasts.release(
        ports, incident_id=incident_id, statement_id=statement_id, by=cast["Bo"], expected_count=count
    )
    broadcasts.confirm(ports, broadcast_id=broadcast, by=cast["Chen"], expected_count=count)
    return broadcast


def bring_out(ports: Ports, cast: Mapping[str, Person], incident_id: str) -> str:
    """All of it; returns the broadcast's id."""
    return release(ports, cast, incident_id, prepare(ports, cast, incident_id))

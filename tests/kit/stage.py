"""How does a test come to a certain minute of the first hour? The cast acts, through the desks."""

from __future__ import annotations

from kit.world import World
from responder.core.incident import OccurrenceKey
from responder.core.statement import FRAME
from responder.core.terms import Mode
from responder.engine import incidents, statements
from responder.engine.incidents import Activation
from responder.testing.contacts import make_contacts

__all__ = ["activated", "drafted", "signed"]


def activated(world: World, *, mode: Mode = Mode.EXERCISE, contacts: int = 60) -> str:
    """The small playbook has been activated by Chen; what is asked was answered and checked."""
    make_contacts(world.ports.store, world.ports.ciphers, contacts)
    facts = {
        "incident_type": "attack",
        "incident_place": "King Street",
        "avoid_area": ["harbour"],
    }
    wanted = Activation(
        playbook="first-hour",
        mode=mode,
        title="Attack on King Street",
        facts=facts,
        verified=frozenset(facts),
    )
    made = incidents.activate(world.ports, wanted=wanted, by=world.person("Chen"))
    world.wind(minutes=1)
    return made


def drafted(world: World, incident: str) -> str:
    """Everything before the first statement is done; the clock has drafted it. Returns its id."""
    ports, chen, bo = world.ports, world.person("Chen"), world.person("Bo")
    incidents.done(
        ports,
        incident_id=incident,
        occurrence=OccurrenceKey("confirm_report"),
        by=chen,
        note="By phone",
        learned={"police_clearance": "yes"},
        source="Police duty desk",
        verified=True,
    )
    world.wind(minutes=5)
    gate = OccurrenceKey("principles")
    points = incidents.look(ports, incident_id=incident, by=chen).playbook.gates["principles"].checklist
    incidents.answer_gate(
        ports, incident_id=incident, occurrence=gate, answers=dict.fromkeys(points, "yes"), by=chen
    )
    incidents.done(ports, incident_id=incident, occurrence=OccurrenceKey("pause_posts"), by=bo, note="Paused")
    incidents.answer_decision(
        ports, incident_id=incident, occurrence=OccurrenceKey("name_motive"), option="wait", by=chen
    )
    world.wind(minutes=6)
    found = statements.list_statements(ports, incident_id=incident)
    return found[-1].id


def signed(world: World, incident: str, statement: str) -> None:
    """Bo asked, Chen and Amina signed, Farid and Dara read their languages."""
    ports = world.ports
    statements.submit(ports, statement_id=statement, by=world.person("Bo"))
    for name in ("Chen", "Amina"):
        standing = statements.approval_of(ports, incident_id=incident, statement_id=statement)
        rights = [one for one in standing.approval.may_sign if one.person == world.person(name).id]
        if rights:
            statements.sign(
                ports,
                statement_id=statement,
                scope=FRAME,
                digest=standing.digests.frame,
                by=world.person(name),
                role=rights[0].role,
            )
    for name, language in (("Farid", "ar"), ("Dara", "es")):
        standing = statements.approval_of(ports, incident_id=incident, statement_id=statement)
        statements.sign(
            ports,
            statement_id=statement,
            scope=language,
            digest=standing.digests.languages[language],
            by=world.person(name),
            declares_reading=True,
        )

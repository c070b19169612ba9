"""Is a release held while an entry that blocks messages is open?"""

from __future__ import annotations

import pytest

from responder.core.errors import Refused
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.statement import FRAME
from responder.engine import broadcasts, incidents, statements
from tests.integration.test_asking import drafted_statement
from tests.kit.world import World, make_world


@pytest.fixture
def world() -> World:
    return make_world()


def test_a_release_waits_for_what_blocks_messages_also_when_that_opened_later(world: World) -> None:
    standing = drafted_statement(world)
    id_, incident = standing.statement.id, standing.statement.incident_id
    statements.submit(world.ports, statement_id=id_, by=world.person("Bo"))
    signers = (("Chen", FRAME), ("Amina", FRAME), ("Dara", "es"), ("Farid", "ar"))
    for name, scope in signers:
        statements.sign(
            world.ports,
            statement_id=id_,
            scope=scope,
            digest=standing.digests.of(scope) or "",
            by=world.person(name),
            declares_reading=scope != FRAME,
        )
    again = incidents.open_entry(
        world.ports, incident_id=incident, entry="pause_posts", by=world.person("Chen"), reason="Again."
    )
    with pytest.raises(Refused) as refused:
        broadcasts.release(world.ports, incident_id=incident, statement_id=id_, by=world.person("Bo"))
    assert "It waits until this is settled" in refused.value.mend
    incidents.done(world.ports, incident_id=incident, occurrence=again, by=world.person("Bo"), note="Paused.")
    assert again == OccurrenceKey("pause_posts", None, 2)
    assert statements.find_statement(world.ports, statement_id=id_).releasable == ("en", "es", "ar")

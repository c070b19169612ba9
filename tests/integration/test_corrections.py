"""Does a correction go out in the voice, on the channels and to the readers of the error?"""

from __future__ import annotations

import pytest

from responder.core.errors import Refused
from responder.core.statement import FRAME, StatementState
from responder.core.terms import Channel, Mode
from responder.engine import broadcasts, incidents, statements
from responder.engine.incidents import Activation
from responder.engine.situation.statement import StatementSituation
from tests.kit.world import World, make_world

FACTS = {"incident_type": "attack", "incident_place": "Hall", "incident_area": ("harbour",)}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def incident(world: World) -> str:
    wanted = Activation(
        playbook="violent-hate-attack",
        mode=Mode.EXERCISE,
        rate=1.0,
        facts=FACTS,
        verified=frozenset({"incident_type", "incident_place"}),
    )
    made = incidents.activate(world.ports, wanted=wanted, by=world.person("Chen"))
    world.beat()
    return made


def _draft(world: World, incident: str, message: str, **values: str) -> StatementSituation:
    chen = world.person("Chen")
    key = incidents.open_entry(world.ports, incident_id=incident, entry=message, by=chen)
    made = statements.draft(
        world.ports, incident_id=incident, occurrence=str(key), by=chen, values=values or None
    )
    return statements.find_statement(world.ports, statement_id=made)


def _released(world: World, standing: StatementSituation) -> StatementSituation:
    """Signed by everybody who is asked, reviewed in every language, released by two."""
    wanted = {"statement_id": standing.statement.id}
    statements.submit(world.ports, **wanted, by=world.person("Chen"))
    frame = {**wanted, "scope": FRAME, "digest": standing.digests.frame}
    after = statements.sign(world.ports, **frame, by=world.person("Bo"))
    if not after.approval.source_signed:
        statements.sign(
            world.ports, **frame, by=world.person("Amina"), recorded_for="police", how="By telephone."
        )
    for tag, name in (("es", "Dara"), ("ar", "Farid")):
        digest = standing.digests.of(tag) or ""
        statements.sign(
            world.ports, **wanted, scope=tag, digest=digest, by=world.person(name), declares_reading=True
        )
    incident = standing.statement.incident_id
    made = broadcasts.release(
        world.ports, incident_id=incident, statement_id=standing.statement.id, by=world.person("Bo")
    )
    broadcasts.confirm(world.ports, broadcast_id=made, by=world.person("Chen"))
    return statements.find_statement(world.ports, statement_id=standing.statement.id)


def test_a_released_statement_can_not_be_edited_any_more(world: World, incident: str) -> None:
    done = _released(world, _draft(world, incident, "holding"))
    assert done.statement.state is StatementState.RELEASED
    assert set(done.released) == {"en", "es", "ar"}
    assert done.releasable == ()
    with pytest.raises(Refused, match="Already released"):
        statements.edit(
            world.ports,
            statement_id=done.statement.id,
            version=done.statement.version,
            language="en",
            channel=Channel.SMS,
            text=done.texts["es"][Channel.SMS],
            by=world.person("Bo"),
        )


def test_a_correction_takes_voice_channels_and_readers_of_the_error(world: World, incident: str) -> None:
    wrong = _released(world, _draft(world, incident, "holding"))
    right = _draft(
        world, incident, "correction", error_right="La plaza abre.", error_said="The square is closed."
    )
    assert right.statement.corrects == (wrong.statement.id,)
    assert right.statement.frame.channels == wrong.statement.frame.channels
    assert right.statement.frame.messengers == wrong.statement.frame.messengers
    assert right.statement.frame.audiences == wrong.statement.frame.audiences


def test_a_released_correction_marks_the_error(world: World, incident: str) -> None:
    wrong = _released(world, _draft(world, incident, "holding"))
    right = _draft(world, incident, "correction", error_right="It opens.", error_said="It is closed.")
    _released(world, right)
    after = statements.find_statement(world.ports, statement_id=wrong.statement.id)
    assert after.statement.state is StatementState.CORRECTED
    assert after.releasable == ()


def test_what_is_missing_is_asked_of_the_drafter_and_nothing_stands_until_then(
    world: World, incident: str
) -> None:
    _released(world, _draft(world, incident, "holding"))
    empty = _draft(world, incident, "correction")
    assert set(empty.statement.asked) == {"error_right", "error_said"}
    assert empty.texts == {}
    with pytest.raises(Refused, match="filled in"):
        statements.submit(world.ports, statement_id=empty.statement.id, by=world.person("Bo"))
    statements.fill(
        world.ports,
        statement_id=empty.statement.id,
        version=1,
        values={"error_right": "It opens.", "error_said": "It is closed."},
        by=world.person("Bo"),
    )
    assert set(statements.find_statement(world.ports, statement_id=empty.statement.id).texts) == {
        "en",
        "es",
        "ar",
    }


def test_a_newer_statement_takes_the_place_of_the_one_before(world: World, incident: str) -> None:
    first = _released(world, _draft(world, incident, "holding"))
    _released(world, _draft(world, incident, "holding"))
    after = statements.find_statement(world.ports, statement_id=first.statement.id)
    assert after.statement.state is StatementState.SUPERSEDED


def test_a_restricted_name_blocks_the_release(world: World, incident: str) -> None:
    incidents.restrict_names(world.ports, incident_id=incident, names=["Jon Doe"], by=world.person("Chen"))
    wrong = _released(world, _draft(world, incident, "holding"))
    assert not any(one.rule == "perpetrator-named" for one in wrong.findings)
    named = _draft(world, incident, "correction", error_right="It was JÓN  DOE.", error_said="Somebody.")
    assert any(one.blocks and one.rule == "perpetrator-named" for one in named.findings)

"""Does the public page show what was released, not before it left, and as it was frozen?"""

from __future__ import annotations

from pathlib import Path

import pytest
from kit.stage import activated, drafted, signed
from kit.world import World, make_world
from sqlalchemy import text

from responder.content.files import shipped_directory
from responder.core.terms import Channel, Mode
from responder.engine import broadcasts
from responder.engine.ports import Work
from responder.engine.tick import tick
from responder.web.pages.public import Published, released_texts


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The first hour, with a holding statement that leaves time to take it back."""
    mine = tmp_path / "playbooks" / "first-hour.yaml"
    mine.parent.mkdir()
    shipped = (shipped_directory() / "playbooks" / "first-hour.yaml").read_text(encoding="utf-8")
    assert "urgency: urgent" in shipped
    mine.write_text(shipped.replace("urgency: urgent", "urgency: normal"), encoding="utf-8")
    return make_world(directories=(tmp_path,))


@pytest.fixture
def incident(world: World) -> str:
    return activated(world, mode=Mode.LIVE)


@pytest.fixture
def broadcast(world: World, incident: str) -> str:
    """Bo proposed it, Chen confirmed it; the undo window is open."""
    statement = drafted(world, incident)
    signed(world, incident, statement)
    made = broadcasts.release(
        world.ports, incident_id=incident, statement_id=statement, by=world.person("Bo")
    )
    broadcasts.confirm(world.ports, broadcast_id=made, by=world.person("Chen"))
    return made


def _published(world: World, incident: str, work: Work | None = None) -> tuple[Published, ...]:
    if work is not None:
        return released_texts(work, incident)
    with world.ports.store.read() as reading:
        return released_texts(reading, incident)


@pytest.mark.usefixtures("broadcast")
def test_nothing_is_published_while_it_can_be_undone(world: World, incident: str) -> None:
    assert _published(world, incident) == ()
    world.wind(minutes=2)
    (one,) = _published(world, incident)
    assert set(one.texts) == {"en", "es", "ar"}


def test_what_was_undone_was_never_published(world: World, incident: str, broadcast: str) -> None:
    broadcasts.stop(world.ports, broadcast_id=broadcast, by=world.person("Chen"), reason="Wrong street")
    world.wind(minutes=10)
    assert _published(world, incident) == ()


def test_what_is_published_is_what_was_frozen_at_the_release(
    world: World, incident: str, broadcast: str
) -> None:
    world.wind(minutes=2)
    with world.ports.store.begin() as work:
        statement = work.statements.get(work.broadcasts.get(broadcast).statement_id)
        signed_text = work.statements.texts(statement.id)["en"][Channel.WEB]
        assert _published(world, incident, work)[0].texts["en"] == signed_text
        work.connection.execute(text("DELETE FROM statement_texts"))
        assert _published(world, incident, work)[0].texts["en"] == signed_text


def test_a_stop_on_the_way_leaves_the_page_to_a_correction(
    world: World, incident: str, broadcast: str
) -> None:
    with world.ports.store.read() as work:
        starts = work.broadcasts.get(broadcast).starts
    assert starts is not None
    world.clock.wind_to(starts)
    tick(world.ports)
    broadcasts.stop(world.ports, broadcast_id=broadcast, by=world.person("Chen"), reason="Wrong figure")
    assert len(_published(world, incident)) == 1

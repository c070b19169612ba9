"""Who may give the second word, where one person holds every role that may release?"""

from __future__ import annotations

from pathlib import Path

import pytest
from kit.stage import activated, drafted, signed
from kit.world import World, make_world

from responder.content.files import shipped_directory
from responder.core.broadcast import BroadcastState
from responder.core.errors import Refused
from responder.engine import broadcasts

_DEPUTIES = "    deputies:\n      - language_access_lead\n      - incident_lead\n"
_RELEASE = "      by:\n        - comms_lead\n        - incident_lead\n"


@pytest.fixture
def world(tmp_path: Path) -> World:
    """The first hour, with a release that only Bo's role may give."""
    mine = tmp_path / "playbooks" / "first-hour.yaml"
    mine.parent.mkdir()
    text = (shipped_directory() / "playbooks" / "first-hour.yaml").read_text(encoding="utf-8")
    assert _DEPUTIES in text
    assert _RELEASE in text
    text = text.replace(_DEPUTIES, "").replace(_RELEASE, "      by:\n        - comms_lead\n")
    mine.write_text(text, encoding="utf-8")
    return make_world(directories=(tmp_path,))


@pytest.fixture
def proposed(world: World) -> str:
    incident = activated(world)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    return broadcasts.release(
        world.ports, incident_id=incident, statement_id=statement, by=world.person("Bo")
    )


def test_those_on_the_ladder_give_the_second_word(world: World, proposed: str) -> None:
    with pytest.raises(Refused, match="another person"):
        broadcasts.confirm(world.ports, broadcast_id=proposed, by=world.person("Bo"))
    after = broadcasts.confirm(world.ports, broadcast_id=proposed, by=world.person("Chen"))
    assert after.state is not BroadcastState.DRAFT
    assert len(after.words) == 2


def test_who_holds_nothing_never_gives_it(world: World, proposed: str) -> None:
    with pytest.raises(Refused):
        broadcasts.confirm(world.ports, broadcast_id=proposed, by=world.person("Eve"))

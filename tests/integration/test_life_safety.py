"""Does waiting cost no lives, and is nothing sent that nobody signed in peacetime?"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from responder.content.files import shipped_directory
from responder.core.errors import Conflict, InvalidInput, Refused
from responder.core.statement import FRAME, ChannelText, Edition
from responder.core.terms import Channel, Mode
from responder.engine import incidents, statements
from responder.engine.incidents import Activation
from responder.engine.situation.statement import StatementSituation
from responder.engine.statements import Standing
from tests.kit.world import World, make_world

BOOK = {"playbook": "violent-hate-attack", "message": "safety_instruction"}
FACTS = {
    "incident_type": "attack",
    "incident_place": "Hall",
    "incident_area": ("harbour",),
    "safety_action": "stay_inside",
    "safety_area": ("harbour",),
}


@pytest.fixture
def world() -> World:
    return make_world()


def _sign(world: World, name: str, scope: str = FRAME, **more: str) -> Standing:
    now = statements.standing_of(world.ports, **BOOK)
    return statements.sign_standing(
        world.ports,
        **BOOK,
        scope=scope,
        digest=now.digests.of(scope) or "",
        expires=world.clock.now() + timedelta(days=300),
        by=world.person(name),
        declares_reading=scope != FRAME,
        **more,
    )


def _signed(world: World) -> Standing:
    _sign(world, "Bo")
    _sign(world, "Chen", recorded_for="police", how="Letter of the chief of police.")
    return _sign(world, "Dara", "es")


def _asked_for(world: World) -> StatementSituation:
    """Somebody asks for the safety instruction right after the activation."""
    chen, bo = world.person("Chen"), world.person("Bo")
    wanted = Activation(playbook=BOOK["playbook"], mode=Mode.LIVE, facts=FACTS)
    incident = incidents.activate(world.ports, wanted=wanted, by=chen)
    incidents.confirm(world.ports, incident_id=incident, by=bo)
    world.beat()
    key = incidents.open_entry(world.ports, incident_id=incident, entry=BOOK["message"], by=chen)
    made = statements.draft(world.ports, incident_id=incident, occurrence=str(key), by=chen)
    return statements.find_statement(world.ports, statement_id=made)


def test_a_text_signed_in_peacetime_may_go_at_once(world: World) -> None:
    assert _signed(world).given
    standing = _asked_for(world)
    assert standing.standing
    assert standing.releasable == ("en", "es")
    assert standing.obstacles == ()


def test_an_unreviewed_language_goes_beside_the_original_and_says_so(world: World) -> None:
    _signed(world)
    standing = _asked_for(world)
    arabic = standing.notices["ar"][Channel.SMS].text
    assert standing.texts["en"][Channel.SMS].text in arabic
    assert "ابقوا في الداخل" in arabic
    assert arabic.count("\ue000") == 1


def test_without_a_standing_approval_it_waits_for_its_chain(world: World) -> None:
    _sign(world, "Bo")
    standing = _asked_for(world)
    assert not standing.standing
    assert standing.releasable == ()


def test_it_ends_on_its_day(world: World) -> None:
    _signed(world)
    world.clock.wind(timedelta(days=300))
    assert not statements.standing_of(world.ports, **BOOK).given
    assert not _asked_for(world).standing


def test_one_edited_byte_is_not_covered(world: World) -> None:
    _signed(world)
    standing = _asked_for(world)
    text = standing.texts["en"][Channel.SMS].text
    statements.edit(
        world.ports,
        statement_id=standing.statement.id,
        version=1,
        language="en",
        channel=Channel.SMS,
        text=ChannelText(text.replace("now.", "now!")),
        by=world.person("Bo"),
    )
    after = statements.find_statement(world.ports, statement_id=standing.statement.id)
    assert not after.standing
    assert after.releasable == ()


def test_revoking_ends_it(world: World) -> None:
    _signed(world)
    assert statements.revoke_standing(world.ports, **BOOK, by=world.person("Chen")) == 3
    assert not statements.standing_of(world.ports, **BOOK).given


def test_an_outside_word_needs_to_say_how_it_came(world: World) -> None:
    with pytest.raises(InvalidInput, match="How"):
        _sign(world, "Chen", recorded_for="police")


def test_who_may_not_sign_is_refused_and_old_bytes_too(world: World) -> None:
    with pytest.raises(Refused):
        _sign(world, "Eve")
    with pytest.raises(Refused):
        _sign(world, "Amina")
    with pytest.raises(Conflict, match="changed"):
        statements.sign_standing(
            world.ports,
            **BOOK,
            scope=FRAME,
            digest="old",
            expires=world.clock.now() + timedelta(days=1),
            by=world.person("Bo"),
        )


def test_only_life_safety_messages_have_one_and_it_has_an_end(world: World) -> None:
    with pytest.raises(Refused, match="no life-safety"):
        statements.standing_of(world.ports, playbook=BOOK["playbook"], message="holding")
    with pytest.raises(InvalidInput, match="two years"):
        statements.sign_standing(
            world.ports,
            **BOOK,
            scope=FRAME,
            digest="x",
            expires=world.clock.now() + timedelta(days=4_000),
            by=world.person("Bo"),
        )


def _with_first_readers(folder: Path) -> World:
    """Organisations at risk hear the safety instruction before the rest, in words of their own."""
    shipped = shipped_directory()
    name = "playbooks/violent-hate-attack.yaml"
    head, message, rest = (shipped / name).read_text("utf-8").partition("    template: safety_instruction\n")
    first = "    first: {to: at_risk_organisations, wait: 5min, template: before_all}\n"
    rest = rest.replace("audiences: near_scene", "audiences: [at_risk_organisations, near_scene]", 1)
    (folder / "playbooks").mkdir()
    (folder / name).write_text(head + message + first + rest, "utf-8")
    copy = folder / "message_templates" / "before_all"
    shutil.copytree(shipped / "message_templates" / "safety_instruction", copy)
    return make_world(directories=(folder,))


def test_the_words_of_the_first_readers_are_signed_in_peacetime_too(tmp_path: Path) -> None:
    plain = statements.standing_of(make_world().ports, **BOOK)
    world = _with_first_readers(tmp_path)
    assert _signed(world).digests.frame != plain.digests.frame
    standing = _asked_for(world)
    assert standing.standing
    assert set(standing.first_texts) == {"en", "es", "ar"}
    assert set(standing.first_notices) == {"ar"}


def test_one_changed_byte_of_their_template_ends_it(tmp_path: Path) -> None:
    world = _with_first_readers(tmp_path)
    _signed(world)
    template = tmp_path / "message_templates" / "before_all" / "template.yaml"
    template.write_text(template.read_text("utf-8") + "\n", "utf-8")
    again = make_world(directories=(tmp_path,))
    now = statements.standing_of(replace(world.ports, content=again.ports.content), **BOOK)
    assert now.signatures
    assert not now.given


def test_one_edited_byte_for_the_first_readers_is_not_covered(tmp_path: Path) -> None:
    world = _with_first_readers(tmp_path)
    _signed(world)
    standing = _asked_for(world)
    text = standing.first_texts["en"][Channel.SMS].text
    statements.edit(
        world.ports,
        statement_id=standing.statement.id,
        version=1,
        language="en",
        channel=Channel.SMS,
        text=ChannelText(text.replace("now.", "now!")),
        by=world.person("Bo"),
        edition=Edition.FIRST,
    )
    after = statements.find_statement(world.ports, statement_id=standing.statement.id)
    assert not after.standing
    assert after.releasable == ()

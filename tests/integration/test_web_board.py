"""Does the board list what waits, and nothing that waits for nobody?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from kit.stage import activated, drafted
from kit.world import World, make_world

from responder.core.incident import OccurrenceKey
from responder.core.incident.timeline import Occurrence
from responder.core.statement import StatementState
from responder.core.terms import Channel
from responder.engine import incidents, statements
from responder.engine.situation.public import is_public, is_public_message
from responder.web.pages.frames import waiting_statements
from responder.web.pages.promise import next_update
from responder.web.pages.queries import Desk, open_desk
from responder.web.pages.shapes import state_of
from responder.web.words import SOURCE, Words, load_words


@pytest.fixture
def world() -> World:
    return make_world()


def _words(world: World, desk: Desk) -> Words:
    return load_words(SOURCE, content=world.ports.content, zone=desk.situation.city.calendar.zone)


def test_a_draft_whose_message_was_skipped_waits_for_nobody(world: World) -> None:
    incident, chen = activated(world), world.person("Chen")
    statement = drafted(world, incident)
    desk = open_desk(world.ports, incident, chen)
    assert [one.id for one in waiting_statements(desk)] == [statement]
    incidents.skip(
        world.ports,
        incident_id=incident,
        occurrence=OccurrenceKey("holding"),
        reason="Police asked us to wait",
        by=chen,
    )
    assert not waiting_statements(open_desk(world.ports, incident, chen))


def test_a_few_seconds_are_not_called_late(world: World) -> None:
    incident = activated(world)
    desk = open_desk(world.ports, incident, world.person("Chen"))
    words = _words(world, desk)
    one: Occurrence = desk.situation.timeline.open[0]
    due = desk.situation.now
    dated = replace(one, due=due, acknowledged=None)
    assert state_of(words, dated, due + timedelta(seconds=59)).mark != "late"
    late = state_of(words, dated, due + timedelta(seconds=61))
    assert (late.mark, late.word) == ("late", "Late 1 min")


def test_only_what_everybody_can_read_keeps_the_promise(world: World) -> None:
    incident = activated(world)
    statement = drafted(world, incident)
    desk = open_desk(world.ports, incident, world.person("Chen"))
    playbook, message = desk.situation.playbook, desk.situation.playbook.messages["holding"]
    assert is_public_message(playbook, message)
    for_partners = message.model_copy(update={"channels": (Channel.EMAIL,)})
    assert not is_public_message(playbook, for_partners)
    public = next(one for one in desk.statements if one.id == statement)
    assert is_public(public)
    by_email = replace(public, frame=replace(public.frame, channels=(Channel.EMAIL,)))
    assert not is_public(by_email)

    shown = next_update(_words(world, desk), desk)
    assert shown.href.endswith(statement)
    quiet = playbook.model_copy(update={"messages": {**playbook.messages, "holding": for_partners}})
    for_few = replace(desk, situation=replace(desk.situation, playbook=quiet))
    assert next_update(_words(world, desk), for_few).sentence == "No public message is open now."


def test_a_statement_that_waits_for_signatures_is_not_called_a_draft(world: World) -> None:
    incident = activated(world)
    statement = drafted(world, incident)
    statements.submit(world.ports, statement_id=statement, by=world.person("Bo"))
    desk = open_desk(world.ports, incident, world.person("Chen"))
    assert [one.state for one in waiting_statements(desk)] == [StatementState.SUBMITTED]
    assert "waits for signatures" in next_update(_words(world, desk), desk).sentence

"""Are those who must sign, translate or look again told of it, once, and when they are late?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from responder.content.files import FileContent
from responder.core.incident.event import ActorKind, StatementApproved
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.playbook.entries import PRINCIPLES
from responder.core.statement import FRAME
from responder.core.terms import Mode
from responder.engine import incidents, statements
from responder.engine.incidents import Activation
from responder.engine.ports.incidents import CallRow, CallState
from responder.engine.situation import Situation, situate
from responder.engine.situation.statement import StatementSituation
from responder.engine.tick import tick
from responder.web.pages.board import errand_rows
from responder.web.pages.queries import open_desk
from responder.web.words import load_words
from tests.kit.world import World, make_world

FACTS = {"incident_type": "attack", "incident_place": "Harbour Hall", "incident_area": ("harbour",)}


def drafted_statement(world: World, said: str = "first-hour") -> StatementSituation:
    chen = world.person("Chen")
    wanted = Activation(
        playbook=said,
        mode=Mode.EXERCISE,
        rate=1.0,
        facts=FACTS,
        verified=frozenset(FACTS) - {"incident_area"},
    )
    made = incidents.activate(world.ports, wanted=wanted, by=chen)
    world.beat()
    ticked = {"source": True, "still_on": True}
    incidents.done(
        world.ports,
        incident_id=made,
        occurrence=OccurrenceKey("confirm_report"),
        by=chen,
        checklist=ticked,
        note="By telephone.",
    )
    world.beat()
    incidents.answer_gate(
        world.ports,
        incident_id=made,
        occurrence=OccurrenceKey("principles"),
        answers=dict.fromkeys(PRINCIPLES, "yes"),
        by=chen,
    )
    world.wind(minutes=6)
    incidents.done(
        world.ports,
        incident_id=made,
        occurrence=OccurrenceKey("pause_posts"),
        by=world.person("Bo"),
        note="x",
    )
    world.wind(minutes=6)
    (statement,) = statements.list_statements(world.ports, incident_id=made)
    return statements.approval_of(world.ports, incident_id=made, statement_id=statement.id)


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def submitted(world: World) -> StatementSituation:
    drafted = drafted_statement(world)
    return statements.submit(world.ports, statement_id=drafted.statement.id, by=world.person("Bo"))


def _sign(world: World, standing: StatementSituation, name: str) -> None:
    digest = standing.digests.of(FRAME) or ""
    statements.sign(
        world.ports,
        statement_id=standing.statement.id,
        scope=FRAME,
        digest=digest,
        by=world.person(name),
    )


def _calls(world: World, standing: StatementSituation, kind: str) -> list[CallRow]:
    with world.ports.store.read() as work:
        found = work.incidents.calls(standing.statement.incident_id)
    return [call for call in found if call.occurrence.startswith(f"{kind}.")]


def _names(world: World, calls: list[CallRow]) -> list[str]:
    names = {person.id: name for name, person in world.people.items()}
    return [names[call.person] for call in calls]


def _look(world: World, standing: StatementSituation) -> Situation:
    with world.ports.store.read() as work:
        return situate(world.ports, work, standing.statement.incident_id)


def test_who_must_sign_is_called_when_asked_and_once(world: World, submitted: StatementSituation) -> None:
    world.beat()
    world.beat()
    assert _names(world, _calls(world, submitted, "sign")) == ["Bo", "Chen"]


def test_a_signed_step_closes_its_calls_and_asks_the_next(
    world: World, submitted: StatementSituation
) -> None:
    world.beat()
    _sign(world, submitted, "Chen")
    world.beat()
    calls = _calls(world, submitted, "sign")
    assert _names(world, calls) == ["Bo", "Chen", "Amina"]
    assert [call.state is CallState.CLOSED for call in calls] == [True, True, False]


def test_when_a_step_is_late_those_who_gain_the_right_are_called_at_that_moment(
    world: World, submitted: StatementSituation
) -> None:
    late = _look(world, submitted).now + timedelta(minutes=10)
    world.beat()
    world.clock.wind(timedelta(minutes=9))
    beat = tick(world.ports)
    assert len(_calls(world, submitted, "sign")) == 2
    assert beat is not None
    assert beat <= late
    world.clock.wind(timedelta(minutes=1))
    tick(world.ports)
    tick(world.ports)
    approval = statements.find_statement(world.ports, statement_id=submitted.statement.id).approval
    late_calls = _calls(world, submitted, "sign")[2:]
    assert {call.person for call in late_calls} == {right.person for right in approval.may_sign}
    assert len(late_calls) == len({call.person for call in late_calls})
    world.wind(hours=2)
    assert len(_calls(world, submitted, "sign")) == 2 + len(late_calls)


def test_calls_to_sign_hold_no_word_of_the_text(world: World, submitted: StatementSituation) -> None:
    world.beat()
    texts = [one.text for one in world.exercise_sms.taken if one.delivery.startswith("call-")]
    assert texts
    assert not [text for text in texts if "Harbour" in text or not text.startswith(("EXERCISE", "تمرين"))]


def test_languages_that_are_late_call_who_looks_after_languages_once(
    world: World, submitted: StatementSituation
) -> None:
    _sign(world, submitted, "Chen")
    _sign(world, submitted, "Amina")
    world.beat()
    assert not _calls(world, submitted, "language")
    world.wind(minutes=10)
    world.wind(hours=1)
    assert _names(world, _calls(world, submitted, "language")) == ["Farid"]


CHAINS = {
    "hold": "  two: {steps: incident_lead, within: 10min, if_late: hold}\n",
    "consult": "  two: {steps: [incident_lead, {consult: mayor, within: 5min}], within: 10min}\n",
}


def _submitted_under(chain: str, folder: Path) -> tuple[World, StatementSituation]:
    shipped = FileContent().read("playbooks/first-hour.yaml").decode()
    before, _, rest = shipped.partition("\napprovals:\n")
    rest = rest[rest.index("\nexercises:") :]
    (folder / "playbooks").mkdir()
    path = folder / "playbooks" / "first-hour.yaml"
    path.write_text(f"{before}\napprovals:\n{CHAINS[chain]}{rest}", encoding="utf-8")
    world = make_world(directories=(folder,))
    standing = drafted_statement(world)
    return world, statements.submit(world.ports, statement_id=standing.statement.id, by=world.person("Bo"))


def test_a_chain_that_holds_reminds_the_same_people_again_and_again_but_not_for_ever(tmp_path: Path) -> None:
    world, submitted = _submitted_under("hold", tmp_path)
    world.wind(minutes=21)
    assert _names(world, _calls(world, submitted, "sign")) == ["Chen", "Chen", "Chen"]
    world.wind(hours=4)
    assert _names(world, _calls(world, submitted, "sign")) == ["Chen"] * 7


def test_a_consult_that_lapses_is_written_down_as_the_approval_it_completes(tmp_path: Path) -> None:
    world, submitted = _submitted_under("consult", tmp_path)
    _sign(world, submitted, "Chen")
    signed = _look(world, submitted).now
    world.wind(minutes=4)
    assert not _approvals(world, submitted)
    world.wind(minutes=10)
    assert [(event.body.scope, event.actor.kind) for event in _approvals(world, submitted)] == [
        (FRAME, ActorKind.CLOCK)
    ]
    assert _approvals(world, submitted)[0].occurred == signed + timedelta(minutes=5)
    record = _look(world, submitted).incident.occurrences[OccurrenceKey.parse(submitted.statement.occurrence)]
    assert record.signed is not None


def _approvals(world: World, standing: StatementSituation) -> list[Any]:
    events = _look(world, standing).incident.of_statement(standing.statement.id)
    return [event for event in events if isinstance(event.body, StatementApproved)]


def test_languages_that_are_late_stand_among_the_tasks(world: World, submitted: StatementSituation) -> None:
    _sign(world, submitted, "Chen")
    _sign(world, submitted, "Amina")
    world.wind(minutes=10)
    desk = open_desk(world.ports, submitted.statement.incident_id, world.person("Farid"))
    words = load_words("en", content=world.ports.content, zone=desk.situation.calendar.zone)
    titles = [row.title for row in errand_rows(words, desk, {"language_access_lead"})]
    assert titles == ["Finish in Arabic: First statement", "Finish in Spanish: First statement"]
    assert errand_rows(words, desk, {"mayor"}) == ()

"""Does a statement come from the clock's draft to languages that may be released, and only rightly?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from responder.content.files import FileContent
from responder.core.errors import Conflict, InvalidInput, NotFound, Refused
from responder.core.incident.event import StatementApproved
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.playbook.entries import PRINCIPLES
from responder.core.statement import FRAME, ChannelText, Severity, StatementState
from responder.core.statement.plain import text_of_html
from responder.core.terms import Channel, Mode
from responder.engine import incidents, statements
from responder.engine.incidents import Activation
from responder.engine.situation import situate
from responder.engine.situation.statement import StatementSituation
from tests.kit.world import World, make_world

VERIFIED = frozenset({"incident_type", "incident_place"})
FACTS = {"incident_type": "attack", "incident_place": "Harbour Hall", "incident_area": ("harbour",)}


@pytest.fixture
def world() -> World:
    return make_world()


@pytest.fixture
def incident(world: World) -> str:
    """The first hour, ten minutes in: the holding statement has been drafted."""
    chen, bo = world.person("Chen"), world.person("Bo")
    wanted = Activation(playbook="first-hour", mode=Mode.EXERCISE, rate=1.0, facts=FACTS, verified=VERIFIED)
    made = incidents.activate(world.ports, wanted=wanted, by=chen)
    world.beat()
    done = {"incident_id": made, "note": "Confirmed by telephone."}
    ticked = {"source": True, "still_on": True}
    incidents.done(world.ports, occurrence=OccurrenceKey("confirm_report"), by=chen, checklist=ticked, **done)
    world.beat()
    answers = dict.fromkeys(PRINCIPLES, "yes")
    incidents.answer_gate(
        world.ports, incident_id=made, occurrence=OccurrenceKey("principles"), answers=answers, by=chen
    )
    world.wind(minutes=6)
    incidents.done(world.ports, occurrence=OccurrenceKey("pause_posts"), by=bo, **done)
    world.wind(minutes=6)
    return made


@pytest.fixture
def drafted(world: World, incident: str) -> StatementSituation:
    (statement,) = statements.list_statements(world.ports, incident_id=incident)
    return statements.approval_of(world.ports, incident_id=incident, statement_id=statement.id)


def _sign(world: World, standing: StatementSituation, name: str, scope: str = FRAME) -> StatementSituation:
    return statements.sign(
        world.ports,
        statement_id=standing.statement.id,
        scope=scope,
        digest=standing.digests.of(scope) or "",
        by=world.person(name),
        declares_reading=scope != FRAME,
    )


def _approved(world: World, standing: StatementSituation) -> StatementSituation:
    statements.submit(world.ports, statement_id=standing.statement.id, by=world.person("Bo"))
    for name, scope in (("Chen", FRAME), ("Amina", FRAME), ("Dara", "es"), ("Farid", "ar")):
        standing = _sign(world, standing, name, scope)
    return standing


def _edit(world: World, standing: StatementSituation, language: str, name: str = "Bo") -> StatementSituation:
    before = standing.texts[language][Channel.SMS]
    statements.edit(
        world.ports,
        statement_id=standing.statement.id,
        version=standing.statement.version,
        language=language,
        channel=Channel.SMS,
        text=ChannelText(before.text.replace("\n", "\n\n", 1)),
        by=world.person(name),
    )
    return statements.find_statement(world.ports, statement_id=standing.statement.id)


def test_the_clock_drafts_in_every_language_and_signs_nothing(drafted: StatementSituation) -> None:
    assert drafted.statement.author is None
    assert drafted.statement.state is StatementState.DRAFT
    assert set(drafted.texts) == {"en", "es", "ar"}
    assert drafted.releasable == ()
    assert not [one for one in drafted.findings if one.severity is Severity.BLOCK]
    assert all(
        text[Channel.SMS].text.startswith(("EXERCISE", "SIMULACRO", "تمرين", "تدريب"))
        for text in drafted.texts.values()
    )


def test_a_statement_is_drafted_once(world: World, incident: str, drafted: StatementSituation) -> None:
    again = statements.draft(
        world.ports, incident_id=incident, occurrence=drafted.statement.occurrence, by=world.person("Bo")
    )
    assert again == drafted.statement.id


def test_two_signatures_and_two_readers_make_it_releasable(world: World, drafted: StatementSituation) -> None:
    done = _approved(world, drafted)
    assert done.releasable == ("en", "es", "ar")
    assert done.statement.state is StatementState.APPROVED
    with world.ports.store.read() as work:
        situation = situate(world.ports, work, done.statement.incident_id)
    scopes = [one.body.scope for one in situation.incident.events if isinstance(one.body, StatementApproved)]
    assert scopes == [FRAME, "es", "ar"]


def test_texts_never_enter_the_log(world: World, drafted: StatementSituation) -> None:
    done = _approved(world, drafted)
    with world.ports.store.read() as work:
        situation = situate(world.ports, work, done.statement.incident_id)
    assert "We are with everyone" not in repr(situation.incident.events)


def test_nobody_signs_before_it_is_submitted(world: World, drafted: StatementSituation) -> None:
    with pytest.raises(Refused, match="Nobody was asked"):
        _sign(world, drafted, "Chen")


def test_an_author_does_not_sign(world: World, drafted: StatementSituation) -> None:
    edited = _edit(world, drafted, "en", "Chen")
    statements.submit(world.ports, statement_id=edited.statement.id, by=world.person("Bo"))
    with pytest.raises(Refused, match="nobody signs their own"):
        _sign(world, edited, "Chen")


def test_a_viewer_may_do_nothing(world: World, drafted: StatementSituation) -> None:
    for act in (
        lambda: statements.submit(world.ports, statement_id=drafted.statement.id, by=world.person("Eve")),
        lambda: _sign(world, drafted, "Eve"),
        lambda: _sign(world, drafted, "Eve", "es"),
        lambda: _edit(world, drafted, "en", "Eve"),
    ):
        with pytest.raises(Refused):
            act()


def test_a_signature_on_an_older_text_is_refused(world: World, drafted: StatementSituation) -> None:
    statements.submit(world.ports, statement_id=drafted.statement.id, by=world.person("Bo"))
    _edit(world, drafted, "en")
    with pytest.raises(Conflict, match="has changed"):
        _sign(world, drafted, "Chen")


def test_an_edit_of_an_older_version_is_refused(world: World, drafted: StatementSituation) -> None:
    _edit(world, drafted, "en")
    with pytest.raises(Conflict, match="version 1"):
        _edit(world, drafted, "en")


def test_an_edited_translation_loses_its_own_sign_off_only(world: World, drafted: StatementSituation) -> None:
    done = _edit(world, _approved(world, drafted), "es")
    assert done.approval.approved_languages == ("en", "ar")
    with pytest.raises(Refused, match="nobody signs their own"):
        _sign(world, done, "Bo", "es")


def test_an_edited_source_loses_every_sign_off(world: World, drafted: StatementSituation) -> None:
    done = _edit(world, _approved(world, drafted), "en")
    assert done.approval.approved_languages == ()
    assert done.releasable == ()


def test_a_narrowed_audience_asks_the_chain_again(world: World, drafted: StatementSituation) -> None:
    done = _approved(world, drafted)
    fewer = [one for one in done.statement.frame.audiences if one.id == "partners"]
    statements.narrow(
        world.ports,
        statement_id=done.statement.id,
        version=done.statement.version,
        audiences=fewer,
        by=world.person("Bo"),
    )
    after = statements.find_statement(world.ports, statement_id=done.statement.id)
    assert after.approval.approved_languages == ()
    again = _sign(world, _sign(world, after, "Chen"), "Amina")
    assert again.approval.approved_languages == ("en", "es", "ar")


def test_an_audience_can_not_be_widened(world: World, drafted: StatementSituation) -> None:
    residents = drafted.statement.frame.audiences[0]
    for wide in ([replace(residents, lists=("residents", "families"))], []):
        with pytest.raises((Refused, InvalidInput)):
            statements.narrow(
                world.ports,
                statement_id=drafted.statement.id,
                version=1,
                audiences=wide,
                by=world.person("Bo"),
            )


def test_a_reader_must_declare_to_read_the_language(world: World, drafted: StatementSituation) -> None:
    statements.submit(world.ports, statement_id=drafted.statement.id, by=world.person("Bo"))
    with pytest.raises(Refused, match="reads es"):
        statements.sign(
            world.ports,
            statement_id=drafted.statement.id,
            scope="es",
            digest=drafted.digests.of("es") or "",
            by=world.person("Dara"),
        )


def test_a_return_asks_for_new_signatures(world: World, drafted: StatementSituation) -> None:
    done = _approved(world, drafted)
    back = statements.return_(
        world.ports, statement_id=done.statement.id, reason="Too long.", by=world.person("Chen")
    )
    assert back.statement.state is StatementState.DRAFT
    assert back.reason == "Too long."
    again = statements.submit(world.ports, statement_id=done.statement.id, by=world.person("Bo"))
    assert not again.approval.source_signed
    assert again.approval.languages["es"].state.value == "waiting"


def test_a_withdrawn_statement_can_not_be_signed(world: World, drafted: StatementSituation) -> None:
    statements.withdraw(
        world.ports, statement_id=drafted.statement.id, reason="Wrong.", by=world.person("Bo")
    )
    with pytest.raises(Refused, match="withdrawn"):
        _sign(world, drafted, "Chen")
    after = statements.find_statement(world.ports, statement_id=drafted.statement.id)
    assert after.statement.state is StatementState.WITHDRAWN


def _with_motive(world: World, standing: StatementSituation) -> StatementSituation:
    before = standing.texts["en"][Channel.SMS]
    statements.edit(
        world.ports,
        statement_id=standing.statement.id,
        version=standing.statement.version,
        language="en",
        channel=Channel.SMS,
        text=ChannelText(f"{before.text} It was a terrorist."),
        by=world.person("Bo"),
    )
    return statements.find_statement(world.ports, statement_id=standing.statement.id)


def test_a_blocking_finding_is_answered_for_by_name_and_only_for_this_text(
    world: World, drafted: StatementSituation
) -> None:
    bad = _with_motive(world, drafted)
    assert any(one.blocks and one.rule == "motive-asserted" for one in bad.findings)
    wanted = {"statement_id": bad.statement.id, "rule": "motive-asserted", "language": "en"}
    with pytest.raises(Refused, match="wrote this text"):
        statements.override(world.ports, by=world.person("Bo"), reason="Known.", **wanted)
    with pytest.raises(InvalidInput, match="reason"):
        statements.override(world.ports, by=world.person("Chen"), reason=" ", **wanted)
    after = statements.override(world.ports, by=world.person("Chen"), reason="Police said so.", **wanted)
    assert not any(one.blocks and one.rule == "motive-asserted" for one in after.findings)
    changed = _edit(world, after, "en")
    assert any(one.blocks and one.rule == "motive-asserted" for one in changed.findings)


def test_a_text_of_an_exercise_typed_without_the_prefix_gets_it(
    world: World, drafted: StatementSituation
) -> None:
    for version, (tag, start) in enumerate((("en", "EXERCISE"), ("es", "SIMULACRO"), ("ar", "تمرين")), 1):
        statements.edit(
            world.ports,
            statement_id=drafted.statement.id,
            version=version,
            language=tag,
            channel=Channel.EMAIL,
            text=ChannelText("A text.", "A subject"),
            by=world.person("Bo"),
        )
        after = statements.find_statement(world.ports, statement_id=drafted.statement.id)
        said = after.texts[tag][Channel.EMAIL]
        assert said.text.startswith(start)
        assert said.subject.startswith(start)
        assert text_of_html(said.html).startswith(start)


def test_what_the_drafter_fills_in_is_rendered_in_every_language(
    world: World, drafted: StatementSituation
) -> None:
    version = statements.fill(
        world.ports,
        statement_id=drafted.statement.id,
        version=1,
        values={"next_update_at": "2027-03-01 03:30"},
        by=world.person("Bo"),
    )
    after = statements.find_statement(world.ports, statement_id=drafted.statement.id)
    assert version == after.statement.version == 2
    assert all("03:30" in texts[Channel.SMS].text for texts in after.texts.values())
    assert statements.texts_at(world.ports, statement_id=drafted.statement.id, version=1) == drafted.texts


def test_an_unknown_variable_is_refused_with_the_nearest_name(
    world: World, drafted: StatementSituation
) -> None:
    with pytest.raises(InvalidInput, match="next_update_at"):
        statements.fill(
            world.ports,
            statement_id=drafted.statement.id,
            version=1,
            values={"next_update": "x"},
            by=world.person("Bo"),
        )


def test_texts_written_by_hand_are_not_lost_unasked(world: World, drafted: StatementSituation) -> None:
    edited = _edit(world, drafted, "en")
    with pytest.raises(Refused, match="by hand"):
        statements.fill(
            world.ports, statement_id=edited.statement.id, version=2, values={}, by=world.person("Bo")
        )


def test_typed_tags_never_become_html(world: World, drafted: StatementSituation) -> None:
    before = drafted.texts["en"][Channel.EMAIL]
    evil = ChannelText(f"{before.text}\n<script>x</script>", "A\r\nBcc: x@example.com", "<script>y</script>")
    statements.edit(
        world.ports,
        statement_id=drafted.statement.id,
        version=1,
        language="en",
        channel=Channel.EMAIL,
        text=evil,
        by=world.person("Bo"),
    )
    after = statements.find_statement(world.ports, statement_id=drafted.statement.id)
    said = after.texts["en"][Channel.EMAIL]
    assert "<script" not in said.html
    assert "\n" not in said.subject


def test_readers_whose_language_is_not_ready_get_the_source_text(
    world: World, drafted: StatementSituation
) -> None:
    notice = drafted.notices["ar"][Channel.SMS].text
    assert notice == drafted.texts["en"][Channel.SMS].text
    items = statements.to_review(world.ports, language="ar")
    lines = [item.digest for item in items if item.where.endswith("notice")]
    statements.review(
        world.ports, language="ar", digests=lines, by=world.person("Farid"), declares_reading=True
    )
    after = statements.find_statement(world.ports, statement_id=drafted.statement.id)
    longer = after.notices["ar"][Channel.SMS].text
    assert longer.endswith(notice)
    assert longer != notice
    assert "+447700900112" in longer


def test_after_the_wait_ready_languages_may_go_and_late_ones_later(
    world: World, drafted: StatementSituation
) -> None:
    statements.submit(world.ports, statement_id=drafted.statement.id, by=world.person("Bo"))
    standing = _sign(world, _sign(world, drafted, "Chen"), "Amina")
    assert standing.releasable == ()
    world.clock.wind(timedelta(minutes=10))
    assert statements.find_statement(world.ports, statement_id=drafted.statement.id).releasable == ("en",)


def test_a_statement_is_found_by_the_end_of_its_id(world: World, drafted: StatementSituation) -> None:
    found = statements.find_statement(world.ports, statement_id=drafted.statement.id[-3:])
    assert found.statement.id == drafted.statement.id
    with pytest.raises(NotFound):
        statements.find_statement(world.ports, statement_id="%")


def test_the_ledger_keeps_who_reviewed_what(world: World, drafted: StatementSituation) -> None:
    before = {one.language: one.reviewed for one in statements.progress_of(world.ports)}
    items = statements.to_review(world.ports, language="es", template="holding")
    with pytest.raises(Refused):
        statements.review(
            world.ports,
            language="es",
            digests=[items[0].digest],
            by=world.person("Dara"),
            declares_reading=False,
        )
    chosen = [item.digest for item in items[:3]]
    statements.review(
        world.ports, language="es", digests=chosen, by=world.person("Dara"), declares_reading=True
    )
    after = {one.language: one.reviewed for one in statements.progress_of(world.ports)}
    assert after["es"] == before["es"] + len([item for item in items[:3] if "words.yaml" not in item.where])


def test_shipped_templates_have_no_problems(world: World) -> None:
    assert [one for one in statements.check_languages(world.ports) if not one.advice] == []


def test_the_sentences_of_templates_are_extracted(world: World) -> None:
    assert b'msgid "What we know"' in statements.extract(world.ports)


def test_a_language_that_is_late_becomes_an_errand_of_the_language_lead(
    world: World, drafted: StatementSituation
) -> None:
    statements.submit(world.ports, statement_id=drafted.statement.id, by=world.person("Bo"))
    _sign(world, _sign(world, drafted, "Chen"), "Amina")
    incident = drafted.statement.incident_id
    assert statements.errands(world.ports, incident_id=incident) == ()
    world.clock.wind(timedelta(minutes=10))
    found = statements.errands(world.ports, incident_id=incident)
    assert [(one.language, one.role) for one in found] == [
        ("ar", "language_access_lead"),
        ("es", "language_access_lead"),
    ]
    _sign(world, drafted, "Dara", "es")
    assert [one.language for one in statements.errands(world.ports, incident_id=incident)] == ["ar"]


def test_a_mended_translation_is_offered_and_never_applied_unasked(
    tmp_path: Path, world: World, drafted: StatementSituation
) -> None:
    catalogue = "locales/es/LC_MESSAGES/broadcast.po"
    mended = (
        world.ports.content.read(catalogue)
        .decode()
        .replace("Ha habido un ataque violento.", "Hubo un ataque.")
    )
    (tmp_path / catalogue).parent.mkdir(parents=True)
    (tmp_path / catalogue).write_text(mended, encoding="utf-8")
    ports = replace(world.ports, content=FileContent(directories=(tmp_path,)))
    wanted = {"statement_id": drafted.statement.id}
    assert set(statements.offered_mends(ports, **wanted)) == {"es"}
    assert statements.find_statement(ports, **wanted).texts == drafted.texts
    statements.accept_mend(ports, **wanted, version=1, language="es", by=world.person("Bo"))
    after = statements.find_statement(ports, **wanted)
    assert "Hubo un ataque." in after.texts["es"][Channel.SMS].text
    assert statements.offered_mends(ports, **wanted) == {}

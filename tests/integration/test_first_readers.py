"""Do those who hear it first get their own words, signed with the rest, and nobody else's?"""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial
from html import unescape
from pathlib import Path

import pytest
from kit.stage import activated, drafted, signed
from kit.world import World, make_world
from starlette.testclient import TestClient

from responder.content.files import FileContent, shipped_directory
from responder.core.broadcast import Broadcast, BroadcastState, Part
from responder.core.errors import InvalidInput, Refused
from responder.core.statement import ChannelText, Edition, StatementState
from responder.core.terms import Channel, Mode
from responder.db.store_mailbox import SqlMailbox
from responder.engine import broadcasts, incidents, statements
from responder.engine.people import OPERATOR, sign_in_link
from responder.engine.ports.broadcasts import FrozenText
from responder.engine.situation.statement import StatementSituation
from responder.testing.contacts import Mix, make_contacts
from responder.web.server import make_app

FIRST = """\
    first:
      to: partners
      wait: 30min
      template: partners
    approval: two
"""
CORRECTION = """\
  correction:
    name: Our error
    owner: comms_lead
    at: request
    template: correction
    purpose: inform
    corrects: any
    approval: two
    languages:
      required: en
    release:
      by:
        - comms_lead
        - incident_lead
      persons: 2
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The first hour, whose holding statement partners hear half an hour before residents do."""
    mine = tmp_path / "playbooks" / "first-hour.yaml"
    mine.parent.mkdir()
    shipped = (shipped_directory() / "playbooks" / "first-hour.yaml").read_text(encoding="utf-8")
    before, message, after = shipped.partition("    template: holding\n")
    after = after.replace("    approval: two\n", FIRST, 1)
    head, messages, rest = (before + message + after).partition("\nmessages:\n")
    assert messages
    mine.write_text(head + messages + CORRECTION + rest, encoding="utf-8")
    return tmp_path


@pytest.fixture
def world(folder: Path) -> World:
    return make_world(directories=(folder,))


@pytest.fixture
def incident(world: World) -> str:
    """Ninety residents; thirty of them are partners as well, and some of each read Arabic only."""
    languages = ((("en",), 55), (("ar",), 45))
    mix = Mix(languages=languages, lists=("residents", "partners"), email=100)
    make_contacts(world.ports.store, world.ports.ciphers, 90, mix=mix)
    return activated(world, mode=Mode.LIVE, contacts=0)


@pytest.fixture
def statement(world: World, incident: str) -> str:
    return drafted(world, incident)


def _look(world: World, statement: str) -> StatementSituation:
    return statements.find_statement(world.ports, statement_id=statement)


def _edit(world: World, statement: str, language: str, edition: Edition) -> StatementSituation:
    now = _look(world, statement)
    before = now.texts_of(edition)[language][Channel.SMS]
    statements.edit(
        world.ports,
        statement_id=statement,
        version=now.statement.version,
        language=language,
        channel=Channel.SMS,
        text=ChannelText(f"{before.text} !"),
        by=world.person("Bo"),
        edition=edition,
    )
    return _look(world, statement)


def _release(
    world: World, incident: str, statement: str, languages: tuple[str, ...] | None = None
) -> list[Broadcast]:
    """Bo proposes, Chen confirms. Returns the broadcasts this made, those who hear it first in front."""
    with world.ports.store.read() as work:
        before = {item.id for item in work.broadcasts.of_statement(statement)}
    made = broadcasts.release(
        world.ports, incident_id=incident, statement_id=statement, by=world.person("Bo"), languages=languages
    )
    broadcasts.confirm(world.ports, broadcast_id=made, by=world.person("Chen"))
    with world.ports.store.read() as work:
        found = [item for item in work.broadcasts.of_statement(statement) if item.id not in before]
    return sorted(found, key=lambda item: item.part is not Part.FIRST)


def _frozen(world: World, broadcast: Broadcast) -> dict[tuple[Channel, str], FrozenText]:
    with world.ports.store.read() as work:
        return {(one.channel, one.language): one for one in work.broadcasts.texts(broadcast.id)}


def _rows(world: World, broadcast: Broadcast) -> dict[tuple[int, Channel], str]:
    """(contact, channel) → language of every delivery that was not skipped."""
    with world.ports.store.read() as work:
        rows = work.broadcasts.deliveries(broadcast.id, limit=1_000)
    return {(row.contact, row.channel): row.language for row in rows if row.state != "skipped"}


def test_both_templates_are_drafted_in_every_language(world: World, statement: str) -> None:
    now = _look(world, statement)
    assert now.statement.first_template == "partners"
    assert set(now.texts) == set(now.first_texts) == {"en", "es", "ar"}
    assert set(now.first_texts["en"]) == {Channel.SMS, Channel.EMAIL}
    assert "partners" in now.first_texts["en"][Channel.EMAIL].text
    assert now.first_texts["es"] != now.texts["es"]
    assert {"asks", "helpline"} <= set(now.statement.values)


def test_both_are_checked_and_a_finding_says_whose_text_it_is_in(world: World, statement: str) -> None:
    now = _look(world, statement)
    statements.edit(
        world.ports,
        statement_id=statement,
        version=now.statement.version,
        language="en",
        channel=Channel.SMS,
        text=ChannelText("See https://somewhere.example.com/now"),
        by=world.person("Bo"),
        edition=Edition.FIRST,
    )
    links = [one for one in _look(world, statement).findings if one.rule == "link-not-allowed"]
    assert {one.edition for one in links} == {Edition.FIRST}
    assert all(one.blocks for one in links)


def test_one_changed_word_for_the_first_readers_asks_everybody_again(
    world: World, incident: str, statement: str
) -> None:
    signed(world, incident, statement)
    assert _look(world, statement).approval.approved_languages == ("en", "es", "ar")
    after = _edit(world, statement, "es", Edition.FIRST)
    assert after.approval.approved_languages == ("en", "ar")
    after = _edit(world, statement, "en", Edition.FIRST)
    assert after.approval.approved_languages == ()
    assert after.texts == statements.texts_at(world.ports, statement_id=statement, version=1)
    assert after.statement.first_edited == {("es", Channel.SMS), ("en", Channel.SMS)}
    assert after.statement.edited == frozenset()


def test_a_text_nobody_hears_first_can_not_be_edited(world: World, statement: str) -> None:
    now = _look(world, statement)
    with pytest.raises(InvalidInput, match="not made for web"):
        statements.edit(
            world.ports,
            statement_id=statement,
            version=now.statement.version,
            language="en",
            channel=Channel.WEB,
            text=ChannelText("x"),
            by=world.person("Bo"),
            edition=Edition.FIRST,
        )


def test_filling_in_again_renders_both_and_spares_what_was_written_by_hand(
    world: World, statement: str
) -> None:
    edited = _edit(world, statement, "en", Edition.FIRST)
    again = partial(
        statements.fill,
        world.ports,
        statement_id=statement,
        version=edited.statement.version,
        values={"asks": "Call your members."},
        by=world.person("Bo"),
    )
    with pytest.raises(Refused, match="by hand"):
        again()
    again(discard_edits=True)
    after = _look(world, statement)
    assert "Call your members." in after.first_texts["en"][Channel.EMAIL].text
    assert "Call your members." not in after.texts["en"][Channel.EMAIL].text
    assert after.statement.first_edited == frozenset()


def test_a_mended_translation_is_offered_and_taken_over_in_both(
    world: World, statement: str, tmp_path: Path
) -> None:
    source = world.ports.content.read("locales/es/LC_MESSAGES/broadcast.po").decode()
    catalogue = tmp_path / "locales" / "es" / "LC_MESSAGES" / "broadcast.po"
    catalogue.parent.mkdir(parents=True)
    subject = _look(world, statement).first_texts["es"][Channel.EMAIL].subject
    assert source.count(subject) == 1
    catalogue.write_text(source.replace(subject, f"Leer: {subject}"), encoding="utf-8")
    ports = replace(world.ports, content=FileContent(directories=(tmp_path,)))
    offered = statements.offered_mends(ports, statement_id=statement, edition=Edition.FIRST)
    assert set(offered) == {"es"}
    statements.accept_mend(ports, statement_id=statement, version=1, language="es", by=world.person("Bo"))
    after = _look(world, statement)
    assert after.first_texts["es"] == offered["es"]
    assert statements.offered_mends(ports, statement_id=statement) == {}


def test_each_part_gets_its_own_text_and_who_is_in_both_the_first_only(
    world: World, incident: str, statement: str
) -> None:
    signed(world, incident, statement)
    first, rest = _release(world, incident, statement)
    now = _look(world, statement)
    assert (first.part, rest.part) == (Part.FIRST, Part.REST)
    for tag in ("en", "es", "ar"):
        assert _frozen(world, first)[Channel.EMAIL, tag].text == now.first_texts[tag][Channel.EMAIL].text
        assert _frozen(world, rest)[Channel.EMAIL, tag].text == now.texts[tag][Channel.EMAIL].text
    assert all(key[0] is not Channel.WEB for key in _frozen(world, first))
    world.wind(minutes=5)
    heard = {contact for contact, _ in _rows(world, first)}
    assert heard
    assert not _rows(world, rest)
    subjects = {one.subject for one in world.email.taken}
    assert now.first_texts["ar"][Channel.EMAIL].subject in subjects
    assert not subjects & {said[Channel.EMAIL].subject for said in now.texts.values()}
    world.wind(minutes=40)
    emailed = {contact for contact, channel in _rows(world, rest) if channel is Channel.EMAIL}
    assert emailed
    assert not emailed & heard


def test_the_rest_can_be_stopped_in_between(world: World, incident: str, statement: str) -> None:
    signed(world, incident, statement)
    first, rest = _release(world, incident, statement)
    world.wind(minutes=5)
    broadcasts.stop(world.ports, broadcast_id=rest.id, by=world.person("Chen"), reason="Wrong street")
    world.wind(minutes=60)
    assert _rows(world, first)
    assert not _rows(world, rest)


def test_what_nobody_has_yet_is_taken_back_as_a_whole(world: World, incident: str, statement: str) -> None:
    signed(world, incident, statement)
    bo, chen = world.person("Bo"), world.person("Chen")
    made = broadcasts.release(world.ports, incident_id=incident, statement_id=statement, by=bo)
    broadcasts.stop(world.ports, broadcast_id=made, by=bo, reason="Too early")
    with world.ports.store.read() as work:
        drafts = work.broadcasts.of_statement(statement)
    assert [item.state for item in drafts] == [BroadcastState.STOPPED] * 2
    for item in drafts:
        with pytest.raises(Refused):
            broadcasts.confirm(world.ports, broadcast_id=item.id, by=chen)
    first, rest = _release(world, incident, statement)
    world.wind(minutes=60)
    assert _rows(world, first)
    assert _rows(world, rest)


def test_inside_the_undo_window_the_rest_is_taken_back_too(folder: Path) -> None:
    mine = folder / "playbooks" / "first-hour.yaml"
    mine.write_text(mine.read_text(encoding="utf-8").replace("urgency: urgent", "urgency: normal"), "utf-8")
    world = make_world(directories=(folder,))
    make_contacts(world.ports.store, world.ports.ciphers, 30, mix=Mix(lists=("residents", "partners")))
    incident = activated(world, mode=Mode.LIVE, contacts=0)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    first, rest = _release(world, incident, statement)
    broadcasts.stop(world.ports, broadcast_id=first.id, by=world.person("Chen"), reason="Wrong street")
    world.wind(minutes=60)
    assert not _rows(world, first)
    assert not _rows(world, rest)


def test_the_preview_counts_each_edition_by_itself(world: World, incident: str, statement: str) -> None:
    signed(world, incident, statement)
    seen = broadcasts.preview(world.ports, incident_id=incident, statement_id=statement)
    first, rest = _release(world, incident, statement)
    world.wind(minutes=60)
    by_edition = {
        edition: sum(line.people for line in seen.lines if line.edition is edition) for edition in Edition
    }
    assert by_edition == {
        Edition.FIRST: len(_rows(world, first)),
        Edition.MAIN: len(_rows(world, rest)),
    }


def test_a_changed_word_for_the_first_readers_ends_a_proposal(
    world: World, incident: str, statement: str
) -> None:
    signed(world, incident, statement)
    made = broadcasts.release(
        world.ports, incident_id=incident, statement_id=statement, by=world.person("Bo")
    )
    _edit(world, statement, "ar", Edition.FIRST)
    with pytest.raises(Refused):
        broadcasts.confirm(world.ports, broadcast_id=made, by=world.person("Chen"))


def test_a_later_language_goes_to_each_part_in_its_own_words(
    world: World, incident: str, statement: str
) -> None:
    signed(world, incident, statement)
    first, rest = _release(world, incident, statement, ("en", "es"))
    world.wind(minutes=60)
    later_first, later_rest = _release(world, incident, statement, ("ar",))
    world.wind(minutes=5)
    now = _look(world, statement)
    said = now.first_texts["ar"][Channel.EMAIL].text
    assert _frozen(world, later_first)[Channel.EMAIL, "ar"].text == said
    assert _frozen(world, later_rest)[Channel.EMAIL, "ar"].text == now.texts["ar"][Channel.EMAIL].text
    for later, earlier in ((later_first, first), (later_rest, rest)):
        assert _rows(world, later)
        assert set(_rows(world, later)) <= set(_rows(world, earlier))
        assert set(_rows(world, later).values()) == {"ar"}


def test_a_later_language_waits_for_the_rest_that_waits(world: World, incident: str, statement: str) -> None:
    signed(world, incident, statement)
    _, rest = _release(world, incident, statement, ("en", "es"))
    world.wind(minutes=5)
    later_first, later_rest = _release(world, incident, statement, ("ar",))
    world.wind(minutes=5)
    assert _rows(world, later_first)
    assert not _rows(world, later_rest)
    world.wind(minutes=60)
    assert _rows(world, rest)
    assert set(_rows(world, later_rest).values()) == {"ar"}


def test_a_correction_goes_to_exactly_those_who_got_either_part(
    world: World, incident: str, statement: str
) -> None:
    signed(world, incident, statement)
    first, rest = _release(world, incident, statement)
    world.wind(minutes=5)
    broadcasts.stop(world.ports, broadcast_id=rest.id, by=world.person("Chen"), reason="Wrong street")
    bo = world.person("Bo")
    key = incidents.open_entry(world.ports, incident_id=incident, entry="correction", by=bo)
    values = {"error_right": "King Street.", "error_said": "Queen Street."}
    right = statements.draft(
        world.ports, incident_id=incident, occurrence=str(key), by=world.person("Farid"), values=values
    )
    assert _look(world, right).first_texts == {}
    for finding in _look(world, right).findings:
        assert not finding.blocks, finding
    signed_by_two(world, right)
    (correction,) = _release(world, incident, right, ("en",))
    world.wind(minutes=5)
    assert set(_rows(world, correction)) == set(_rows(world, first))
    assert _look(world, statement).statement.state is StatementState.CORRECTED


def signed_by_two(world: World, statement: str) -> None:
    statements.submit(world.ports, statement_id=statement, by=world.person("Bo"))
    for name in ("Chen", "Amina"):
        now = _look(world, statement)
        rights = [one for one in now.approval.may_sign if one.person == world.person(name).id]
        if rights:
            statements.sign(
                world.ports,
                statement_id=statement,
                scope="frame",
                digest=now.digests.frame,
                by=world.person(name),
                role=rights[0].role,
            )


def test_the_page_shows_both_and_keeps_an_edit_of_either(world: World, incident: str, statement: str) -> None:
    app = make_app(world.ports, mailbox=SqlMailbox(world.ports.store))
    with TestClient(app, follow_redirects=False) as client:
        csrf = _signed_in(client, world, "Bo")
        here = f"/incidents/{incident}/statements/{statement}"
        page = client.get(here, params={"channel": "sms"}).text
        everybody, _, first = page.partition("For those who hear it first")
        now = _look(world, statement)
        for texts, part in ((now.texts, everybody), (now.first_texts, first)):
            assert texts["en"][Channel.SMS].text.splitlines()[0] in unescape(part)
        assert "edition=first" in first
        assert "edition=first" not in everybody
        signed(world, incident, statement)
        assert "hear it first" in client.get(f"{here}/send").text
        new = {"version": now.statement.version, "language": "en", "channel": "sms", "edition": "first"}
        answer = client.post(f"{here}/edit", data={"csrf": csrf, **new, "text": "Please call your members."})
        assert answer.status_code == 303
    after = _look(world, statement)
    assert after.first_texts["en"][Channel.SMS].text == "Please call your members."
    assert after.texts == now.texts


def _signed_in(client: TestClient, world: World, name: str) -> str:
    link = sign_in_link(world.ports, by=OPERATOR, person_id=world.person(name).id)
    client.post(f"/sign-in/{link.secret}", data={"csrf": _csrf(client.get("/sign-in").text)})
    return _csrf(client.get("/me").text)


def _csrf(page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', page)
    assert found is not None
    return found[1]

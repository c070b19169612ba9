"""Does a release take the people, the number and the words that it says it takes?"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from kit.stage import activated, drafted, signed
from kit.world import World, make_world

from responder.content.files import shipped_directory
from responder.core.broadcast import BroadcastState, SkipReason
from responder.core.errors import Conflict, Refused
from responder.core.statement import FRAME, ChannelText, StatementState
from responder.core.terms import Channel, Mode
from responder.engine import broadcasts, incidents, statements
from responder.testing.contacts import Mix, make_contacts

WITHOUT_ENGLISH = Mix(languages=((("en",), 60), (("ar",), 40)), email=100)


def _world(folder: Path, *changes: tuple[str, str]) -> World:
    """The first hour with its first statement changed."""
    mine = folder / "playbooks" / "first-hour.yaml"
    mine.parent.mkdir()
    text = (shipped_directory() / "playbooks" / "first-hour.yaml").read_text(encoding="utf-8")
    before, message, after = text.partition("    template: holding\n")
    for old, new in changes:
        assert old in after
        after = after.replace(old, new, 1)
    mine.write_text(before + message + after, encoding="utf-8")
    return make_world(directories=(folder,))


def _ready(world: World, *, contacts: int = 60, mix: Mix | None = None) -> tuple[str, str]:
    """An incident and its first statement, signed in every language."""
    make_contacts(world.ports.store, world.ports.ciphers, contacts, mix=mix)
    incident = activated(world, mode=Mode.LIVE, contacts=0)
    statement = drafted(world, incident)
    signed(world, incident, statement)
    return incident, statement


@pytest.fixture
def world(tmp_path: Path) -> World:
    return make_world()


def _propose(world: World, ready: tuple[str, str], name: str = "Bo", **more: object) -> str:
    incident, statement = ready
    return broadcasts.release(
        world.ports,
        incident_id=incident,
        statement_id=statement,
        by=world.person(name),
        **more,  # type: ignore[arg-type]  # languages or the typed number
    )


def _confirm(world: World, broadcast: str, name: str = "Chen", count: int | None = None) -> BroadcastState:
    done = broadcasts.confirm(
        world.ports, broadcast_id=broadcast, by=world.person(name), expected_count=count
    )
    return done.state


def _state(world: World, broadcast: str) -> BroadcastState:
    return broadcasts.status(world.ports, broadcast_id=broadcast).broadcast.state


def _rows(world: World, broadcast: str) -> dict[tuple[int, Channel], tuple[str, bool]]:
    """(contact, channel) → language and notice of every delivery that was not skipped."""
    with world.ports.store.read() as work:
        rows = work.broadcasts.deliveries(broadcast, limit=5_000)
    return {(row.contact, row.channel): (row.language, row.notice) for row in rows if row.state != "skipped"}


def test_one_word_proposes_and_sends_nothing(world: World) -> None:
    made = _propose(world, _ready(world))
    world.wind(minutes=30)
    assert _state(world, made) is BroadcastState.DRAFT
    assert _rows(world, made) == {}


def test_a_second_person_releases_and_everybody_gets_it(world: World) -> None:
    made = _propose(world, _ready(world))
    assert _confirm(world, made) is not BroadcastState.DRAFT
    world.wind(minutes=5)
    assert {contact for contact, _ in _rows(world, made)} == set(range(1, 61))


def test_nobody_is_two_people(world: World) -> None:
    made = _propose(world, _ready(world))
    with pytest.raises(Refused, match="another person"):
        _confirm(world, made, "Bo")
    assert _state(world, made) is BroadcastState.DRAFT


def test_who_may_not_release_gives_neither_word(world: World) -> None:
    ready = _ready(world)
    for name in ("Amina", "Dara", "Eve"):
        with pytest.raises(Refused):
            _propose(world, ready, name)
    made = _propose(world, ready)
    for name in ("Amina", "Dara", "Eve"):
        with pytest.raises(Refused):
            _confirm(world, made, name)
    assert _state(world, made) is BroadcastState.DRAFT


def test_the_number_that_is_typed_is_the_number_that_goes_out(world: World) -> None:
    ready = _ready(world)
    seen = broadcasts.preview(world.ports, incident_id=ready[0], statement_id=ready[1])
    with pytest.raises(Conflict, match=f"{seen.count} times, not {seen.count + 1}"):
        _propose(world, ready, expected_count=seen.count + 1)
    made = _propose(world, ready, expected_count=seen.count)
    make_contacts(world.ports.store, world.ports.ciphers, 70)
    with pytest.raises(Conflict, match="Look at the audience"):
        broadcasts.confirm(world.ports, broadcast_id=made, by=world.person("Chen"), expected_count=seen.count)
    again = broadcasts.preview(world.ports, incident_id=ready[0], statement_id=ready[1])
    _confirm(world, made, count=again.count)
    world.wind(minutes=5)
    assert len(_rows(world, made)) == again.count


def test_the_preview_counts_what_the_release_writes(world: World) -> None:
    ready = _ready(world, mix=WITHOUT_ENGLISH)
    seen = broadcasts.preview(
        world.ports, incident_id=ready[0], statement_id=ready[1], languages=("en", "es")
    )
    made = _propose(world, ready, languages=("en", "es"))
    _confirm(world, made)
    world.wind(minutes=5)
    written: dict[tuple[Channel, str, bool], int] = {}
    for (_, channel), (language, notice) in _rows(world, made).items():
        written[channel, language, notice] = written.get((channel, language, notice), 0) + 1
    assert {(one.channel, one.language, one.notice): one.people for one in seen.lines} == written
    assert (Channel.SMS, "en", True) in written
    assert seen.skipped.get((Channel.SMS, SkipReason.OPTED_OUT), 0) == 0


def test_it_is_proposed_once(world: World) -> None:
    ready = _ready(world)
    _propose(world, ready)
    with pytest.raises(Conflict, match="proposed already"):
        _propose(world, ready, "Chen")


def test_a_text_changed_and_signed_anew_needs_a_new_proposal(world: World) -> None:
    incident, statement = ready = _ready(world)
    made = _propose(world, ready)
    now = statements.find_statement(world.ports, statement_id=statement)
    text = now.texts["es"][Channel.SMS].text
    statements.edit(
        world.ports,
        statement_id=statement,
        version=now.statement.version,
        language="es",
        channel=Channel.SMS,
        text=ChannelText(text.replace("\n", "\n\n", 1)),
        by=world.person("Bo"),
    )
    with pytest.raises(Refused):
        _confirm(world, made)
    now = statements.find_statement(world.ports, statement_id=statement)
    statements.sign(
        world.ports,
        statement_id=statement,
        scope="es",
        digest=now.digests.of("es") or "",
        by=world.person("Dara"),
        declares_reading=True,
    )
    with pytest.raises(Refused, match="changed after it was proposed"):
        _confirm(world, made)
    broadcasts.stop(world.ports, broadcast_id=made, by=world.person("Bo"), reason="Changed")
    assert _confirm(world, _propose(world, ready)) is not BroadcastState.DRAFT
    assert incident


def test_a_statement_that_is_withdrawn_or_returned_is_not_released(world: World) -> None:
    _, statement = ready = _ready(world)
    made = _propose(world, ready)
    statements.return_(world.ports, statement_id=statement, reason="One more look", by=world.person("Amina"))
    with pytest.raises(Refused):
        _confirm(world, made)
    statements.withdraw(world.ports, statement_id=statement, reason="Not now", by=world.person("Bo"))
    for act in (lambda: _confirm(world, made), lambda: _propose(world, ready)):
        with pytest.raises(Refused):
            act()
    assert _rows(world, made) == {}


def test_a_proposal_that_was_taken_back_can_not_be_confirmed(world: World) -> None:
    made = _propose(world, _ready(world))
    broadcasts.stop(world.ports, broadcast_id=made, by=world.person("Bo"), reason="Too early")
    with pytest.raises(Refused):
        _confirm(world, made)


@pytest.mark.parametrize(("said", "why"), [("no", "Its condition does not hold"), (None, "not known yet")])
def test_it_is_released_only_while_its_condition_holds(tmp_path: Path, said: str | None, why: str) -> None:
    world = _world(
        tmp_path, ("    approval: two\n", "    approval: two\n    release_if: fact.police_clearance\n")
    )
    incident, _ = ready = _ready(world)
    made = _propose(world, ready)
    if said is None:
        world.clock.wind(timedelta(hours=13))  # nobody has said it again: by now it is not known
        world.beat()
    else:
        incidents.learn_fact(
            world.ports,
            incident_id=incident,
            fact="police_clearance",
            value=said,
            source="Police",
            verified=True,
            by=world.person("Chen"),
        )
        world.beat()
    with pytest.raises(Refused, match=why):
        _confirm(world, made)
    assert _rows(world, made) == {}


@pytest.mark.parametrize(("contacts", "persons"), [(40, 1), (501, 2)])
def test_many_readers_take_two_people_whatever_the_playbook_says(
    tmp_path: Path, contacts: int, persons: int
) -> None:
    world = _world(tmp_path, ("persons: 2", "persons: 1"))
    ready = _ready(world, contacts=contacts)
    seen = broadcasts.preview(world.ports, incident_id=ready[0], statement_id=ready[1])
    made = _propose(world, ready)
    assert seen.persons == persons
    assert (_state(world, made) is BroadcastState.DRAFT) is (persons == 2)


def test_a_language_that_comes_later_goes_to_those_who_got_the_notice(world: World) -> None:
    incident, statement = ready = _ready(world, mix=WITHOUT_ENGLISH)
    made = _propose(world, ready, languages=("en", "es"))
    _confirm(world, made)
    world.wind(minutes=5)
    noticed = {key for key, (_, notice) in _rows(world, made).items() if notice}
    assert noticed
    later = _propose(world, ready)
    _confirm(world, later)
    world.wind(minutes=5)
    assert set(_rows(world, later)) == noticed
    assert set(_rows(world, later).values()) == {("ar", False)}
    with pytest.raises(Refused):
        _propose(world, ready)
    standing = statements.approval_of(world.ports, incident_id=incident, statement_id=statement)
    assert standing.statement.state is StatementState.RELEASED
    assert set(standing.released) == {"en", "es", "ar"}
    assert standing.digests.of(FRAME)


def test_what_is_not_signed_is_neither_previewed_nor_proposed(world: World) -> None:
    make_contacts(world.ports.store, world.ports.ciphers, 10)
    incident = activated(world, mode=Mode.LIVE, contacts=0)
    statement = drafted(world, incident)
    with pytest.raises(Refused, match="may not be released yet"):
        broadcasts.preview(world.ports, incident_id=incident, statement_id=statement)
    with pytest.raises(Refused, match="may not be released yet"):
        _propose(world, (incident, statement))
    signed(world, incident, statement)
    with pytest.raises(Refused, match="Not signed off: uk"):
        _propose(world, (incident, statement), languages=("en", "uk"))

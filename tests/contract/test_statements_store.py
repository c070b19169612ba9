"""Does every store keep statements, their versions, the ledger and standing approvals alike?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from responder.core.calendar import Duration
from responder.core.errors import Conflict, NotFound
from responder.core.statement import ChannelText, Edition, Frame, Kind, Statement, StatementState
from responder.core.terms import AudienceDefinition, Channel, LanguagePolicy, Mode, Urgency
from responder.db.store import SqlStore
from responder.engine.ports.statements import Review, StandingApproval

NOW = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
TEXTS = {
    "en": {
        Channel.SMS: ChannelText("Stay inside."),
        Channel.EMAIL: ChannelText("Stay.", "Now", "<p>Stay.</p>"),
    },
    "ar": {Channel.SMS: ChannelText("ابقوا في الداخل 😀")},
}


def statement(id_: str = "one", **changes: object) -> Statement:
    frame = Frame(
        (
            AudienceDefinition(
                "all", "All", lists=("residents",), areas=("harbour",), channels=(Channel.SMS,)
            ),
        ),
        (Channel.SMS, Channel.EMAIL),
        LanguagePolicy(("en",), wait=Duration(20, "min")),
        Urgency.URGENT,
        ("mayor",),
    )
    plain = Statement(
        id=id_,
        incident_id="incident",
        occurrence="update#2",
        message="update",
        mode=Mode.EXERCISE,
        template="update",
        template_digest="0" * 64,
        kind=Kind.UPDATE,
        state=StatementState.DRAFT,
        version=1,
        source_language="en",
        frame=frame,
        drafted_at=NOW,
        values={
            "n": 3,
            "x": 1.5,
            "yes": True,
            "none": None,
            "day": date(2027, 3, 1),
            "at": NOW,
            "list": ("a", "b"),
        },
        typed=frozenset({"n"}),
        asked=("place",),
        next_update_at=NOW + timedelta(hours=1),
        corrects=("zero",),
        missing_languages=("es",),
        edited=frozenset({("en", Channel.SMS)}),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # fields of a Statement


def test_a_statement_comes_back_as_it_was(store: SqlStore) -> None:
    with store.begin() as work:
        work.statements.add(statement(), TEXTS)
    with store.read() as work:
        assert work.statements.get("one") == statement()
        assert work.statements.texts("one") == TEXTS


def test_what_the_first_readers_get_is_kept_beside_every_version(store: SqlStore) -> None:
    first = {"en": {Channel.SMS: ChannelText("You first.")}, "es": {Channel.EMAIL: ChannelText("Hola", "S")}}
    newer = {"en": {Channel.SMS: ChannelText("You before all.")}}
    one = statement(first_template="families", first_edited=frozenset({("en", Channel.SMS)}))
    with store.begin() as work:
        work.statements.add(one, TEXTS, first)
        work.statements.add_version(replace(one, version=2), TEXTS, newer)
    with store.read() as work:
        assert work.statements.get("one") == replace(one, version=2)
        assert work.statements.texts("one") == TEXTS
        assert work.statements.texts("one", edition=Edition.FIRST) == newer
        assert work.statements.texts("one", version=1, edition=Edition.FIRST) == first


def test_versions_are_appended_and_earlier_ones_stay(store: SqlStore) -> None:
    newer = {**TEXTS, "en": {Channel.SMS: ChannelText("Go out.")}}
    with store.begin() as work:
        work.statements.add(statement(), TEXTS)
        work.statements.add_version(statement(version=2, asked=()), newer)
    with store.read() as work:
        assert work.statements.get("one").version == 2
        assert work.statements.texts("one") == newer
        assert work.statements.texts("one", version=1) == TEXTS
        with pytest.raises(NotFound):
            work.statements.texts("one", version=3)


def test_the_second_of_two_editors_loses(store: SqlStore) -> None:
    with store.begin() as work:
        work.statements.add(statement(), TEXTS)
        work.statements.add_version(statement(version=2), TEXTS)
    with pytest.raises(Conflict), store.begin() as work:
        work.statements.add_version(statement(version=2), TEXTS)


def test_a_statement_without_texts_is_kept(store: SqlStore) -> None:
    with store.begin() as work:
        work.statements.add(statement(), {})
    with store.read() as work:
        assert work.statements.texts("one") == {}


def test_statements_are_found_by_incident_occurrence_and_part_of_their_id(store: SqlStore) -> None:
    with store.begin() as work:
        work.statements.add(statement("one-1"), TEXTS)
        work.statements.add(statement("two-2", occurrence="update#3", drafted_at=NOW + timedelta(1)), TEXTS)
    with store.read() as work:
        assert [one.id for one in work.statements.of_incident("incident")] == ["one-1", "two-2"]
        found = work.statements.of_occurrence("incident", "update#3")
        assert found is not None
        assert found.id == "two-2"
        assert work.statements.of_occurrence("other", "update#3") is None
        assert work.statements.find("one").id == work.statements.find("-1").id == "one-1"
        for text in ("", "%", "_", "x"):
            with pytest.raises(NotFound):
                work.statements.find(text)


def test_state_and_used_channels_change_without_a_version(store: SqlStore) -> None:
    with store.begin() as work:
        work.statements.add(statement(), TEXTS)
        work.statements.set_state("one", StatementState.RELEASED)
        work.statements.mark_used("one", "press")
        work.statements.mark_used("one", "press")
    with store.read() as work:
        kept = work.statements.get("one")
        assert (kept.state, kept.used_channels, kept.version) == (
            StatementState.RELEASED,
            frozenset({Channel.PRESS}),
            1,
        )


def test_the_ledger_keeps_the_first_reader_of_a_hash(store: SqlStore) -> None:
    with store.begin() as work:
        work.statements.add_review(Review("es", "a" * 64, "dara", NOW))
        work.statements.add_review(Review("es", "a" * 64, "bo", NOW))
        work.statements.add_review(Review("ar", "a" * 64, "farid", NOW))
    with store.read() as work:
        assert {key: one.person for key, one in work.statements.reviews("es").items()} == {"a" * 64: "dara"}


def _standing(id_: str, person: str, expires: datetime) -> StandingApproval:
    return StandingApproval(id_, "book", "safety", "safety", "frame", "d" * 64, person, "lead", NOW, expires)


def test_a_standing_signature_is_renewed_and_revoked(store: SqlStore) -> None:
    with store.begin() as work:
        work.statements.add_standing(_standing("1", "chen", NOW + timedelta(days=1)))
        work.statements.add_standing(_standing("2", "chen", NOW + timedelta(days=9)))
        work.statements.add_standing(_standing("3", "amina", NOW + timedelta(days=9)))
    with store.begin() as work:
        held = work.statements.standing("book", "safety")
        assert [(one.person, one.expires) for one in held] == [
            ("chen", NOW + timedelta(days=9)),
            ("amina", NOW + timedelta(days=9)),
        ]
        assert work.statements.revoke_standing("book", "safety", wall=NOW) == 2
        assert work.statements.all_standing() == ()

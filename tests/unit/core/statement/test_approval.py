"""Who must sign, who may now, what is late, and when is a statement approved?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from responder.core.calendar import Calendar, Duration
from responder.core.statement import FRAME, Digests, LanguageState, SignOff
from responder.core.statement.approval import Proceedings, Waiver, assess, may_sign, may_waive
from responder.core.terms import (
    Bench,
    Chain,
    ChainStep,
    LanguagePolicy,
    OnLate,
    OtherLanguages,
    StepKind,
    Unreviewed,
)

START = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)
LONDON = Calendar(ZoneInfo("Europe/London"))
DIGESTS = Digests("en", "frame-hash", {"es": "es-hash", "ar": "ar-hash"})
BENCHES = {
    "lead": Bench("lead", ("chen",), ("bo",), ("amina",)),
    "comms": Bench("comms", ("bo",), ("chen",)),
    "mayor": Bench("mayor", ("amina",), (), ("chen",)),
    "legal": Bench("legal", ("dara",)),
    "police": Bench("police", (), outside=True, via_people=("chen",)),
}


def step(*roles: str, kind: StepKind = StepKind.ALL, within: Duration | None = None) -> ChainStep:
    return ChainStep(kind, roles, within)


def asked(
    *steps: ChainStep,
    persons: int = 1,
    within: Duration | None = None,
    if_late: OnLate = OnLate.ESCALATE,
    benches: Mapping[str, Bench] = BENCHES,
) -> Proceedings:
    return Proceedings(
        chain=Chain("two", steps, within, if_late, persons),
        benches=benches,
        policy=LanguagePolicy(),
        digests=DIGESTS,
        calendar=LONDON,
        now=START,
        submitted_at=START,
        required=("en", "es"),
        offered=("en", "es", "ar"),
    )


def by(
    person: str, role: str, minutes: int = 0, *, recorded_for: str | None = None, consult: bool = False
) -> SignOff:
    at = START + timedelta(minutes=minutes)
    return SignOff(person, role, FRAME, "frame-hash", at, recorded_for=recorded_for, consult=consult)


def signed(proceedings: Proceedings, *sign_offs: SignOff) -> Proceedings:
    last = max((sign_off.at for sign_off in sign_offs), default=START)
    return replace(proceedings, sign_offs=sign_offs, now=max(proceedings.now, last))


def at(proceedings: Proceedings, minutes: int) -> Proceedings:
    return replace(proceedings, now=START + timedelta(minutes=minutes))


def people(proceedings: Proceedings) -> set[tuple[str, str]]:
    return {(right.person, right.role) for right in assess(proceedings).may_sign}


def test_nobody_may_sign_before_they_are_asked() -> None:
    waiting = replace(asked(step("lead")), submitted_at=None)
    assert assess(waiting).may_sign == ()
    assert not assess(waiting).source_signed


def test_a_step_of_several_roles_needs_all_of_them_in_any_order() -> None:
    chain = asked(step("mayor", "lead"))
    assert people(chain) == {("amina", "mayor"), ("chen", "lead")}
    half = signed(chain, by("chen", "lead"))
    assert people(half) == {("amina", "mayor")}
    assert assess(signed(chain, by("chen", "lead"), by("amina", "mayor", 3))).source_signed


def test_one_of_several_roles_is_enough_for_an_any_step() -> None:
    chain = asked(step("comms", "lead", kind=StepKind.ANY))
    assert assess(signed(chain, by("bo", "comms"))).source_signed


def test_steps_go_in_order() -> None:
    chain = asked(step("lead"), step("mayor"))
    assert people(chain) == {("chen", "lead")}
    after = assess(signed(chain, by("chen", "lead", 4)))
    assert [one.asked_at for one in after.steps] == [START, START + timedelta(minutes=4)]
    assert {right.person for right in after.may_sign} == {"amina"}


def test_one_signature_counts_for_every_step_of_a_role_its_giver_holds() -> None:
    benches = {**BENCHES, "mayor": Bench("mayor", ("chen",))}
    chain = asked(step("lead"), step("mayor"), benches=benches)
    assert assess(signed(chain, by("chen", "lead"))).source_signed


def test_a_deputys_signature_does_not_count_for_roles_they_do_not_hold() -> None:
    chain = asked(step("comms"), step("lead"))
    after = assess(signed(chain, by("bo", "comms")))
    assert not after.source_signed
    assert {right.person for right in after.may_sign} == {"chen"}


def test_as_many_people_must_sign_as_the_chain_asks_for() -> None:
    benches = {"lead": Bench("lead", ("chen",), ("bo",)), "mayor": Bench("mayor", ("chen",))}
    chain = asked(step("lead"), step("mayor"), persons=2, benches=benches)
    after = signed(chain, by("chen", "lead"))
    assert not assess(after).source_signed
    assert [(right.person, right.extra) for right in assess(after).may_sign] == [("bo", True)]
    assert assess(signed(chain, by("chen", "lead"), by("bo", "lead", 2))).source_signed


def test_an_author_never_counts() -> None:
    chain = replace(asked(step("comms")), authors=frozenset({"bo"}))
    assert not assess(signed(chain, by("bo", "comms"))).source_signed
    assert may_sign(assess(chain), "bo") == ()


def test_a_step_whose_every_holder_is_the_author_passes_at_once_to_the_deputies() -> None:
    chain = replace(asked(step("comms")), authors=frozenset({"bo"}))
    (right,) = assess(chain).may_sign
    assert (right.person, right.role, right.for_role) == ("chen", "comms", True)


def test_then_to_the_fallback_and_then_to_the_ladder() -> None:
    chain = replace(asked(step("mayor")), authors=frozenset({"amina"}))
    assert people(chain) == {("chen", "mayor")}
    both = replace(chain, authors=frozenset({"amina", "chen"}), ladder=("chen", "dara"))
    assert people(both) == {("dara", "mayor")}


def test_a_step_that_nobody_can_sign_says_so() -> None:
    alone = replace(asked(step("legal")), authors=frozenset({"dara"}))
    assert "legal" in assess(alone).stuck
    assert "deputy" in assess(alone).stuck


def test_a_role_without_a_holder_is_carried_by_its_fallback() -> None:
    benches = {"legal": Bench("legal", fallback=("chen",)), "lead": BENCHES["lead"]}
    chain = asked(step("legal"), step("lead"), benches=benches)
    assert people(chain) == {("chen", "legal")}
    assert assess(signed(chain, by("chen", "lead"))).source_signed


def test_within_runs_for_each_step_from_the_moment_it_is_asked() -> None:
    chain = asked(step("lead"), step("mayor"), within=Duration(10, "min"))
    assert not assess(at(chain, 9)).late
    assert assess(at(chain, 10)).late
    second = at(signed(chain, by("chen", "lead", 9)), 18)
    assert not assess(second).late
    assert assess(at(second, 19)).late


def test_late_lets_deputies_sign_and_whom_the_ladder_reached() -> None:
    chain = replace(asked(step("lead"), within=Duration(10, "min")), reached=("farid",))
    assert people(chain) == {("chen", "lead")}
    assert people(at(chain, 10)) == {("chen", "lead"), ("bo", "lead"), ("farid", "lead")}


def test_hold_lets_deputies_sign_and_nobody_more() -> None:
    chain = asked(step("lead"), within=Duration(10, "min"), if_late=OnLate.HOLD)
    late = replace(at(chain, 60), reached=("farid",), ladder=("farid",))
    assert people(late) == {("chen", "lead"), ("bo", "lead")}


def test_nothing_is_approved_because_somebody_was_late() -> None:
    chain = asked(step("lead"), within=Duration(10, "min"))
    assert not assess(at(chain, 100_000)).source_signed


def test_who_is_consulted_is_recorded_and_stops_nothing() -> None:
    consult = step("legal", kind=StepKind.CONSULT, within=Duration(15, "min"))
    chain = asked(consult, step("lead"))
    assert [right.consult for right in assess(chain).may_sign] == [True]
    answered = signed(chain, by("dara", "legal", 3, consult=True))
    assert assess(answered).steps[0].done_at == START + timedelta(minutes=3)
    assert {right.person for right in assess(answered).may_sign} == {"chen"}


def test_a_consult_goes_on_when_its_time_is_over() -> None:
    consult = step("legal", kind=StepKind.CONSULT, within=Duration(15, "min"))
    chain = asked(consult, step("lead"))
    assert assess(at(chain, 14)).steps[1].asked_at is None
    assert assess(at(chain, 16)).steps[1].asked_at == START + timedelta(minutes=15)


def test_an_answer_is_no_signature() -> None:
    chain = asked(step("legal", kind=StepKind.CONSULT, within=Duration(15, "min")), persons=1)
    assert not assess(signed(chain, by("dara", "legal", 1, consult=True))).source_signed


def test_nobody_signs_for_an_outside_role_but_its_word_can_be_recorded() -> None:
    chain = asked(step("police"))
    (right,) = assess(chain).may_sign
    assert (right.person, right.records) == ("chen", True)
    assert not assess(signed(chain, by("chen", "police"))).source_signed
    assert assess(signed(chain, by("chen", "police", recorded_for="police"))).source_signed


def test_an_outside_body_may_sign_itself() -> None:
    benches = {"police": Bench("police", ("officer",), outside=True)}
    chain = asked(step("police"), benches=benches)
    assert assess(signed(chain, by("officer", "police"))).source_signed


def test_a_late_outside_step_is_waived_by_those_on_the_ladder() -> None:
    chain = replace(asked(step("police"), within=Duration(10, "min")), ladder=("chen", "amina"))
    early, late = assess(chain), assess(at(chain, 10))
    assert may_waive(chain, early, "police") == ()
    assert may_waive(at(chain, 10), late, "police") == ("chen", "amina")
    waived = replace(chain, waivers=(Waiver("amina", "police", "No answer.", START + timedelta(minutes=11)),))
    assert assess(at(waived, 11)).steps[0].done_at == START + timedelta(minutes=11)


def test_a_waiver_is_no_signature_and_others_may_add_theirs() -> None:
    chain = replace(asked(step("police"), within=Duration(10, "min")), ladder=("amina",))
    waived = replace(chain, waivers=(Waiver("amina", "police", "No answer.", START + timedelta(minutes=11)),))
    after = assess(at(waived, 12))
    assert not after.source_signed
    assert {right.person for right in after.may_sign} == {"amina", "chen"}


def test_an_inside_role_can_not_be_waived() -> None:
    chain = replace(asked(step("lead"), within=Duration(10, "min")), ladder=("amina",))
    assert may_waive(at(chain, 20), assess(at(chain, 20)), "lead") == ()


def reviewed(tag: str, person: str, minutes: int = 5, *, reads: bool = True) -> SignOff:
    when = START + timedelta(minutes=minutes)
    return SignOff(person, "reader", tag, f"{tag}-hash", when, declares_reading=reads)


def test_a_language_is_signed_by_one_reader_once_the_chain_has_signed() -> None:
    chain = asked(step("lead"))
    first = assess(signed(chain, reviewed("es", "dara")))
    assert first.languages["es"].state is LanguageState.WAITING
    both = assess(signed(chain, reviewed("es", "dara"), by("chen", "lead", 7)))
    assert both.languages["es"].state is LanguageState.SIGNED
    assert both.languages["es"].signed_at == START + timedelta(minutes=7)
    assert both.languages["ar"].state is LanguageState.UNREVIEWED


def test_a_reader_must_say_that_they_read_it_and_must_not_have_written_it() -> None:
    chain = signed(asked(step("lead")), reviewed("es", "dara", reads=False), by("chen", "lead"))
    assert assess(chain).languages["es"].state is LanguageState.UNREVIEWED
    own = signed(asked(step("lead")), reviewed("es", "dara"), by("chen", "lead"))
    own = replace(own, writers={"es": frozenset({"dara"})})
    assert assess(own).languages["es"].state is LanguageState.UNREVIEWED


def test_release_waits_for_the_required_languages() -> None:
    chain = signed(asked(step("lead")), by("chen", "lead", 1))
    assert assess(chain).releasable == ()
    assert assess(chain).waiting_for == ("es",)
    done = signed(asked(step("lead")), by("chen", "lead", 1), reviewed("es", "dara"))
    assert assess(done).releasable == ("en", "es")


def test_after_the_wait_what_is_ready_may_go() -> None:
    chain = signed(asked(step("lead")), by("chen", "lead", 1))
    assert assess(chain).wait_until == START + timedelta(minutes=16)
    assert assess(at(chain, 15)).releasable == ()
    assert assess(at(chain, 16)).releasable == ("en",)


def test_hold_waits_for_all_and_skip_makes_only_the_required() -> None:
    done = signed(asked(step("lead")), by("chen", "lead", 1), reviewed("es", "dara"))
    hold = replace(done, policy=LanguagePolicy(others=OtherLanguages.HOLD))
    assert assess(hold).releasable == ()
    skip = replace(done, policy=LanguagePolicy(others=OtherLanguages.SKIP))
    assert assess(skip).languages["ar"].state is LanguageState.NOT_MADE
    assert assess(skip).releasable == ("en", "es")


def test_a_missing_language_is_never_ready() -> None:
    without = replace(DIGESTS, languages={"ar": "ar-hash"})
    chain = replace(
        signed(asked(step("lead")), by("chen", "lead", 1), reviewed("es", "dara")), digests=without
    )
    assert assess(chain).languages["es"].state is LanguageState.MISSING
    assert assess(at(chain, 60)).releasable == ("en",)


def test_life_safety_may_send_an_unreviewed_language_beside_the_original() -> None:
    policy = LanguagePolicy(unreviewed=Unreviewed.WITH_ORIGINAL)
    chain = replace(signed(asked(step("lead")), by("chen", "lead", 1)), policy=policy)
    approval = assess(chain)
    assert approval.releasable == ("en",)
    assert approval.with_original == ("es", "ar")


@pytest.mark.parametrize("digest", ["old", ""])
def test_a_signature_on_another_text_counts_for_nothing(digest: str) -> None:
    stale = replace(by("chen", "lead"), digest=digest)
    assert not assess(signed(asked(step("lead")), stale)).source_signed

"""When does an occurrence open, and what becomes of it?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from responder.core.facts import FactValue
from responder.core.incident.event import (
    AnchorSet,
    Confirmed,
    DecisionAnswered,
    EntryAcknowledged,
    EntryDone,
    EntryOpened,
    EntrySkipped,
    FactLearned,
    GateAnswered,
    ItemAdded,
    ItemClosed,
    LevelChanged,
    PhaseClosed,
    Reopened,
    StoodDown,
)
from responder.testing.logbook import START, Logbook, small_playbook

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)

TASK = {"owner": "lead"}
MESSAGE = {
    "owner": "lead",
    "template": "holding",
    "purpose": "inform",
    "messenger": "voice",
    "audiences": "all",
    "channels": "sms",
    "approval": "one",
}
SPEAKING = {
    "messengers": {"voice": {"role": "lead"}},
    "audiences": {"all": {"lists": "residents"}},
    "approvals": {"one": {"steps": "lead"}},
}


def task(**keys: object) -> dict[str, object]:
    return {**TASK, **keys}


def question(**keys: object) -> dict[str, object]:
    return {**TASK, "question": "?", "options": {"yes": "Yes", "no": "No"}, **keys}


def message(**keys: object) -> dict[str, object]:
    return {**MESSAGE, **keys}


def book(entries: dict[str, object] | None = None, **parts: object) -> Logbook:
    return Logbook(small_playbook(tasks=entries or {}, **parts))


def test_a_task_without_a_moment_opens_with_the_incident() -> None:
    log = book({"call": task()})
    assert log.opened("call") == ["02.03. 10:00"]


def test_a_task_waits_for_its_phase_and_opens_with_it() -> None:
    log = book({"review": task(phase="later")}, phases={"later": {"opens": "activated + 1d"}})
    assert log.states("review") == ["waiting"]
    log.sleep_until(START + 2 * DAY)
    assert log.opened("review") == ["03.03. 10:00"]


def test_a_phase_opens_at_the_earlier_of_opens_and_latest() -> None:
    phases = {"medium": {"opens": "task.wash.done", "latest": "activated + 4d"}}
    log = book({"wash": task(), "after": task(phase="medium")}, phases=phases)
    log.sleep_until(START + 5 * DAY)
    assert log.opened("after") == ["06.03. 10:00"]
    early = book({"wash": task(), "after": task(phase="medium")}, phases=phases)
    early.say(EntryDone(early.key("wash#1")), after=HOUR)
    assert early.opened("after") == ["02.03. 11:00"]


def test_opened_is_the_planned_moment_and_not_when_the_engine_woke() -> None:
    log = book({"call": task(at="activated + 10min")})
    log.tick(START + 3 * DAY)
    assert log.opened("call") == ["02.03. 10:10"]


def test_a_step_of_a_person_counts_from_when_it_was_recorded() -> None:
    log = book({"a": task(), "b": task(at="task.a.done + 30min")})
    log.say(EntryDone(log.key("a#1")), after=HOUR)
    log.sleep_until(START + DAY)
    assert log.opened("b") == ["02.03. 11:30"]


@pytest.mark.parametrize("settle", ["done", "skipped"])
def test_a_need_is_met_by_done_and_by_skipped(settle: str) -> None:
    log = book({"a": task(), "b": task(needs="a")})
    key = log.key("a#1")
    log.say(EntryDone(key) if settle == "done" else EntrySkipped(key, "not ours"), after=HOUR)
    assert log.opened("b") == ["02.03. 11:00"]


def test_a_need_that_is_not_needed_is_nothing_to_wait_for() -> None:
    log = book(
        {"b": task(needs="ask")},
        decisions={"ask": question(**{"if": "fact.big"})},
        facts={"big": {"type": "flag"}},
    )
    assert log.states("b") == ["waiting"]
    log.say(FactLearned("big", value=False))
    assert log.states("ask") == ["not_needed"]
    assert log.states("b") == ["open"]


def test_a_condition_that_is_unknown_waits_and_one_that_is_false_is_looked_at_again() -> None:
    log = book({"a": task(**{"if": "fact.big"})}, facts={"big": {"type": "flag"}})
    assert log.states("a") == ["waiting"]
    log.say(FactLearned("big", value=False), after=HOUR)
    assert log.states("a") == ["not_needed"]
    log.say(FactLearned("big", value=True), after=HOUR)
    assert log.opened("a") == ["02.03. 12:00"]


def test_what_is_open_stays_open_when_its_condition_turns_false() -> None:
    log = book({"a": task(**{"if": "fact.big"})}, facts={"big": {"type": "flag"}})
    log.say(FactLearned("big", value=True))
    log.say(FactLearned("big", value=False))
    assert log.states("a") == ["open"]


def test_a_fact_to_be_verified_is_unknown_until_somebody_has() -> None:
    log = book({"a": task(**{"if": "fact.big"})}, facts={"big": {"type": "flag", "verify": "true"}})
    log.say(FactLearned("big", value=True))
    assert log.states("a") == ["waiting"]
    log.say(FactLearned("big", value=True, verified=True))
    assert log.states("a") == ["open"]


def test_an_expired_fact_is_unknown_again() -> None:
    facts = {"calm": {"type": "flag", "expires": "2h"}}
    log = book({"a": task(at="activated + 3h", **{"if": "fact.calm"})}, facts=facts)
    log.say(FactLearned("calm", value=True))
    log.sleep_until(START + DAY)
    assert log.states("a") == ["waiting"]


def test_a_level_opens_more_and_takes_nothing_away() -> None:
    log = book({"a": task(level="full")}, activation={"levels": {"watch": "w", "full": "f"}})
    assert log.states("a") == ["not_needed"]
    log.say(LevelChanged("full"))
    log.say(LevelChanged("watch"))
    assert log.states("a") == ["open"]


def test_a_level_reached_is_a_moment() -> None:
    levels = {"levels": {"watch": "w", "partial": "p", "full": "f"}}
    log = book({"a": task(at="level.partial.reached + 1h")}, activation=levels)
    log.say(LevelChanged("full"), after=HOUR)
    log.say(LevelChanged("watch"), after=MINUTE)
    log.sleep_until(START + DAY)
    assert log.opened("a") == ["02.03. 12:00"]


def test_a_list_of_moments_makes_one_occurrence_each_and_is_settled_by_the_last() -> None:
    log = book({"a": task(at=["activated", "activated + 1d"]), "b": task(needs="a")})
    log.say(EntryDone(log.key("a#1")))
    assert log.states("b") == ["waiting"]
    log.sleep_until(START + 2 * DAY)
    assert log.states("a") == ["done", "open"]
    log.say(EntryDone(log.key("a#2")))
    assert log.states("b") == ["open"]


def test_a_need_on_a_repeated_entry_is_met_by_its_first_completion() -> None:
    log = book({"a": task(at="activated", repeat={"every": "1h"}), "b": task(needs="a")})
    log.say(EntryDone(log.key("a#1")), after=MINUTE)
    log.sleep_until(START + 5 * HOUR)
    assert log.opened("b") == ["02.03. 10:01"]


def test_a_request_opens_by_hand_any_number_of_times() -> None:
    log = book({"sms": task(at="request"), "b": task(needs="sms")})
    assert log.states("sms") == []
    log.say(EntryOpened(log.key("sms#1"), START))
    log.say(EntryOpened(log.key("sms#2"), START))
    assert log.states("sms") == ["open", "open"]
    assert log.states("b") == ["waiting"]
    log.say(EntryDone(log.key("sms#2")))
    assert log.states("b") == ["open"]


def test_an_entry_opened_again_by_hand_is_a_new_occurrence() -> None:
    log = book({"a": task()})
    log.say(EntryDone(log.key("a#1")))
    log.say(EntryOpened(log.key("a#2"), log.now))
    assert log.states("a") == ["done", "open"]


def test_a_missed_repeat_gives_its_place_to_the_new_one() -> None:
    log = book({"u": task(at="activated", repeat={"every": "2h"})})
    log.sleep_until(START + 5 * HOUR)
    assert log.states("u") == ["missed", "missed", "open", "waiting"]


def test_a_repeat_with_each_keeps_both() -> None:
    log = book({"u": task(at="activated", repeat={"every": "2h", "missed": "each"})})
    log.sleep_until(START + 5 * HOUR)
    assert log.states("u") == ["open", "open", "open", "waiting"]


def test_a_repeat_with_skip_drops_the_new_one() -> None:
    log = book({"u": task(at="activated", repeat={"every": "2h", "missed": "skip"})})
    log.sleep_until(START + 5 * HOUR)
    assert log.states("u") == ["open", "waiting"]
    log.say(EntryDone(log.key("u#1")))
    log.sleep_until(START + 7 * HOUR)
    assert log.opened("u") == ["02.03. 10:00", "02.03. 16:00"]


def test_legs_follow_one_another() -> None:
    legs = [{"every": "2h", "until": "activated + 6h"}, {"every": "4h"}]
    log = book({"u": task(at="activated + 2h", repeat=legs)})
    log.sleep_until(START + 15 * HOUR)
    assert log.opened("u") == ["02.03. 12:00", "02.03. 14:00", "02.03. 16:00", "02.03. 20:00", "03.03. 00:00"]


def test_a_daily_repeat_keeps_the_local_hour_across_the_clock_change() -> None:
    log = book({"u": task(at="2026-03-27 @09:00", repeat={"every": "1d", "until": "2026-03-31"})})
    log.sleep_until(START + 40 * DAY)
    assert log.opened("u") == ["27.03. 09:00", "28.03. 09:00", "29.03. 09:00", "30.03. 09:00"]


def test_a_monthly_repeat_returns_to_the_31st() -> None:
    log = book({"u": task(at="2026-03-31 @09:00", repeat={"every": "1mo", "until": "2026-06-15"})})
    log.sleep_until(START + 120 * DAY)
    assert log.opened("u") == ["31.03. 09:00", "30.04. 09:00", "31.05. 09:00"]


def test_equal_moments_of_a_repeat_are_one() -> None:
    log = book({"u": task(at="activated @12:00", repeat={"every": "6h", "until": "activated + 2d"})})
    log.sleep_until(START + 3 * DAY)
    assert log.opened("u") == ["02.03. 12:00", "03.03. 12:00"]


def test_an_anchor_in_the_past_opens_only_the_last_of_a_repeat() -> None:
    log = book({"u": task(at="incident", repeat={"every": "1h"})}, anchors={"incident": {"set_by": "lead"}})
    log.say(AnchorSet("incident", START - 5 * HOUR), after=30 * MINUTE)
    assert log.opened("u") == ["02.03. 10:30"]


def test_an_unset_anchor_waits_for_a_date_and_is_never_late() -> None:
    log = book({"v": task(at="vigil - 1d @09:00", due="vigil")}, anchors={"vigil": {"set_by": "lead"}})
    log.sleep_until(START + 100 * DAY)
    waiting = log.timeline().of("v")[0]
    assert waiting.planned is None
    assert [wait.on for wait in waiting.waits] == ["vigil"]
    assert not log.timeline().late(log.now)


def test_a_moved_anchor_moves_what_waits_and_the_due_of_what_is_open() -> None:
    entries = {"a": task(at="vigil - 2d", due="vigil - 1d"), "b": task(at="vigil")}
    log = book(entries, anchors={"vigil": {"set_by": "lead"}})
    log.say(AnchorSet("vigil", START + 3 * DAY))
    log.sleep_until(START + DAY)
    assert log.states("a") == ["open"]
    log.say(AnchorSet("vigil", START + 5 * DAY))
    timeline = log.timeline()
    assert timeline.of("a")[0].due == START + 4 * DAY
    assert timeline.of("b")[0].planned == START + 5 * DAY
    log.say(AnchorSet("vigil", None))
    cleared = log.timeline().of("a")[0]
    assert cleared.open
    assert cleared.due is None
    assert cleared.due_cleared


def test_a_due_written_as_a_moment_moves_along_with_the_repeat() -> None:
    entry = task(
        at="activated + 1d @09:00", due="activated + 1d @17:00", repeat={"every": "1d", "missed": "each"}
    )
    log = book({"r": entry})
    log.sleep_until(START + 3 * DAY)
    dues = [one.due for one in log.timeline().of("r") if one.opened is not None]
    assert [due and log.calendar.local(due).strftime("%d %H") for due in dues] == ["03 17", "04 17", "05 17"]


def test_the_clock_gives_the_default_at_the_due_and_the_last_answer_counts() -> None:
    decisions = {"ask": question(due="1h", default="no")}
    log = book({"b": task(**{"if": "decision.ask == 'yes'"})}, decisions=decisions)
    log.sleep_until(START + 2 * HOUR)
    answered = log.incident().occurrences[log.key("ask#1")]
    assert answered.answer is not None
    assert (answered.answer.option, answered.answer.by_clock, answered.answer.at) == (
        "no",
        True,
        START + HOUR,
    )
    log.say(DecisionAnswered(log.key("ask#1"), "yes"))
    assert log.states("b") == ["open"]


def test_a_decision_that_is_not_needed_equals_nothing() -> None:
    decisions = {"ask": question(**{"if": "fact.big"})}
    entries = {"a": task(**{"if": "decision.ask != 'yes'"}), "b": task(**{"if": "decision.ask == 'no'"})}
    log = book(entries, decisions=decisions, facts={"big": {"type": "flag"}})
    log.say(FactLearned("big", value=False))
    assert log.states("a") == ["open"]
    assert log.states("b") == ["not_needed"]


def test_a_gate_with_an_unanswered_no_is_not_passed() -> None:
    log = book({"b": task(needs="ethics")}, gates={"ethics": TASK})
    points = {"do_no_harm": "yes", "gender": "no", "human_rights": "yes", "whole_of_society": "yes"}
    log.say(GateAnswered(log.key("ethics#1"), points))
    assert log.states("ethics") == ["open"]
    log.say(GateAnswered(log.key("ethics#1"), points, {"gender": "asked and agreed"}))
    assert log.states("b") == ["open"]


REGISTER = {"rumours": {"fields": {"claim": {"type": "text"}, "reach": {"type": "number"}}}}


def test_each_item_of_a_register_gets_its_own() -> None:
    entries = {"check": task(each="rumours"), "correct": task(each="rumours", needs="check")}
    log = book(entries, registers=REGISTER)
    log.say(ItemAdded("rumours", 1, {"claim": "a"}), after=HOUR)
    log.say(ItemAdded("rumours", 2, {"claim": "b"}), after=HOUR)
    log.say(EntryDone(log.key("check/2#1")))
    assert log.states("correct", 1) == ["waiting"]
    assert log.states("correct", 2) == ["open"]


def test_from_outside_a_need_waits_for_all_items_and_for_none_when_there_are_none() -> None:
    log = book(
        {"check": task(each="rumours"), "sum": task(at="activated + 1h", needs="check")}, registers=REGISTER
    )
    log.say(ItemAdded("rumours", 1, {}))
    log.sleep_until(START + 2 * HOUR)
    assert log.states("sum") == ["waiting"]
    log.say(EntryDone(log.key("check/1#1")))
    assert log.states("sum") == ["open"]
    empty = book({"check": task(each="rumours"), "sum": task(needs="check")}, registers=REGISTER)
    assert empty.states("sum") == ["open"]


def test_every_over_no_items_is_unknown() -> None:
    entries = {"ask": task(each="rumours"), "go": task(**{"if": "every(task.ask.done)"})}
    log = book(entries, registers=REGISTER)
    assert log.states("go") == ["waiting"]
    log.say(ItemAdded("rumours", 1, {}))
    assert log.states("go") == ["not_needed"]
    log.say(EntryDone(log.key("ask/1#1")))
    assert log.states("go") == ["open"]


@pytest.mark.parametrize(("reach", "state"), [(5, "open"), (1, "not_needed")])
def test_an_item_field_decides(reach: FactValue, state: str) -> None:
    log = book({"check": task(each="rumours", **{"if": "item.reach > 2"})}, registers=REGISTER)
    log.say(ItemAdded("rumours", 1, {"reach": reach}))
    assert log.states("check", 1) == [state]


def test_a_closed_item_ends_its_repeats() -> None:
    log = book({"look": task(each="rumours", repeat={"every": "1d"})}, registers=REGISTER)
    log.say(ItemAdded("rumours", 1, {}))
    log.say(ItemClosed("rumours", 1), after=HOUR)
    log.sleep_until(START + 3 * DAY)
    assert log.states("look", 1) == ["open"]


def test_blocks_holds_every_message_except_life_safety() -> None:
    messages = {"say": message(), "warn": message(urgency="life_safety")}
    log = book({"pause": task(blocks="messages")}, messages=messages, **SPEAKING)
    assert log.states("say") == ["waiting"]
    assert log.states("warn") == ["open"]
    log.say(EntryDone(log.key("pause#1")))
    assert log.states("say") == ["open"]


def test_closing_a_phase_ends_repeats_and_drops_what_is_not_needed() -> None:
    entries = {
        "often": task(phase="now", repeat={"every": "1h"}),
        "maybe": task(phase="now", **{"if": "fact.big"}),
        "later": task(phase="now", at="activated + 2d"),
        "held": task(phase="now", needs="later"),
    }
    log = book(entries, phases={"now": {}}, facts={"big": {"type": "flag"}})
    log.say(FactLearned("big", value=False))
    log.say(PhaseClosed("now"), after=30 * MINUTE)
    log.say(FactLearned("big", value=True), after=MINUTE)
    log.sleep_until(START + 3 * DAY)
    assert log.states("often") == ["open"]
    assert log.states("maybe") == []
    assert log.states("later") == ["open"]
    log.say(EntryDone(log.key("later#1")))
    assert log.states("held") == ["open"]


def test_closing_is_asked_when_the_criteria_hold_at_the_review_and_again() -> None:
    closes = {"by": "lead", "needs": "a", "review": "activated + 1d", "every": "1d"}
    log = book({"a": task(phase="now")}, phases={"now": {"closes": closes}})
    log.sleep_until(START + 2 * DAY + HOUR)
    asks = log.timeline().asks
    assert [(ask.phase, ask.number, ask.met) for ask in asks] == [("now", 2, False)]
    log.say(EntryDone(log.key("a#1")))
    assert log.timeline().asks[0].met
    log.say(PhaseClosed("now"))
    assert log.timeline().asks == ()


def test_nothing_opens_after_the_stand_down_and_what_came_due_opens_with_the_reopening() -> None:
    log = book({"a": task(at="activated + 1h"), "b": task(at="reopened + 1h")})
    log.say(StoodDown("over"), after=30 * MINUTE)
    log.sleep_until(START + DAY)
    assert log.states("a") == ["waiting"]
    log.say(Reopened("again"), after=DAY)
    log.sleep_until(START + 3 * DAY)
    assert log.opened("a") == ["04.03. 10:00"]
    assert log.opened("b") == ["04.03. 11:00"]


def test_an_activation_that_waits_for_its_second_person_plans_nothing() -> None:
    log = Logbook(small_playbook(tasks={"a": TASK}), awaits_confirmation=True)
    log.sleep_until(START + DAY)
    assert log.states("a") == ["waiting"]
    log.say(Confirmed(), by="chen")
    assert log.opened("a") == ["03.03. 10:00"]


def test_a_message_whose_release_condition_is_false_is_not_needed() -> None:
    messages = {"say": message(release_if="fact.big")}
    log = book({"b": task(needs="say")}, messages=messages, facts={"big": {"type": "flag"}}, **SPEAKING)
    log.say(FactLearned("big", value=False))
    assert log.states("say") == ["not_needed"]
    assert log.states("b") == ["open"]
    log.say(FactLearned("big", value=True))
    assert log.states("say") == ["open"]


def test_a_computed_anchor_is_known_once_it_is_reached() -> None:
    anchors = {"year": {"from": "activated + 10d"}}
    log = book(
        {"a": task(at="activated", **{"if": "anchor.year"}), "b": task(at="year + 1d")}, anchors=anchors
    )
    assert log.states("a") == ["not_needed"]
    log.sleep_until(START + 20 * DAY)
    assert log.opened("a") == ["12.03. 10:00"]
    assert log.opened("b") == ["13.03. 10:00"]


LADDER = [
    {"after": "5min", "to": "deputy"},
    {"after": "10min", "to": "deputy"},
    {"late": "15min", "to": "boss"},
]
ROLES = {"lead": {"deputies": "second"}, "second": {}, "boss": {}}
PEOPLE = {"lead": ("amina",), "second": ("bo",), "boss": ("chen",)}


def laddered(**keys: object) -> Logbook:
    return Logbook(
        small_playbook(tasks={"a": task(escalate=LADDER, due="1h", **keys)}, roles=ROLES), roster=PEOPLE
    )


def called(log: Logbook) -> list[tuple[int, str]]:
    return [(call.rung, call.person) for call in log.incident().occurrences[log.key("a#1")].calls]


def test_a_ladder_calls_the_next_untried_person_and_each_rung_once() -> None:
    log = laddered()
    log.sleep_until(START + DAY)
    assert called(log) == [(0, "amina"), (1, "bo"), (-1, "amina"), (3, "chen")]


def test_who_acknowledges_stops_the_waiting_rungs_but_not_the_late_ones() -> None:
    log = laddered()
    log.tick()
    log.say(EntryAcknowledged(log.key("a#1")), after=MINUTE)
    log.sleep_until(START + DAY)
    assert called(log) == [(0, "amina"), (-1, "amina"), (3, "chen")]


def test_a_role_that_nobody_holds_is_carried_by_its_fallback() -> None:
    roles = {"lead": {"fallback": "boss"}, "boss": {}}
    log = Logbook(small_playbook(tasks={"a": TASK}, roles=roles), roster={"boss": ("chen",)})
    log.tick()
    assert called(log) == [(0, "chen")]

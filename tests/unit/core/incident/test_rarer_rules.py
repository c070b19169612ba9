"""Do the rarer rules of the language hold: windows, moved dates, reopening, ladders of messages?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from responder.core.incident.event import (
    AnchorSet,
    BroadcastReleased,
    DecisionAnswered,
    EntryDone,
    EntryOpened,
    EntrySkipped,
    FactLearned,
    ItemAdded,
    ItemClosed,
    PhaseClosed,
    Reopened,
    StatementApproved,
    StatementDrafted,
    StoodDown,
)
from responder.core.incident.occurrence import OccurrenceKey
from responder.testing.logbook import START, Logbook, small_playbook

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
KEY = OccurrenceKey.parse
VIGIL = {"vigil": {"set_by": "lead"}}
SPEAKING = {
    "messengers": {"voice": {"role": "lead"}},
    "audiences": {"all": {"lists": "residents"}},
    "approvals": {"one": {"steps": "lead"}},
}


def task(**keys: object) -> dict[str, object]:
    return {"owner": "lead", **keys}


def question(**keys: object) -> dict[str, object]:
    return task(question="?", options={"yes": "Yes", "no": "No"}, **keys)


def message(**keys: object) -> dict[str, object]:
    said = {"template": "holding", "purpose": "inform", "messenger": "voice", "audiences": "all"}
    return task(**said, channels="sms", approval="one", **keys)


def book(entries: Mapping[str, object] | None = None, **parts: Any) -> Logbook:
    return Logbook(small_playbook(tasks=entries or {}, **parts))


def test_a_phase_opens_once_and_never_again_after_it_closed() -> None:
    phases = {"later": {"opens": "vigil", "latest": "activated + 4d"}}
    log = book({"plan": task(phase="later")}, phases=phases, anchors=VIGIL)
    log.say(AnchorSet("vigil", START + HOUR))
    log.sleep_until(START + 2 * HOUR)
    log.say(PhaseClosed("later"))
    log.say(AnchorSet("vigil", START + 5 * HOUR))
    log.sleep_until(START + 6 * DAY)
    assert log.timeline().phases["later"].opened == START + HOUR
    assert len(log.opened("plan")) == 1


def test_a_single_entry_with_a_date_still_comes_after_its_phase_closed() -> None:
    entries = {
        "late": task(phase="now", at="activated + 2d"),
        "often": task(phase="now", repeat={"every": "1h"}),
    }
    log = book(entries, phases={"now": {}})
    log.sleep_until(START + 90 * MINUTE)
    log.say(PhaseClosed("now"))
    log.sleep_until(START + 3 * DAY)
    assert len(log.opened("late")) == 1
    assert len(log.opened("often")) == 2


def test_a_repeat_without_until_ends_with_its_item() -> None:
    registers = {"rumours": {"fields": {"claim": {"type": "text"}}}}
    log = book({"check": task(each="rumours", repeat={"every": "1h"})}, registers=registers)
    log.say(ItemAdded("rumours", 1, {"claim": "x"}))
    log.say(ItemAdded("rumours", 2, {"claim": "y"}))
    log.sleep_until(START + 90 * MINUTE)
    log.say(ItemClosed("rumours", 1))
    log.sleep_until(START + 5 * HOUR)
    opened = [one.key.item for one in log.timeline().occurrences if one.opened is not None]
    assert (opened.count(1), opened.count(2)) == (2, 6)


def test_a_need_inside_a_register_means_this_item() -> None:
    registers = {"rumours": {"fields": {"claim": {"type": "text"}}}}
    log = book(
        {"check": task(each="rumours"), "answer": task(each="rumours", needs="check")}, registers=registers
    )
    log.say(ItemAdded("rumours", 1, {"claim": "x"}))
    log.say(ItemAdded("rumours", 2, {"claim": "y"}))
    log.tick()
    log.say(EntryDone(KEY("check/2#1")))
    log.tick()
    assert [one.key.item for one in log.timeline().open if one.key.entry == "answer"] == [2]


def test_reopened_is_a_moment_and_nothing_that_came_meanwhile_is_lost() -> None:
    log = book({"again": task(at="reopened + 1h"), "once": task(at="activated + 2h")})
    log.say(StoodDown("over"), after=HOUR)
    log.sleep_until(START + 5 * HOUR)
    log.say(Reopened("not over"))
    log.sleep_until(START + 7 * HOUR)
    assert log.opened("again") == ["02.03. 16:00"]
    assert log.opened("once") == ["02.03. 15:00"]


def test_a_cleared_date_takes_the_due_of_what_is_open_and_says_so() -> None:
    log = book({"plan": task(due="vigil")}, anchors=VIGIL)
    log.say(AnchorSet("vigil", START + DAY))
    assert log.timeline().of("plan")[0].due == START + DAY
    log.say(AnchorSet("vigil", None))
    (plan,) = log.timeline().of("plan")
    assert (plan.due, plan.due_cleared, plan.open) == (None, True, True)


def test_what_is_done_stays_done_when_its_date_moves() -> None:
    log = book({"plan": task(at="vigil - 1h")}, anchors=VIGIL)
    log.say(AnchorSet("vigil", START + HOUR))
    log.tick()
    log.say(EntryDone(KEY("plan#1")))
    log.say(AnchorSet("vigil", START + DAY))
    log.sleep_until(START + 2 * DAY)
    assert log.states("plan") == ["done"]


def test_a_date_before_a_weekend_rolls_earlier_and_one_after_it_later() -> None:
    entries = {
        "before": task(at="vigil - 1d @09:00 on workdays"),
        "after": task(at="vigil + 1d @09:00 on workdays"),
    }
    log = book(entries, anchors=VIGIL)
    log.say(AnchorSet("vigil", START + 5 * DAY + 24 * HOUR))  # Sunday, 8 March
    planned = {one.key.entry: one.planned for one in log.timeline().occurrences}
    local = {name: log.calendar.local(when).strftime("%a %H:%M") for name, when in planned.items() if when}
    assert local == {"before": "Fri 09:00", "after": "Mon 09:00"}


def test_a_moment_in_the_past_is_now() -> None:
    log = book({"plan": task(at="vigil - 2d")}, anchors=VIGIL)
    log.say(AnchorSet("vigil", START + DAY), after=HOUR)
    log.tick()
    assert log.opened("plan") == ["02.03. 11:00"]


def test_a_skipped_question_equals_nothing_and_settles_what_waits() -> None:
    log = book({"plan": task(needs="go", **{"if": "decision.go == 'yes'"}), "other": task(needs="go")},
               decisions={"go": question()})  # fmt: skip
    log.tick()
    log.say(EntrySkipped(KEY("go#1"), "not ours"))
    log.tick()
    assert log.states("other") == ["open"]
    assert log.states("plan") == ["not_needed"]


def test_a_question_answered_again_opens_what_its_last_answer_needs() -> None:
    log = book({"plan": task(**{"if": "decision.go == 'yes'"})}, decisions={"go": question()})
    log.say(DecisionAnswered(KEY("go#1"), "no"))
    assert log.states("plan") == ["not_needed"]
    log.say(DecisionAnswered(KEY("go#1"), "yes"))
    log.tick()
    assert log.states("plan") == ["open"]


def test_an_entry_opened_by_hand_keeps_the_planned_one_to_come() -> None:
    log = book({"plan": task(at="activated + 1d")})
    log.say(EntryOpened(KEY("plan#1"), START))
    log.say(EntryDone(KEY("plan#1")))
    log.sleep_until(START + 2 * DAY)
    assert log.states("plan") == ["done", "open"]


def test_a_message_is_late_from_ready_until_it_is_signed_then_from_due() -> None:
    ladder = [{"late": "5min", "to": "lead"}]
    messages = {"update": message(ready="activated + 20min", due="1h", escalate=ladder)}
    log = book(messages=messages, **SPEAKING)
    log.tick()

    def rung() -> timedelta:
        (update,) = log.timeline().of("update")
        (only,) = update.rungs
        assert only.at is not None
        return only.at - START

    assert rung() == 25 * MINUTE
    log.say(StatementDrafted("s1", KEY("update#1"), {}))
    log.say(StatementApproved("s1", "frame"))
    assert rung() == 65 * MINUTE
    log.say(BroadcastReleased("b1", "s1", KEY("update#1"), ("en",), "digest"))
    assert log.states("update") == ["done"]


def test_a_fact_that_expires_is_unknown_and_what_waits_for_it_waits() -> None:
    facts = {"big": {"type": "flag", "expires": "1h"}}
    log = book({"plan": task(at="activated + 2h", **{"if": "fact.big"})}, facts=facts)
    log.say(FactLearned("big", True))
    log.sleep_until(START + 3 * HOUR)
    assert log.states("plan") == ["waiting"]
    log.say(FactLearned("big", True))
    log.tick()
    assert log.opened("plan") == ["02.03. 13:00"]


def test_legs_with_their_own_missed_rules_follow_one_another() -> None:
    legs = [
        {"every": "1h", "until": "activated + 3h", "missed": "each"},
        {"every": "2h", "until": "activated + 7h", "missed": "skip"},
    ]
    log = book({"report": task(repeat=legs)})
    log.sleep_until(START + 10 * HOUR)
    assert log.opened("report") == ["02.03. 10:00", "02.03. 11:00", "02.03. 12:00"]
    fresh = book({"report": task(repeat=legs)})
    for hour in range(11):
        fresh.sleep_until(START + hour * HOUR)
        for one in fresh.timeline().open:
            fresh.say(EntryDone(one.key))
    assert fresh.opened("report") == [f"02.03. {hour}:00" for hour in (10, 11, 12, 13, 15)]


def test_a_need_that_is_not_reached_by_its_level_is_nothing_to_wait_for() -> None:
    entries = {"big": task(level="full"), "next": task(needs="big")}
    log = book(entries, activation={"levels": {"watch": "w", "full": "f"}})
    log.tick()
    assert log.states("next") == ["open"]


def test_a_need_without_a_date_is_not_settled() -> None:
    log = book({"plan": task(at="vigil"), "next": task(needs="plan")}, anchors=VIGIL)
    log.tick()
    assert log.states("next") == ["waiting"]

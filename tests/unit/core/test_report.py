"""Does the report count what the log says, and nothing else?"""

from __future__ import annotations

from datetime import timedelta

from responder.core.incident.event import (
    BroadcastReleased,
    DecisionAnswered,
    EntryDone,
    EntrySkipped,
    ItemAdded,
    StatementApproved,
    StatementDrafted,
    StatementSigned,
    StatementSubmitted,
)
from responder.core.report import Names, Report, account, in_words, markdown, sentences
from responder.testing.logbook import BERLIN, Logbook, small_playbook

MINUTE = timedelta(minutes=1)

PARTS = {
    "tasks": {
        "confirm": {"owner": "lead", "at": "activated", "due": "10min", "name": "Confirm the report"},
        "pause": {"owner": "lead", "at": "activated", "due": "10min"},
        "rest": {"owner": "lead", "at": "activated"},
    },
    "decisions": {
        "scene": {
            "owner": "lead",
            "at": "activated",
            "due": "20min",
            "question": "Does the mayor go to the scene?",
            "options": {"yes": "She goes", "no": "She stays"},
        }
    },
    "messages": {
        "holding": {
            "owner": "lead",
            "at": "activated",
            "due": "30min",
            "template": "holding",
            "purpose": "inform",
            "messenger": "city",
            "audiences": "all",
            "channels": "sms",
            "approval": {"steps": "lead"},
            "name": "First statement",
        }
    },
}


METRICS = {
    "registers": {"rumours": {"fields": {"claim": {"type": "text"}}}},
    "tasks": {
        "confirm": {"owner": "lead", "at": "activated"},
        "answer": {"owner": "lead", "each": "rumours"},
    },
    "metrics": {
        "checked": {
            "name": "Time to check",
            "from": "activated",
            "to": "task.confirm.done",
            "target": "10min",
        },
        "answered": {"from": "item.added", "to": "task.answer.done", "each": "rumours", "target": "1h"},
    },
}


def a_log() -> Logbook:
    book = Logbook(small_playbook(**PARTS))
    book.tick()
    key = book.key
    book.say(EntryDone(key("confirm#1")), after=5 * MINUTE)
    book.say(EntryDone(key("pause#1"), note="Adverts too"), after=20 * MINUTE)
    book.say(DecisionAnswered(key("scene#1"), "no", reason="Police advise against it"))
    book.say(StatementDrafted("s1", key("holding#1")))
    book.say(StatementSubmitted("s1"))
    book.say(StatementSigned("s1", "frame", "lead", "abc"), by="chen", after=4 * MINUTE)
    book.say(StatementSigned("s1", "es", "reader", "def"), by="dara", after=2 * MINUTE)
    book.say(StatementApproved("s1", "frame"))
    promise = book.now + 60 * MINUTE
    book.say(BroadcastReleased("b1", "s1", key("holding#1"), ("en", "es"), "abc", promise), after=MINUTE)
    book.say(EntrySkipped(key("rest#1"), "Nobody was there to rest"))
    return book


def a_report(book: Logbook) -> Report:
    return account(
        "i1",
        book.playbook,
        book.incident(),
        book.timeline(),
        names=Names({"amina": "Amina", "chen": "Chen", "dara": "Dara"}),
        calendar=BERLIN,
    )


def test_what_was_done_after_its_due_is_late_by_the_difference() -> None:
    report = a_report(a_log())
    assert [(line.key, line.late) for line in report.late] == [
        ("pause#1", 15 * MINUTE),
        ("scene#1", 5 * MINUTE),
        ("holding#1", 2 * MINUTE),
    ]
    assert (report.on_time.in_time, report.on_time.finished_late, report.on_time.open_late) == (1, 3, 0)


def test_what_is_still_open_after_its_due_is_late_until_now() -> None:
    book = Logbook(small_playbook(**PARTS))
    book.tick()
    book.sleep_until(book.now + 45 * MINUTE)
    late = {line.key: line.late for line in a_report(book).late}
    assert late["confirm#1"] == 35 * MINUTE
    assert a_report(book).on_time.open_late == 4


def test_the_first_statement_is_timed_from_the_activation() -> None:
    assert a_report(a_log()).first_statement == 32 * MINUTE


def test_each_signature_waits_from_the_one_before_it() -> None:
    (statement,) = a_report(a_log()).statements
    assert [(sign.person, sign.scope, sign.waited) for sign in statement.signatures] == [
        ("Chen", "frame", 4 * MINUTE),
        ("Dara", "es", 2 * MINUTE),
    ]
    assert statement.languages == ("en", "es")


def test_a_promise_that_nobody_kept_is_late_until_now() -> None:
    book = a_log()
    book.now += 90 * MINUTE
    (promise,) = a_report(book).promises
    assert promise.kept is None
    assert promise.late == 31 * MINUTE


def test_a_decision_is_told_with_its_words_and_its_reason() -> None:
    (line,) = a_report(a_log()).decisions
    assert (line.answer, line.by, line.reason) == ("She stays", "Amina", "Police advise against it")


def test_what_was_skipped_is_told_with_its_reason() -> None:
    assert [line.note for line in a_report(a_log()).skipped] == ["Nobody was there to rest"]


def test_the_report_ends_with_the_head_of_the_chain() -> None:
    book = a_log()
    report = a_report(book)
    assert report.head == book.events[-1].hash
    assert markdown(report).rstrip().endswith(f"`{book.events[-1].hash}`")


def test_a_report_opens_with_two_plain_sentences() -> None:
    first, second = sentences(a_report(a_log()))
    assert first == "The first statement was released 32 min after the activation."
    assert second.startswith("1 of 4 entries with a due were finished in time")


def test_markup_in_what_people_wrote_stays_text() -> None:
    book = a_log()
    book.say(DecisionAnswered(book.key("scene#1"), "no", reason="<script>|**now**\n# x"))
    text = markdown(a_report(book))
    assert "<script>" not in text
    assert "\\|\\*\\*now\\*\\*" in text


def test_lengths_are_told_as_people_say_them() -> None:
    assert in_words(timedelta(minutes=16)) == "16 min"
    assert in_words(timedelta(hours=2, minutes=5)) == "2 h 05 min"
    assert in_words(timedelta(days=3, hours=4, minutes=50)) == "3 d 4 h"


def test_what_the_playbook_measures_is_told_beside_its_target() -> None:
    book = Logbook(small_playbook(**METRICS))
    book.tick()
    book.say(EntryDone(book.key("confirm#1")), after=12 * MINUTE)
    (measure,) = a_report(book).measures
    assert (measure.name, measure.took, measure.target, measure.met) == (
        "Time to check",
        12 * MINUTE,
        10 * MINUTE,
        False,
    )


def test_a_measure_of_a_register_is_told_for_each_case() -> None:
    book = Logbook(small_playbook(**METRICS))
    book.say(ItemAdded("rumours", 1, {"claim": "The water is poisoned"}))
    book.say(ItemAdded("rumours", 2, {"claim": "A second man"}), after=5 * MINUTE)
    book.tick()
    book.say(EntryDone(book.key("answer/2#1")), after=30 * MINUTE)
    found = {one.name: (one.took, one.met) for one in a_report(book).measures}
    assert found["answered, 1"] == (None, None)
    assert found["answered, 2"] == (30 * MINUTE, True)

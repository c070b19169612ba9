"""Does one changed byte show?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as some

from responder.core.incident import EventLine, line_of, read_line, verify
from responder.core.incident.event import AnchorSet, EntryDone, FactLearned, ItemAdded, Noted
from responder.testing.logbook import START, Logbook, small_playbook

FEW = settings(max_examples=80, deadline=None)


def _lines() -> tuple[EventLine, ...]:
    playbook = small_playbook(
        tasks={"a": {"owner": "lead"}}, registers={"cases": {"fields": {"claim": {"type": "text"}}}}
    )
    log = Logbook(playbook, facts={"place": "Market “square”"}, anchors={"vigil": START})
    log.tick()
    log.say(FactLearned("place", ("north", "south"), verified=True, source="police desk"))
    log.say(AnchorSet("vigil", START + timedelta(days=2)))
    log.say(ItemAdded("cases", 1, {"claim": "قيل", "date": "x"}))
    log.say(EntryDone(log.key("a#1"), checklist={"x": True}))
    log.say(Noted("told the council"))
    return tuple(EventLine(event.number, line_of(event), event.previous, event.hash) for event in log.events)


LINES = _lines()


def test_an_untouched_log_is_whole() -> None:
    report = verify(LINES)
    assert report.whole
    assert (report.count, report.head) == (len(LINES), LINES[-1].hash)


def test_a_line_read_and_written_again_is_the_same() -> None:
    assert [line_of(read_line(line)) for line in LINES] == [line.line for line in LINES]


@FEW
@given(some.data())
def test_one_changed_letter_is_found(data: some.DataObject) -> None:
    place = data.draw(some.integers(0, len(LINES) - 1))
    line = LINES[place].line
    letter = data.draw(some.integers(0, len(line) - 1))
    other = data.draw(some.characters(exclude_characters=line[letter], exclude_categories=["Cs"]))
    changed = replace(LINES[place], line=line[:letter] + other + line[letter + 1 :])
    report = verify((*LINES[:place], changed, *LINES[place + 1 :]))
    assert [fault.number for fault in report.faults] == [place + 1]


@FEW
@given(some.integers(0, len(LINES) - 2))
def test_a_missing_event_is_found(place: int) -> None:
    assert not verify((*LINES[:place], *LINES[place + 1 :])).whole


@FEW
@given(some.permutations(range(len(LINES))))
def test_moved_events_are_found(order: list[int]) -> None:
    assert verify(tuple(LINES[place] for place in order)).whole == (order == sorted(order))


def test_an_event_forged_with_its_own_right_hash_breaks_the_next_one() -> None:
    log = Logbook(small_playbook(tasks={"a": {"owner": "lead"}}))
    log.say(Noted("said something else"))
    forged = EventLine(2, line_of(log.events[1]), log.events[1].previous, log.events[1].hash)
    assert not verify((LINES[0], forged, *LINES[2:])).whole

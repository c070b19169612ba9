"""Do the laws of the timeline hold for playbooks nobody wrote?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from responder.core.incident import OccurrenceKey, due, next_beat
from responder.core.incident.event import (
    AnchorSet,
    DecisionAnswered,
    EntryDone,
    EntryOpened,
    EntrySkipped,
    EventBody,
    FactLearned,
    LevelChanged,
    PhaseClosed,
    Reopened,
    StoodDown,
)
from responder.core.incident.fold import fold
from responder.core.incident.plan import plan
from responder.core.incident.planner import Planner
from responder.core.playbook.model import Playbook
from responder.core.terms import Roster
from responder.testing.logbook import BERLIN, START, Logbook, small_playbook

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
MINUTE = timedelta(minutes=1)
END = START + timedelta(days=2)

LENGTHS = ["3h", "5h", "11h", "1d"]
MISSED = ["once", "each", "skip"]


@some.composite
def entries(draw: some.DrawFn) -> dict[str, dict[str, Any]]:
    """Tasks and decisions that name only earlier ones, so that there are no circles."""
    found: dict[str, dict[str, Any]] = {}
    for number in range(draw(some.integers(1, 5))):
        found[f"e{number}"] = draw(entry(list(found), found))
    return found


@some.composite
def entry(draw: some.DrawFn, earlier: list[str], known: dict[str, dict[str, Any]]) -> dict[str, Any]:
    asks = draw(some.booleans())
    made: dict[str, Any] = {"owner": "lead", "at": draw(moment(earlier, known))}
    if draw(some.booleans()):
        made["due"] = draw(some.sampled_from([*LENGTHS, "activated + 1d", "vigil"]))
    if earlier and draw(some.booleans()):
        made["needs"] = draw(some.sampled_from(earlier))
    if draw(some.booleans()):
        made["if"] = draw(condition(earlier, known))
    if draw(some.integers(0, 3)) == 0:
        made["phase"] = "now"
    if draw(some.integers(0, 3)) == 0:
        made["level"] = "full"
    if draw(some.integers(0, 2)) == 0:
        made["repeat"] = {
            "every": draw(some.sampled_from(LENGTHS)),
            "missed": draw(some.sampled_from(MISSED)),
        }
    if draw(some.integers(0, 2)) == 0:
        made["escalate"] = [{"after": "20min", "to": "deputy"}, {"late": "10min", "to": "lead"}]
    if asks:
        made.update(question="?", options={"yes": "y", "no": "n"})
        if draw(some.booleans()):
            made["default"] = "no"
    return made


@some.composite
def moment(draw: some.DrawFn, earlier: list[str], known: dict[str, dict[str, Any]]) -> str:
    bases = ["activated", "vigil", "phase.now.opened", "level.full.reached", "reopened"]
    bases += [_done(name, known) for name in earlier]
    base = draw(some.sampled_from(bases))
    return base + draw(some.sampled_from(["", " + 30min", " + 3h", " + 1d @09:00", " - 2h"]))


@some.composite
def condition(draw: some.DrawFn, earlier: list[str], known: dict[str, dict[str, Any]]) -> str:
    parts = ["fact.big", "not fact.big", "anchor.vigil", "level.full", "phase.now.open"]
    parts += [f"decision.{name} == 'yes'" for name in earlier if "options" in known[name]]
    parts += [f"task.{name}.done" for name in earlier if "options" not in known[name]]
    return draw(some.sampled_from(parts))


def _done(name: str, known: dict[str, dict[str, Any]]) -> str:
    return f"decision.{name}.answered" if "options" in known[name] else f"task.{name}.done"


@some.composite
def playbooks(draw: some.DrawFn) -> Playbook:
    made = draw(entries())
    return small_playbook(
        tasks={name: keys for name, keys in made.items() if "options" not in keys},
        decisions={name: keys for name, keys in made.items() if "options" in keys},
        phases={"now": {"opens": draw(some.sampled_from(["activated", "activated + 4h", "vigil"]))}},
        anchors={"vigil": {"set_by": "lead"}},
        facts={"big": {"type": "flag", "expires": draw(some.sampled_from(["6h", "2d"]))}},
        activation={"levels": {"watch": "w", "full": "f"}},
    )


DEEDS = some.one_of(
    some.builds(FactLearned, some.just("big"), some.booleans()),
    some.builds(
        AnchorSet,
        some.just("vigil"),
        some.none() | some.integers(-10, 60).map(lambda h: START + h * MINUTE * 60),
    ),
    some.builds(LevelChanged, some.sampled_from(["watch", "full"])),
    some.just(PhaseClosed("now")),
    some.just(StoodDown("over")),
    some.just(Reopened("again")),
    some.tuples(some.sampled_from(["done", "skip", "open", "yes"]), some.integers(0, 4)),
)
STORIES = some.lists(some.tuples(some.integers(0, 20 * 60), DEEDS), max_size=7)


def _deed(log: Logbook, deed: Any) -> EventBody | None:
    """What a person can do now: about an occurrence only what its state allows."""
    incident = log.incident()
    if isinstance(deed, PhaseClosed):
        window = log.timeline().phases["now"]
        return deed if window.opened is not None and window.closed is None else None
    if isinstance(deed, StoodDown):
        return deed if incident.stood_down is None else None
    if isinstance(deed, Reopened):
        return deed if incident.stood_down is not None else None
    if not isinstance(deed, tuple):
        return deed  # type: ignore[no-any-return]  # one of the bodies above
    verb, number = deed
    name = f"e{number}"
    if name not in log.playbook.entries:
        return None
    if verb == "open":
        numbers = [one.key.number for one in log.timeline().of(name) if one.opened is not None]
        return EntryOpened(OccurrenceKey(name, None, max(numbers, default=0) + 1), log.now)
    ready = [one for one in log.timeline().of(name) if one.open]
    if not ready:
        return None
    if verb == "skip":
        return EntrySkipped(ready[0].key, "no")
    if name in log.playbook.decisions:
        return DecisionAnswered(ready[0].key, "yes")
    return EntryDone(ready[0].key)


def _play(playbook: Playbook, story: list[tuple[int, Any]], wake: Any) -> Logbook:
    """The same deeds at the same times; `wake` says how the clock behaves between them."""
    log = Logbook(playbook, anchors={}, level="watch")
    for minutes, deed in story:
        until = min(log.now + minutes * MINUTE, END)
        wake(log, until)
        log.now = until
        body = _deed(log, deed)
        if body is not None:
            log.say(body)
    wake(log, END)
    log.now = END
    log.tick()
    return log


def _awake(log: Logbook, until: Any) -> None:
    log.sleep_until(until)


def _asleep(_: Logbook, __: Any) -> None:
    return


def _openings(log: Logbook) -> list[tuple[str, Any, str, Any]]:
    return sorted(
        (str(one.key), one.opened, one.state.value, one.finished)
        for one in log.timeline().occurrences
        if one.opened
    )


@FEW
@given(playbooks(), STORIES)
def test_a_sleepy_scheduler_loses_nothing(playbook: Playbook, story: list[tuple[int, Any]]) -> None:
    assert _openings(_play(playbook, story, _asleep)) == _openings(_play(playbook, story, _awake))


@FEW
@given(playbooks(), STORIES, some.lists(some.integers(1, 900), min_size=1, max_size=8))
def test_any_wake_ups_give_the_same_openings(
    playbook: Playbook, story: list[tuple[int, Any]], naps: list[int]
) -> None:
    def now_and_then(log: Logbook, until: Any) -> None:
        for nap in naps:
            if log.now + nap * MINUTE < until:
                log.tick(log.now + nap * MINUTE)

    assert _openings(_play(playbook, story, now_and_then)) == _openings(_play(playbook, story, _awake))


@FEW
@given(playbooks(), STORIES)
def test_nothing_opens_early_and_the_log_holds_what_was_planned(
    playbook: Playbook, story: list[tuple[int, Any]]
) -> None:
    log = _play(playbook, story, _awake)
    for event in log.events:
        assert event.occurred <= event.recorded
    for one in log.timeline().occurrences:
        if one.opened is None:
            continue
        record = log.incident().occurrences[one.key]
        assert record.opened == one.opened
        if one.planned is not None:
            assert one.planned <= one.opened


@FEW
@given(playbooks(), STORIES)
def test_a_repeated_tick_does_nothing_more(playbook: Playbook, story: list[tuple[int, Any]]) -> None:
    log = _play(playbook, story, _awake)
    assert log.tick() == 0
    assert due(log.timeline(), log.now) == ()


@FEW
@given(playbooks(), STORIES)
def test_sleeping_until_the_next_beat_is_enough(playbook: Playbook, story: list[tuple[int, Any]]) -> None:
    log = Logbook(playbook, level="watch")
    log.tick()
    for _ in range(30):
        beat = next_beat(log.timeline(), log.now)
        if beat is None or beat > END:
            break
        almost = beat - timedelta(microseconds=1)
        assert due(log.timeline(almost), almost) == ()
        log.tick(beat)


@FEW
@given(playbooks(), STORIES)
def test_a_plan_that_continues_equals_one_that_starts_afresh(
    playbook: Playbook, story: list[tuple[int, Any]]
) -> None:
    log = _play(playbook, story, _awake)
    planner = Planner(playbook, BERLIN, START)
    for event in log.events:
        planner.advance(event.recorded - timedelta(seconds=1))
        planner.happen(event.body, event.recorded, by_clock=event.actor.kind == "clock")
    fresh = log.timeline()
    lives = {
        (str(OccurrenceKey(track.entry.id, track.item, live.number)), live.opened)
        for track in planner.stand.tracks.values()
        for live in track.lives
    }
    assert lives == {(str(one.key), one.opened) for one in fresh.occurrences if one.opened is not None}


@FEW
@given(playbooks(), STORIES, some.integers(-20, 90))
def test_a_moved_anchor_replans_only_what_has_not_opened(
    playbook: Playbook, story: list[tuple[int, Any]], hours: int
) -> None:
    log = _play(playbook, story, _awake)
    before = {one.key: one.opened for one in log.timeline().occurrences if one.opened is not None}
    log.say(AnchorSet("vigil", START + timedelta(hours=hours)))
    after = {one.key: one.opened for one in log.timeline().occurrences if one.opened is not None}
    assert before.items() <= after.items()


@FEW
@given(playbooks(), STORIES)
def test_planning_does_not_depend_on_the_order_of_looking(
    playbook: Playbook, story: list[tuple[int, Any]]
) -> None:
    log = _play(playbook, story, _awake)
    incident = fold(log.events)
    once = plan(playbook, incident, calendar=BERLIN, roster=Roster(), now=END)
    twice = plan(playbook, incident, calendar=BERLIN, roster=Roster(), now=END)
    assert once == twice

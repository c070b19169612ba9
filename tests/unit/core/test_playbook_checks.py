"""What does a check advise, and who acts for a role?"""

from __future__ import annotations

import json
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from responder.core.calendar import Calendar, Duration
from responder.core.errors import InvalidInput
from responder.core.facts import FactType
from responder.core.playbook import (
    FactDefinition,
    Parsed,
    Playbook,
    SourceFile,
    bench,
    chain,
    fact_value,
    ladder,
    language_policy,
    needs_of_all,
    try_parse,
)
from responder.core.playbook.compare import compare
from responder.core.playbook.pack import as_html, as_markdown
from responder.core.playbook.reference import as_reference
from responder.core.playbook.scaffold import scaffold
from responder.core.playbook.schema import json_schema
from responder.core.terms import Bench, ChainStep, Marking, Roster, StepKind

HEAD = """\
id: host
version: 1.0
name: Host
language: en
owner: lead
activation:
  by: lead
  levels: {watch: Watch, partial: Partial, full: Full}
roles:
  lead: {required: true, deputies: [writer]}
  writer: {fallback: lead}
  mayor: {fallback: lead}
  police: {outside: true, via: writer}
phases:
  early:
    opens: activated
    escalate: [{after: 10min, to: deputy}]
"""
MESSAGE = """\
messengers:
  city: {role: lead}
audiences:
  everyone: {lists: residents}
approvals:
  two: {steps: [[lead, writer], {any: [mayor, lead]}, {consult: police, within: 20min}], persons: 2}
messages:
  holding:
    owner: writer
    phase: early
    at: activated + 10min
    due: activated + 20min
    template: holding
    purpose: inform
    messenger: city
    audiences: everyone
    channels: [sms, email]
    approval: two
    languages: {required: [city, fr], wait: 30min}
"""


def parsed(body: str) -> Parsed:
    file = SourceFile("host.yaml", (HEAD + body).encode())
    return try_parse("host", lambda id_: (file,) if id_ == "host" else ())


def playbook(body: str = "") -> Playbook:
    found = parsed(body)
    assert found.playbook is not None, [str(each) for each in found.errors]
    assert found.errors == (), [str(each) for each in found.errors]
    return found.playbook


def advice(body: str) -> set[str]:
    found = parsed(body)
    assert found.errors == (), [str(each) for each in found.errors]
    return {each.rule for each in found.advice} - {"no-fallout"}


def test_what_has_no_due_or_no_ladder_is_told() -> None:
    assert advice("tasks:\n  call: {owner: lead, phase: early, due: 1h}\n") == set()
    assert advice("tasks:\n  call: {owner: lead}\n") == {"no-due", "no-ladder"}


def test_a_kind_of_fallout_without_an_entry_is_told() -> None:
    found = parsed("tasks:\n  call: {owner: lead, phase: early, due: 1h, fallout: social}\n").advice
    assert len([each for each in found if each.rule == "no-fallout"]) == 3


def test_a_need_that_is_due_later_than_what_waits_is_told() -> None:
    body = (
        "tasks:\n  a: {owner: lead, phase: early, due: %s}\n"
        "  b: {owner: lead, phase: early, due: 1h, needs: a}\n"
    )
    assert advice(body % "2h") == {"late-need"}
    assert advice(body % "30min") == set()


def test_languages_awaited_longer_than_there_is_time_are_told() -> None:
    assert "long-wait" in advice(MESSAGE)
    assert "long-wait" not in advice(MESSAGE.replace("wait: 30min", "wait: 5min"))


def test_an_anchor_that_nobody_sets_is_told() -> None:
    assert advice("anchors:\n  vigil: {name: Vigil}\n") == {"anchor-unset"}


def test_criteria_that_only_hold_at_the_highest_level_are_told() -> None:
    body = (
        "tasks:\n  hot_wash: {owner: lead, phase: early, due: 1d, level: %s}\n"
        "closes: {by: lead, if: task.hot_wash.done, review: 30d}\n"
    )
    assert advice(body % "full") == {"highest-level-only"}
    assert advice(body % "partial") == set()


def test_a_role_whose_fallback_nobody_need_hold_is_told() -> None:
    body = "tasks:\n  call: {owner: lead, phase: early, due: 1h}\n"
    changed = HEAD.replace("mayor: {fallback: lead}", "mayor: {fallback: speaker}\n  speaker: {}")
    file = SourceFile("host.yaml", (changed + body).encode())
    found = try_parse("host", lambda _id: (file,)).advice
    assert {each.rule for each in found} >= {"no-deputy", "loose-fallback"}


def test_a_bench_lists_holders_then_deputies_then_fallbacks_each_person_once() -> None:
    roster = Roster({"lead": ("amina",), "writer": ("bo", "amina"), "mayor": ("bo",)})
    book = playbook()
    assert bench(book, roster, "lead") == Bench("lead", ("amina",), ("bo",), ())
    assert bench(book, roster, "writer") == Bench("writer", ("bo", "amina"), (), ())
    assert bench(book, roster, "mayor") == Bench("mayor", ("bo",), (), ("amina",))
    assert bench(book, roster, "police").via_people == ("bo", "amina")


def test_a_chain_has_its_steps_in_order() -> None:
    found = chain(playbook(MESSAGE), playbook(MESSAGE).messages["holding"])
    assert found.steps == (
        ChainStep(StepKind.ALL, ("lead", "writer")),
        ChainStep(StepKind.ANY, ("mayor", "lead")),
        ChainStep(StepKind.CONSULT, ("police",), Duration(20, "min")),
    )
    assert (found.name, found.persons) == ("two", 2)


def test_the_citys_languages_stand_beside_named_ones() -> None:
    message = playbook(MESSAGE).messages["holding"]
    assert language_policy(message, ("en", "es")).required == ("en", "es", "fr")
    plain = playbook(MESSAGE.replace("required: [city, fr], ", "")).messages["holding"]
    assert language_policy(plain, ("en", "es")).required == ()


def test_blocks_are_needs_the_other_way_round_and_spare_life_safety() -> None:
    body = MESSAGE.replace("    languages:", "    urgency: %s\n    languages:")
    tasks = "tasks:\n  pause: {owner: lead, phase: early, due: 5min, blocks: messages}\n"
    assert needs_of_all(playbook(body % "urgent" + tasks))["holding"] == ("pause",)
    assert needs_of_all(playbook(body % "life_safety" + tasks))["holding"] == ()


def test_an_entry_has_its_own_ladder_or_its_phases() -> None:
    body = (
        "tasks:\n  a: {owner: lead, phase: early}\n"
        "  b: {owner: lead, phase: early, escalate: {late: 5min, to: lead}}\n  c: {owner: lead}\n"
    )
    book = playbook(body)
    assert [len(ladder(book, book.tasks[id_])) for id_ in "abc"] == [1, 1, 0]
    assert ladder(book, book.tasks["b"])[0].to == "lead"


def test_levels_are_reached_from_below_and_markings_only_get_stricter() -> None:
    book = playbook("tasks:\n  a: {owner: lead, marking: red}\n  b: {owner: lead}\n")
    assert [book.reaches("partial", level) for level in (None, "watch", "partial", "full")] == [
        True,
        True,
        True,
        False,
    ]
    assert [book.marking_of(book.tasks[id_]) for id_ in "ab"] == [Marking.RED, Marking.GREEN]


@pytest.mark.parametrize(
    ("type_", "text", "value"),
    [
        ("number", "12", 12),
        ("number", "1.5", 1.5),
        ("flag", "yes", True),
        ("flag", "no", False),
        ("choice", "a", "a"),
        ("text", "no", "no"),
        ("list", ["x", "y"], ("x", "y")),
        ("areas", "centre", ("centre",)),
    ],
)
def test_a_text_becomes_the_type_of_its_fact(type_: str, text: str, value: object) -> None:
    fact = FactDefinition(id="f", type=FactType(type_), options={"a": "A"})
    assert fact_value(fact, text, playbook_calendar()) == value


@pytest.mark.parametrize(
    ("type_", "text"), [("number", "x"), ("flag", "maybe"), ("choice", "b"), ("date", "1/2/27")]
)
def test_a_text_that_does_not_fit_its_fact_is_refused(type_: str, text: str) -> None:
    fact = FactDefinition(id="f", type=FactType(type_), options={"a": "A"})
    with pytest.raises(InvalidInput) as caught:
        fact_value(fact, text, playbook_calendar())
    assert caught.value.mend


def test_an_area_is_one_of_the_city_once_however_often_it_is_named() -> None:
    fact = FactDefinition(id="avoid_area", type=FactType.AREAS)
    areas = {"harbour": "Harbour Quarter", "old_town": "Old Town"}
    calendar = playbook_calendar()
    assert fact_value(fact, ["harbour", " old_town", "harbour"], calendar, areas=areas) == (
        "harbour",
        "old_town",
    )
    assert fact_value(fact, [], calendar, areas=areas) == ()
    with pytest.raises(InvalidInput, match="not an area of the city"):
        fact_value(fact, ["Harbour Quarter"], calendar, areas=areas)
    with pytest.raises(InvalidInput, match="not an area of the city"):
        fact_value(fact, "harbour", calendar, areas={})


def playbook_calendar() -> Calendar:
    return Calendar(ZoneInfo("Europe/London"))


def test_a_local_datetime_is_read_in_the_citys_zone() -> None:
    fact = FactDefinition(id="f", type=FactType.DATETIME)
    assert str(fact_value(fact, "2027-07-01 18:00", playbook_calendar())) == "2027-07-01 17:00:00+00:00"


def test_a_comparison_names_each_change_of_meaning_once() -> None:
    old = playbook("tasks:\n  a: {owner: lead, due: 1h}\n  b: {owner: lead, name: Bee}\n")
    new = playbook(
        "# other\ntasks:\n  c: {name: Sea, owner: lead}\n  a: {due: 2h, owner: [lead]}\n".replace(
            "[lead]", "lead"
        )
    )
    assert [str(change) for change in compare(old, new)] == [
        "tasks.a.due: opened + 1h → opened + 2h",
        "- tasks.b: Bee",
        "+ tasks.c: Sea",
    ]
    assert compare(old, old) == ()


def test_a_printed_playbook_escapes_what_people_wrote() -> None:
    book = playbook("tasks:\n  a: {owner: lead, name: '<script>alert(1)</script>', checklist: {x: Tick}}\n")
    page = as_html(book)
    assert "<script>" not in page
    assert 'lang="en" dir="ltr"' in page
    assert "- [ ] Tick" in as_markdown(book)


def test_a_new_playbook_checks_clean() -> None:
    file = SourceFile("new.yaml", scaffold("new", 'Say "no": a # test').encode())
    found = try_parse("new", lambda _id: (file,))
    assert found.problems == ()
    assert found.playbook is not None
    assert found.playbook.name == 'Say "no": a # test'


def test_the_schema_knows_every_key_and_lets_one_stand_for_a_list() -> None:
    schema = json_schema()
    assert set(schema["properties"]) == {info.alias or name for name, info in Playbook.model_fields.items()}
    assert "(id)" not in json.dumps(schema)
    task = schema["$defs"]["Task"]["properties"]
    assert {"if", "with", "at", "due"} <= set(task)
    assert [each["type"] for each in task["needs"]["anyOf"]] == ["array", "string"]


def test_the_reference_page_is_current() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "playbook-language.md"
    assert page.read_text(encoding="utf-8") == as_reference(), "Run scripts/reference."

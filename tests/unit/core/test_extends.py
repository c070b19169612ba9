"""What does a playbook say once everything it extends is merged in?"""

from __future__ import annotations

import pytest

from responder.core.errors import NotFound, Unparsable
from responder.core.playbook import Parsed, SourceFile, parse_playbook, try_parse

HEAD = """\
id: {id}
version: 1.0
kind: {kind}
name: {id}
language: en
owner: lead
"""
HOST = """\
activation:
  by: lead
roles:
  lead:
    required: true
"""


def source(id_: str, body: str = "", *, kind: str = "incident", folder: str = "playbooks") -> SourceFile:
    return SourceFile(f"{folder}/{id_}.yaml", (HEAD.format(id=id_, kind=kind) + body).encode())


def parsed(id_: str, *files: SourceFile) -> Parsed:
    def lookup(wanted: str) -> tuple[SourceFile, ...]:
        return tuple(file for file in files if file.path.endswith(f"/{wanted}.yaml"))

    return try_parse(id_, lookup)


def rules(result: Parsed) -> list[tuple[str, str]]:
    return [(str(each.place), each.rule) for each in result.errors]


CALLS = source("calls", "tasks:\n  call:\n    owner: lead\n    due: 1h\n    note: Softly\n", kind="module")


def test_maps_merge_by_key_and_everything_else_is_replaced() -> None:
    host = source("host", HOST + "extends: calls\ntasks:\n  call:\n    due: 2h\n  visit:\n    owner: lead\n")
    playbook = parsed("host", host, CALLS).playbook
    assert playbook is not None
    assert str(playbook.tasks["call"].due) == "opened + 2h"
    assert playbook.tasks["call"].note == "Softly"
    assert list(playbook.tasks) == ["call", "visit"]


def test_the_head_is_never_inherited() -> None:
    result = parsed("host", source("host", HOST + "extends: calls\n"), CALLS)
    assert result.playbook is not None
    assert (result.playbook.id, result.playbook.kind) == ("host", "incident")


def test_null_deletes_and_what_was_deleted_is_no_longer_needed() -> None:
    host = source(
        "host",
        HOST + "extends: calls\ntasks:\n  call:\n  visit:\n    owner: lead\n    needs: [call, lead_in]\n"
        "  lead_in:\n    owner: lead\n    blocks: call\n",
    )
    result = parsed("host", host, CALLS)
    assert result.playbook is not None
    assert result.playbook.tasks["visit"].needs == ("lead_in",)
    assert result.playbook.tasks["lead_in"].blocks == ()
    told = [(each.place.line, each.rule) for each in result.advice if each.rule == "deleted-need"]
    assert told == [(17, "deleted-need"), (20, "deleted-need")]
    assert rules(result) == []


def test_other_references_to_a_deleted_entry_are_errors() -> None:
    body = "extends: calls\ntasks:\n  call:\n  visit:\n    owner: lead\n    at: task.call.done\n"
    assert rules(parsed("host", source("host", HOST + body), CALLS)) == [
        ("playbooks/host.yaml:17:14", "unknown-task")
    ]


def test_a_delete_that_deletes_nothing_is_an_error() -> None:
    host = source("host", HOST + "extends: calls\ntasks:\n  cal:\n  call:\n    code:\n")
    assert rules(parsed("host", host, CALLS)) == [
        ("playbooks/host.yaml:14:3", "unused-delete"),
        ("playbooks/host.yaml:16:5", "unused-delete"),
    ]


def test_a_key_with_null_in_a_parent_that_extends_nothing_is_nothing() -> None:
    module = source("calls", "summary:\ntasks:\n  call:\n    owner: lead\n    phase: ~\n", kind="module")
    assert rules(parsed("host", source("host", HOST + "extends: calls\n"), module)) == []


def test_parents_that_differ_are_an_error_unless_the_file_says_which() -> None:
    other = source("other", "tasks:\n  call:\n    owner: lead\n    due: 3h\n", kind="module")
    host = source("host", HOST + "extends: [calls, other]\n")
    assert rules(parsed("host", host, CALLS, other)) == [("playbooks/other.yaml:10:10", "parents-differ")]
    decides = source("host", HOST + "extends: [calls, other]\ntasks:\n  call:\n    due: 2h\n")
    assert rules(parsed("host", decides, CALLS, other)) == []
    drops = source("host", HOST + "extends: [calls, other]\ntasks:\n  call:\n")
    assert rules(parsed("host", drops, CALLS, other)) == []


def test_one_module_reached_by_two_ways_is_no_conflict() -> None:
    left = source("left", "extends: calls\n", kind="module")
    right = source("right", "extends: calls\n", kind="module")
    host = source("host", HOST + "extends: [left, right]\n")
    assert rules(parsed("host", host, left, right, CALLS)) == []


def test_a_file_may_extend_its_own_id_down_the_content_path() -> None:
    city = source("host", "extends: host\ntasks:\n  call:\n    due: 10min\n", folder="city/playbooks")
    shipped = source("host", HOST + "extends: calls\n")
    result = parsed("host", city, shipped, CALLS)
    assert result.playbook is not None
    assert str(result.playbook.tasks["call"].due) == "opened + 10min"
    assert [file.path for file in result.files] == [city.path, shipped.path, CALLS.path]


def test_own_id_with_nothing_below_is_an_error() -> None:
    assert rules(parsed("host", source("host", HOST + "extends: host\n"))) == [
        ("playbooks/host.yaml:12:10", "unknown-playbook")
    ]


def test_files_that_extend_one_another_are_a_circle() -> None:
    left, right = source("left", "extends: right\n"), source("right", "extends: left\n")
    found = rules(parsed("left", left, right))
    assert ("playbooks/right.yaml:7:10", "circle") in found


def test_every_problem_names_its_own_file_after_a_merge() -> None:
    module = source("calls", "tasks:\n  call:\n    owner: led\n    due: 1m\n", kind="module")
    host = source("host", HOST + "extends: calls\ntasks:\n  visit:\n    owner: lead\n    dew: 1h\n")
    assert rules(parsed("host", host, module)) == [
        ("playbooks/calls.yaml:10:10", "bad-moment"),
        ("playbooks/host.yaml:16:5", "unknown-key"),
    ]


def test_a_problem_within_a_condition_of_a_module_names_the_letter() -> None:
    module = source("calls", "tasks:\n  call:\n    owner: lead\n    if: not fact.ded\n", kind="module")
    host = source("host", HOST + "extends: calls\n")
    assert rules(parsed("host", host, module)) == [("playbooks/calls.yaml:10:18", "unknown-fact")]


def test_a_module_alone_lists_what_it_asks_of_its_host() -> None:
    module = source("calls", "tasks:\n  call:\n    owner: mayor\n    phase: early\n", kind="module")
    result = parsed("calls", module)
    asks = [each.message for each in result.advice if each.rule == "asks-host"]
    assert result.errors == ()
    assert asks == [
        "This module asks its host for the role “lead”.",
        "This module asks its host for the role “mayor”.",
        "This module asks its host for the phase “early”.",
    ]


def test_an_id_that_is_not_the_files_name_is_an_error() -> None:
    assert rules(parsed("host", SourceFile("playbooks/host.yaml", source("hots", HOST).data))) == [
        ("playbooks/host.yaml:1:5", "id-mismatch")
    ]


def test_parsing_raises_everything_at_once() -> None:
    with pytest.raises(NotFound):
        parse_playbook("none", lambda _id: ())
    broken = source("host", HOST + "tasks:\n  call:\n    owner: led\n    fallout: none\n    dew: 1\n")
    with pytest.raises(Unparsable) as caught:
        parse_playbook("host", lambda _id: (broken,))
    assert len(caught.value.problems) == 2

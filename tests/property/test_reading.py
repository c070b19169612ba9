"""Whatever a file holds, reading it ends in a value or in problems with a place, never in a crash."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from hypothesis import example, given, settings
from hypothesis import strategies as st

from responder.core.errors import Problem
from responder.core.playbook import SourceFile, parse_condition, parse_moment, try_parse
from responder.core.playbook.condition import ConditionError, names_in
from responder.core.playbook.moment import MomentError
from responder.core.playbook.scaffold import scaffold
from responder.core.reading import try_read

YAML_PIECES = st.sampled_from(
    [
        "a",
        "tasks",
        ":",
        ": ",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "[",
        "]",
        "{",
        "}",
        ",",
        "&x ",
        "*x",
        "!!str ",
        "'",
        '"',
        "|",
        ">",
        "|-\n",
        "#",
        "%",
        "---",
        "...",
        "?",
        "~",
        "null",
        "<<",
        "\\",
        "é",
        "\u202e",
        "\t",
        "\x00",
        "%YAML 1.1\n---\n",
    ]
)
HOSTILE = st.one_of(
    st.lists(YAML_PIECES, max_size=40).map("".join), st.text(max_size=80), st.binary(max_size=80)
)
PIECES = st.sampled_from(
    [
        "activated",
        "fact.x",
        "decision.y",
        "'a'",
        "3",
        "==",
        "<",
        "and",
        "or",
        "not",
        "(",
        ")",
        "every(",
        "some(",
        ",",
        "+",
        "-",
        "2h",
        "30m",
        "@09:00",
        "on",
        "mon",
        "vigil",
        "2027-01-15",
        ".",
        " ",
        "é",
        "lambda",
        "[",
        "]",
        ":=",
        "\\",
    ]
)


Read = TypeVar("Read")


def caught(read: Callable[[str], Read], text: str) -> Read | MomentError | ConditionError:
    """The value, or the error that says why there is none."""
    try:
        return read(text)
    except (MomentError, ConditionError) as error:
        return error


def told(problems: tuple[Problem, ...]) -> bool:
    return all(problem.message and problem.place.file for problem in problems)


@given(HOSTILE)
@example(b"\xff\xfe")
@example("a: &a [*a]")
@example("!!binary x")
@example('"\\xZZ"')
@example("%TAG ! tag:x,2000:\n---\n!x y")
@settings(max_examples=300, deadline=None)
def test_any_text_is_read_or_refused(text: str | bytes) -> None:
    node, problems = try_read(text, "hostile.yaml")
    assert node is not None or problems
    assert told(problems)


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_a_playbook_with_anything_cut_in_or_out_is_parsed_or_refused(data: st.DataObject) -> None:
    text = scaffold("cut", "Cut")
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 60)))
    changed = text[:start] + data.draw(st.one_of(YAML_PIECES, PIECES, st.just(""))) + text[end:]
    raw = changed.encode(errors="replace")

    parsed = try_parse("cut", lambda id_: (SourceFile("cut.yaml", raw),) if id_ == "cut" else ())

    assert parsed.playbook is not None or parsed.errors
    assert told(parsed.problems)
    assert all(problem.mend for problem in parsed.errors)


@given(
    st.lists(PIECES, max_size=12).map("".join)
    | st.lists(PIECES, max_size=12).map(" ".join)
    | st.text(max_size=40)
)
@settings(max_examples=400, deadline=None)
def test_any_moment_and_any_condition_is_read_or_refused_within_its_text(text: str) -> None:
    moment = caught(parse_moment, text)
    if isinstance(moment, MomentError):
        assert 0 <= moment.at <= len(text)
        assert moment.mend
    else:
        assert parse_moment(str(moment)) == moment
    condition = caught(parse_condition, text)
    if isinstance(condition, ConditionError):
        assert 0 <= condition.at <= len(text)
        assert condition.mend
    else:
        assert all(text[name.at :].startswith(str(name).split(".")[0]) for name in names_in(condition))

"""What does a YAML file say, and where? Every scalar is text, every problem has its place."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import Field

from responder.core.errors import Unparsable
from responder.core.reading import (
    Fields,
    Form,
    Id,
    Keyed,
    Length,
    Many,
    Scalar,
    build,
    data_of,
    node_at,
    place_at,
    place_of_key,
    read,
    try_read,
)


class Dish(Form):
    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field(description="What it is called.")
    takes: Length | None = None
    with_: Annotated[tuple[Id, ...], Many] = Field((), alias="with")
    sizes: dict[Id, str] = Field(default_factory=dict)


class Menu(Form):
    title: str = ""
    open: bool = False
    seats: int = 0
    dishes: Annotated[dict[Id, Dish], Keyed] = Field(default_factory=dict)


def problems_of(text: str | bytes) -> list[tuple[int, int, str]]:
    with pytest.raises(Unparsable) as caught:
        build(Menu, read(text, "menu.yaml"))
    return [(each.place.line, each.place.column, each.rule) for each in caught.value.problems]


def test_every_scalar_is_text() -> None:
    text = "[no, 22:00, 1.10, 2027-01-15, 0123, 0x1f, .inf, yes, 1_000, '5', \"6\", +3]"
    said = ["no", "22:00", "1.10", "2027-01-15", "0123", "0x1f", ".inf", "yes", "1_000", "5", "6", "+3"]
    assert data_of(read(text, "x")) == said


def test_null_tilde_and_nothing_are_null_and_quoted_null_is_text() -> None:
    node = read("a: null\nb: ~\nc:\nd: 'null'\ne: \"\"\n", "x")
    assert isinstance(node, Fields)
    texts = {key: value.text for key, value in node.values.items() if isinstance(value, Scalar)}
    assert texts == {"a": None, "b": None, "c": None, "d": "null", "e": ""}


def test_one_value_is_a_list_of_one_and_a_thing_knows_its_key() -> None:
    menu = build(Menu, read("dishes:\n  soup:\n    name: 7\n    with: bread\n    takes: 10min\n", "x"))
    assert menu.dishes["soup"].with_ == ("bread",)
    assert menu.dishes["soup"].id == "soup"
    assert menu.dishes["soup"].name == "7"


def test_a_key_of_ours_is_never_a_key_of_a_file() -> None:
    assert problems_of("dishes:\n  soup:\n    name: x\n    (id): y\n") == [(4, 5, "unknown-key")]
    assert problems_of("dishes:\n  soup:\n    name: x\n    id: y\n") == [(4, 5, "unknown-key")]
    assert problems_of("dishes:\n  soup:\n    name: x\n    with_: y\n") == [(4, 5, "unknown-key")]


def test_all_problems_are_given_in_the_order_of_the_file() -> None:
    text = """\
titel: Menu
open: maybe
seats: many
dishes:
  soup:
    takes: 10m
  Cake:
    name: Cake
"""
    assert problems_of(text) == [
        (1, 1, "unknown-key"),
        (2, 7, "wrong-type"),
        (3, 8, "wrong-type"),
        (5, 3, "missing-key"),
        (6, 12, "bad-duration"),
        (7, 3, "bad-id"),
    ]


def test_an_unknown_key_with_no_value_is_still_unknown() -> None:
    assert problems_of("titel:\n") == [(1, 1, "unknown-key")]


def test_an_empty_thing_is_a_problem_and_an_empty_option_is_not() -> None:
    assert problems_of("dishes:\n  soup:\n    name: x\n    sizes:\n      big:\n") == [(5, 7, "unused-delete")]
    assert build(Menu, read("title:\nseats: ~\n", "x")).title == ""


def test_did_you_mean_names_the_nearest_key() -> None:
    with pytest.raises(Unparsable) as caught:
        build(Menu, read("dishes:\n  soup:\n    nam: x\n    name: y\n", "x"))
    assert "takes" in caught.value.problems[0].mend or "name" in caught.value.problems[0].mend
    with pytest.raises(Unparsable) as caught:
        build(Menu, read("titel: x\n", "x"))
    assert caught.value.problems[0].mend == "Did you mean title?"


@pytest.mark.parametrize(
    ("text", "place", "rule"),
    [
        (b"", (0, 0), "empty-file"),
        (b"# only a comment\n", (0, 0), "empty-file"),
        (b"a: 1\n\tb: 2\n", (2, 1), "tab"),
        (b"a: 1\nb: x\x00y\n", (2, 5), "control-letter"),
        ("a: x\u202ey\n".encode(), (1, 5), "control-letter"),
        (b"a: 1\r\nb: x\x0cy\r\n", (2, 5), "control-letter"),
        ("a: 1\nb: x\ufffey\n".encode(), (2, 5), "control-letter"),
        (b"a: 1\nb: \xff\n", (2, 4), "not-text"),
        ("é: \udcff", (1, 4), "not-text"),
        (b"a: 1\n---\nb: 2\n", (2, 1), "two-documents"),
        (b"a: [1, 2\n", (2, 1), "not-yaml"),
        (b"a: 1\na: 2\n", (2, 1), "duplicate-key"),
        (b"a: *b\n", (1, 4), "unknown-alias"),
        (b"a: !!int 3\n", (1, 4), "tag"),
        (b"a: &x {b: *x}\n", (1, 11), "unknown-alias"),
        (b"? [a, b]\n: 1\n", (1, 3), "bad-key"),
        (b": 1\n", (1, 1), "bad-key"),
        (b"%YAML 9.9\n---\na: 1\n", (1, 1), "not-yaml"),
        (b"a: 'x\n", (2, 1), "not-yaml"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    text: str | bytes, place: tuple[int, int], rule: str
) -> None:
    _, problems = try_read(text, "x.yaml")
    first = problems[0]
    assert (first.place.line, first.place.column, first.rule) == (*place, rule), str(first)
    assert first.mend


def test_twenty_levels_are_enough() -> None:
    read("[" * 20 + "]" * 20, "x")
    _, problems = try_read("[" * 21 + "]" * 21, "x")
    assert [(each.place.column, each.rule) for each in problems] == [(21, "too-deep")]


def test_more_than_a_mebibyte_is_too_large() -> None:
    _, problems = try_read(b"#" * (1024 * 1024 + 1), "x")
    assert [each.rule for each in problems] == ["too-large"]


def test_a_hundred_aliases_are_enough_and_laughs_are_counted_as_they_are_followed() -> None:
    read("a: &a 1\nb: [" + ", ".join(["*a"] * 100) + "]", "x")
    _, problems = try_read("a: &a 1\nb: [" + ", ".join(["*a"] * 101) + "]", "x")
    assert problems[0].rule == "too-many-aliases"
    pairs = zip("abcdefgh", "bcdefghi", strict=True)
    laughs = "a: &a [x]\n" + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in pairs)
    node, problems = try_read(laughs, "x")
    assert node is None
    assert problems[0].rule == "too-many-aliases"


def test_an_offset_points_into_the_very_letter_where_the_text_stands_on_one_line() -> None:
    node = read("a: plain text\nb: 'quoted text'\nc: \"with \\t escape\"\nd: >-\n  folded\n  text\n", "x")
    places = [place_at(node, (key,), 3).column for key in "abcd"]
    assert places == [7, 8, 4, 4]


def test_a_place_is_found_by_its_path_also_where_one_value_stands_for_a_list() -> None:
    node = read("a:\n  b: x\n  c:\n    - y\n    - z\n", "x")
    assert (place_at(node, ("a", "c", 1)).line, place_at(node, ("a", "b", 0)).column) == (5, 6)
    assert place_of_key(node, ("a", "c")).line == 3
    assert node_at(node, ("a", "nothing")) is node_at(node, ("a",))

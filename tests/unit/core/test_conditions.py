"""Does it hold? Conditions are read safely and know three values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import product

import pytest

from responder.core.playbook.condition import (
    Absent,
    ConditionError,
    Name,
    NameKind,
    Value,
    evaluate,
    names_in,
    parse_condition,
)

U = Absent.UNKNOWN


def holds(
    text: str, values: Mapping[str, Value], items: Sequence[Mapping[str, Value]] = (), item: int | None = None
) -> bool | None:
    def value(name: Name, number: int | None) -> Value:
        if number is not None and str(name) in items[number - 1]:
            return items[number - 1][str(name)]
        return values[str(name)]

    return evaluate(parse_condition(text), value, items=lambda _q: range(1, len(items) + 1), item=item)


@pytest.mark.parametrize(("left", "right"), list(product([True, False, U], repeat=2)))
def test_and_or_not_know_three_values(left: Value, right: Value) -> None:
    values = {"task.a.done": left, "task.b.done": right}
    both, either = holds("task.a.done and task.b.done", values), holds("task.a.done or task.b.done", values)
    assert both is (False if False in (left, right) else None if U in (left, right) else True)
    assert either is (True if True in (left, right) else None if U in (left, right) else False)
    assert holds("not task.a.done", values) is (None if left is U else not left)


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("decision.v == 'yes'", "yes", True),
        ("decision.v == 'yes'", "no", False),
        ("decision.v != 'yes'", "no", True),
        ("decision.v == 'yes'", U, None),
        ("decision.v != 'yes'", U, None),
        ("decision.v == 'yes'", Absent.NONE, False),
        ("decision.v != 'yes'", Absent.NONE, True),
        ("'yes' == decision.v", "yes", True),
    ],
)
def test_a_decision_that_was_never_asked_equals_nothing(
    text: str, value: Value, expected: bool | None
) -> None:
    assert holds(text, {"decision.v": value}) is expected


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("fact.x > 3", 4, True),
        ("fact.x <= 3.5", 3.5, True),
        ("fact.x >= -1", -2, False),
        ("fact.x < 3", U, None),
        ("fact.x == '2027-01-15'", date(2027, 1, 15), True),
        ("fact.x < '2027-01-15'", date(2027, 1, 14), True),
        ("fact.x > '2027-01-15'", datetime(2027, 1, 16, tzinfo=UTC), None),
        ("fact.x", True, True),
        ("fact.x == false", False, True),
        ("fact.x == 'الآن'", "الآن", True),
    ],
)
def test_values_are_compared_by_their_kind(text: str, value: Value, expected: bool | None) -> None:
    assert holds(text, {"fact.x": value}) is expected


def test_every_over_no_items_is_unknown_so_consent_is_never_assumed() -> None:
    assert holds("every(task.agree.done)", {}) is None
    assert holds("some(task.agree.done)", {}) is False


def test_every_and_some_ask_each_item() -> None:
    yes, no, open_ = ({"task.agree.done": value} for value in (True, False, U))
    assert holds("every(task.agree.done)", {}, [yes, yes]) is True
    assert holds("every(task.agree.done)", {}, [yes, open_]) is None
    assert holds("every(task.agree.done)", {}, [no, open_]) is False
    assert holds("some(task.agree.done)", {}, [no, yes, open_]) is True
    assert holds("not some(task.agree.done)", {}, [no, no]) is True


def test_no_condition_holds() -> None:
    assert evaluate(None, lambda _name, _item: U, items=lambda _q: ()) is True


def test_all_kinds_of_names_are_read() -> None:
    text = (
        "fact.a or item.b or decision.c == 'x' or task.d.done or gate.e.passed or message.f.sent "
        "or anchor.g or phase.h.open or phase.i.closed or level.j"
    )
    assert [name.kind for name in names_in(parse_condition(text))] == list(NameKind)


@pytest.mark.parametrize(
    ("text", "at", "words"),
    [
        ("", 0, "empty"),
        ("decision.v = 'yes'", 11, "=="),
        ("a && b", 2, "and"),
        ("task.a.done || task.b.done", 12, "or"),
        ("!task.a.done", 0, "not"),
        ("decision.v == yes", 14, "quotes"),
        ("task.a", 0, "task.X.done"),
        ("task.a.sent", 0, "task.X.done"),
        ("phase.a", 0, "phase.X.open"),
        ("nothing.a", 0, "begin with"),
        ("True", 0, "true"),
        ("1 < fact.x < 3", 0, "One comparison"),
        ("fact.x in ('a', 'b')", 0, "in"),
        ("fact.x is none", 0, "is"),
        ("len(fact.x) > 2", 0, "every"),
        ("every(every(task.a.done))", 6, "nest"),
        ("every(task.a.done, 2)", 0, "every"),
        ("fact.x + 1 == 2", 0, "language"),
        ("fact['x']", 0, "language"),
        ("lambda: 1", 0, "language"),
        ("(fact.x := 1)", 1, "comparisons"),
        ("__import__('os').system('x')", 0, "every"),
        ("fact.__class__.__bases__", 0, "fact.X"),
        ("f'{fact.x}'", 0, "language"),
        ("b'x' == fact.x", 0, "language"),
        ("fact.x ==", 9, "comparisons"),
        ("  'é' == fact.x and yes", 20, "quotes"),
    ],
)
def test_what_is_no_condition_is_told_at_its_letter(text: str, at: int, words: str) -> None:
    with pytest.raises(ConditionError) as caught:
        parse_condition(text)
    assert caught.value.at == at, str(caught.value)
    assert words in str(caught.value)
    assert caught.value.mend


def test_a_very_deep_condition_is_refused_not_a_crash() -> None:
    with pytest.raises(ConditionError):
        parse_condition("(" * 900 + "true" + ")" * 900)
    with pytest.raises(ConditionError):
        parse_condition("not " * 400 + "tru e")

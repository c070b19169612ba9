"""Does it hold? Conditions with three values: true, false, and unknown, which waits."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, StrEnum

from responder.core.errors import InvalidInput
from responder.core.facts import FactValue

__all__ = [
    "Absent",
    "Compare",
    "Condition",
    "ConditionError",
    "Expression",
    "Items",
    "Literal",
    "Logic",
    "Name",
    "NameKind",
    "Names",
    "Not",
    "Quantifier",
    "Value",
    "evaluate",
    "names_in",
    "parse_condition",
    "quantifiers_in",
]


class Absent(Enum):
    """What a name is worth when it has no value."""

    UNKNOWN = "unknown"
    """Nobody knows yet: the condition waits."""
    NONE = "none"
    """It will not come, because the decision is not needed. Equal to nothing."""


Value = FactValue | Absent


class NameKind(StrEnum):
    """What a name in a condition speaks of; the value is how it is written, X standing for the id."""

    FACT = "fact.X"
    ITEM_FIELD = "item.X"
    DECISION = "decision.X"
    TASK_DONE = "task.X.done"
    GATE_PASSED = "gate.X.passed"
    MESSAGE_SENT = "message.X.sent"
    ANCHOR = "anchor.X"
    PHASE_OPEN = "phase.X.open"
    PHASE_CLOSED = "phase.X.closed"
    LEVEL = "level.X"

    @property
    def of_entry(self) -> bool:
        """Whether `id` names an entry: a task, gate, decision or message."""
        return self in _OF_ENTRY


_OF_ENTRY = frozenset({NameKind.DECISION, NameKind.TASK_DONE, NameKind.GATE_PASSED, NameKind.MESSAGE_SENT})


@dataclass(frozen=True, slots=True)
class Name:
    """A name, such as `decision.vigil`. `at` is its offset in the text, for messages."""

    kind: NameKind
    id: str
    at: int = 0

    def __str__(self) -> str:
        return self.kind.value.replace("X", self.id)


@dataclass(frozen=True, slots=True)
class Literal:
    """Text in quotes, a number, true or false."""

    value: str | int | float | bool
    at: int = 0


@dataclass(frozen=True, slots=True)
class Compare:
    """One comparison; `operator` is one of == != < <= > >=."""

    operator: str
    left: Name | Literal
    right: Name | Literal
    at: int = 0


@dataclass(frozen=True, slots=True)
class Not:
    part: Expression


@dataclass(frozen=True, slots=True)
class Logic:
    """Parts joined by `and` (every=True) or by `or`."""

    every: bool
    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Quantifier:
    """`every(…)` or `some(…)`: the part is asked for each item of the register its entries stand in."""

    every: bool
    part: Expression
    at: int = 0


Expression = Name | Literal | Compare | Not | Logic | Quantifier


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that was read. Several in a list become one that holds when all hold."""

    expression: Expression
    text: str

    def __str__(self) -> str:
        return self.text


class ConditionError(InvalidInput):
    """Not a condition; `at` is the offset in the text where it stops being one."""

    def __init__(self, message: str, *, mend: str = "", at: int = 0) -> None:
        super().__init__(message, mend=mend)
        self.at = at


Names = Callable[[Name, int | None], Value]
"""What a name is worth now. The second argument is the number of the item it is asked for, or None."""

Items = Callable[[Quantifier], Sequence[int]]
"""The numbers of the items that a quantifier runs over (see `register_of` in this room)."""


def evaluate(
    condition: Condition | None, names: Names, *, items: Items, item: int | None = None
) -> bool | None:
    """True, False, or None for unknown. No condition holds.

    `unknown or true` is true, `unknown and false` is false, else unknown stays unknown.
    `every` over no items is unknown, so consent is never assumed; `some` over none is false.
    """
    if condition is None:
        return True
    return _truth(condition.expression, names, items, item)


def parse_condition(text: str) -> Condition:
    """Read one condition. Raises ConditionError with the offset of what cannot stand there."""
    flat = text.replace("\n", " ").replace("\t", " ")
    lead = len(flat) - len(flat.lstrip(" "))
    if not flat.strip():
        raise ConditionError("A condition is empty.", mend="Write one, or leave “if” out.")
    if len(flat) > _LONGEST:
        raise ConditionError(
            "This condition is too long.", mend="Write a list of shorter ones; all must hold."
        )
    try:
        tree = ast.parse(flat.lstrip(" "), mode="eval")
    except SyntaxError as error:
        raise _unreadable(flat, error, lead) from None
    except (ValueError, RecursionError, MemoryError):
        raise ConditionError("This is not a condition.", mend=_SHAPE) from None
    return Condition(_Reader(flat, lead).truth(tree.body), text.strip())


def all_of(conditions: Sequence[Condition]) -> Condition | None:
    """One condition that holds when all of these hold; None for none."""
    if not conditions:
        return None
    if len(conditions) == 1:
        return conditions[0]
    parts = tuple(condition.expression for condition in conditions)
    return Condition(Logic(every=True, parts=parts), "\n".join(condition.text for condition in conditions))


def names_in(condition: Condition | Expression | None) -> tuple[Name, ...]:
    """Every name a condition uses, in the order of the text."""
    return tuple(part for part in _walk(condition) if isinstance(part, Name))


def quantifiers_in(condition: Condition | Expression | None) -> tuple[Quantifier, ...]:
    """Every `every(…)` and `some(…)` of a condition."""
    return tuple(part for part in _walk(condition) if isinstance(part, Quantifier))


_LONGEST = 2_000
_SHAPE = "Write comparisons such as decision.X == 'yes', joined by and, or, not."


def _walk(condition: Condition | Expression | None) -> Iterator[Expression]:
    if condition is None:
        return
    part = condition.expression if isinstance(condition, Condition) else condition
    yield part
    if isinstance(part, Compare):
        yield from (part.left, part.right)
    elif isinstance(part, Not | Quantifier):
        yield from _walk(part.part)
    elif isinstance(part, Logic):
        for inner in part.parts:
            yield from _walk(inner)


def _truth(part: Expression, names: Names, items: Items, item: int | None) -> bool | None:
    if isinstance(part, Logic):
        return _join([_truth(inner, names, items, item) for inner in part.parts], every=part.every)
    if isinstance(part, Not):
        inner = _truth(part.part, names, items, item)
        return None if inner is None else not inner
    if isinstance(part, Quantifier):
        answers = [_truth(part.part, names, items, number) for number in items(part)]
        if part.every and not answers:
            return None
        return _join(answers, every=part.every)
    if isinstance(part, Compare):
        return _compare(part.operator, _value(part.left, names, item), _value(part.right, names, item))
    value = _value(part, names, item)
    return None if value is Absent.UNKNOWN else value is True


def _join(answers: list[bool | None], *, every: bool) -> bool | None:
    """Three-valued and (every) or or: the deciding value wins, then unknown."""
    if (not every) in answers:
        return not every
    return None if None in answers else every


def _value(part: Name | Literal, names: Names, item: int | None) -> Value:
    return part.value if isinstance(part, Literal) else names(part, item)


def _compare(operator: str, left: Value, right: Value) -> bool | None:
    if Absent.UNKNOWN in (left, right):
        return None
    if Absent.NONE in (left, right):
        return operator == "!="
    left, right = _alike(left, right), _alike(right, left)
    if operator in ("==", "!="):
        return (left == right) == (operator == "==")
    try:
        return bool(_ORDERS[operator](left, right))
    except TypeError:
        return None  # two things that have no order; the static check has said so


def _alike(value: Value, other: Value) -> Value:
    """Text in quotes beside a date is read as a date; a moment beside a date as its UTC day."""
    if isinstance(value, str) and isinstance(other, date):
        try:
            value = (
                datetime.fromisoformat(value) if isinstance(other, datetime) else date.fromisoformat(value)
            )
        except ValueError:
            return value
    if isinstance(value, datetime) and isinstance(other, date) and not isinstance(other, datetime):
        return value.date()
    return value


_ORDERS: dict[str, Callable[..., object]] = {
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_NAMES: dict[str, dict[str, NameKind]] = {
    "fact": {"": NameKind.FACT},
    "item": {"": NameKind.ITEM_FIELD},
    "decision": {"": NameKind.DECISION},
    "task": {"done": NameKind.TASK_DONE},
    "gate": {"passed": NameKind.GATE_PASSED},
    "message": {"sent": NameKind.MESSAGE_SENT},
    "anchor": {"": NameKind.ANCHOR},
    "phase": {"open": NameKind.PHASE_OPEN, "closed": NameKind.PHASE_CLOSED},
    "level": {"": NameKind.LEVEL},
}


class _Reader:
    """Turns the parsed text into our own nodes, refusing everything the language does not have."""

    def __init__(self, text: str, lead: int) -> None:
        self.bytes = text.lstrip(" ").encode()
        self.lead = lead
        self.quantified = False

    def truth(self, node: ast.expr) -> Expression:
        if isinstance(node, ast.BoolOp):
            parts = tuple(self.truth(value) for value in node.values)
            return Logic(every=isinstance(node.op, ast.And), parts=parts)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return Not(self.truth(node.operand))
        if isinstance(node, ast.Compare):
            return self._comparison(node)
        if isinstance(node, ast.Call):
            return self._quantifier(node)
        return self._operand(node)

    def _comparison(self, node: ast.Compare) -> Compare:
        at = self._at(node)
        if len(node.ops) > 1:
            raise ConditionError("One comparison at a time.", mend="Join two with “and”.", at=at)
        operator = _OPERATORS.get(type(node.ops[0]))
        if operator is None:
            word = {ast.In: "in", ast.NotIn: "not in", ast.Is: "is", ast.IsNot: "is not"}[type(node.ops[0])]
            raise ConditionError(f"“{word}” is not in the language.", mend="Compare with == or !=.", at=at)
        return Compare(operator, self._operand(node.left), self._operand(node.comparators[0]), at)

    def _quantifier(self, node: ast.Call) -> Quantifier:
        at = self._at(node)
        word = node.func.id if isinstance(node.func, ast.Name) else ""
        if word not in ("every", "some") or node.keywords or len(node.args) != 1:
            raise _no_call(at)
        if self.quantified:
            raise ConditionError("every(…) and some(…) do not nest.", mend="Take the inner one out.", at=at)
        self.quantified = True
        part = self.truth(node.args[0])
        self.quantified = False
        return Quantifier(every=word == "every", part=part, at=at)

    def _operand(self, node: ast.expr) -> Name | Literal:
        at = self._at(node)
        if isinstance(node, ast.Constant) and isinstance(node.value, bool):
            raise _no_name([str(node.value)], at)
        if isinstance(node, ast.Call):
            raise _no_call(at)
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
            return Literal(node.value, at)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self._operand(node.operand)
            if isinstance(inner, Literal) and isinstance(inner.value, int | float):
                return Literal(-inner.value, at)
        if isinstance(node, ast.Name | ast.Attribute):
            return self._name(node)
        raise ConditionError("This is not in the language of conditions.", mend=_SHAPE, at=at)

    def _name(self, node: ast.Name | ast.Attribute) -> Name | Literal:
        at, parts = self._at(node), _dotted(node)
        if parts in (["true"], ["false"]):
            return Literal(parts == ["true"], at)
        endings = _NAMES.get(parts[0]) if parts else None
        if endings is None:
            raise _no_name(parts, at)
        ending = parts[2] if len(parts) > 2 else ""
        if len(parts) < 2 or len(parts) > 3 or ending not in endings:
            shapes = " or ".join(kind.value for kind in endings.values())
            raise ConditionError(f"“{'.'.join(parts)}” is not a name.", mend=f"Write {shapes}.", at=at)
        return Name(endings[ending], parts[1], at)

    def _at(self, node: ast.expr) -> int:
        """The offset in letters; `ast` counts UTF-8 bytes."""
        return self.lead + len(self.bytes[: node.col_offset].decode(errors="ignore"))


def _no_call(at: int) -> ConditionError:
    return ConditionError(
        "Nothing is called but every(…) and some(…).", mend="Write every(task.X.done), by itself.", at=at
    )


def _dotted(node: ast.expr) -> list[str]:
    if isinstance(node, ast.Name):
        return [node.id]
    if isinstance(node, ast.Attribute):
        head = _dotted(node.value)
        return [*head, node.attr] if head else []
    return []


def _no_name(parts: list[str], at: int) -> ConditionError:
    said = ".".join(parts)
    if said in ("True", "False"):
        return ConditionError(f"“{said}” is written small.", mend=f"Write {said.lower()}.", at=at)
    if len(parts) == 1:
        return ConditionError(f"“{said}” is not a name.", mend=f"Text stands in quotes: '{said}'.", at=at)
    return ConditionError(f"“{said}” is not a name.", mend=f"Names begin with {', '.join(_NAMES)}.", at=at)


def _unreadable(text: str, error: SyntaxError, lead: int) -> ConditionError:
    at = min(error.offset - 1 + lead, len(text)) if error.offset else len(text)
    bare = re.sub(r"[=!<>:]=", "  ", text)
    for wrong, right in (("&&", "and"), ("||", "or"), ("!", "not"), ("=", "==")):
        if wrong in bare:
            said = f"“{wrong}” is not in the language."
            return ConditionError(said, mend=f"Write {right}.", at=bare.index(wrong))
    return ConditionError("This is not a condition.", mend=_SHAPE, at=at)

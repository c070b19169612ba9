"""Is a condition sound? Its names exist, its options too, and what it compares can be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from responder.core.facts import FactType
from responder.core.playbook.condition import (
    Compare,
    Expression,
    Literal,
    Logic,
    Name,
    NameKind,
    Not,
    Quantifier,
    names_in,
)
from responder.core.playbook.entries import Entry, EntryKind
from responder.core.playbook.findings import Findings
from responder.core.playbook.model import FactDefinition, Playbook
from responder.core.reading import Path

__all__ = ["ConditionCheck", "Known"]

_NAME_ENTRIES = {
    NameKind.TASK_DONE: EntryKind.TASK,
    NameKind.GATE_PASSED: EntryKind.GATE,
    NameKind.DECISION: EntryKind.DECISION,
    NameKind.MESSAGE_SENT: EntryKind.MESSAGE,
}


class Known(Protocol):
    """What the walk over the names of a playbook lends to the check of a condition."""

    playbook: Playbook
    findings: Findings
    by_kind: Mapping[EntryKind, Mapping[str, Entry]]

    def one(self, path: Path, what: str, id_: str | None, known: Iterable[str], *, offset: int = 0) -> bool:
        """Whether an id is there; if not, it has been reported."""


_NUMBERS = frozenset({FactType.NUMBER})
_DATES = frozenset({FactType.DATE, FactType.DATETIME})


class ConditionCheck:
    """Checks one condition: names, options, and what may be compared with what."""

    def __init__(self, names: Known, path: Path, each: str | None) -> None:
        self.names = names
        self.path = path
        self.each = each
        self.quantified = False

    def truth(self, part: Expression) -> None:
        """A part that must be true or false."""
        if isinstance(part, Logic):
            for inner in part.parts:
                self.truth(inner)
        elif isinstance(part, Not):
            self.truth(part.part)
        elif isinstance(part, Quantifier):
            self._quantifier(part)
        elif isinstance(part, Compare):
            self._compare(part)
        elif isinstance(part, Name):
            kind = self._kind(part)
            if kind not in (None, FactType.FLAG):
                said = f"“{part}” is not true or false by itself."
                self._error(part.at, "wrong-comparison", said, "Compare it: == 'yes'.")
        elif not isinstance(part.value, bool):
            self._error(
                part.at, "wrong-comparison", "A value alone is no condition.", "Compare it with a name."
            )

    def _quantifier(self, part: Quantifier) -> None:
        self.quantified = True
        self.truth(part.part)
        self.quantified = False
        registers = self._registers(part.part)
        if len(registers) != 1:
            said = "every(…) and some(…) run over one register."
            mend = "Name inside an entry that has each:, and only of one register."
            self._error(part.at, "no-register", said, mend)

    def _registers(self, part: Expression) -> set[str]:
        entries = self.names.playbook.entries
        named = (
            entries[name.id].each for name in names_in(part) if name.kind.of_entry and name.id in entries
        )
        return {register for register in named if register is not None}

    def _compare(self, part: Compare) -> None:
        left, right = self._kind_of(part.left), self._kind_of(part.right)
        if left is None or right is None:
            return
        if FactType.LIST in (left, right):
            self._error(part.at, "wrong-comparison", "Lists are not compared.", "Use a flag or a choice.")
        elif not _alike(left, right, part):
            said = f"{_NOUNS[left]} is compared with {_NOUNS[right]}."
            self._error(part.at, "wrong-comparison", said, "Both sides must be of one kind.")
        elif part.operator not in ("==", "!=") and left not in _NUMBERS | _DATES:
            mend = "Compare with == or !=."
            self._error(part.at, "wrong-comparison", f"{_NOUNS[left]} has no more and less.", mend)
        self._options(part.left, part.right)
        self._options(part.right, part.left)

    def _options(self, name: Name | Literal, literal: Name | Literal) -> None:
        if not (isinstance(name, Name) and isinstance(literal, Literal) and isinstance(literal.value, str)):
            return
        options = self._options_of(name)
        if options is not None and literal.value not in options:
            mend = f"Options are {', '.join(options)}."
            said = f"“{literal.value}” is not an option of {name}."
            self._error(literal.at, "unknown-option", said, mend)

    def _options_of(self, name: Name) -> Iterable[str] | None:
        book = self.names.playbook
        if name.kind is NameKind.DECISION and name.id in book.decisions:
            return book.decisions[name.id].options
        fact = self._fact(name)
        return fact.options if fact is not None and fact.type is FactType.CHOICE else None

    def _fact(self, name: Name) -> FactDefinition | None:
        book = self.names.playbook
        if name.kind is NameKind.FACT:
            return book.facts.get(name.id)
        if name.kind is NameKind.ITEM_FIELD and self.each in book.registers:
            return book.registers[self.each or ""].fields.get(name.id)
        return None

    def _kind_of(self, part: Name | Literal) -> FactType | None:
        if isinstance(part, Name):
            return self._kind(part)
        if isinstance(part.value, bool):
            return FactType.FLAG
        return FactType.TEXT if isinstance(part.value, str) else FactType.NUMBER

    def _kind(self, name: Name) -> FactType | None:
        """The type of a name's value, None if nobody can tell. What is wrong with the name is reported."""
        if not self._known(name):
            return None
        if name.kind is NameKind.DECISION:
            return FactType.CHOICE
        fact = self._fact(name)
        if fact is None:
            return FactType.FLAG
        return FactType.LIST if fact.type is FactType.AREAS else fact.type

    def _known(self, name: Name) -> bool:
        book = self.names.playbook
        at = name.at + len(name.kind.value.split("X")[0])
        if name.kind in _NAME_ENTRIES:
            kind = _NAME_ENTRIES[name.kind]
            known = self.names.one(self.path, str(kind), name.id, self.names.by_kind[kind], offset=at)
            return known and self._inside(name)
        if name.kind is NameKind.ITEM_FIELD:
            return self._field(name, at)
        where: dict[NameKind, tuple[str, Iterable[str]]] = {
            NameKind.FACT: ("fact", book.facts),
            NameKind.ANCHOR: ("anchor", book.anchors),
            NameKind.PHASE_OPEN: ("phase", book.phases),
            NameKind.PHASE_CLOSED: ("phase", book.phases),
            NameKind.LEVEL: ("level", book.levels),
        }
        what, ids = where[name.kind]
        return self.names.one(self.path, what, name.id, ids, offset=at)

    def _inside(self, name: Name) -> bool:
        """An entry of a register is named inside it, or within every(…) or some(…)."""
        register = self.names.playbook.entries[name.id].each
        if register is None or register == self.each or self.quantified:
            return True
        said = f"“{name}” happens once for each item of “{register}”."
        self._error(name.at, "register-outside", said, f"Write every({name}) or some({name}).")
        return False

    def _field(self, name: Name, at: int) -> bool:
        register = self.names.playbook.registers.get(self.each or "")
        if self.each is None:
            said = f"“{name}” needs a register."
            self._error(name.at, "register-outside", said, "Give the entry each:, or leave it out.")
            return False
        if register is None or (register.source and not register.fields):
            return False  # an unknown register is told elsewhere; the city file alone knows these fields
        return self.names.one(self.path, "field", name.id, register.fields, offset=at)

    def _error(self, at: int, rule: str, message: str, mend: str) -> None:
        self.names.findings.error(self.path, rule, message, mend, offset=at)


_NOUNS = {
    FactType.TEXT: "Text",
    FactType.CHOICE: "A choice",
    FactType.NUMBER: "A number",
    FactType.FLAG: "A flag",
    FactType.DATE: "A date",
    FactType.DATETIME: "A date",
    FactType.LIST: "A list",
}


def _alike(left: FactType, right: FactType, part: Compare) -> bool:
    texts = {FactType.TEXT, FactType.CHOICE}
    if {left, right} <= texts or left is right or {left, right} <= _DATES:
        return True
    literal = isinstance(part.left, Literal) or isinstance(part.right, Literal)
    return literal and FactType.TEXT in (left, right) and bool({left, right} & _DATES)

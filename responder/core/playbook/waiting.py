"""Can everything come? Circles of waiting, circles of people, and conditions that can never hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice, product

from responder.core.facts import FactType
from responder.core.playbook.condition import (
    Absent,
    Condition,
    Name,
    NameKind,
    Value,
    evaluate,
    names_in,
    quantifiers_in,
)
from responder.core.playbook.entries import Message
from responder.core.playbook.findings import Findings, entry_path
from responder.core.playbook.graph import Knot, circles, depends
from responder.core.playbook.model import Playbook
from responder.core.reading import Path

__all__ = ["can_hold", "check_waiting"]

_MOST_COMBINATIONS = 20_000


def check_waiting(playbook: Playbook, findings: Findings) -> None:
    """Report what waits for itself, and what can never open."""
    for circle in circles(_settable(depends(playbook))):
        _report(circle, playbook, findings)
    _people(playbook, findings)
    for entry in playbook.entries.values():
        _possible(playbook, findings, (*entry_path(entry), "if"), entry.condition, entry.level)
        if isinstance(entry, Message):
            path = (*entry_path(entry), "release_if")
            _possible(playbook, findings, path, entry.release_if, entry.level)
    for id_, phase in playbook.phases.items():
        if phase.closes is not None:
            _possible(playbook, findings, ("phases", id_, "closes", "if"), phase.closes.condition, None)
    if playbook.closes is not None:
        _possible(playbook, findings, ("closes", "if"), playbook.closes.condition, None)


def can_hold(
    playbook: Playbook,
    condition: Condition | None,
    *,
    levels: tuple[str, ...] | None = None,
    never: frozenset[str] = frozenset(),
) -> bool:
    """Whether some combination of the options, flags and levels it names makes it true or unknown.

    `levels` are the levels that may stand then; all of them by default. `never` are entries that do not
    happen there. Too many combinations to try count as possible, and so does what asks a register: how many
    items there will be, and how they differ, nobody knows.
    """
    if quantifiers_in(condition):
        return True
    names = tuple(dict.fromkeys(Name(name.kind, name.id) for name in names_in(condition)))
    standing = playbook.levels if levels is None else levels
    domains = [_values(playbook, name, never) for name in names if name.kind is not NameKind.LEVEL]
    free = [name for name in names if name.kind is not NameKind.LEVEL]
    combinations = product(standing or ("",), *domains)
    tried = 0
    for level, *values in islice(combinations, _MOST_COMBINATIONS):
        tried += 1
        world: dict[tuple[NameKind, str], Value] = {
            (name.kind, name.id): value for name, value in zip(free, values, strict=True)
        }
        if _holds(playbook, condition, world, str(level)) is not False:
            return True
    return tried >= _MOST_COMBINATIONS


def _holds(
    playbook: Playbook, condition: Condition | None, world: Mapping[tuple[NameKind, str], Value], level: str
) -> bool | None:
    def value(name: Name, _item: int | None) -> Value:
        if name.kind is NameKind.LEVEL:
            return name.id not in playbook.levels or playbook.reaches(level, name.id)
        return world[name.kind, name.id]

    return evaluate(condition, value, items=lambda _quantifier: ())


def _values(playbook: Playbook, name: Name, never: frozenset[str]) -> tuple[Value, ...]:
    """Everything a name can be worth, as far as the file lists it; else unknown, which refutes nothing."""
    if name.kind.of_entry and name.id in never:
        return (Absent.NONE,) if name.kind is NameKind.DECISION else (False,)
    if name.kind is NameKind.DECISION and name.id in playbook.decisions:
        return (*playbook.decisions[name.id].options, Absent.NONE)
    if name.kind is NameKind.FACT and name.id in playbook.facts:
        fact = playbook.facts[name.id]
        if fact.type is FactType.CHOICE:
            return tuple(fact.options)
        return (True, False) if fact.type is FactType.FLAG else (Absent.UNKNOWN,)
    if name.kind in (NameKind.FACT, NameKind.ITEM_FIELD, NameKind.DECISION):
        return (Absent.UNKNOWN,)
    return (True, False)


def _possible(
    playbook: Playbook, findings: Findings, path: Path, condition: Condition | None, level: str | None
) -> None:
    levels = tuple(each for each in playbook.levels if playbook.reaches(each, level))
    if condition is None or findings.has_error_at(path):
        return  # an option that is not there can never be answered either: one problem is enough
    if not can_hold(playbook, condition, levels=levels):
        said = "This can never hold, whatever is answered."
        findings.error(path, "never-holds", said, "Look at the options and at and, or, not.")


def _settable(graph: Mapping[Knot, frozenset[Knot]]) -> dict[Knot, frozenset[Knot]]:
    """Facts, levels and items are given from outside: nothing waits round them."""
    return {knot: frozenset(each for each in on if each in graph) for knot, on in graph.items()}


_WORDS = {"entry": "{}", "phase": "phase.{}.opened", "closed": "phase.{}.closed", "anchor": "anchor {}"}


def _report(circle: tuple[Knot, ...], playbook: Playbook, findings: Findings) -> None:
    way = " → ".join(_WORDS[kind].format(id_) for kind, id_ in (*circle, circle[0]))
    said = f"These wait for one another: {way}."
    findings.error_at_key(_knot_path(circle[0], playbook), "circle", said, "Take one of the waits out.")


def _knot_path(knot: Knot, playbook: Playbook) -> Path:
    kind, id_ = knot
    if kind == "entry":
        return entry_path(playbook.entries[id_])
    if kind == "closed":
        return ("phases", id_, "closes")
    return ("phases" if kind == "phase" else "anchors", id_)


def _people(playbook: Playbook, findings: Findings) -> None:
    """Circles of fallback, of deputies, of the fallbacks of messengers."""
    for section, key, graph in _lines(playbook):
        for circle in circles(
            {(section, id_): frozenset((section, to) for to in on) for id_, on in graph.items()}
        ):
            way = " → ".join(id_ for _, id_ in (*circle, circle[0]))
            said = f"The {key} of these goes round in a circle: {way}."
            findings.error((section, circle[0][1], key), "circle", said, "Let one of them end elsewhere.")


def _lines(playbook: Playbook) -> Iterator[tuple[str, str, dict[str, tuple[str, ...]]]]:
    roles, voices = playbook.roles, playbook.messengers
    yield "roles", "fallback", {id_: _among(roles, role.fallback) for id_, role in roles.items()}
    yield "roles", "deputies", {id_: _among(roles, *role.deputies) for id_, role in roles.items()}
    yield "messengers", "fallback", {id_: _among(voices, each.fallback) for id_, each in voices.items()}


def _among(known: Mapping[str, object], *ids: str | None) -> tuple[str, ...]:
    return tuple(id_ for id_ in ids if id_ is not None and id_ in known)

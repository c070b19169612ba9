"""What waits for what? The names that open an entry, a phase or an anchor, and circles of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from responder.core.playbook.condition import Condition, NameKind, names_in
from responder.core.playbook.entries import Entry
from responder.core.playbook.model import Closing, Phase, Playbook
from responder.core.playbook.moment import BaseKind, Moment
from responder.core.playbook.roles import needs_of_all

__all__ = ["Knot", "circles", "default_at", "depends"]

Knot = tuple[str, str]
"""What can open or be set: ("entry", id), ("phase", id), ("closed", id of a phase), ("anchor", id),
("fact", id), ("level", id), ("item", id of a register)."""

_BASE_KNOTS = {
    BaseKind.ANCHOR: "anchor",
    BaseKind.FACT: "fact",
    BaseKind.LEVEL_REACHED: "level",
    BaseKind.PHASE_OPENED: "phase",
    BaseKind.PHASE_CLOSED: "closed",
    BaseKind.TASK_DONE: "entry",
    BaseKind.GATE_PASSED: "entry",
    BaseKind.DECISION_ANSWERED: "entry",
    BaseKind.MESSAGE_SENT: "entry",
}
_NAME_KNOTS = {
    NameKind.FACT: "fact",
    NameKind.DECISION: "entry",
    NameKind.TASK_DONE: "entry",
    NameKind.GATE_PASSED: "entry",
    NameKind.MESSAGE_SENT: "entry",
    NameKind.ANCHOR: "anchor",
    NameKind.PHASE_OPEN: "phase",
    NameKind.PHASE_CLOSED: "closed",
    NameKind.LEVEL: "level",
}


def depends(playbook: Playbook) -> Mapping[Knot, frozenset[Knot]]:
    """For each entry, phase, phase's closing and computed anchor: everything its opening looks at.

    An entry looks at its phase, its `at`, its needs (others' `blocks` among them) and its `if`.
    """
    needs = needs_of_all(playbook)
    found: dict[Knot, frozenset[Knot]] = {}
    for id_, entry in playbook.entries.items():
        found["entry", id_] = frozenset(_entry_knots(entry, needs[id_]))
    for id_, phase in playbook.phases.items():
        found["phase", id_] = frozenset(_moment_knots(_phase_moments(phase)))
        found["closed", id_] = frozenset([("phase", id_), *_closing_knots(phase.closes)])
    for id_, anchor in playbook.anchors.items():
        found["anchor", id_] = frozenset(_moment_knots([anchor.source] if anchor.source else []))
    return found


def circles(graph: Mapping[Knot, frozenset[Knot]]) -> tuple[tuple[Knot, ...], ...]:
    """Every knot of things that wait for one another, each once, in a walkable order.

    Tarjan's strongly connected components, on a stack of our own; then one walk inside each.
    """
    groups = (group for group in _components(graph) if len(group) > 1 or group[0] in graph[group[0]])
    return tuple(sorted(_walkable(group, graph) for group in groups))


def default_at(entry: Entry) -> str:
    """What an entry without `at` is counted from: its phase, its item, or the activation."""
    if entry.phase:
        return f"phase.{entry.phase}.opened"
    return "item.added" if entry.each else "activated"


def _entry_knots(entry: Entry, needs: Iterable[str]) -> Iterator[Knot]:
    if entry.phase:
        yield "phase", entry.phase
    if entry.level:
        yield "level", entry.level
    if entry.each:
        yield "item", entry.each
    yield from _moment_knots(entry.at)
    yield from (("entry", need) for need in needs)
    yield from _condition_knots(entry.condition)


def _phase_moments(phase: Phase) -> list[Moment]:
    return [moment for moment in (phase.opens, phase.latest) if moment is not None]


def _closing_knots(closing: Closing | None) -> Iterator[Knot]:
    if closing is not None:
        yield from (("entry", need) for need in closing.needs)
        yield from _condition_knots(closing.condition)


def _moment_knots(moments: Iterable[Moment]) -> Iterator[Knot]:
    for moment in moments:
        kind = _BASE_KNOTS.get(moment.base.kind)
        if kind is not None:
            yield kind, moment.base.id


def _condition_knots(condition: Condition | None) -> Iterator[Knot]:
    for name in names_in(condition):
        kind = _NAME_KNOTS.get(name.kind)
        if kind is not None:
            yield kind, name.id


def _components(graph: Mapping[Knot, frozenset[Knot]]) -> list[list[Knot]]:
    order: dict[Knot, int] = {}
    low: dict[Knot, int] = {}
    stack: list[Knot] = []
    on_stack: set[Knot] = set()
    groups: list[list[Knot]] = []
    for root in sorted(graph):
        if root in order:
            continue
        work = [(root, iter(sorted(graph[root])))]
        order[root] = low[root] = len(order)
        stack.append(root)
        on_stack.add(root)
        while work:
            knot, rest = work[-1]
            nxt = next((each for each in rest if each in graph), None)
            if nxt is None:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[knot])
                if low[knot] == order[knot]:
                    groups.append(_popped(stack, on_stack, knot))
            elif nxt not in order:
                order[nxt] = low[nxt] = len(order)
                stack.append(nxt)
                on_stack.add(nxt)
                work.append((nxt, iter(sorted(graph[nxt]))))
            elif nxt in on_stack:
                low[knot] = min(low[knot], order[nxt])
    return groups


def _popped(stack: list[Knot], on_stack: set[Knot], until: Knot) -> list[Knot]:
    group: list[Knot] = []
    while not group or group[-1] != until:
        group.append(stack.pop())
        on_stack.discard(group[-1])
    return group


def _walkable(group: list[Knot], graph: Mapping[Knot, frozenset[Knot]]) -> tuple[Knot, ...]:
    """The shortest way round from the first of a group back to it (breadth first)."""
    inside, start = set(group), min(group)
    came: dict[Knot, Knot] = {}
    waiting = [start]
    while waiting:
        knot = waiting.pop(0)
        for nxt in sorted(graph[knot] & inside):
            if nxt == start:
                return _back(came, start, knot)
            if nxt not in came:
                came[nxt] = knot
                waiting.append(nxt)
    return (start,)


def _back(came: Mapping[Knot, Knot], start: Knot, last: Knot) -> tuple[Knot, ...]:
    way = [last]
    while way[-1] != start:
        way.append(came[way[-1]])
    return tuple(reversed(way))

"""Who must be looked at again when something changes? The index from names to what mentions them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from responder.core.playbook.condition import Condition, Name, NameKind, Quantifier, names_in, quantifiers_in
from responder.core.playbook.entries import Decision, Entry, Message
from responder.core.playbook.model import Closing, Playbook
from responder.core.playbook.moment import BaseKind, Moment
from responder.core.playbook.roles import needs_of_all

__all__ = ["LEVEL", "REOPENED", "STARTED", "References", "Topic", "register_of"]

Who = TypeVar("Who")

Topic = tuple[str, str]
"""Something that can change: its kind (fact, anchor, phase, entry, items, …) and its id."""

STARTED: Topic = ("started", "")
REOPENED: Topic = ("reopened", "")
LEVEL: Topic = ("level", "")

_BASE_TOPICS = {
    BaseKind.ANCHOR: "anchor",
    BaseKind.FACT: "fact",
    BaseKind.PHASE_OPENED: "phase",
    BaseKind.PHASE_CLOSED: "phase",
    BaseKind.TASK_DONE: "entry",
    BaseKind.GATE_PASSED: "entry",
    BaseKind.DECISION_ANSWERED: "entry",
    BaseKind.MESSAGE_SENT: "entry",
}
_PLAIN_TOPICS = {
    BaseKind.ACTIVATED: STARTED,
    BaseKind.REOPENED: REOPENED,
    BaseKind.LEVEL_REACHED: LEVEL,
}
_NAME_TOPICS = {
    NameKind.FACT: "fact",
    NameKind.ANCHOR: "anchor",
    NameKind.PHASE_OPEN: "phase",
    NameKind.PHASE_CLOSED: "phase",
}


@dataclass(frozen=True, slots=True)
class References:
    """For each topic: the entries, phases, closings and anchors that mention it.

    `needs` are the entries that each entry waits for: those it names, and those that say `blocks`.
    """

    entries: Mapping[Topic, tuple[str, ...]]
    phases: Mapping[Topic, tuple[str, ...]]
    closings: Mapping[Topic, tuple[str | None, ...]]
    anchors: Mapping[Topic, tuple[str, ...]]
    needs: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, playbook: Playbook) -> References:
        needs = needs_of_all(playbook)
        return cls(
            entries=_turn(
                (id_, _of_entry(playbook, entry, needs[id_])) for id_, entry in playbook.entries.items()
            ),
            phases=_turn(
                (id_, (STARTED, REOPENED, *_of_moments([m for m in (phase.opens, phase.latest) if m], None)))
                for id_, phase in playbook.phases.items()
            ),
            closings=_turn(
                (id_, _of_closing(playbook, id_, closing)) for id_, closing in _closings(playbook)
            ),
            anchors=_turn(
                (id_, _of_moments([anchor.source], None))
                for id_, anchor in playbook.anchors.items()
                if anchor.source is not None
            ),
            needs=needs,
        )


def register_of(playbook: Playbook, quantifier: Quantifier) -> str | None:
    """The register that `every(…)` or `some(…)` runs over: that of the entries inside."""
    for name in names_in(quantifier.part):
        entry = playbook.entries.get(name.id) if name.kind.of_entry else None
        if entry is not None and entry.each is not None:
            return entry.each
    return None


def _closings(playbook: Playbook) -> Iterator[tuple[str | None, Closing]]:
    if playbook.closes is not None:
        yield None, playbook.closes
    for id_, phase in playbook.phases.items():
        if phase.closes is not None:
            yield id_, phase.closes


def _turn(pairs: Iterable[tuple[Who, Iterable[Topic]]]) -> dict[Topic, tuple[Who, ...]]:
    found: dict[Topic, list[Who]] = {}
    for who, topics in pairs:
        for topic in dict.fromkeys(topics):
            found.setdefault(topic, []).append(who)
    return {topic: tuple(all_) for topic, all_ in found.items()}


def _of_entry(playbook: Playbook, entry: Entry, needs: tuple[str, ...]) -> Iterator[Topic]:
    yield STARTED
    yield REOPENED
    yield LEVEL
    if entry.phase is not None:
        yield ("phase", entry.phase)
    if entry.each is not None:
        yield ("items", entry.each)
    moments = [*entry.at, *(leg.until for leg in entry.repeat if leg.until is not None)]
    if isinstance(entry, Decision) and entry.default is not None and entry.due is not None:
        moments.append(entry.due)
    yield from _of_moments(moments, entry.each)
    yield from (("entry", id_) for id_ in needs)
    yield from _of_condition(playbook, entry.condition)
    if isinstance(entry, Message):
        yield from _of_condition(playbook, entry.release_if)


def _of_closing(playbook: Playbook, phase: str | None, closing: Closing) -> Iterator[Topic]:
    yield STARTED
    yield REOPENED
    if phase is not None:
        yield ("phase", phase)
    yield from (("entry", id_) for id_ in closing.needs)
    yield from _of_condition(playbook, closing.condition)
    if closing.review is not None:
        yield from _of_moments([closing.review], None)


def _of_moments(moments: Iterable[Moment], each: str | None) -> Iterator[Topic]:
    for moment in moments:
        kind, id_ = moment.base.kind, moment.base.id
        if kind in _PLAIN_TOPICS:
            yield _PLAIN_TOPICS[kind]
        elif kind in _BASE_TOPICS:
            yield (_BASE_TOPICS[kind], id_)
        elif kind is BaseKind.ITEM_CLOSED and each is not None:
            yield ("items", each)


def _of_condition(playbook: Playbook, condition: Condition | None) -> Iterator[Topic]:
    for name in names_in(condition):
        yield from _of_name(name)
    for quantifier in quantifiers_in(condition):
        register = register_of(playbook, quantifier)
        if register is not None:
            yield ("items", register)


def _of_name(name: Name) -> Iterator[Topic]:
    if name.kind.of_entry:
        yield ("entry", name.id)
    elif name.kind is NameKind.LEVEL:
        yield LEVEL
    elif name.kind in _NAME_TOPICS:
        yield (_NAME_TOPICS[name.kind], name.id)

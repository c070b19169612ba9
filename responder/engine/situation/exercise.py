"""What does an inject of an exercise script change? What people would learn, as events of the log."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from responder.core.facts import FactType, FactValue
from responder.core.incident import CLOCK, RUNG_OPENED, NewEvent, OccurrenceKey, carriers
from responder.core.incident.event import (
    AnchorSet,
    EntryOpened,
    EventBody,
    FactLearned,
    Injected,
    ItemAdded,
    ItemClosed,
    LevelChanged,
)
from responder.core.playbook import Base, BaseKind, FactDefinition, fact_value, parse_moment, resolve
from responder.core.playbook.exercise import Inject
from responder.engine.ports import Ports, Work
from responder.engine.situation.calls import place_calls
from responder.engine.situation.incident import Situation

__all__ = ["played"]


def played(ports: Ports, work: Work, situation: Situation, body: Injected) -> Iterator[NewEvent]:
    """What an inject sets, adds, closes and requests; those whom a request concerns are called."""
    script = situation.playbook.exercises.get(body.exercise)
    if script is None or body.inject >= len(script.injects):
        return
    inject = script.injects[body.inject]
    for changed in (*_learned(situation, inject), *_cases(situation, inject)):
        yield NewEvent(CLOCK, changed)
    for entry in inject.request:
        yield from _request(ports, work, situation, entry)


def _learned(situation: Situation, inject: Inject) -> Iterator[EventBody]:
    if inject.level is not None and inject.level != situation.incident.level:
        yield LevelChanged(inject.level, inject.text)
    for name, texts in inject.set.items():
        definition = situation.playbook.facts.get(name)
        if definition is not None:
            value = _value(situation, definition, texts)
            yield FactLearned(name, value, verified=True, source=inject.via)
        elif name in situation.playbook.anchors:
            at = situation.now if texts[0] == "now" else _moment(situation, texts[0])
            yield AnchorSet(name, at)


def _cases(situation: Situation, inject: Inject) -> Iterator[EventBody]:
    for register, items in inject.add.items():
        first = max(situation.incident.items.get(register, {}), default=0) + 1
        for number, item in enumerate(items, first):
            yield ItemAdded(register, number, _fields(situation, register, item))
    for register, numbers in inject.close.items():
        for number in numbers:
            yield ItemClosed(register, number)


def _fields(situation: Situation, register: str, item: Mapping[str, tuple[str, ...]]) -> dict[str, FactValue]:
    known = situation.playbook.registers[register].fields
    return {name: _value(situation, known[name], texts) for name, texts in item.items() if name in known}


def _value(situation: Situation, definition: FactDefinition, texts: tuple[str, ...]) -> FactValue:
    """A value of the script; for a date or an hour also `now` or a moment."""
    if definition.type in (FactType.DATE, FactType.DATETIME) and not texts[0][:4].isdigit():
        at = situation.now if texts[0] == "now" else _moment(situation, texts[0]) or situation.now
        return at if definition.type is FactType.DATETIME else situation.calendar.local(at).date()
    return fact_value(definition, texts, situation.calendar)


def _moment(situation: Situation, text: str) -> datetime | None:
    incident = situation.incident

    def bases(base: Base) -> datetime | None:
        if base.kind is BaseKind.ACTIVATED:
            return incident.started
        return incident.anchors.get(base.id) if base.kind is BaseKind.ANCHOR else None

    return resolve(parse_moment(text), bases, situation.calendar)


def _request(ports: Ports, work: Work, situation: Situation, entry: str) -> Iterator[NewEvent]:
    """Open an entry as a person would on request: for each open item when it stands in a register."""
    found = situation.playbook.entries[entry]
    items: list[int | None] = [None]
    if found.each is not None:
        items = [n for n, item in situation.incident.items.get(found.each, {}).items() if item.closed is None]
    for item in items:
        opened = [one.key.number for one in situation.timeline.of(entry, item) if one.opened is not None]
        key = OccurrenceKey(entry, item, max(opened, default=0) + 1)
        yield NewEvent(CLOCK, EntryOpened(key, situation.now))
        people = carriers(situation.playbook, situation.roster, found.owner)
        yield from place_calls(
            ports, work, situation, occurrence=key, rung=RUNG_OPENED, role=found.owner, people=people
        )

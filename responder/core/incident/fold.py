"""What does each event change? The fold from the log to the incident's state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from responder.core.errors import InvalidInput
from responder.core.facts import Fact
from responder.core.incident import event as happened
from responder.core.incident.clock import IncidentClock
from responder.core.incident.event import FRAME, Activated, ActorKind, Event, EventBody
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.state import Answer, CallRecord, Incident, Item, OccurrenceRecord, PhaseRecord

__all__ = ["fold", "follow"]

Key = TypeVar("Key")
Value = TypeVar("Value")


def fold(events: Iterable[Event]) -> Incident:
    """The incident after all its events. Raises InvalidInput for a log that begins with no activation."""
    incident: Incident | None = None
    kept: list[Event] = []
    for event in events:
        incident = _begin(event) if incident is None else _apply(incident, event)
        kept.append(event)
    if incident is None:
        raise InvalidInput("This log is empty.", mend="Run: responder audit verify.")
    return replace(incident, events=tuple(kept))


def follow(incident: Incident, events: Iterable[Event]) -> Incident:
    """The incident after some more events."""
    more = tuple(events)
    for event in more:
        incident = _apply(incident, event)
    return replace(incident, events=incident.events + more)


def _begin(event: Event) -> Incident:
    body = event.body
    if not isinstance(body, Activated):
        raise InvalidInput("This log does not begin with an activation.", mend="Run: responder audit verify.")
    verified = frozenset(body.verified)
    facts = {
        name: Fact(
            value, event.recorded, said_by=event.actor.id, verified_by=_checker(event, name in verified)
        )
        for name, value in body.facts.items()
    }
    return Incident(
        mode=body.mode,
        title=body.title,
        playbook=body.playbook,
        clock=IncidentClock(body.mode, body.origin or event.wall, event.wall, body.rate),
        pins=body.pins,
        activated_by=event.actor,
        started=None if body.awaits_confirmation else event.recorded,
        private=body.private,
        level=body.level,
        levels=((event.recorded, body.level),) if body.level else (),
        facts=facts,
        anchors=dict(body.anchors),
    )


def _apply(incident: Incident, event: Event) -> Incident:
    rule = _RULES.get(type(event.body))
    return incident if rule is None else rule(incident, event, event.body)


def _checker(event: Event, verified: bool) -> str | None:  # read at the call as a fact of the event
    return (event.actor.id or event.actor.kind.value) if verified else None


def _with(mapping: Mapping[Key, Value], key: Key, value: Value) -> dict[Key, Value]:
    changed = dict(mapping)
    changed[key] = value
    return changed


def _occurrence(incident: Incident, key: OccurrenceKey, **changes: Any) -> Incident:
    found = incident.occurrences.get(key) or OccurrenceRecord(key)
    return replace(incident, occurrences=_with(incident.occurrences, key, replace(found, **changes)))


def _record(incident: Incident, key: OccurrenceKey) -> OccurrenceRecord:
    return incident.occurrences.get(key) or OccurrenceRecord(key)


def _confirmed(incident: Incident, event: Event, _: happened.Confirmed) -> Incident:
    return replace(incident, started=event.recorded, confirmed_by=event.actor)


def _fact(incident: Incident, event: Event, body: happened.FactLearned) -> Incident:
    facts = dict(incident.facts)
    if body.value is None:
        facts.pop(body.fact, None)
    else:
        checker = _checker(event, body.verified)
        facts[body.fact] = Fact(
            body.value, event.recorded, body.source, event.actor.id, checker, body.expires
        )
    return replace(incident, facts=facts)


def _anchor(incident: Incident, _: Event, body: happened.AnchorSet) -> Incident:
    anchors = dict(incident.anchors)
    if body.at is None:
        anchors.pop(body.anchor, None)
    else:
        anchors[body.anchor] = body.at
    return replace(incident, anchors=anchors)


def _role(incident: Incident, _: Event, body: happened.RoleTaken) -> Incident:
    others = tuple(one for one in incident.roles.get(body.role, ()) if one != body.person)
    return replace(incident, roles=_with(incident.roles, body.role, (body.person, *others)))


def _opened(incident: Incident, event: Event, body: happened.EntryOpened) -> Incident:
    return _occurrence(incident, body.occurrence, opened=body.at, opened_by=event.actor)


def _acknowledged(incident: Incident, event: Event, body: happened.EntryAcknowledged) -> Incident:
    if _record(incident, body.occurrence).acknowledged is not None:
        return incident
    return _occurrence(incident, body.occurrence, acknowledged=event.recorded, acknowledged_by=event.actor)


def _done(incident: Incident, event: Event, body: happened.EntryDone) -> Incident:
    return _occurrence(
        incident,
        body.occurrence,
        finished=event.recorded,
        finished_by=event.actor,
        note=body.note,
        evidence=body.evidence,
        checklist=body.checklist,
    )


def _skipped(incident: Incident, event: Event, body: happened.EntrySkipped) -> Incident:
    return _occurrence(
        incident, body.occurrence, skipped=event.recorded, skipped_by=event.actor, reason=body.reason
    )


def _escalated(incident: Incident, _: Event, body: happened.EntryEscalated) -> Incident:
    rungs = _with(_record(incident, body.occurrence).rungs, body.rung, body.to)
    return _occurrence(incident, body.occurrence, rungs=rungs)


def _answered(incident: Incident, event: Event, body: happened.DecisionAnswered) -> Incident:
    found = _record(incident, body.occurrence)
    at = event.occurred if event.actor.kind is ActorKind.CLOCK else event.recorded
    answer = Answer(body.option, at, event.actor, body.reason, body.dissent, body.by_clock)
    first = found.finished or at
    by = found.finished_by or event.actor
    return _occurrence(
        incident, body.occurrence, answers=(*found.answers, answer), finished=first, finished_by=by
    )


def _gate(incident: Incident, event: Event, body: happened.GateAnswered) -> Incident:
    found = _record(incident, body.occurrence)
    finished, by = found.finished, found.finished_by
    if body.passed and finished is None:
        finished, by = event.recorded, event.actor
    return _occurrence(
        incident,
        body.occurrence,
        gate=body.answers,
        overrides=body.overrides,
        notes=body.notes,
        finished=finished,
        finished_by=by,
    )


def _phase_opened(incident: Incident, _: Event, body: happened.PhaseOpened) -> Incident:
    found = incident.phases.get(body.phase, PhaseRecord())
    return replace(incident, phases=_with(incident.phases, body.phase, replace(found, opened=body.at)))


def _phase_closed(incident: Incident, event: Event, body: happened.PhaseClosed) -> Incident:
    found = incident.phases.get(body.phase, PhaseRecord())
    closed = replace(found, closed=event.recorded, closed_by=event.actor, reason=body.reason)
    return replace(incident, phases=_with(incident.phases, body.phase, closed))


def _asked(incident: Incident, _: Event, body: happened.ClosingAsked) -> Incident:
    times = (*incident.asked.get(body.phase, ()), body.at)
    return replace(incident, asked=_with(incident.asked, body.phase, times))


def _level(incident: Incident, event: Event, body: happened.LevelChanged) -> Incident:
    return replace(incident, level=body.level, levels=(*incident.levels, (event.recorded, body.level)))


def _item_added(incident: Incident, event: Event, body: happened.ItemAdded) -> Incident:
    item = Item(body.register, body.item, body.fields, event.recorded)
    items = _with(incident.items.get(body.register, {}), body.item, item)
    return replace(incident, items=_with(incident.items, body.register, items))


def _item_closed(incident: Incident, event: Event, body: happened.ItemClosed) -> Incident:
    items = dict(incident.items.get(body.register, {}))
    if body.item in items and items[body.item].closed is None:
        items[body.item] = replace(items[body.item], closed=event.recorded)
    return replace(incident, items=_with(incident.items, body.register, items))


def _drafted(incident: Incident, _: Event, body: happened.StatementDrafted) -> Incident:
    incident = replace(incident, statements=_with(incident.statements, body.statement, body.occurrence))
    return _occurrence(incident, body.occurrence, statement=body.statement)


def _approved(incident: Incident, event: Event, body: happened.StatementApproved) -> Incident:
    key = incident.statements.get(body.statement)
    if key is None or body.scope != FRAME:
        return incident
    return _occurrence(incident, key, signed=event.recorded)


def _unsigned(incident: Incident, _: Event, body: Any) -> Incident:  # three kinds share it
    key = incident.statements.get(body.statement)
    if key is None or _record(incident, key).signed is None:
        return incident
    return _occurrence(incident, key, signed=None)


def _edited(incident: Incident, event: Event, body: happened.StatementEdited) -> Incident:
    """An edit voids the frame's signature only when it touched the frame's own hash."""
    return _unsigned(incident, event, body) if FRAME in body.hashes else incident


def _released(incident: Incident, event: Event, body: happened.BroadcastReleased) -> Incident:
    found = _record(incident, body.occurrence)
    changed = _occurrence(
        incident,
        body.occurrence,
        finished=found.finished or event.recorded,
        finished_by=found.finished_by or event.actor,
        statement=found.statement or body.statement,
        broadcasts=(*found.broadcasts, body.broadcast),
    )
    return replace(
        changed,
        promise=body.next_update_at or changed.promise,
        broadcasts=_with(changed.broadcasts, body.broadcast, "released"),
    )


def _broadcast(word: str) -> Callable[[Incident, Event, Any], Incident]:
    def moved(incident: Incident, _: Event, body: Any) -> Incident:  # five kinds share it
        return replace(incident, broadcasts=_with(incident.broadcasts, body.broadcast, word))

    return moved


def _called(incident: Incident, event: Event, body: happened.PersonCalled) -> Incident:
    calls = _record(incident, body.occurrence).calls
    call = CallRecord(body.call, body.person, body.rung, event.recorded)
    return _occurrence(incident, body.occurrence, calls=(*calls, call))


def _call_answered(incident: Incident, event: Event, body: happened.CallAnswered) -> Incident:
    if body.occurrence is None:
        return incident
    found = _record(incident, body.occurrence)
    calls = tuple(
        replace(one, answered=one.answered or event.recorded) if one.call == body.call else one
        for one in found.calls
    )
    return _occurrence(
        incident,
        body.occurrence,
        calls=calls,
        acknowledged=found.acknowledged or event.recorded,
        acknowledged_by=found.acknowledged_by or event.actor,
    )


def _wound(incident: Incident, event: Event, body: happened.ClockWound) -> Incident:
    return replace(incident, clock=incident.clock.wound(at=body.at, rate=body.rate, wall=event.wall))


def _stood_down(incident: Incident, event: Event, _: happened.StoodDown) -> Incident:
    return replace(incident, stood_down=event.recorded)


def _reopened(incident: Incident, event: Event, _: happened.Reopened) -> Incident:
    return replace(incident, stood_down=None, reopened=event.recorded)


def _moved(incident: Incident, _: Event, body: happened.VersionMoved) -> Incident:
    return replace(incident, pins=body.pins)


def _restricted(incident: Incident, _: Event, body: happened.WordsRestricted) -> Incident:
    return replace(incident, restricted=incident.restricted + body.count)


_RULES: Mapping[type[EventBody], Callable[[Incident, Event, Any], Incident]] = {
    happened.Confirmed: _confirmed,
    happened.FactLearned: _fact,
    happened.AnchorSet: _anchor,
    happened.RoleTaken: _role,
    happened.EntryOpened: _opened,
    happened.EntryAcknowledged: _acknowledged,
    happened.EntryDone: _done,
    happened.EntrySkipped: _skipped,
    happened.EntryEscalated: _escalated,
    happened.DecisionAnswered: _answered,
    happened.GateAnswered: _gate,
    happened.PhaseOpened: _phase_opened,
    happened.PhaseClosed: _phase_closed,
    happened.ClosingAsked: _asked,
    happened.LevelChanged: _level,
    happened.ItemAdded: _item_added,
    happened.ItemClosed: _item_closed,
    happened.StatementDrafted: _drafted,
    happened.StatementApproved: _approved,
    happened.StatementEdited: _edited,
    happened.StatementReturned: _unsigned,
    happened.StatementWithdrawn: _unsigned,
    happened.BroadcastReleased: _released,
    happened.BroadcastPaused: _broadcast("paused"),
    happened.BroadcastResumed: _broadcast("sending"),
    happened.BroadcastStopped: _broadcast("stopped"),
    happened.BroadcastExpired: _broadcast("expired"),
    happened.BroadcastCompleted: _broadcast("done"),
    happened.PersonCalled: _called,
    happened.CallAnswered: _call_answered,
    happened.ClockWound: _wound,
    happened.StoodDown: _stood_down,
    happened.Reopened: _reopened,
    happened.VersionMoved: _moved,
    happened.WordsRestricted: _restricted,
}

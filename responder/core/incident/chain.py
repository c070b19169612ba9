"""Was the log changed? Events as canonical lines, each bound by its hash to the line before."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, get_type_hints

from responder.core.errors import InvalidInput
from responder.core.incident.event import BODIES, Actor, ActorKind, Event, EventBody, NewEvent
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.terms import Mode

__all__ = ["ChainFault", "ChainReport", "EventLine", "line_of", "read_line", "seal", "verify"]

START = ""
"""What the first event has for a previous hash."""


@dataclass(frozen=True, slots=True)
class EventLine:
    """One event as it is kept: its number, its canonical JSON, and the hashes around it."""

    number: int
    line: str
    previous: str
    hash: str


@dataclass(frozen=True, slots=True)
class ChainFault:
    """One place where the log is not what was written; `number` is the event's."""

    number: int
    message: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How many events were walked, the last hash, and what does not fit."""

    count: int
    head: str
    faults: tuple[ChainFault, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.faults


def seal(new: NewEvent, *, number: int, recorded: datetime, wall: datetime, previous: str) -> Event:
    """Give an event its number and its hash: SHA-256 over the previous hash and the canonical JSON."""
    event = Event(
        number=number,
        actor=new.actor,
        recorded=recorded,
        occurred=new.occurred or recorded,
        wall=wall,
        body=new.body,
        previous=previous,
        hash="",
    )
    return dataclasses.replace(event, hash=_hash(previous, line_of(event)))


def line_of(event: Event) -> str:
    """The canonical JSON of an event: keys sorted, no spaces, UTF-8 letters as they are (RFC 8259)."""
    body = {item.name: _plain(getattr(event.body, item.name)) for item in dataclasses.fields(event.body)}
    whole = {
        "number": event.number,
        "kind": event.kind,
        "actor": {"kind": event.actor.kind.value, "id": event.actor.id},
        "recorded": event.recorded.isoformat(),
        "occurred": event.occurred.isoformat(),
        "wall": event.wall.isoformat(),
        "body": body,
    }
    return json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def read_line(kept: EventLine) -> Event:
    """The event of a kept line. Raises InvalidInput when the line is no event of this version."""
    try:
        whole = json.loads(kept.line)
        return Event(
            number=whole["number"],
            actor=Actor(ActorKind(whole["actor"]["kind"]), whole["actor"]["id"]),
            recorded=datetime.fromisoformat(whole["recorded"]),
            occurred=datetime.fromisoformat(whole["occurred"]),
            wall=datetime.fromisoformat(whole["wall"]),
            body=_read_body(whole["kind"], whole["body"]),
            previous=kept.previous,
            hash=kept.hash,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(
            f"Event {kept.number} of the log cannot be read.", mend="Run: responder audit verify."
        ) from error


def verify(lines: Iterable[EventLine]) -> ChainReport:
    """Walk the chain and say everything that does not fit: changed, missing or moved events."""
    faults: list[ChainFault] = []
    count, head, expected = 0, START, 1
    for kept in lines:
        faults += _faults_of(kept, expected, head)
        count, head, expected = count + 1, kept.hash, kept.number + 1
    return ChainReport(count, head, tuple(faults))


def _faults_of(kept: EventLine, expected: int, head: str) -> list[ChainFault]:
    found = []
    if kept.number != expected:
        found.append(
            ChainFault(kept.number, f"Event {expected} should stand here: events are missing or moved.")
        )
    if kept.previous != head:
        found.append(ChainFault(kept.number, "It does not follow from the event before it."))
    if _hash(kept.previous, kept.line) != kept.hash:
        found.append(ChainFault(kept.number, "Its content or its hash was changed after it was written."))
    elif f'"number":{kept.number},' not in kept.line:
        found.append(ChainFault(kept.number, "It was written under another number."))
    return found


def _hash(previous: str, line: str) -> str:
    return hashlib.sha256((previous + line).encode()).hexdigest()


def _plain(value: object) -> Any:  # JSON has no narrower type
    """JSON of a value; moments and dates are tagged with keys that no id can be."""
    if isinstance(value, datetime):
        return {"@datetime": value.isoformat()}
    if isinstance(value, date):
        return {"@date": value.isoformat()}
    if isinstance(value, OccurrenceKey):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _value(value: Any) -> Any:  # the way back from JSON
    if isinstance(value, dict):
        if "@datetime" in value:
            return datetime.fromisoformat(value["@datetime"])
        if "@date" in value:
            return date.fromisoformat(value["@date"])
        return {key: _value(item) for key, item in value.items()}
    if isinstance(value, list):
        return tuple(_value(item) for item in value)
    return value


@cache
def _special(kind: str) -> Mapping[str, Any]:
    """The fields of a kind that are more than JSON: occurrence keys and modes."""
    hints = get_type_hints(BODIES[kind])
    wanted = {OccurrenceKey: OccurrenceKey.parse, OccurrenceKey | None: OccurrenceKey.parse, Mode: Mode}
    return {name: wanted[hint] for name, hint in hints.items() if hint in wanted}


def _read_body(kind: str, fields: Mapping[str, Any]) -> EventBody:
    body = BODIES[kind]
    special = _special(kind)
    values = {name: _value(value) for name, value in fields.items()}
    for name, make in special.items():
        if values.get(name) is not None:
            values[name] = make(values[name])
    return body(**values)

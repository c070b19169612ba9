"""How is a role holder told? A call: a row first, on the page at once; then a job that carries it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from enum import StrEnum

from responder.core.incident import CLOCK, NewEvent, OccurrenceKey
from responder.core.incident.event import PersonCalled
from responder.engine.ports import Ports, Work
from responder.engine.ports.incidents import CallRow, CallState, CarriedState
from responder.engine.situation.incident import Situation

__all__ = ["CALL_JOB", "CallKind", "call_token", "enqueue_call", "place_calls", "token_hash"]

CALL_JOB = "call"


class CallKind(StrEnum):
    """What a call is about. All but `entry` stand before the dot of its occurrence: `sign.update#2`."""

    ENTRY = "entry"
    """An occurrence of an entry that opened, is late, or escalates."""
    SIGN = "sign"
    """A step of the chain of a message's statement."""
    LANGUAGE = "language"
    """Languages of a message's statement that are not ready."""
    REVIEW = "review"
    """A statement that went out under a standing approval, for its chain."""
    CLOSING = "closing"
    """A phase, or the incident, that may be closed."""
    ACTIVATION = "activation"
    """The call-out."""

    @classmethod
    def of(cls, key: OccurrenceKey) -> CallKind:
        """The kind that the key of a call stands for."""
        head, dot, tail = key.entry.partition(".")
        if not dot:
            return cls.ENTRY
        if head in (cls.SIGN, cls.LANGUAGE, cls.REVIEW):
            return cls(head)
        return cls.ACTIVATION if (head, tail) == ("incident", "activation") else cls.CLOSING

    @staticmethod
    def entry_of(key: OccurrenceKey) -> str:
        """The entry that a call is about, if any."""
        return key.entry.rpartition(".")[2]

    def about(self, key: OccurrenceKey) -> OccurrenceKey:
        """The key of a call of this kind about an occurrence."""
        return OccurrenceKey(f"{self.value}.{key.entry}", key.item, key.number)


def place_calls(
    ports: Ports,
    work: Work,
    situation: Situation,
    *,
    occurrence: OccurrenceKey,
    rung: int,
    role: str,
    people: Iterable[str],
) -> Iterator[NewEvent]:
    """Write one row a person, ask for its job, and give the events to record.

    Who has a row for this occurrence and rung already gets no second one.
    """
    for person in people:
        call = ports.chance.new_id()
        row = CallRow(
            id=call,
            incident=situation.incident_id,
            mode=situation.mode,
            occurrence=str(occurrence),
            rung=rung,
            role=role,
            person=person,
            state=CallState.WAITING,
            made=situation.now,
            wall=situation.wall,
            token_hash=token_hash(call_token(ports, call)),
            sms=CarriedState.PENDING,
            email=CarriedState.PENDING,
        )
        if work.incidents.add_call(row):
            enqueue_call(ports, work, row)
            yield NewEvent(CLOCK, PersonCalled(occurrence, rung, person, call), situation.now)


def enqueue_call(ports: Ports, work: Work, row: CallRow, *, at: datetime | None = None) -> None:
    """Ask for the job that carries a call; one for each attempt."""
    ports.queue.enqueue(work.connection, CALL_JOB, f"call:{row.id}:{row.attempt}", {"call": row.id}, at=at)


def call_token(ports: Ports, call: str) -> str:
    """The secret in a call's link: reckoned from its id, so that it is kept nowhere."""
    return ports.ciphers.sign(call, purpose="call")


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()

"""How is a role holder told? A call: a row first, on the page at once; then a job that carries it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from responder.core.incident import CLOCK, NewEvent, OccurrenceKey
from responder.core.incident.event import PersonCalled
from responder.engine.ports import Ports, Work
from responder.engine.ports.incidents import CallRow, CallState, CarriedState
from responder.engine.situation.incident import Situation

__all__ = ["CALL_JOB", "call_token", "enqueue_call", "place_calls", "token_hash"]

CALL_JOB = "call"


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

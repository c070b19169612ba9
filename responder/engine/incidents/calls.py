"""How does a call reach a role holder, and come back? By SMS and email; by link or the reply 1."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from responder.core.errors import NotFound
from responder.core.incident import Actor, ActorKind, NewEvent, OccurrenceKey
from responder.core.incident.event import CallAnswered
from responder.core.terms import Channel, Mode
from responder.engine.incidents.call_words import call_message
from responder.engine.ports import Job, OutcomeKind, Outgoing, Ports, Work
from responder.engine.ports.carriers import Line
from responder.engine.ports.incidents import CallRow, CallState, CarriedState
from responder.engine.ports.people import Person
from responder.engine.situation import Situation, change, situate
from responder.engine.situation.addresses import address_index
from responder.engine.situation.asking import still_asked
from responder.engine.situation.calls import enqueue_call, token_hash
from responder.engine.situation.people import address_of, read_person

__all__ = ["answer_call", "answer_reply", "carry_call", "find_call"]

_CHANNELS = (Channel.SMS, Channel.EMAIL)
_MOST_ATTEMPTS = 5
_ANSWER_SECONDS = 30.0
_GRACE_SECONDS = 5.0
_RETRY = timedelta(minutes=1)
_ANSWERABLE = (CallState.WAITING, CallState.CARRYING, CallState.CARRIED, CallState.UNKNOWN, CallState.FAILED)


@dataclass(frozen=True, slots=True)
class _Errand:
    """What the job carries: the row as it was claimed, and the messages by channel."""

    row: CallRow
    messages: Mapping[Channel, Outgoing]


def carry_call(ports: Ports, job: Job) -> None:
    """Carry one call. The intent is committed before anything is handed over.

    A job that finds its call `carrying` follows one that died: what was handed over stays unknown.
    """
    errand = _claim(ports, job.payload["call"])
    if errand is None:
        return
    carried = {
        channel: _hand_over(ports, errand.row, message) for channel, message in errand.messages.items()
    }
    _write_outcomes(ports, errand.row.id, carried)


def find_call(ports: Ports, *, token: str) -> CallRow:
    """The call of a link. Raises NotFound."""
    with ports.store.read() as work:
        return _by_token(work, token)


def answer_call(ports: Ports, *, token: str) -> CallRow:
    """“I have it”, by the link. Answering twice changes nothing. Raises NotFound."""
    with ports.store.read() as work:
        row = _by_token(work, token)
    return _answer(ports, row, how="link")


def answer_reply(ports: Ports, *, phone: str) -> bool:
    """“I have it”, by the reply `1`: answers the newest open call of the person with this number."""
    index = address_index(ports.ciphers, Channel.SMS, phone)
    with ports.store.read() as work:
        calls = [
            call for person in work.people.by_address(index) for call in work.incidents.calls_of(person.id)
        ]
    waiting = [call for call in calls if call.state in _ANSWERABLE]
    if not waiting:
        return False
    _answer(ports, max(waiting, key=lambda call: (call.wall, call.id)), how="reply")
    return True


def _by_token(work: Work, token: str) -> CallRow:
    found = work.incidents.call_by_token(token_hash(token))
    if found is None:
        raise NotFound("This link is not known.", mend="Open the incident's board instead.")
    return found


def _answer(ports: Ports, row: CallRow, *, how: str) -> CallRow:
    answered = row

    def decide(work: Work, situation: Situation) -> Sequence[NewEvent]:
        nonlocal answered
        now = work.incidents.call(row.id)
        answered = now
        if now.state is CallState.ANSWERED:
            return ()
        answered = replace(now, state=CallState.ANSWERED, answered=situation.now)
        if not work.incidents.move_call(answered, was=now.state, attempt=now.attempt):
            return ()
        key = OccurrenceKey.parse(row.occurrence)
        return (NewEvent(Actor(ActorKind.LINK, row.person), CallAnswered(row.id, key, how)),)

    change(ports, row.incident, decide)
    return answered


def _claim(ports: Ports, call: str) -> _Errand | None:
    """Mark the call `carrying`; None when there is nothing to carry."""
    with ports.store.begin() as work:
        row = work.incidents.call(call)
        if row.state is CallState.CARRYING:
            _leave_unknown(work, row)
            return None
        if row.state is not CallState.WAITING:
            return None
        situation = situate(ports, work, row.incident)
        if not still_asked(ports, work, situation, row):
            work.incidents.move_call(replace(row, state=CallState.CLOSED), was=row.state, attempt=row.attempt)
            return None
        messages = _messages(ports, work, situation, row, read_person(ports, work, row.person))
        claimed = replace(
            row,
            state=CallState.CARRYING if messages else CallState.FAILED,
            attempt=row.attempt + 1,
            wall=situation.wall,
            sms=_intent(row.sms, messages, Channel.SMS),
            email=_intent(row.email, messages, Channel.EMAIL),
        )
        if not work.incidents.move_call(claimed, was=row.state, attempt=row.attempt):
            return None
        return _Errand(claimed, messages) if messages else None


def _leave_unknown(work: Work, row: CallRow) -> None:
    left = {
        channel: CarriedState.UNKNOWN
        for channel in _CHANNELS
        if _state(row, channel) is CarriedState.HANDING_OVER
    }
    after = replace(_with(row, left), state=CallState.UNKNOWN)
    work.incidents.move_call(after, was=row.state, attempt=row.attempt)


def _intent(now: CarriedState, messages: Mapping[Channel, Outgoing], channel: Channel) -> CarriedState:
    if channel in messages:
        return CarriedState.HANDING_OVER
    return CarriedState.NONE if now is CarriedState.PENDING else now


def _with(row: CallRow, carried: Mapping[Channel, CarriedState]) -> CallRow:
    sms, email = carried.get(Channel.SMS, row.sms), carried.get(Channel.EMAIL, row.email)
    return replace(row, sms=sms, email=email)


def _state(row: CallRow, channel: Channel) -> CarriedState:
    return row.sms if channel is Channel.SMS else row.email


def _messages(
    ports: Ports, work: Work, situation: Situation, row: CallRow, person: Person
) -> dict[Channel, Outgoing]:
    """One message for each channel that is still to be carried and can be."""
    carriers = ports.exercise if row.mode is Mode.EXERCISE else ports.live
    return {
        channel: call_message(ports, work, situation, row, person=person, channel=channel)
        for channel in _CHANNELS
        if address_of(person, channel)
        and channel in carriers
        and _state(row, channel) is CarriedState.PENDING
    }


def _hand_over(ports: Ports, row: CallRow, message: Outgoing) -> CarriedState:
    channel = Channel.EMAIL if message.subject else Channel.SMS
    line = _open(ports, row.mode, channel)
    line.give((message,))
    outcomes = line.take(at_least=1, timeout=_ANSWER_SECONDS)
    outcomes = (*outcomes, *line.close(grace=_GRACE_SECONDS))
    return _CARRIED.get(outcomes[0].kind, CarriedState.UNKNOWN) if outcomes else CarriedState.UNKNOWN


def _open(ports: Ports, mode: Mode, channel: Channel) -> Line:
    if mode is Mode.EXERCISE:
        return ports.exercise[channel].open(_never)
    return ports.live[channel].open(_never)


def _never() -> bool:
    return False


_CARRIED = {
    OutcomeKind.ACCEPTED: CarriedState.ACCEPTED,
    OutcomeKind.NOT_TAKEN: CarriedState.PENDING,
    OutcomeKind.NOT_STARTED: CarriedState.PENDING,
    OutcomeKind.BLOCKED: CarriedState.PENDING,
    OutcomeKind.REFUSED: CarriedState.FAILED,
    OutcomeKind.OPTED_OUT: CarriedState.FAILED,
    OutcomeKind.UNKNOWN: CarriedState.UNKNOWN,
}


def _write_outcomes(ports: Ports, call: str, carried: Mapping[Channel, CarriedState]) -> None:
    with ports.store.begin() as work:
        now = work.incidents.call(call)
        after = _with(now, carried)
        states = {after.sms, after.email}
        again = CarriedState.PENDING in states and now.attempt < _MOST_ATTEMPTS
        if not again:
            after = replace(after, sms=_given_up(after.sms), email=_given_up(after.email))
        state = now.state
        if state is CallState.CARRYING:
            state = CallState.WAITING if again else _outcome({after.sms, after.email})
        after = replace(after, state=state)
        if work.incidents.move_call(after, was=now.state, attempt=now.attempt) and state is CallState.WAITING:
            enqueue_call(ports, work, after, at=ports.clock.now() + _RETRY * now.attempt)


def _given_up(state: CarriedState) -> CarriedState:
    return CarriedState.FAILED if state is CarriedState.PENDING else state


def _outcome(states: set[CarriedState]) -> CallState:
    if CarriedState.ACCEPTED in states:
        return CallState.CARRIED
    return CallState.UNKNOWN if CarriedState.UNKNOWN in states else CallState.FAILED

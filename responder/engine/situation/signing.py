"""What does the log say of a statement's sign-off? Events become signatures, authors and moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from responder.core.incident.event import (
    Actor,
    ActorKind,
    Event,
    FindingOverridden,
    PersonCalled,
    StatementEdited,
    StatementReturned,
    StatementSigned,
    StatementSubmitted,
    StatementWaived,
)
from responder.core.playbook import DEPUTY, Message, bench, chain, ladder, language_policy
from responder.core.statement import Digests, SignOff, Statement
from responder.core.statement.approval import Proceedings, Waiver
from responder.core.terms import Bench, Chain
from responder.engine.situation.incident import Situation

__all__ = ["message_of", "overrides_of", "proceedings_of", "writers_of"]


def message_of(situation: Situation, entry: str) -> Message:
    """A message of the playbook. Raises KeyError when the entry is none."""
    return situation.playbook.messages[entry]


def proceedings_of(situation: Situation, statement: Statement, digests: Digests) -> Proceedings:
    """All that decides this statement's approval now.

    Signatures and waivers count since the last return. The signers are asked from the submission
    or from the last change of the source text or the frame, whichever is later.
    """
    message = message_of(situation, statement.message)
    events = situation.incident.of_statement(statement.id)
    current = _since_return(events)
    signed_by = chain(situation.playbook, message)
    city = situation.city.languages
    return Proceedings(
        chain=signed_by,
        benches=benches_of(situation, signed_by),
        policy=statement.frame.policy,
        digests=digests,
        calendar=situation.calendar,
        now=situation.now,
        submitted_at=_asked_at(statement, current),
        authors=writers_of(statement, events).get(statement.source_language, frozenset()),
        writers=writers_of(statement, events),
        sign_offs=_sign_offs(statement, events, current),
        waivers=tuple(_waiver(event) for event in current if isinstance(event.body, StatementWaived)),
        ladder=ladder_of(situation, message),
        reached=_reached(situation, statement),
        required=language_policy(message, city.required).required or city.required,
        offered=city.offered,
    )


def benches_of(situation: Situation, signed_by: Chain) -> Mapping[str, Bench]:
    """Who can act for each role of a chain."""
    roles = dict.fromkeys(role for step in signed_by.steps for role in step.roles)
    return {role: bench(situation.playbook, situation.roster, role) for role in roles}


def ladder_of(situation: Situation, message: Message) -> tuple[str, ...]:
    """The people whom the ladder names, nearest first; at its end the owners of message and playbook."""
    named = [rung.to for rung in ladder(situation.playbook, message)]
    roles = [*(message.owner if to == DEPUTY else to for to in named), message.owner]
    if situation.playbook.owner is not None:
        roles.append(situation.playbook.owner)
    benches = [bench(situation.playbook, situation.roster, role) for role in dict.fromkeys(roles)]
    return tuple(dict.fromkeys(person for one in benches for person in one.everyone))


def writers_of(statement: Statement, events: tuple[Event, ...]) -> dict[str, frozenset[str]]:
    """Language → the people whose words stand in it; a change of the frame counts for the source."""
    tags = {statement.source_language, *statement.frame.policy.required}
    found: dict[str, set[str]] = {tag: set() for tag in tags}
    for event in events:
        if isinstance(event.body, StatementEdited) and event.actor.kind is not ActorKind.CLOCK:
            for tag in event.body.languages or (statement.source_language,):
                found.setdefault(tag, set()).add(_person(event.actor))
    drafter = {statement.author} if statement.author else set()
    languages = {*found, *statement.missing_languages, *_drafted_languages(events)}
    return {tag: frozenset(found.get(tag, set()) | drafter) for tag in languages}


def overrides_of(statement: Statement, events: tuple[Event, ...]) -> dict[tuple[str, str], str]:
    """(rule, language) → reason, for findings answered for on the text as it stands.

    A change of the source or the frame ends all of them, a change of a language its own.
    """
    found: dict[tuple[str, str], str] = {}
    for event in events:
        body = event.body
        if isinstance(body, FindingOverridden):
            found[(body.rule, body.language)] = body.reason
        elif isinstance(body, StatementEdited):
            touched = set(body.languages) | {""}
            all_of_them = not body.languages or statement.source_language in body.languages
            found = {key: why for key, why in found.items() if not all_of_them and key[1] not in touched}
    return found


def _drafted_languages(events: tuple[Event, ...]) -> frozenset[str]:
    hashes = [getattr(event.body, "hashes", {}) for event in events]
    return frozenset(scope for one in hashes for scope in one if scope != "frame")


def _since_return(events: tuple[Event, ...]) -> tuple[Event, ...]:
    last = max(
        (at for at, event in enumerate(events) if isinstance(event.body, StatementReturned)), default=-1
    )
    return events[last + 1 :]


def _asked_at(statement: Statement, events: tuple[Event, ...]) -> datetime | None:
    asked: datetime | None = None
    for event in events:
        if isinstance(event.body, StatementSubmitted) or (
            asked is not None and _changes_source(statement, event)
        ):
            asked = event.occurred
    return asked


def _changes_source(statement: Statement, event: Event) -> bool:
    if not isinstance(event.body, StatementEdited):
        return False
    return not event.body.languages or statement.source_language in event.body.languages


def _reached(situation: Situation, statement: Statement) -> tuple[str, ...]:
    """Whom the ladder has reached: those who were called on one of its rungs."""
    called = [event.body for event in situation.incident.events if isinstance(event.body, PersonCalled)]
    theirs = [one for one in called if str(one.occurrence) == statement.occurrence and one.rung > 0]
    return tuple(dict.fromkeys(one.person for one in theirs))


def _sign_offs(
    statement: Statement, events: tuple[Event, ...], current: tuple[Event, ...]
) -> tuple[SignOff, ...]:
    """The chain's signatures end with a return; a reader's stands as long as its hash does."""
    frame = ("frame", statement.source_language)
    counted = [
        event
        for event in events
        if isinstance(event.body, StatementSigned) and (event in current or event.body.scope not in frame)
    ]
    return tuple(_sign_off(event) for event in counted)


def _sign_off(event: Event) -> SignOff:
    body = event.body
    if not isinstance(body, StatementSigned):
        raise TypeError("not a signature")
    return SignOff(
        person=_person(event.actor),
        role=body.role,
        scope=body.scope,
        digest=body.digest,
        at=event.occurred,
        for_role=body.for_role or None,
        consult=body.consult,
        recorded_for=body.recorded_for or None,
        how=body.how,
        declares_reading=body.declares_reading,
    )


def _waiver(event: Event) -> Waiver:
    body = event.body
    if not isinstance(body, StatementWaived):
        raise TypeError("not a waiver")
    return Waiver(_person(event.actor), body.role, body.reason, event.occurred)


def _person(actor: Actor) -> str:
    return actor.id

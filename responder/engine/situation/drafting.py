"""How does a statement come to its first text? Template, facts and frame of a message's occurrence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from responder.core.facts import FactValue
from responder.core.incident.event import CLOCK, Actor, BroadcastReleased, NewEvent, StatementDrafted
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.playbook import Message, audience, language_policy
from responder.core.playbook.entries import ANY_MESSAGE
from responder.core.statement import (
    FRAME,
    Digests,
    Frame,
    Known,
    Statement,
    StatementState,
    Texts,
    digests_of,
    fill,
    text_digest,
)
from responder.core.terms import Channel
from responder.engine.ports import Content, Ports, Work
from responder.engine.situation.editions import editions_of, first_template, written
from responder.engine.situation.incident import Situation
from responder.engine.situation.signing import message_of
from responder.engine.situation.wording import template_in

__all__ = ["Drafted", "content_of", "draft_for", "hashes_of", "known_of", "rendered"]

_QUARTER = timedelta(minutes=15)
_USUAL_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Drafted:
    """A statement and its texts as drafted, `first` for its first readers, before anything is kept."""

    statement: Statement
    texts: Texts
    first: Texts

    @property
    def digests(self) -> Digests:
        return digests_of(self.texts, self.statement.frame, self.statement.source_language, self.first)

    @property
    def hashes(self) -> dict[str, str]:
        return hashes_of(self.digests, self.texts, self.first)


def draft_for(
    ports: Ports,
    work: Work,
    situation: Situation,
    occurrence: OccurrenceKey,
    *,
    actor: Actor = CLOCK,
    typed: Mapping[str, FactValue] | None = None,
    corrects: tuple[str, ...] | None = None,
) -> tuple[NewEvent, ...]:
    """Draft the statement of a message's occurrence; returns the events to record.

    Nothing is done twice: an occurrence that has a statement gets no second one. Variables that
    nothing fills are asked of the drafter, and until then the statement has no texts.
    """
    if work.statements.of_occurrence(situation.incident_id, str(occurrence)) is not None:
        return ()
    message = message_of(situation, occurrence.entry)
    content = content_of(ports, work, situation)
    template = template_in(content, message.template)
    errors = _errors(situation, message) if corrects is None else corrects
    frame = _frame(work, situation, message, errors)
    known = known_of(situation, occurrence, typed or {}, promise_of(situation, message))
    statement = Statement(
        id=ports.chance.new_id(),
        incident_id=situation.incident_id,
        occurrence=str(occurrence),
        message=message.id,
        mode=situation.mode,
        template=template.name,
        template_digest=template.digest,
        kind=template.kind,
        state=StatementState.DRAFT,
        version=1,
        source_language=situation.city.languages.source,
        frame=frame,
        drafted_at=situation.now,
        author=None if actor == CLOCK else actor.id,
        corrects=errors,
        first_template="" if errors else first_template(message),
    )
    drafted = rendered(content, situation, statement, known)
    work.statements.add(drafted.statement, drafted.texts, drafted.first)
    body = StatementDrafted(drafted.statement.id, occurrence, drafted.hashes)
    return (NewEvent(actor, body, situation.now),)


def rendered(content: Content, situation: Situation, statement: Statement, known: Known) -> Drafted:
    """The statement with its values and every language that is whole."""
    templates = editions_of(content, statement)
    filled = {edition: fill(template, known) for edition, template in templates.items()}
    done = written(content, situation, statement, filled)
    values = {name: value for one in filled.values() for name, value in one.values.items()}
    origins = {name: origin for one in filled.values() for name, origin in one.origins.items()}
    changed = replace(
        statement,
        values=values,
        typed=frozenset(name for name, origin in origins.items() if origin == "typed"),
        asked=tuple(dict.fromkeys(name for one in filled.values() for name in one.asked)),
        next_update_at=_moment(values.get("next_update_at")),
        missing_languages=done.missing,
        edited=frozenset(),
        first_edited=frozenset(),
    )
    return Drafted(changed, done.texts, done.first)


def content_of(ports: Ports, work: Work, situation: Situation) -> Content:
    """The files this incident is pinned to; catalogues and words are those of today."""
    return ports.content.pinned(situation.incident.pins, work.contents.fetch)


def known_of(
    situation: Situation,
    occurrence: OccurrenceKey,
    typed: Mapping[str, FactValue],
    promise: datetime | None,
) -> Known:
    """Everything that may fill a variable of this occurrence's statement."""
    message = message_of(situation, occurrence.entry)
    items = situation.incident.items.get(message.each or "", {})
    item = items.get(occurrence.item or 0)
    return Known(
        city=situation.city,
        now=situation.now,
        facts=situation.incident.facts,
        item=item.fields if item else {},
        typed=typed,
        next_update_at=promise,
    )


def promise_of(situation: Situation, message: Message) -> datetime | None:
    """When the city should say that it speaks next.

    The next planned occurrence of a message that repeats, of this message or another; else a
    promise already given that lies ahead; else the quarter hour after one hour from now, for the
    drafter to confirm or change.
    """
    repeated = {entry.id for entry in situation.playbook.messages.values() if entry.repeat}
    planned = [
        one.due or one.planned
        for one in situation.timeline.occurrences
        if one.key.entry in repeated and one.planned is not None and one.planned > situation.now
    ]
    ahead = sorted(moment for moment in planned if moment is not None)
    if ahead:
        return ahead[0]
    given = situation.incident.promise
    if given is not None and given > situation.now and not message.repeat:
        return given
    return _quarter_after(situation.now + _USUAL_WAIT)


def hashes_of(digests: Digests, texts: Texts, first: Texts) -> dict[str, str]:
    """What an event says of the texts: the frame's hash, and of each language the hash over its texts."""
    said = {tag: text_digest(texts.get(tag, {}), first.get(tag)) for tag in dict.fromkeys((*texts, *first))}
    return {FRAME: digests.frame, **said}


def _frame(work: Work, situation: Situation, message: Message, errors: tuple[str, ...]) -> Frame:
    """The frame of the message; a correction takes voice, channels and audiences of the error."""
    first = tuple(message.first.to) if message.first else ()
    heard_by = dict.fromkeys((*first, *message.audiences))
    frame = Frame(
        audiences=tuple(audience(situation.playbook, one) for one in heard_by),
        channels=message.channels,
        policy=language_policy(message, situation.city.languages.required),
        urgency=message.urgency,
        messengers=message.messenger,
        corrects=errors,
        first=(*first, str(message.first.wait)) if message.first else (),
    )
    if not errors:
        return frame
    wrong = [work.statements.get(one).frame for one in errors]
    return replace(
        frame,
        audiences=tuple(dict.fromkeys(one for each in wrong for one in each.audiences)),
        channels=_in_order({channel for each in wrong for channel in each.channels}),
        messengers=tuple(dict.fromkeys(one for each in wrong for one in each.messengers)),
        first=(),
    )


def _errors(situation: Situation, message: Message) -> tuple[str, ...]:
    """What a correction corrects unless its drafter says otherwise: the last release it may correct."""
    if not message.corrects:
        return ()
    released = [
        event.body for event in situation.incident.events if isinstance(event.body, BroadcastReleased)
    ]
    fitting = [
        body.statement
        for body in released
        if body.occurrence.entry != message.id
        and (ANY_MESSAGE in message.corrects or body.occurrence.entry in message.corrects)
    ]
    return (fitting[-1],) if fitting else ()


def _in_order(channels: set[Channel]) -> tuple[Channel, ...]:
    return tuple(channel for channel in Channel if channel in channels)


def _quarter_after(moment: datetime) -> datetime:
    start = moment.replace(minute=0, second=0, microsecond=0)
    passed = -(-(moment - start) // _QUARTER)
    return start + passed * _QUARTER


def _moment(value: FactValue | None) -> datetime | None:
    return value if isinstance(value, datetime) else None

"""What would a release of this statement be: which broadcasts, to whom, with which texts?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from math import ceil

from responder.core.broadcast import (
    Broadcast,
    BroadcastState,
    Part,
    Selection,
    SelectionKind,
    notice_key,
    waves_of,
)
from responder.core.errors import Conflict, InvalidInput, NotFound, Refused
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.timeline import OccurrenceState
from responder.core.playbook.entries import Message
from responder.core.statement.slots import join
from responder.core.statement.sms import measure
from responder.core.statement.texts import ChannelText, Edition
from responder.core.terms import DELIVERED_CHANNELS, AudienceDefinition, Channel, Urgency
from responder.engine.broadcasts.leaving import unsubscribe_address
from responder.engine.ports import Ports, Work
from responder.engine.ports.broadcasts import FrozenText
from responder.engine.situation.incident import Situation
from responder.engine.situation.statement import StatementSituation, situate_statement
from responder.engine.situation.wording import words_in

__all__ = ["Plan", "PlannedPart", "message_of", "plan_release", "urgency_of"]

_FROZEN = (*DELIVERED_CHANNELS, Channel.WEB)
"""What is sent or published stays as it was signed off, whatever becomes of the statement later."""

_ENDED_EARLY = (BroadcastState.STOPPED, BroadcastState.EXPIRED)


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """One broadcast of a release. `wait_seconds` of incident time pass before it begins."""

    part: Part
    selection: Selection
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """A release before it is written: nothing of it is kept, so it can be looked at any number of times.

    `first_texts` are in the words of those who hear it first, where they have some of their own.
    """

    situation: Situation
    statement: StatementSituation
    message: Message
    urgency: Urgency
    languages: tuple[str, ...]
    parts: tuple[PlannedPart, ...]
    texts: tuple[FrozenText, ...]
    first_texts: tuple[FrozenText, ...]
    corrects: tuple[Broadcast, ...]
    replaces: tuple[Broadcast, ...]

    def edition_of(self, part: Part) -> Edition:
        """Whose words a part of the release goes out in."""
        return Edition.FIRST if part is Part.FIRST and self.first_texts else Edition.MAIN

    def texts_of(self, edition: Edition) -> tuple[FrozenText, ...]:
        return self.first_texts if edition is Edition.FIRST else self.texts

    @property
    def channels(self) -> tuple[Channel, ...]:
        named = (channel for part in self.parts for channel in part.selection.all_channels())
        return tuple(dict.fromkeys(named))


def plan_release(
    ports: Ports, work: Work, situation: Situation, statement_id: str, languages: Sequence[str] | None
) -> Plan:
    """Decide what a release would be. Raises Refused when the statement may not be released now."""
    statement = situate_statement(ports, work, situation, statement_id)
    message = message_of(situation, statement)
    _check_occurrence(situation, statement)
    earlier = work.broadcasts.of_statement(statement_id)
    going = [item for item in earlier if item.released and item.state not in _ENDED_EARLY]
    chosen = _languages(statement, languages, going)
    corrected = _broadcasts_of(work, statement.statement.corrects)
    parts = _parts(situation, statement, message, earlier, going, corrected)
    frozen = {
        edition: _frozen(ports, situation, statement, chosen, edition=edition, notices=not going)
        for edition in Edition
    }
    return Plan(
        situation=situation,
        statement=statement,
        message=message,
        urgency=urgency_of(message, statement),
        languages=chosen,
        parts=parts,
        texts=frozen[Edition.MAIN],
        first_texts=frozen[Edition.FIRST],
        corrects=corrected,
        replaces=_replaced(work, situation, statement, message, corrected),
    )


def message_of(situation: Situation, statement: StatementSituation) -> Message:
    """The message of the playbook that a statement is the text of. Raises NotFound."""
    found = situation.playbook.messages.get(statement.statement.message)
    if found is None:
        raise NotFound(
            f"The playbook has no message {statement.statement.message}.",
            mend="Was the incident moved to another version?",
        )
    return found


def urgency_of(message: Message, statement: StatementSituation) -> Urgency:
    """Without a standing approval a life-safety message is an urgent one."""
    if message.urgency is Urgency.LIFE_SAFETY and not statement.standing:
        return Urgency.URGENT
    return message.urgency


def _check_occurrence(situation: Situation, statement: StatementSituation) -> None:
    key = OccurrenceKey.parse(statement.statement.occurrence)
    occurrence = situation.timeline.find(key)
    state = None if occurrence is None else occurrence.state
    words = {
        OccurrenceState.NOT_NEEDED: "Its condition does not hold now.",
        OccurrenceState.SKIPPED: "Somebody decided against it.",
        OccurrenceState.MISSED: "A newer one took its place.",
    }
    if state in words:
        raise Refused(f"{key} is not to be released. {words[state]}", mend="Look at it on the now board.")
    if occurrence is not None and state is OccurrenceState.OPEN and occurrence.waits:
        unknown = ", ".join(wait.on for wait in occurrence.waits)
        raise Refused(f"{key} waits for what is not known yet: {unknown}.", mend="Record it as a fact first.")


def _languages(
    statement: StatementSituation, asked: Sequence[str] | None, going: Sequence[Broadcast]
) -> tuple[str, ...]:
    """The languages of this release: those asked for, else all that are ready and were not sent yet."""
    released = {tag for item in going for tag in item.languages}
    if not statement.releasable:
        raise Refused("It may not be released yet.", mend=" ".join(statement.obstacles))
    chosen = tuple(asked) if asked is not None else statement.releasable
    unready = [tag for tag in chosen if tag not in statement.releasable]
    if unready:
        raise Refused(
            f"Not signed off: {', '.join(unready)}.",
            mend=" ".join(statement.obstacles) or "Have it reviewed.",
        )
    new = tuple(tag for tag in chosen if tag not in released)
    if going:
        if not new:
            raise Conflict("It was released in these languages already.", mend="Look at its broadcast.")
        return new
    source = statement.statement.source_language
    if source not in statement.releasable:
        raise Refused(f"The source text ({source}) is not signed off.", mend=" ".join(statement.obstacles))
    return tuple(dict.fromkeys((source, *new)))


def _parts(
    situation: Situation,
    statement: StatementSituation,
    message: Message,
    earlier: Sequence[Broadcast],
    going: Sequence[Broadcast],
    corrected: Sequence[Broadcast],
) -> tuple[PlannedPart, ...]:
    channels = tuple(item for item in statement.statement.frame.channels if item in DELIVERED_CHANNELS)
    read = tuple(item.id for item in earlier if item.released)
    if going:
        return _later(situation, channels, going, read)
    if statement.statement.corrects:
        same = tuple(item for item in channels if any(item in error.channels for error in corrected))
        ids = tuple(item.id for item in corrected)
        return (
            PlannedPart(
                Part.WHOLE, Selection(SelectionKind.GOT_ERROR, channels=same, earlier=ids, read=read)
            ),
        )
    return _by_audience(situation, statement, message, channels, read)


def _later(
    situation: Situation, channels: tuple[Channel, ...], going: Sequence[Broadcast], read: tuple[str, ...]
) -> tuple[PlannedPart, ...]:
    """A language that is signed later: to those who got the notice, in the words of their own edition.

    Who gets the notice is known once its rows are written: what follows a part that still waits,
    waits with it.
    """

    def planned(part: Part, chosen: Sequence[Broadcast]) -> PlannedPart:
        ids = tuple(item.id for item in chosen)
        selection = Selection(SelectionKind.GOT_NOTICE, channels=channels, earlier=ids, read=read)
        return PlannedPart(part, selection, wait_seconds=_left_to_wait(situation, chosen))

    first = [item for item in going if item.part is Part.FIRST]
    rest = [item for item in going if item.part is not Part.FIRST]
    if not first:
        return (planned(Part.WHOLE, rest),)
    return tuple(planned(part, chosen) for part, chosen in ((Part.FIRST, first), (Part.REST, rest)) if chosen)


def _left_to_wait(situation: Situation, waited_for: Sequence[Broadcast]) -> int:
    """Seconds of incident time until the last of them begins."""
    clock = situation.incident.clock
    starts = [item.starts for item in waited_for if item.state is BroadcastState.RELEASED and item.starts]
    left = (clock.now(moment) - situation.now for moment in starts)
    return max((ceil(one.total_seconds()) for one in left if one > timedelta()), default=0)


def _by_audience(
    situation: Situation,
    statement: StatementSituation,
    message: Message,
    channels: Sequence[Channel],
    read: tuple[str, ...],
) -> tuple[PlannedPart, ...]:
    urgency = urgency_of(message, statement)
    quiet = situation.city.quiet if urgency is Urgency.NORMAL else None
    audiences = [_with_topics(situation, item) for item in statement.statement.frame.audiences]
    if urgency is not Urgency.NORMAL:
        audiences = [replace(item, quiet=None) for item in audiences]

    def selection(chosen: Sequence[AudienceDefinition]) -> Selection:
        return Selection(SelectionKind.AUDIENCES, waves=waves_of(chosen, channels, quiet=quiet), read=read)

    first_ids = message.first.to if message.first is not None else ()
    first = [item for item in audiences if item.id in first_ids]
    rest = [item for item in audiences if item.id not in first_ids]
    if message.first is None or not first:
        return (PlannedPart(Part.WHOLE, selection(audiences)),)
    if not rest:
        return (PlannedPart(Part.FIRST if statement.first_texts else Part.WHOLE, selection(audiences)),)
    later = situation.calendar.shift(situation.now, message.first.wait) - situation.now
    return (
        PlannedPart(Part.FIRST, selection(first)),
        PlannedPart(Part.REST, selection(rest), wait_seconds=int(later.total_seconds())),
    )


def _with_topics(situation: Situation, audience: AudienceDefinition) -> AudienceDefinition:
    """An audience that names topics means the city's lists on them; with lists, only those among them."""
    if not audience.topics:
        return audience
    wanted = set(audience.topics)
    on_topic = [item.id for item in situation.city.lists.values() if wanted & set(item.topics)]
    lists = [item for item in audience.lists if item in on_topic] if audience.lists else on_topic
    return replace(audience, lists=tuple(lists))


def _broadcasts_of(work: Work, statements: Sequence[str]) -> tuple[Broadcast, ...]:
    """Everything that was released of these statements."""
    found = [item for statement in statements for item in work.broadcasts.of_statement(statement)]
    return tuple(item for item in found if item.released)


def _replaced(
    work: Work,
    situation: Situation,
    statement: StatementSituation,
    message: Message,
    corrected: Sequence[Broadcast],
) -> tuple[Broadcast, ...]:
    """Whose unsent deliveries stop: what it corrects, what it supersedes, its own earlier occurrences."""
    key = OccurrenceKey.parse(statement.statement.occurrence)
    errors = {item.id for item in corrected}

    def replaced(item: Broadcast) -> bool:
        other = OccurrenceKey.parse(item.occurrence)
        before = (other.entry, other.item) == (key.entry, key.item) and other.number < key.number
        return before or other.entry in message.supersedes or item.id in errors

    return tuple(
        item for item in work.broadcasts.of_incident(situation.incident_id) if item.unsent and replaced(item)
    )


def _frozen(
    ports: Ports,
    situation: Situation,
    statement: StatementSituation,
    languages: Sequence[str],
    *,
    notices: bool,
    edition: Edition,
) -> tuple[FrozenText, ...]:
    source = statement.statement.source_language
    frozen: list[FrozenText] = []
    for tag in languages:
        stop = _stop_line(ports, situation, tag, source)
        for channel in _FROZEN:
            text = statement.texts_of(edition).get(tag, {}).get(channel)
            if text is not None:
                frozen.append(_freeze(ports, channel, tag, text, stop))
    if notices:
        stop = _stop_line(ports, situation, source, source)
        for tag, texts in statement.notices_of(edition).items():
            frozen.extend(
                _freeze(ports, channel, notice_key(tag), texts[channel], stop)
                for channel in DELIVERED_CHANNELS
                if channel in texts and tag not in languages
            )
    return tuple(frozen)


def _freeze(ports: Ports, channel: Channel, key: str, text: ChannelText, stop: str) -> FrozenText:
    sample = {"stop_line": stop, "unsubscribe_link": unsubscribe_address(ports, delivery="1000000")}
    segments = measure(join(text.text, sample)).segments if channel is Channel.SMS else 1
    return FrozenText(
        channel=channel,
        language=key,
        text=text.text,
        subject=text.subject,
        html=text.html,
        stop_line=stop if channel is Channel.SMS else "",
        segments=segments,
    )


def _stop_line(ports: Ports, situation: Situation, language: str, source: str) -> str:
    for tag in (language, source):
        line = words_in(ports.content, situation.city, tag).line("stop")
        if line:
            return line.replace("{word}", "STOP")
    raise InvalidInput(
        "No language has a line that says how to stop messages.",
        mend=f"Add `stop` to locales/{source}/words.yaml.",
    )

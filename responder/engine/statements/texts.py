"""How does a text come to be and change? Drafted, filled in, edited, narrowed, mended, used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from markupsafe import escape

from responder.core.errors import InvalidInput, NotFound, Refused
from responder.core.facts import FactValue
from responder.core.incident.event import Actor, NewEvent, StatementEdited
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.reading import did_you_mean
from responder.core.statement import SLOTS, ChannelText, Edition, Statement, Texts, Variable, digests_of
from responder.core.statement.render import marked
from responder.core.statement.slots import strip_slots
from responder.core.statement.spoken import clean
from responder.core.statement.values import read_value
from responder.core.terms import (
    DELIVERED_CHANNELS,
    AudienceDefinition,
    Channel,
    Mode,
    direction,
    language_tag,
)
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.situation.checking import filled_now
from responder.engine.situation.drafting import content_of, draft_for, hashes_of, known_of, rendered
from responder.engine.situation.editions import Written, editions_of, first_template, written
from responder.engine.situation.incident import Situation, change, situate
from responder.engine.situation.people import Act, require
from responder.engine.situation.statement import texts_in
from responder.engine.situation.wording import template_in, words_in
from responder.engine.statements.steps import Desk, at_version, decide, event, open_only

__all__ = ["accept_mend", "draft", "edit", "fill", "mark_used", "narrow", "offered_mends"]


def draft(
    ports: Ports,
    *,
    incident_id: str,
    occurrence: str,
    by: Person,
    values: Mapping[str, FactValue] | None = None,
    corrects: Sequence[str] | None = None,
) -> str:
    """Draft the statement of an open message occurrence; returns its id.

    `values` fill variables that nothing else fills; they are unverified. `corrects` are the
    statements that a correction corrects; without it, the last one that it may correct. An
    occurrence that has a statement keeps it: its id is returned.
    """
    require(by, Act.DRAFT)
    key = OccurrenceKey.parse(occurrence)

    def drafted(work: Work, situation: Situation) -> Sequence[NewEvent]:
        _refuse_unopened(situation, key)
        typed = _typed(ports, work, situation, key.entry, values or {})
        wrong = None if corrects is None else tuple(corrects)
        return draft_for(ports, work, situation, key, actor=Actor.person(by.id), typed=typed, corrects=wrong)

    change(ports, incident_id, drafted)
    with ports.store.read() as work:
        found = work.statements.of_occurrence(incident_id, str(key))
    if found is None:
        raise NotFound(f"{key} has no statement.")
    return found.id


def fill(
    ports: Ports,
    *,
    statement_id: str,
    version: int,
    values: Mapping[str, FactValue],
    by: Person,
    discard_edits: bool = False,
) -> int:
    """Fill in variables and render again; returns the new version. Raises Conflict on an older version.

    Texts that somebody wrote by hand would be lost: that is refused without `discard_edits`.
    """
    require(by, Act.DRAFT)

    def filled(desk: Desk) -> Sequence[NewEvent]:
        statement = _editable(desk, version)
        by_hand = statement.edited | statement.first_edited
        if by_hand and not discard_edits:
            hands = ", ".join(f"{tag} {channel.value}" for tag, channel in sorted(by_hand))
            raise Refused(
                f"Texts written by hand would be lost: {hands}.",
                mend="Edit them by hand as well, or say that they may go.",
            )
        key = OccurrenceKey.parse(statement.occurrence)
        more = _typed(ports, desk.work, desk.situation, key.entry, values)
        kept = {name: statement.values.get(name) for name in statement.typed}
        typed = {name: value for name, value in {**kept, **more}.items() if value is not None}
        known = known_of(desk.situation, key, typed, statement.next_update_at)
        content = content_of(ports, desk.work, desk.situation)
        done = rendered(content, desk.situation, statement, known)
        tags = _all(done.texts, statement)
        return _written(desk, by, done.statement, done.texts, done.first, languages=tags)

    return decide(ports, statement_id, filled).statement.version


def edit(
    ports: Ports,
    *,
    statement_id: str,
    version: int,
    language: str,
    channel: Channel,
    text: ChannelText,
    by: Person,
    edition: Edition = Edition.MAIN,
) -> int:
    """Replace one channel's text; returns the new version. Raises Conflict on an older version.

    `edition` says whose text it is: everybody's, or that of those who hear it first. HTML is
    written anew from the text: nobody types tags into a statement.
    """
    require(by, Act.DRAFT)
    tag = language_tag(language)

    def edited(desk: Desk) -> Sequence[NewEvent]:
        statement = _editable(desk, version)
        _refuse_channel(desk, channel, edition)
        said = {one: desk.standing.texts_of(one) for one in Edition}
        before = said[edition].get(tag, {})
        typed = _by_hand(text, before.get(channel), tag)
        new = marked(typed, _prefix(desk, tag))
        if before.get(channel) == new:
            return ()
        said[edition] = {**said[edition], tag: {**before, channel: new}}
        texts, first = said[Edition.MAIN], said[Edition.FIRST]
        changed = replace(
            _with_hand(statement, edition, (tag, channel)), missing_languages=_missing(statement, said)
        )
        return _written(desk, by, changed, texts, first, languages=(tag,))

    return decide(ports, statement_id, edited).statement.version


def narrow(
    ports: Ports, *, statement_id: str, version: int, audiences: Sequence[AudienceDefinition], by: Person
) -> int:
    """Narrow the audience; it can never be widened. Returns the new version, or the old one for no change."""
    require(by, Act.DRAFT)

    def narrowed(desk: Desk) -> Sequence[NewEvent]:
        statement = _editable(desk, version)
        wide = {one.id: one for one in statement.frame.audiences}
        if not audiences:
            raise InvalidInput("A statement needs somebody who hears it.", mend="Leave one audience in.")
        for one in audiences:
            if one.id not in wide or not _within(one, wide[one.id]):
                raise Refused(f"{one.name or one.id} would be wider than the message allows.")
            _refuse_areas(desk.situation, one.areas)
        frame = replace(statement.frame, audiences=tuple(audiences))
        if frame == statement.frame:
            return ()
        texts, first = desk.standing.texts, desk.standing.first_texts
        return _written(desk, by, replace(statement, frame=frame), texts, first, languages=())

    return decide(ports, statement_id, narrowed).statement.version


def offered_mends(ports: Ports, *, statement_id: str, edition: Edition = Edition.MAIN) -> Texts:
    """Languages whose translation was mended since: what they would say now. Never applied unasked.

    A language is offered when any of its editions differs: it is taken over in all of them.
    """
    with ports.store.read() as work:
        statement = work.statements.get(statement_id)
        texts = texts_in(work, statement)
        fresh = _fresh(ports, work, situate(ports, work, statement.incident_id), statement)
    said = {Edition.MAIN: fresh.texts, Edition.FIRST: fresh.first}
    return {
        tag: said[edition].get(tag, {})
        for tag in fresh.texts
        if tag != statement.source_language
        and any(dict(said[one].get(tag, {})) != dict(texts[one].get(tag, {})) for one in Edition)
    }


def accept_mend(ports: Ports, *, statement_id: str, version: int, language: str, by: Person) -> int:
    """Take over a mended translation, as an edit of that language. Returns the new version."""
    require(by, Act.DRAFT)
    tag = language_tag(language)

    def accepted(desk: Desk) -> Sequence[NewEvent]:
        statement = _editable(desk, version)
        fresh = _fresh(ports, desk.work, desk.situation, statement)
        if tag not in fresh.texts or tag == statement.source_language:
            raise NotFound(f"There is no mended translation into {tag}.")
        texts = {**desk.standing.texts, tag: fresh.texts[tag]}
        first = {**desk.standing.first_texts, **({tag: fresh.first[tag]} if tag in fresh.first else {})}
        changed = replace(
            statement,
            edited=frozenset(one for one in statement.edited if one[0] != tag),
            first_edited=frozenset(one for one in statement.first_edited if one[0] != tag),
            missing_languages=tuple(one for one in statement.missing_languages if one != tag),
        )
        return _written(desk, by, changed, texts, first, languages=(tag,))

    return decide(ports, statement_id, accepted).statement.version


def mark_used(ports: Ports, *, statement_id: str, channel: Channel, by: Person) -> None:
    """Say that a text that people copy out was used."""
    require(by, Act.DRAFT)
    with ports.store.begin() as work:
        if channel not in work.statements.get(statement_id).frame.channels:
            raise InvalidInput(f"This statement is not made for {channel.value}.")
        work.statements.mark_used(statement_id, channel.value)


def _written(
    desk: Desk, by: Person, statement: Statement, texts: Texts, first: Texts, *, languages: tuple[str, ...]
) -> tuple[NewEvent, ...]:
    """Append a version and say so. Released languages are no longer this statement's to change."""
    gone = [tag for tag in languages or desk.standing.released if tag in desk.standing.released]
    if gone:
        raise Refused(f"Already released: {', '.join(gone)}.", mend="Draft a correction.")
    changed = replace(statement, version=statement.version + 1)
    desk.work.statements.add_version(changed, texts, first)
    digests = digests_of(texts, changed.frame, changed.source_language, first)
    body = StatementEdited(changed.id, languages, hashes_of(digests, texts, first))
    return (event(by, body),)


def _editable(desk: Desk, version: int) -> Statement:
    statement = at_version(desk, version)
    open_only(statement, "edit")
    return statement


def _all(texts: Texts, statement: Statement) -> tuple[str, ...]:
    """Everything is new: the source language in any case, so that every signature asks again."""
    return tuple(dict.fromkeys((statement.source_language, *texts)))


def _typed(
    ports: Ports, work: Work, situation: Situation, entry: str, values: Mapping[str, FactValue]
) -> dict[str, FactValue]:
    message = situation.playbook.messages[entry]
    content = content_of(ports, work, situation)
    names = dict.fromkeys((first_template(message), message.template))
    variables: dict[str, Variable] = {}
    for template in (template_in(content, name) for name in names if name):
        variables |= template.variables
    found: dict[str, FactValue] = {}
    for name, said in values.items():
        if name not in variables:
            mend = did_you_mean(name, variables)
            raise InvalidInput(f"“{name}” is not a variable of {message.template}.", mend=mend)
        found[name] = read_value(variables[name], said, situation.city)
    return found


def _fresh(ports: Ports, work: Work, situation: Situation, statement: Statement) -> Written:
    """What the templates and the catalogues of today say with this statement's values."""
    content = content_of(ports, work, situation)
    templates = editions_of(content, statement)
    filled = {
        edition: filled_now(situation, statement, template)[0] for edition, template in templates.items()
    }
    return written(content, situation, statement, filled)


def _refuse_unopened(situation: Situation, key: OccurrenceKey) -> None:
    if key.entry not in situation.playbook.messages:
        mend = did_you_mean(key.entry, situation.playbook.messages)
        raise NotFound(f"{key.entry} is no message of this playbook.", mend=mend)
    occurrence = situation.timeline.find(key)
    if occurrence is None or not (occurrence.open or occurrence.recorded):
        raise NotFound(f"{key} is not open.", mend="Open it first.")


def _refuse_areas(situation: Situation, areas: Sequence[str]) -> None:
    """An area with nobody in it would make the audience empty, and nobody would see why."""
    for area in areas:
        if area not in situation.city.areas:
            mend = did_you_mean(area, situation.city.areas) or "Name areas of the city file."
            raise InvalidInput(f"The city has no area “{area}”.", mend=mend)


def _refuse_channel(desk: Desk, channel: Channel, edition: Edition) -> None:
    channels = desk.statement.frame.channels
    if edition is Edition.FIRST:
        if not desk.statement.first_template:
            raise InvalidInput(
                "Nobody hears this in words of their own.", mend="Edit the text for everybody."
            )
        channels = tuple(one for one in channels if one in DELIVERED_CHANNELS)
    if channel not in channels:
        names = ", ".join(one.value for one in channels)
        raise InvalidInput(f"This statement is not made for {channel.value}.", mend=f"It is for {names}.")


def _with_hand(statement: Statement, edition: Edition, where: tuple[str, Channel]) -> Statement:
    if edition is Edition.MAIN:
        return replace(statement, edited=statement.edited | {where})
    return replace(statement, first_edited=statement.first_edited | {where})


def _by_hand(text: ChannelText, before: ChannelText | None, language: str) -> ChannelText:
    """The text as typed: line ends plain, subject in one line, no slot but those that stood there."""
    old = before or ChannelText("")
    body = _kept_slots(text.text, old.text).replace("\r\n", "\n").replace("\r", "\n").strip()
    if not body:
        raise InvalidInput("A text cannot be empty.", mend="Write it, or withdraw the statement.")
    same = body == old.text and clean(text.subject) == old.subject
    html = old.html if same or not old.html else _html_of(body, clean(text.subject), language)
    return ChannelText(body, clean(text.subject), html)


def _prefix(desk: Desk, language: str) -> str:
    """What every text of an exercise starts with, whoever writes it; empty for the real thing."""
    if desk.statement.mode is not Mode.EXERCISE:
        return ""
    content = content_of(desk.ports, desk.work, desk.situation)
    return words_in(content, desk.situation.city, language).line("exercise_prefix") or ""


def _kept_slots(text: str, before: str) -> str:
    """Slots that the text had may stay where they stand; any other private-use sign goes."""
    pieces = [text]
    for slot in SLOTS.values():
        if slot in before:
            pieces = [part for piece in pieces for part in _around(piece, slot)]
    return "".join(piece if piece in SLOTS.values() else strip_slots(piece) for piece in pieces)


def _around(piece: str, slot: str) -> list[str]:
    if piece in SLOTS.values():
        return [piece]
    found: list[str] = []
    for part in piece.split(slot):
        found += [part, slot]
    return found[:-1]


def _html_of(text: str, title: str, language: str) -> str:
    """A plain text as HTML: a heading, and a paragraph for each block of lines."""
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    paragraphs = [
        "<p>" + "<br>\n".join(str(escape(line)) for line in one.split("\n")) + "</p>" for one in blocks
    ]
    head = [f"<h1>{escape(title)}</h1>"] if title else []
    body = "\n".join([*head, *paragraphs])
    return f'<div lang="{language}" dir="{direction(language)}">\n{body}\n</div>'


def _missing(statement: Statement, said: Mapping[Edition, Texts]) -> tuple[str, ...]:
    """A language is whole when it has every channel that the source has, in every edition."""
    wanted = {
        (edition, channel)
        for edition, texts in said.items()
        for channel in texts.get(statement.source_language, {})
    }

    def whole(tag: str) -> bool:
        return bool(wanted) and all(channel in said[edition].get(tag, {}) for edition, channel in wanted)

    return tuple(tag for tag in statement.missing_languages if not whole(tag))


def _within(one: AudienceDefinition, wide: AudienceDefinition) -> bool:
    """Lists and organisations widen, areas and topics narrow: fewer of the first, none lost of the second."""
    fewer = set(one.lists) <= set(wide.lists) and set(one.organisations) <= set(wide.organisations)
    by_area = not (wide.lists or wide.organisations)
    somebody = bool(one.lists or one.organisations or (by_area and one.areas))
    narrowed = all(
        set(mine) <= set(theirs) if theirs else True
        for mine, theirs in ((one.areas, wide.areas), (one.topics, wide.topics))
    )
    kept = all(mine or not theirs for mine, theirs in ((one.areas, wide.areas), (one.topics, wide.topics)))
    channels = set(one.channels) <= set(wide.channels) and bool(one.channels) == bool(wide.channels)
    same = (one.quiet, one.daily_cap, one.private) == (wide.quiet, wide.daily_cap, wide.private)
    return fewer and somebody and narrowed and kept and channels and same

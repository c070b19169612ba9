"""How do the texts of a statement lie side by side: each in its direction, findings at their place?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from responder.core.statement import (
    SLOTS,
    STOP_LINE,
    ChannelText,
    Edition,
    Finding,
    LanguageStanding,
    LanguageState,
    Severity,
    SmsSize,
    join,
    measure,
    parts,
)
from responder.core.terms import Channel, direction
from responder.engine.situation.statement import StatementSituation
from responder.web.pages.safe_html import safe_html
from responder.web.pages.shapes import State
from responder.web.words import Words, autonym

__all__ = ["Column", "Note", "Run", "SizeLine", "channel_word", "columns", "runs_of", "size_lines"]

_SLOT = re.compile("(" + "|".join(re.escape(slot) for slot in SLOTS.values()) + ")")


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text. `kind` is plain, look, block or slot; `number` points to the note below."""

    text: str
    kind: str = "plain"
    number: int = 0


@dataclass(frozen=True, slots=True)
class Note:
    """A finding in words, with its mend. `rule` and `language` name it for an override."""

    number: int
    mark: str
    word: str
    message: str
    mend: str
    rule: str
    language: str
    blocks: bool
    overridden: str
    replacement: str


@dataclass(frozen=True, slots=True)
class Column:
    """One language of one channel. `edition` says whose text it is."""

    edition: str
    tag: str
    dir: str
    name: str
    called: str
    source: bool
    size: str
    subject: tuple[Run, ...]
    text: tuple[Run, ...]
    html: Markup
    notes: tuple[Note, ...]
    standing: State
    reviewer: str
    digest: str
    can_review: bool
    reads: bool


@dataclass(frozen=True, slots=True)
class SizeLine:
    """How large the SMS of one language is, and where a phone cuts it."""

    edition: str
    name: str
    tag: str
    dir: str
    encoding: str
    units: str
    segments: int
    pieces: tuple[str, ...]


def columns(
    words: Words,
    standing: StatementSituation,
    channel: Channel,
    reads: Sequence[str],
    *,
    stop_lines: Mapping[str, str],
) -> tuple[Column, ...]:
    """The source language first, then the others as the city lists them; `reads` are the reader's own.

    What those hear who hear it first stands behind what everybody hears.
    """
    source = standing.statement.source_language
    made: list[Column] = []
    numbered = 0
    for edition in Edition:
        texts = standing.texts_of(edition)
        for tag in sorted(texts, key=lambda tag: (tag != source, list(texts).index(tag))):
            text = texts[tag].get(channel)
            if text is None:
                continue
            found = _found(standing, tag, channel, edition)
            column = _column(
                words, standing, tag, text, found, numbered, channel, reads, stop_lines.get(tag, "")
            )
            first = edition is Edition.FIRST
            made.append(replace(column, edition=edition.value, can_review=column.can_review and not first))
            numbered += len(found)
    return tuple(made)


def _found(standing: StatementSituation, tag: str, channel: Channel, edition: Edition) -> list[Finding]:
    return [
        one
        for one in standing.findings
        if one.language == tag and one.channel in (channel, None) and one.edition is edition
    ]


def runs_of(words: Words, text: str, findings: Sequence[tuple[int, Finding]]) -> tuple[Run, ...]:
    """The text cut at its findings and slots. Of two findings on one place the first is marked."""
    made: list[Run] = []
    at = 0
    spans = sorted((one.span, number, one) for number, one in findings if one.span)
    for (start, end), number, finding in spans:
        if start < at or end > len(text):
            continue
        made += _plain(words, text[at:start])
        made.append(Run(text[start:end], "block" if finding.blocks else "look", number))
        at = end
    return (*made, *_plain(words, text[at:]))


def size_lines(standing: StatementSituation, stop_lines: Mapping[str, str]) -> tuple[SizeLine, ...]:
    """The SMS of every language, measured as it is sent: with the line that says how to stop."""
    made = []
    for edition, tag, text in _sms_texts(standing):
        bare = _as_sent(text.text, stop_lines.get(tag, ""))
        size = measure(bare)
        made.append(
            SizeLine(
                edition=edition.value,
                name=autonym(tag),
                tag=tag,
                dir=direction(tag),
                encoding=size.encoding,
                units=str(size.units),
                segments=size.segments,
                pieces=tuple(bare[part.start : part.end] for part in parts(bare)),
            )
        )
    return tuple(made)


def _sms_texts(standing: StatementSituation) -> Iterator[tuple[Edition, str, ChannelText]]:
    for edition in Edition:
        for tag, texts in standing.texts_of(edition).items():
            if Channel.SMS in texts:
                yield edition, tag, texts[Channel.SMS]


def _as_sent(text: str, stop_line: str) -> str:
    return join(text, {STOP_LINE: stop_line}).rstrip()


def channel_word(words: Words, channel: Channel) -> str:
    """What people call a channel."""
    _ = words
    return {
        Channel.SMS: _("SMS"),
        Channel.EMAIL: _("Email"),
        Channel.WEB: _("Web page"),
        Channel.PRESS: _("Press"),
        Channel.SOCIAL: _("Social media"),
        Channel.MESSAGING: _("Messaging groups"),
        Channel.VOICE: _("Phone call"),
        Channel.RADIO: _("Radio"),
        Channel.POSTER: _("Poster"),
        Channel.HOTLINE: _("Hotline script"),
        Channel.SPEECH: _("Speech"),
        Channel.EASY: _("Easy to read"),
    }[channel]


def _column(  # one language with all that stands beside it
    words: Words,
    standing: StatementSituation,
    tag: str,
    text: ChannelText,
    found: Sequence[Finding],
    numbered: int,
    channel: Channel,
    reads: Sequence[str],
    stop_line: str,
) -> Column:
    source = tag == standing.statement.source_language
    numbers = list(enumerate(found, numbered + 1))
    language = standing.approval.languages.get(tag)
    return Column(
        edition=Edition.MAIN.value,
        tag=tag,
        dir=direction(tag),
        name=autonym(tag),
        called=words.name_of(tag),
        source=source,
        size=_size(words, text, channel, stop_line),
        subject=runs_of(words, text.subject, [(n, one) for n, one in numbers if one.part == "subject"]),
        text=runs_of(words, text.text, [(n, one) for n, one in numbers if one.part == "text"]),
        html=safe_html(_SLOT.sub("", text.html)),
        notes=tuple(_note(words, n, one) for n, one in numbers),
        standing=_language_state(words, language, source=source, standing=standing),
        reviewer=standing.people.get(language.reviewer, language.reviewer)
        if language and language.reviewer
        else "",
        digest=standing.digests.of(tag) or "",
        can_review=not source and language is not None and language.state is LanguageState.UNREVIEWED,
        reads=tag in reads or tag.split("-")[0] in {one.split("-")[0] for one in reads},
    )


def note_of(words: Words, number: int, finding: Finding) -> Note:
    """A finding in words."""
    return _note(words, number, finding)


def _note(words: Words, number: int, finding: Finding) -> Note:
    marks = {
        Severity.BLOCK: ("block", words("Blocks")),
        Severity.WARN: ("look", words("Look again")),
        Severity.INFORM: ("next", words("Good to know")),
    }
    mark, word = marks[finding.severity]
    if finding.overridden is not None:
        mark, word = "off", words("Answered for")
    return Note(
        number=number,
        mark=mark,
        word=word,
        message=finding.message,
        mend=finding.mend,
        rule=finding.rule,
        language=finding.language or "",
        blocks=finding.blocks,
        overridden=finding.overridden or "",
        replacement=finding.replacement or "",
    )


def _size(words: Words, text: ChannelText, channel: Channel, stop_line: str) -> str:
    if channel is Channel.SMS:
        size: SmsSize = measure(_as_sent(text.text, stop_line))
        count = words.many("%(num)s part", "%(num)s parts", size.segments)
        return words(
            "%(units)s characters, %(encoding)s, %(parts)s",
            units=words.number(size.units),
            encoding=size.encoding,
            parts=count,
        )
    return words.many("%(num)s word", "%(num)s words", len((text.text or text.html).split()))


def _language_state(
    words: Words, language: LanguageStanding | None, *, source: bool, standing: StatementSituation
) -> State:
    _ = words
    if source:
        signed = standing.approval.source_signed
        return State("good", _("Signed")) if signed else State("soon", _("Waits for signatures"))
    if language is None:
        return State("off", _("Not made"))
    return {
        LanguageState.SIGNED: State("good", _("Checked")),
        LanguageState.UNREVIEWED: State("soon", _("Not checked yet")),
        LanguageState.WAITING: State("good", _("Checked, waits for the source text")),
        LanguageState.MISSING: State("late", _("Not whole")),
        LanguageState.NOT_MADE: State("off", _("Not made")),
    }[language.state]


def _plain(words: Words, text: str) -> list[Run]:
    names = {slot: name for name, slot in SLOTS.items()}
    said = {
        "unsubscribe_link": words("link to leave the list"),
        "stop_line": words("how to stop"),
        "view_link": words("link to this statement"),
    }
    return [
        Run(said[names[piece]], "slot") if piece in names else Run(piece)
        for piece in _SLOT.split(text)
        if piece
    ]

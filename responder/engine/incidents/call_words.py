"""In which words is a role holder called? Their own language; city, code and link, never what happened."""

from __future__ import annotations

from responder.core.incident import OccurrenceKey
from responder.core.statement.words import Words
from responder.core.terms import Channel, Mode
from responder.engine.ports import Outgoing, Ports, Work
from responder.engine.ports.incidents import CallRow
from responder.engine.ports.people import Person
from responder.engine.situation import Situation
from responder.engine.situation.calls import CallKind, call_token
from responder.engine.situation.drafting import content_of
from responder.engine.situation.wording import words_in

__all__ = ["call_message"]

_NEEDED = ("call", "call_open", "call_reply", "exercise_prefix")
_ENGLISH = {
    "call": "{city} needs you: {code}.",
    "call_open": "Open {link}",
    "call_reply": "Open {link} or reply 1.",
    "exercise_prefix": "EXERCISE",
}
"""For a city whose own content has no lines at all: a call is never left out for want of a file."""


def call_message(
    ports: Ports, work: Work, situation: Situation, row: CallRow, *, person: Person, channel: Channel
) -> Outgoing:
    """City, spoken code and link: no word of what happened, for a phone lies open on a table."""
    words = _words_of(ports, work, situation, person)
    link = f"{ports.limits.public_url.rstrip('/')}/call/{call_token(ports, row.id)}"
    prefix = f"{_line(words, 'exercise_prefix')}: " if row.mode is Mode.EXERCISE else ""
    needed = _line(words, "call").replace("{city}", situation.city.name)
    needed = prefix + needed.replace("{code}", _code(situation, row, words))
    then = _line(words, "call_reply" if channel is Channel.SMS else "call_open").replace("{link}", link)
    return Outgoing(
        delivery=f"call-{row.id}",
        attempt=row.attempt + 1,
        to=person.phone if channel is Channel.SMS else person.email,
        text=f"{needed} {then}",
        language=words.language if words else "en",
        subject=needed if channel is Channel.EMAIL else "",
    )


def _words_of(ports: Ports, work: Work, situation: Situation, person: Person) -> Words | None:
    """The first of their languages that has the lines of a call, else the city's source language."""
    content = content_of(ports, work, situation)
    for tag in (*person.languages, situation.city.languages.source):
        words = words_in(content, situation.city, tag)
        if all(words.line(name) for name in _NEEDED):
            return words
    return None


def _line(words: Words | None, name: str) -> str:
    return (words.line(name) if words else None) or _ENGLISH.get(name, "")


def _code(situation: Situation, row: CallRow, words: Words | None) -> str:
    """The spoken code, such as I25/3; without one only what kind of thing it is."""
    key = OccurrenceKey.parse(row.occurrence)
    kind, entry = CallKind.of(key), situation.playbook.entries.get(CallKind.entry_of(key))
    if entry is not None and entry.code:
        return entry.code if key.item is None else f"{entry.code}/{key.item}"
    word = entry.kind.value if entry is not None and kind is CallKind.ENTRY else kind.value
    return _line(words, f"call_{word}") or word

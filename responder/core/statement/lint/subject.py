"""What does the linter look at? One statement with everything a rule may ask about."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from responder.core.city import City
from responder.core.statement.state import Kind
from responder.core.statement.template import Template
from responder.core.statement.texts import ChannelText, Texts
from responder.core.statement.values import Filled
from responder.core.statement.words import Words
from responder.core.terms import Channel, Mode

__all__ = ["Part", "Subject"]


@dataclass(frozen=True, slots=True)
class Part:
    """One piece of text: `where` is `text`, `subject` or `html`; HTML is looked at without its tags."""

    language: str
    channel: Channel
    where: str
    text: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A statement to be checked. Times are incident time, aware UTC.

    `restricted` says where in a text a restricted name stands; None when the incident has no list.
    `blocks` is what each part of the template says with today's values: language → channel →
    part → text. `required` are the languages a release waits for, `reviewed` those that a reader
    has signed.
    """

    kind: Kind
    mode: Mode
    source: str
    texts: Texts
    template: Template
    filled: Filled
    city: City
    now: datetime
    words: Mapping[str, Words]
    next_update_at: datetime | None = None
    blocks: Mapping[str, Mapping[Channel, Mapping[str, str]]] = field(default_factory=dict)
    fresh: Texts = field(default_factory=dict)
    """What the template and the catalogues say with these values: the texts before any hand."""
    edited: frozenset[tuple[str, Channel]] = frozenset()
    restricted: Callable[[str], Iterable[tuple[int, int]]] | None = None
    flags: Mapping[str, bool] = field(default_factory=dict)
    """Verified flags among the facts: `motive_confirmed`, `police_clearance`, `suspect_named_by_police`."""
    embargo_until: datetime | None = None
    required: tuple[str, ...] = ()
    reviewed: frozenset[str] = frozenset()
    missing: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    """Variables whose fact has another value by now."""
    stop_line: Mapping[str, str] = field(default_factory=dict)
    """Language → the line that will stand in the slot for leaving a list."""

    def parts(self, language: str | None = None) -> Iterator[Part]:
        """Every text; HTML is left out where a plain text of the same channel says it."""
        for tag, texts in self.texts.items():
            if language in (None, tag):
                for channel, said in texts.items():
                    yield from _parts(tag, channel, said)

    def flag(self, name: str) -> bool:
        return self.flags.get(name, False)


def _parts(language: str, channel: Channel, said: ChannelText) -> Iterator[Part]:
    if said.subject:
        yield Part(language, channel, "subject", said.subject)
    yield Part(language, channel, "text", said.text)

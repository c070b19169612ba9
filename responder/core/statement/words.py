"""What words does a language have? Fixed lines of the house, and the lists that the linter looks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from pydantic import Field

from responder.core.city import WordChanges
from responder.core.reading import Form, Language, Many, build, read

__all__ = ["LINES", "LISTS", "Words", "no_words", "parse_words", "with_city"]

LINES = {
    "exercise_prefix": "Starts every text of an exercise.",
    "notice": "Stands above the source text for a reader whose language is not ready; {phone} and {url}.",
    "unreviewed": "Stands above a translation that nobody has checked yet.",
    "original": "Stands above the source text that follows it.",
    "stop": "How to leave the list; {word} is the word to send.",
    "reply_stop": "Answers a resident who wants no more messages; {city}.",
    "reply_start": "Answers a resident who wants messages again; {city}.",
    "reply_help": "Answers a resident who asks what this is; {city}.",
    "call": "Tells somebody with a role that they are needed; {city} and {code}.",
    "call_open": "What to do then, by email; {link}.",
    "call_reply": "What to do then, by SMS; {link}.",
    "call_task": "The code of a task that has none.",
    "call_gate": "The code of a checklist that has none.",
    "call_decision": "The code of a decision that has none.",
    "call_message": "The code of a message that has none.",
    "call_sign": "The code of a text that waits for a signature.",
    "call_language": "The code of a text that waits for its translation.",
    "call_review": "The code of a text that its signers look at after it was sent.",
    "call_closing": "The code of a phase, or incident, that may be closed.",
    "call_activation": "The code of an activation that was just made.",
}
"""The fixed lines and what each is for."""

LISTS = {
    "casualties": "Words of dead, injured or missing people: a figure near them is a casualty figure.",
    "sources": "Words that name who says so: police, hospital, coroner.",
    "motive": "Words that assert a motive or an ideology.",
    "exercise": "Words that belong into exercises only.",
    "real": "Words that claim that it is real, such as “this is not a drill”.",
    "private": "Words before private details: passport number, home address.",
    "zone": "Names of time zones as people write them.",
    "numbers": "Numbers written as words.",
}
"""The word lists and what each holds."""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language. A list that is not there cannot be checked, and that is said."""

    language: str
    lines: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def line(self, name: str) -> str | None:
        return self.lines.get(name)

    def list_of(self, name: str) -> tuple[str, ...] | None:
        """The words of a list; None when this language has no such list."""
        return self.lists.get(name)


class WordsFileForm(Form):
    """words.yaml, key by key."""

    language: Language = Field(description="The language, BCP 47.")
    lines: dict[str, str] = Field(default_factory=dict, description="Fixed lines.")
    lists: dict[str, Annotated[tuple[str, ...], Many]] = Field(
        default_factory=dict, description="Word lists."
    )


def parse_words(content: bytes, file: str) -> Words:
    """Read words.yaml. Raises Unparsable with all problems."""
    form = build(WordsFileForm, read(content, file))
    return Words(form.language, dict(form.lines), dict(form.lists))


def no_words(language: str) -> Words:
    """A language without a words file: nothing of it can be checked by words."""
    return Words(language)


def with_city(words: Words, changes: Mapping[str, WordChanges]) -> Words:
    """The shipped lists with what the city adds and removes."""
    lists = dict(words.lists)
    for name, change in changes.items():
        kept = tuple(word for word in lists.get(name, ()) if word not in change.remove)
        lists[name] = (*kept, *change.add)
    return replace(words, lists=lists)

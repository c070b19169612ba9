"""What does a reader get whose language is not ready? The source text under a line of their own."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import escape

from responder.core.statement import ChannelText, Words, join
from responder.core.statement.texts import entry_digest
from responder.core.terms import Channel, Mode, direction

__all__ = ["fixed_line", "line_digest", "notice_texts", "with_original"]

Said = Mapping[Channel, ChannelText]
"""The texts of one language."""


def line_digest(name: str, words: Words, source: Words) -> str:
    """The hash of a fixed line in the review ledger: over the source's line and this language's."""
    return entry_digest(source.line(name) or "", words.line(name) or "")


def fixed_line(
    name: str, words: Words, source: Words, *, reviewed: frozenset[str], values: Mapping[str, str]
) -> str:
    """A language's own fixed line, filled in; empty while nobody who reads it has reviewed it."""
    line = words.line(name)
    if not line or line_digest(name, words, source) not in reviewed:
        return ""
    for key, value in values.items():
        line = line.replace(f"{{{key}}}", value)
    return line


def notice_texts(
    original: Mapping[Channel, ChannelText], line: str, words: Words, *, mode: Mode, source: str
) -> dict[Channel, ChannelText]:
    """The source text with the reader's own line above it; without a reviewed line, the source text alone."""
    if not line:
        return dict(original)
    head = _headed(line, words, mode)
    return {channel: _under(text, head, words.language, source) for channel, text in original.items()}


def with_original(
    translation: Said, original: Said, words: Words, *, mode: Mode, source: str
) -> dict[Channel, ChannelText]:
    """A whole translation that nobody has reviewed, and the original below it.

    The line above it says so in the reader's language. It need not be reviewed: neither is what it
    stands above, and without it the reader would not know.
    """
    line = _headed(words.line("unreviewed") or "", words, mode)
    between = words.line("original") or ""
    found: dict[Channel, ChannelText] = {}
    for channel, text in translation.items():
        below = original.get(channel)
        if below is None:
            continue
        above = f"{_part(line, words.language)}{_wrapped(text.html, words.language)}"
        tail = f"{_part(between, words.language)}{_wrapped(below.html, source)}"
        body = "\n".join(filter(None, (line, join(text.text, {}).rstrip(), between, below.text)))
        html = f"{above}{tail}" if text.html else ""
        found[channel] = ChannelText(body, text.subject or below.subject, html)
    return found


def _headed(line: str, words: Words, mode: Mode) -> str:
    """Every text of an exercise starts with the prefix of its language, also this line."""
    prefix = words.line("exercise_prefix") if mode is Mode.EXERCISE else ""
    return f"{prefix} {line}" if prefix and line else line


def _under(text: ChannelText, head: str, language: str, source: str) -> ChannelText:
    html = text.html and f"{_part(head, language)}{_wrapped(text.html, source)}"
    return ChannelText(f"{head}\n\n{text.text}", text.subject, html)


def _part(line: str, language: str) -> str:
    if not line:
        return ""
    return f'<p lang="{language}" dir="{direction(language)}">{escape(line)}</p>\n'


def _wrapped(html: str, language: str) -> str:
    return f'<div lang="{language}" dir="{direction(language)}">{html}</div>\n'

"""Does every language say the same?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from responder.core.statement.lint.finding import Finding, Severity
from responder.core.statement.lint.folding import figures
from responder.core.statement.lint.links import phones_in, urls_in
from responder.core.statement.lint.subject import Subject
from responder.core.statement.template import VariableType
from responder.core.statement.texts import ChannelText
from responder.core.terms import Channel

__all__ = ["translation_mismatch"]

_SENTENCE = 4
"""A value of so many words is a sentence of its language, not a name."""


def translation_mismatch(subject: Subject) -> Iterator[Finding]:
    """Missing, behind the source, not reviewed, or with other figures, links, numbers and times."""
    for tag in subject.words:
        if tag == subject.source:
            continue
        required = tag in subject.required
        if tag in subject.missing or tag not in subject.texts:
            severity = Severity.BLOCK if required else Severity.INFORM
            yield _whole(tag, severity, "This language is not whole.", "Translate what is missing.")
            continue
        if tag not in subject.reviewed:
            severity = Severity.WARN if required else Severity.INFORM
            text = "Nobody who reads this language has signed this text."
            yield _whole(tag, severity, text, "Ask a reader to review it.")
        yield from _against_source(subject, tag)
        yield from _untranslated(subject, tag)


def _against_source(subject: Subject, tag: str) -> Iterator[Finding]:
    """What people changed in the source must have changed alike here.

    Compared is the difference from what the template says in each language: "one person" and
    "1 persona" are alike there, and an address may have a page for each language.
    """
    source = subject.texts.get(subject.source, {})
    for channel, original in source.items():
        said = subject.texts[tag].get(channel)
        if said is None:
            continue
        in_source = (subject.source, channel) in subject.edited
        here = (tag, channel) in subject.edited
        if in_source and not here:
            text = "The source text was changed by hand, this translation was not."
            yield _at(tag, channel, text, "Bring it up to date.")
        elif here and _changed(subject, tag, channel, original, said):
            text = "It has other figures, times, links or telephone numbers than the source."
            yield _at(tag, channel, text, "Make them the same.")


def _changed(subject: Subject, tag: str, channel: Channel, original: ChannelText, said: ChannelText) -> bool:
    return _changes(subject, subject.source, channel, original) != _changes(subject, tag, channel, said)


def _changes(
    subject: Subject, tag: str, channel: Channel, said: ChannelText
) -> tuple[Counter[str], Counter[str]]:
    fresh = subject.fresh.get(tag, {}).get(channel) or ChannelText("")
    now, usual = _marks(said), _marks(fresh)
    return now - usual, usual - now


def _marks(said: ChannelText) -> Counter[str]:
    text = f"{said.subject}\n{said.text}"
    urls = Counter(url for url, _ in urls_in(text))
    phones = Counter("".join(char for char in one if char.isdigit()) for one, _ in phones_in(text))
    held = [span for _, span in (*urls_in(text), *phones_in(text))]
    loose = [
        figure for figure, span in figures(text) if not any(start <= span[0] < end for start, end in held)
    ]
    return urls + phones + Counter("".join(char for char in one if char.isalnum()) for one in loose)


def _untranslated(subject: Subject, tag: str) -> Iterator[Finding]:
    """A sentence that the drafter typed in the source language stands in every other one as well."""
    sentences: set[str] = set()
    for name, variable in subject.template.variables.items():
        value = subject.filled.values.get(name)
        if variable.type not in (VariableType.TEXT, VariableType.LIST) or value is None:
            continue
        if (variable.source or "").startswith("city."):
            continue
        each = value if isinstance(value, tuple) else (str(value),)
        sentences |= {" ".join(one.split()) for one in each if len(one.split()) >= _SENTENCE}
    for channel, said in subject.texts[tag].items():
        for sentence in sorted(sentences):
            at = said.text.find(sentence)
            if at >= 0:
                text = "A sentence of the source language stands here untranslated."
                span = (at, at + len(sentence))
                yield _at(tag, channel, text, "Translate it in this text.", span=span)


def _whole(tag: str, severity: Severity, message: str, mend: str) -> Finding:
    return Finding("translation-mismatch", severity, message, mend, language=tag)


def _at(
    tag: str, channel: Channel, message: str, mend: str, *, span: tuple[int, int] | None = None
) -> Finding:
    return Finding("translation-mismatch", Severity.BLOCK, message, mend, tag, channel, span)

"""Does every figure come from somebody who verified it, and has every casualty figure its source?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from responder.core.facts import FactValue
from responder.core.statement.lint.finding import Finding, Severity
from responder.core.statement.lint.folding import figures, find_words, fold, sentence_around
from responder.core.statement.lint.subject import Part, Subject
from responder.core.statement.template import VariableType

__all__ = ["casualty_without_source", "facts_unverified", "unverified_number"]

_NOT_FIGURES = re.compile(r"https?://\S+|www\.\S+|\+\d[\d ()./-]{5,}\d|(?<!\d)0\d[\d ()/-]{5,}\d")
_ALONE = 2
"""“- 12” under “Killed:”, or “12 people” above it."""
_TIME = re.compile(r"\d{1,2}[:.h]\d{2}")


def unverified_number(subject: Subject) -> Iterator[Finding]:
    """A figure that no verified value holds: blocking beside words of dead or injured people."""
    for name, variable in subject.template.variables.items():
        number = variable.type is VariableType.NUMBER and subject.filled.values.get(name) is not None
        if number and name not in subject.filled.verified:
            yield Finding(
                "unverified-number",
                Severity.BLOCK,
                f"{variable.name or name}: nobody has verified this number.",
                "Have it verified, with its source, or take it out.",
            )
    for part in subject.parts():
        allowed = _allowed(subject, part)
        casualties = _list(subject, part, "casualties")
        for figure, span in _figures(part.text):
            if figure not in allowed:
                yield _unverified(part, span, near=_near(part, span, casualties))
        yield from _words_for_numbers(subject, part, casualties)


def casualty_without_source(subject: Subject) -> Iterator[Finding]:
    """A figure of dead, injured or missing people needs who says so, and as of when."""
    for part in subject.parts():
        if part.where != "text":
            continue
        casualties = _list(subject, part, "casualties")
        sources = _list(subject, part, "sources")
        if not casualties or sources is None:
            continue
        spans = [span for _, span in _figures(part.text)]
        spans += list(find_words(part.text, _list(subject, part, "numbers") or (), part.language))
        counted = [span for span in spans if _near(part, span, casualties)]
        if not counted:
            continue
        if not any(find_words(part.text, sources, part.language)):
            yield _sourceless(part, counted[0], "who says so", "Name the source: police, hospital.")
        if not _TIME.search(fold(part.text).text):
            yield _sourceless(part, counted[0], "as of when", "Write the time it is from.")


def facts_unverified(subject: Subject) -> Iterator[Finding]:
    """Values that should be verified and are not, and values that have changed since the draft."""
    for name, variable in subject.template.variables.items():
        value = subject.filled.values.get(name)
        if value is None:
            continue
        if (
            variable.verified
            and name not in subject.filled.verified
            and variable.type is not VariableType.NUMBER
        ):
            yield Finding(
                "unverified-fact",
                Severity.WARN,
                f"{variable.name or name}: nobody has verified it.",
                "Have somebody check it before it is said.",
            )
    for name in subject.stale:
        label = subject.template.variables[name].name or name
        yield Finding(
            "stale-fact",
            Severity.WARN,
            f"{label}: the fact has another value by now.",
            "Fill in the values again, and sign again.",
        )


def _words_for_numbers(subject: Subject, part: Part, casualties: tuple[str, ...] | None) -> Iterator[Finding]:
    """“Twelve people were killed”, typed by hand, is a figure as well."""
    numbers = _list(subject, part, "numbers")
    if not numbers or not casualties:
        return
    usual = _template_text(subject, part)
    for span in find_words(part.text, numbers, part.language):
        start, end = sentence_around(part.text, span)
        if _near(part, span, casualties) and part.text[start:end].strip() not in usual:
            yield _unverified(part, span, near=True)


def _allowed(subject: Subject, part: Part) -> frozenset[str]:
    """Figures of verified values, of the city file, and of the template's own sentences."""
    good: set[str] = set()
    doubtful: set[str] = set()
    for name in subject.template.variables:
        value = subject.filled.values.get(name)
        target = good if name in subject.filled.verified else doubtful
        target |= _figures_of(value)
    usual = {figure for figure, _ in _figures(_template_text(subject, part))}
    return frozenset(good | (usual - (doubtful - good)))


def _figures_of(value: FactValue | None) -> set[str]:
    if value is None or isinstance(value, bool):
        return set()
    texts = value if isinstance(value, tuple) else (str(value),)
    return {figure for text in texts for figure, _ in figures(text)}


def _template_text(subject: Subject, part: Part) -> str:
    said = subject.fresh.get(part.language, {}).get(part.channel)
    return f"{said.subject}\n{said.text}" if said else ""


def _figures(text: str) -> list[tuple[str, tuple[int, int]]]:
    """Figures outside of addresses, telephone numbers and times of day."""
    folded = fold(text)
    held = [folded.span(*match.span()) for match in _NOT_FIGURES.finditer(folded.text)]
    held += [folded.span(*match.span()) for match in _TIME.finditer(folded.text)]
    return [
        (figure, span)
        for figure, span in figures(text)
        if not any(start <= span[0] < end for start, end in held)
    ]


def _near(part: Part, span: tuple[int, int], words: tuple[str, ...] | None) -> bool:
    """In its sentence; a figure alone on its line belongs to the lines before and after it."""
    start, end = sentence_around(part.text, span)
    if len(part.text[start:end].split()) <= _ALONE:
        start = sentence_around(part.text, (max(0, start - 2), max(0, start - 2)))[0]
        end = sentence_around(part.text, (min(end + 1, len(part.text)),) * 2)[1]
    return bool(words) and any(find_words(part.text[start:end], words or (), part.language))


def _list(subject: Subject, part: Part, name: str) -> tuple[str, ...] | None:
    words = subject.words.get(part.language)
    return words.list_of(name) if words else None


def _unverified(part: Part, span: tuple[int, int], *, near: bool) -> Finding:
    return Finding(
        "unverified-number",
        Severity.BLOCK if near else Severity.WARN,
        f"“{part.text[slice(*span)]}” comes from no verified value.",
        "Enter it as a fact with its source, have it verified, and fill it in.",
        part.language,
        part.channel,
        span,
        part=part.where,
    )


def _sourceless(part: Part, span: tuple[int, int], lacks: str, mend: str) -> Finding:
    return Finding(
        "casualty-without-source",
        Severity.BLOCK,
        f"This figure of people does not say {lacks}.",
        mend,
        part.language,
        part.channel,
        span,
    )

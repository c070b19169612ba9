"""Is somebody named who must not be, is a motive asserted, are private details told?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from responder.core.statement.lint.finding import Finding, Severity
from responder.core.statement.lint.folding import find_words
from responder.core.statement.lint.subject import Part, Subject
from responder.core.statement.plain import text_of_html, unseen_in_html

__all__ = ["motive_asserted", "perpetrator_named", "private_details"]

_MAIL = re.compile(r"[\w.+%-]+@([\w-]+(?:\.[\w-]+)+)")
_ACCOUNT = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}\b")
_LONG_NUMBER = re.compile(r"(?<![\d+/.\-=])\d{8,}(?![\d/])")


def perpetrator_named(subject: Subject) -> Iterator[Finding]:
    """A name on the incident's list of restricted names; it may be said when police ask for it."""
    if subject.restricted is None:
        yield Finding(
            "perpetrator-named",
            Severity.INFORM,
            "Names were not looked for: this incident has no list of restricted names.",
            "Enter the names of those who did it: responder incident restrict.",
        )
        return
    asked = subject.flag("suspect_named_by_police")
    severity = Severity.WARN if asked else Severity.BLOCK
    for part in subject.parts():
        for span in subject.restricted(part.text):
            yield _named(part, severity, span)
    for language, texts in subject.texts.items():
        for channel, said in texts.items():
            beside = f"{text_of_html(said.html)}\n{unseen_in_html(said.html)}" if said.html else ""
            if any(subject.restricted(beside)) and not any(subject.restricted(said.text)):
                yield _named(Part(language, channel, "html", said.html), severity, None)


def _named(part: Part, severity: Severity, span: tuple[int, int] | None) -> Finding:
    message = "This name is on the list of names that are not said."
    mend = "Write about those who were hurt, not about who did it."
    return _at(part, "perpetrator-named", severity, message, mend, span)


def motive_asserted(subject: Subject) -> Iterator[Finding]:
    """A reason or ideology, before the fact `motive_confirmed` was verified."""
    if subject.flag("motive_confirmed"):
        return
    for part in subject.parts():
        words = subject.words[part.language].list_of("motive") if part.language in subject.words else None
        for span in find_words(part.text, words or (), part.language):
            yield _at(
                part,
                "motive-asserted",
                Severity.BLOCK,
                f"“{part.text[slice(*span)]}” says why it happened, and nobody has confirmed that.",
                "Say that the reason is not known yet, or have the fact motive_confirmed verified.",
                span,
            )


def private_details(subject: Subject) -> Iterator[Finding]:
    """Numbers of identity papers, home addresses, private mail addresses, bank accounts."""
    for part in subject.parts():
        words = subject.words[part.language].list_of("private") if part.language in subject.words else None
        for span in find_words(part.text, words or (), part.language):
            yield _private(part, Severity.BLOCK, span)
        for match in _MAIL.finditer(part.text):
            if not _of_the_city(match[1], subject):
                yield _private(part, Severity.BLOCK, match.span())
        for match in _ACCOUNT.finditer(part.text):
            yield _private(part, Severity.BLOCK, match.span())
        for match in _LONG_NUMBER.finditer(part.text):
            yield _private(part, Severity.WARN, match.span())


def _private(part: Part, severity: Severity, span: tuple[int, int]) -> Finding:
    found = part.text[slice(*span)]
    message = f"“{found}” may be somebody's private detail."
    return _at(part, "private-details", severity, message, "Leave it out.", span)


def _of_the_city(host: str, subject: Subject) -> bool:
    name = host.casefold().rstrip(".")
    return any(name == one.casefold() or name.endswith(f".{one.casefold()}") for one in subject.city.domains)


def _at(
    part: Part, rule: str, severity: Severity, message: str, mend: str, span: tuple[int, int] | None
) -> Finding:
    return Finding(rule, severity, message, mend, part.language, part.channel, span, part=part.where)

"""Can every link be trusted and every number be called?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import phonenumbers

from responder.core.statement.lint.finding import Finding, Severity
from responder.core.statement.lint.folding import fold
from responder.core.statement.lint.subject import Part, Subject
from responder.core.statement.plain import links_of
from responder.core.statement.template import VariableType

__all__ = ["link_not_allowed", "phones_in", "urls_in"]

_URL = re.compile(r"(?i)\b(?:[a-z][a-z0-9+.-]*://|www\.)[^\s<>\"'\u200e\u200f\ue000-\uf8ff]+")
_BARE = re.compile(
    r"(?i)(?<![@\w./-])(?:[a-z0-9-]+\.)+(?:com|org|net|info|gov|city|io|me|ly|gl|link|app|co|eu|uk|es|de|fr)"
    r"(?:/[^\s<>\"']*)?(?![\w@-])"
)
_PHONE = re.compile(r"(?<![\d/.])(?:\+\d[\d ().-]{5,18}\d|0\d[\d ()/.-]{5,18}\d)(?![\d/])")
_TRAIL = ".,;:!?)]}»”’。،؛"


def link_not_allowed(subject: Subject) -> Iterator[Finding]:
    """Links are https and on the city's own names; telephone numbers can be called; services are open."""
    for part in subject.parts():
        for url, span in urls_in(part.text):
            yield from _link(subject, part, url, span)
        for number, span in phones_in(part.text):
            if not _callable(number, subject.city.country):
                message = f"“{number}” is no number that can be called."
                yield _finding(part, message, "Write it with its country code: +44 …", span)
    for language, texts in subject.texts.items():
        for channel, said in texts.items():
            for url in links_of(said.html):
                if urlsplit(url).scheme in ("http", "https"):
                    yield from _link(subject, Part(language, channel, "html", said.html), url, None)
    yield from _expired(subject)


def urls_in(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Addresses of pages, also those without a scheme."""
    taken: list[tuple[int, int]] = []
    for pattern in (_URL, _BARE):
        for match in pattern.finditer(text):
            url = match[0].rstrip(_TRAIL)
            span = (match.start(), match.start() + len(url))
            if url and not any(start <= span[0] < end for start, end in taken):
                taken.append(span)
                yield url, span


def phones_in(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Telephone numbers, in digits of any script."""
    folded = fold(text)
    held = [span for _, span in urls_in(text)]
    for match in _PHONE.finditer(folded.text):
        span = folded.span(*match.span())
        if not any(start <= span[0] < end for start, end in held):
            yield match[0].strip(), span


def _link(subject: Subject, part: Part, url: str, span: tuple[int, int] | None) -> Iterator[Finding]:
    parts = urlsplit(url if "://" in url else f"//{url}")
    host = (parts.hostname or "").rstrip(".")
    domains = tuple(domain.casefold() for domain in subject.city.domains)
    if parts.scheme and parts.scheme.casefold() != "https":
        yield _finding(part, f"{url} is not https.", "Write https://…", span)
    elif not domains:
        message = "The city file names no internet names of its own."
        yield _finding(part, message, "Add them under domains.", span, severity=Severity.WARN)
    elif not any(host == domain or host.endswith(f".{domain}") for domain in domains):
        yield _finding(part, f"{host or url} is not one of the city's names.", f"Link to {domains[0]}.", span)
    elif parts.username is not None or not host.isascii():
        yield _finding(part, f"{url} may lead elsewhere than it looks.", "Write the plain address.", span)


def _callable(number: str, country: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number, country or None))
    except phonenumbers.NumberParseException:
        return False


def _expired(subject: Subject) -> Iterator[Finding]:
    today = subject.city.calendar.local(subject.now).date()
    for name, variable in subject.template.variables.items():
        value = subject.filled.values.get(name)
        if variable.type is not VariableType.BLOCK or not isinstance(value, str):
            continue
        block = subject.city.blocks.get(value)
        if block is not None and block.expires is not None and block.expires < today:
            yield Finding(
                "link-not-allowed",
                Severity.BLOCK,
                f"{variable.name or name} ended on {block.expires}.",
                "Name a service that is open, in the city file.",
            )


def _finding(
    part: Part,
    message: str,
    mend: str,
    span: tuple[int, int] | None,
    *,
    severity: Severity = Severity.BLOCK,
) -> Finding:
    return Finding(
        "link-not-allowed", severity, message, mend, part.language, part.channel, span, part=part.where
    )

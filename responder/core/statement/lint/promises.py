"""Does it say when the city speaks next, all that its kind must say, and is it cleared?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from responder.core.statement.lint.finding import Finding, Severity
from responder.core.statement.lint.folding import figures, find_words, fold
from responder.core.statement.lint.subject import Part, Subject
from responder.core.statement.slots import strip_slots
from responder.core.statement.state import Kind
from responder.core.terms import Channel

__all__ = ["clearance_missing", "next_update_missing", "required_block_missing"]

_PUBLIC = frozenset({Kind.HOLDING, Kind.SAFETY, Kind.UPDATE, Kind.CORRECTION, Kind.ALL_CLEAR})
_REQUIRED: Mapping[Kind, tuple[str, ...]] = {
    Kind.HOLDING: ("empathy", "known", "unknown", "do", "next"),
    Kind.SAFETY: ("do", "help"),
    Kind.UPDATE: ("known", "next"),
    Kind.CORRECTION: ("known",),
    Kind.ALL_CLEAR: ("known", "help"),
    Kind.OTHER: (),
}
_SHORT: Mapping[Kind, tuple[str, ...]] = {
    Kind.HOLDING: ("known", "next"),
    Kind.SAFETY: ("do",),
    Kind.UPDATE: ("known", "next"),
    Kind.CORRECTION: ("known",),
    Kind.ALL_CLEAR: ("known",),
    Kind.OTHER: (),
}


def next_update_missing(subject: Subject) -> Iterator[Finding]:
    """When the city speaks next: given, ahead, written in every text with its time zone."""
    if subject.kind not in (Kind.UPDATE, Kind.HOLDING) and subject.next_update_at is None:
        return
    severity = Severity.BLOCK if subject.kind is Kind.UPDATE else Severity.WARN
    promise = subject.next_update_at
    if promise is None:
        mend = "Fill in the next update."
        yield Finding("next-update-missing", severity, "It does not say when the city speaks next.", mend)
        return
    if promise <= subject.now:
        yield Finding(
            "next-update-missing",
            severity,
            "The time of the next update has passed.",
            "Promise a time that lies ahead, and fill in again.",
        )
    there = subject.city.calendar.local(promise)
    zone = there.tzname() or "UTC"
    for part in _texts(subject):
        if not _uses_promise(subject, part):
            continue
        if f"{there:%H:%M}" not in {figure for figure, _ in figures(part.text)}:
            yield _at(part, severity, f"The time of the next update, {there:%H:%M}, is not in this text.")
        elif not _names_zone(subject, part, zone):
            yield _at(part, severity, f"The time of the next update has no zone ({zone}).")


def required_block_missing(subject: Subject) -> Iterator[Finding]:
    """What a text of this kind must say, and who says it."""
    for part in _texts(subject):
        short = part.channel in (Channel.SMS, Channel.SOCIAL, Channel.MESSAGING)
        wanted = (_SHORT if short else _REQUIRED)[subject.kind]
        blocks = subject.blocks.get(part.language, {}).get(part.channel)
        if blocks is not None:
            yield from _blocks_of(subject, part, wanted, blocks)
        if subject.kind in _PUBLIC and not _says_who(subject, part):
            severity = Severity.BLOCK if part.channel is Channel.SMS else Severity.WARN
            text = "It does not say who speaks."
            yield _missing(part, severity, text, f"Name the city: {subject.city.name}.")


def clearance_missing(subject: Subject) -> Iterator[Finding]:
    """What police must clear, and what may not be said before an hour."""
    wants = "police_clearance" in subject.template.variables
    if wants and not subject.flag("police_clearance"):
        yield Finding(
            "clearance-missing",
            Severity.BLOCK,
            "Police have not cleared this text.",
            "Ask them, and enter the fact police_clearance as verified.",
        )
    if subject.embargo_until is not None and subject.embargo_until > subject.now:
        until = subject.city.calendar.local(subject.embargo_until)
        yield Finding(
            "clearance-missing",
            Severity.BLOCK,
            f"It is under embargo until {until:%Y-%m-%d %H:%M}.",
            "Wait, or have the embargo lifted.",
        )


def _blocks_of(
    subject: Subject, part: Part, wanted: tuple[str, ...], blocks: Mapping[str, str]
) -> Iterator[Finding]:
    by_hand = (part.language, part.channel) in subject.edited
    for name in wanted:
        if name not in blocks:
            continue
        lines = [strip_slots(line).strip() for line in blocks[name].split("\n") if line.strip()]
        if not lines:
            text = f"The part “{name}” is empty."
            yield _missing(part, Severity.BLOCK, text, "Fill in what it needs.")
        elif by_hand and not any(line in part.text for line in lines):
            text = f"Nothing of the part “{name}” is left."
            yield _missing(part, Severity.WARN, text, "Make sure that your own words say it.")


def _texts(subject: Subject) -> Iterator[Part]:
    return (part for part in subject.parts() if part.where == "text")


def _uses_promise(subject: Subject, part: Part) -> bool:
    """Texts whose template says it; a text written wholly by hand must say it for an update."""
    fresh = subject.fresh.get(part.language, {}).get(part.channel)
    if fresh is None or subject.next_update_at is None:
        return subject.kind is Kind.UPDATE
    there = subject.city.calendar.local(subject.next_update_at)
    return f"{there:%H:%M}" in fold(fresh.text).text


def _names_zone(subject: Subject, part: Part, zone: str) -> bool:
    words = subject.words.get(part.language)
    listed = (words.list_of("zone") or ()) if words else ()
    return zone in part.text or any(find_words(part.text, listed, part.language))


def _says_who(subject: Subject, part: Part) -> bool:
    names = {subject.city.name}
    for key in ("city_name", "sender_office"):
        block = subject.city.blocks.get(key)
        said = block.in_language(part.language) if block else None
        names |= {said} if said else set()
    folded = fold(part.text).text
    return any(fold(name).text in folded for name in names if name)


def _at(part: Part, severity: Severity, message: str) -> Finding:
    mend = "Write it with its zone."
    return Finding("next-update-missing", severity, message, mend, part.language, part.channel)


def _missing(part: Part, severity: Severity, message: str, mend: str) -> Finding:
    return Finding("required-block-missing", severity, message, mend, part.language, part.channel)

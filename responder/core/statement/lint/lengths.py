"""Does it fit its channel?"""

from __future__ import annotations

from collections.abc import Iterator

from responder.core.statement.lint.finding import Finding, Severity
from responder.core.statement.lint.subject import Part, Subject
from responder.core.statement.slots import STOP_LINE, join
from responder.core.statement.sms import LONGEST, gsm_safe, measure
from responder.core.statement.template import Limit
from responder.core.terms import Channel

__all__ = ["too_long"]

_SMS_PARTS = 2


def too_long(subject: Subject) -> Iterator[Finding]:
    """Parts of SMS, characters, titles and subjects against the template's limits."""
    for part in subject.parts():
        limit = subject.template.limits.get(part.channel, Limit())
        if part.where == "subject":
            most = limit.subject or limit.title
            yield from _characters(part, part.text, most, "subject" if limit.subject else "title")
        elif part.channel is Channel.SMS:
            yield from _sms(subject, part, limit)
        else:
            yield from _characters(part, part.text, limit.characters, "text")


def as_sent(subject: Subject, part: Part) -> str:
    """The text with the longest that its slots become."""
    line = subject.stop_line.get(part.language, "")
    return join(part.text, {"stop_line": line, STOP_LINE: line}).rstrip()


def _sms(subject: Subject, part: Part, limit: Limit) -> Iterator[Finding]:
    text = as_sent(subject, part)
    size = measure(text)
    most = limit.segments or _SMS_PARTS
    if len(text) > LONGEST:
        message = f"{len(text)} characters: providers take {LONGEST} at most."
        yield _finding(part, Severity.BLOCK, message, "Shorten it.")
    elif size.segments > most:
        message = f"{size.segments} parts ({size.encoding}, {size.units} units); {most} are the limit."
        yield _finding(part, Severity.WARN, message, "Shorten it: each part is paid for, and may come late.")
    if size.encoding == "UCS-2":
        proposal = gsm_safe(part.text)
        if proposal.changes and not proposal.left and measure(proposal.text).segments < size.segments:
            signs = " ".join(dict.fromkeys(change.before for change in proposal.changes))
            message = f"These signs more than halve what fits into a part: {signs}"
            mend = "Look at the proposal without them: responder statement sms."
            yield _finding(part, Severity.INFORM, message, mend, replacement=proposal.text)


def _characters(part: Part, text: str, most: int | None, what: str) -> Iterator[Finding]:
    if most is not None and len(text) > most:
        message = f"The {what} has {len(text)} characters; {most} are the limit."
        yield _finding(part, Severity.WARN, message, "Shorten it.")


def _finding(
    part: Part, severity: Severity, message: str, mend: str, *, replacement: str | None = None
) -> Finding:
    return Finding(
        "too-long",
        severity,
        message,
        mend,
        part.language,
        part.channel,
        replacement=replacement,
        part=part.where,
    )

"""When do we speak next? The one promise on top of the board."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from responder.core.incident.event import BroadcastReleased
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.timeline import Occurrence
from responder.core.statement import Statement, StatementState
from responder.engine.situation.public import is_public, is_public_message
from responder.web.pages.queries import Desk, title_of
from responder.web.pages.shapes import Stamp, stamp
from responder.web.words import Words

__all__ = ["NextUpdate", "next_update"]

_SOON = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class NextUpdate:
    """The next-update clock. `mood` is late, soon, kept or none; `big` and `small` are the figure.

    `share` is how much of the time since the last update has passed, in percent.
    """

    mood: str
    big: str
    small: str
    promised: Stamp | None
    last: Stamp | None
    sentence: str
    href: str
    verb: str
    share: float


def next_update(words: Words, desk: Desk) -> NextUpdate:
    """The promise of the last public statement; without one, the next planned message."""
    situation = desk.situation
    last = _last_release(desk)
    message = _next_message(desk)
    promised = situation.incident.promise or (message.due if message else None)
    statement = desk.statement_of(message.key) if message else None
    sentence, href, verb = _whose(words, desk, message, statement)
    if promised is None:
        return NextUpdate(
            "none",
            words("No update is promised"),
            "",
            None,
            _stamp(words, last, desk),
            sentence,
            href,
            verb,
            0,
        )
    left = promised - situation.now
    big, small = _figure(words, abs(left))
    mood = "late" if left < timedelta() else "soon" if left < _SOON else "kept"
    return NextUpdate(
        mood=mood,
        big=big,
        small=words("%(unit)s late", unit=small) if mood == "late" else words("%(unit)s left", unit=small),
        promised=_stamp(words, promised, desk),
        last=_stamp(words, last, desk),
        sentence=sentence,
        href=href,
        verb=verb,
        share=_share(last or situation.incident.started, promised, situation.now),
    )


def _figure(words: Words, left: timedelta) -> tuple[str, str]:
    minutes = int(left.total_seconds()) // 60
    if minutes < 100:
        return words.number(minutes), words("min")
    if minutes < 48 * 60:
        return words.number(minutes // 60), words("h")
    return words.number(minutes // 1440), words("days")


def _share(since: datetime | None, until: datetime, now: datetime) -> float:
    if since is None or until <= since:
        return 100
    return round(max(0.0, min(100.0, 100 * (now - since) / (until - since))), 1)


def _stamp(words: Words, moment: datetime | None, desk: Desk) -> Stamp | None:
    return stamp(words, moment, desk.situation.now) if moment else None


def _last_release(desk: Desk) -> datetime | None:
    public = {one.id for one in desk.statements if is_public(one)}
    for event in reversed(desk.situation.incident.events):
        if isinstance(event.body, BroadcastReleased) and event.body.statement in public:
            return event.occurred
    return None


def _next_message(desk: Desk) -> Occurrence | None:
    """The open public message that is due first: a note to partners keeps no promise to residents."""
    playbook = desk.situation.playbook
    return next(
        (
            one
            for one in desk.situation.timeline.open
            if one.key.entry in playbook.messages
            and is_public_message(playbook, playbook.messages[one.key.entry])
        ),
        None,
    )


def _whose(
    words: Words, desk: Desk, message: Occurrence | None, statement: Statement | None
) -> tuple[str, str, str]:
    if message is None:
        return words("No public message is open now."), "", ""
    title = title_of(desk, message.key)
    if statement is None:
        return (
            words("%(title)s is not drafted yet.", title=title),
            f"{desk.home}/statements",
            words("Open the statements"),
        )
    sentences = {
        StatementState.DRAFT: words("%(title)s is being written.", title=title),
        StatementState.SUBMITTED: words("%(title)s waits for signatures.", title=title),
        StatementState.APPROVED: words("%(title)s is signed and can be sent.", title=title),
    }
    said = sentences.get(statement.state, words("%(title)s was sent.", title=title))
    return said, f"{desk.home}/statements/{statement.id}", words("Open %(title)s", title=title)


def occurrence_title(desk: Desk, key: str) -> str:
    """The title of an occurrence by the text of its key."""
    return title_of(desk, OccurrenceKey.parse(key))

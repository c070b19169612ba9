"""What did residents text back? A list for people, with numbers masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi.responses import Response

from responder.core.errors import InvalidInput
from responder.engine import broadcasts
from responder.engine.broadcasts import InboundWord
from responder.engine.situation.people import Act
from responder.web.pages.frames import house_tabs
from responder.web.pages.shapes import Stamp, State, stamp
from responder.web.visits import Door, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door()
_PAGE = 50


@dataclass(frozen=True, slots=True)
class InboundLine:
    """One text, and what was understood."""

    at: Stamp
    sender: str
    body: str
    state: State


@dataclass(frozen=True, slots=True)
class InboxPage:
    """The newest texts; `older` leads to those before."""

    lines: tuple[InboundLine, ...]
    older: str


@door.get("/inbox", act=Act.READ_CONTACTS)
def inbox(here: Visitor, before: str = "") -> Response:
    found = broadcasts.inbox(here.ports, by=here.me, before=_moment(before), limit=_PAGE)
    meant = _meant(here.words)
    page = InboxPage(
        lines=tuple(
            InboundLine(stamp(here.words, one.at, here.wall), one.sender, one.body, meant[one.word])
            for one in found
        ),
        older=f"/inbox?before={found[-1].at:%Y-%m-%dT%H:%M:%S.%fZ}" if len(found) == _PAGE else "",
    )
    return here.show("inbox.html", page, tabs=house_tabs(here.words, "/inbox"))


def _meant(words: Words) -> dict[InboundWord, State]:
    _ = words
    return {
        InboundWord.STOP: State("stop", _("Wants no more messages")),
        InboundWord.START: State("good", _("Wants messages again")),
        InboundWord.HELP: State("now", _("Asked what this is")),
        InboundWord.ANSWER: State("good", _("Answered a call")),
        InboundWord.OTHER: State("soon", _("For people to read")),
    }


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInput(f"“{text}” is not a moment.", mend="Follow the link of the page.") from error
    if found.tzinfo is None:
        raise InvalidInput(f"“{text}” says no time zone.", mend="Follow the link of the page.")
    return found

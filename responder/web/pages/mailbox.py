"""What would people have got? The letters of an exercise, which reached nobody."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import Path, Query
from fastapi.responses import Response
from markupsafe import Markup

from responder.core.errors import InvalidInput, NotFound
from responder.core.terms import Channel, Mode, direction
from responder.engine.ports.mailbox import Letter, Mailbox
from responder.engine.situation.people import Act
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.queries import Desk, open_desk
from responder.web.pages.safe_html import safe_html
from responder.web.pages.shapes import Stamp, stamp
from responder.web.pages.statement_texts import channel_word
from responder.web.visits import Door, Visit, Visitor
from responder.web.words import autonym

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}/mailbox")
_PAGE = 50
_HIGHEST = 2**63 - 1
"""The highest number that a row can have."""
_Number = Annotated[int, Path(ge=0, le=_HIGHEST)]
_Before = Annotated[int | None, Query(ge=0, le=_HIGHEST)]


@dataclass(frozen=True, slots=True)
class LetterLine:
    """One letter in the list."""

    href: str
    at: Stamp
    channel: str
    language: str
    tag: str
    dir: str
    to: str
    subject: str
    begins: str


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that can be chosen."""

    value: str
    word: str
    tag: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class MailboxPage:
    """The newest letters, and how many there are in all."""

    here: str
    letters: tuple[LetterLine, ...]
    total: str
    doubled: int
    languages: tuple[Choice, ...]
    channels: tuple[Choice, ...]
    older: str


@dataclass(frozen=True, slots=True)
class LetterPage:
    """One letter as its reader would see it."""

    back: str
    channel: str
    to: str
    at: Stamp
    language: str
    tag: str
    dir: str
    subject: str
    text: str
    html: Markup
    link: str


@door.get("", act=Act.READ)
def mailbox(
    incident: str, here: Visitor, language: str = "", channel: str = "", before: _Before = None
) -> Response:
    desk, box = _open(here, incident)
    chosen = _channel(channel) if channel else None
    letters = box.latest(
        incident=desk.id, language=language or None, channel=chosen, before=before, limit=_PAGE
    )
    count = box.count(incident=desk.id)
    address = f"{desk.home}/mailbox"
    query = f"language={language}&channel={channel}"
    page = MailboxPage(
        here=address,
        letters=tuple(_line(here, desk, letter) for letter in letters),
        total=here.words.number(count.letters),
        doubled=count.letters - count.deliveries,
        languages=tuple(
            Choice(tag, autonym(tag), tag, here.words.number(number), tag == language)
            for tag, number in count.by_language.items()
        ),
        channels=tuple(
            Choice(
                name, channel_word(here.words, Channel(name)), "", here.words.number(number), name == channel
            )
            for name, number in count.by_channel.items()
        ),
        older=f"{address}?{query}&before={letters[-1].number}" if len(letters) == _PAGE else "",
    )
    return _show(here, desk, "mailbox.html", page)


@door.get("/{number}", act=Act.READ)
def letter(incident: str, number: _Number, here: Visitor) -> Response:
    desk, box = _open(here, incident)
    found = box.open(number)
    if found.incident != desk.id:
        raise NotFound("There is no such letter in this exercise.")
    page = LetterPage(
        back=f"{desk.home}/mailbox",
        channel=channel_word(here.words, found.channel),
        to=found.to,
        at=stamp(here.words, found.at, here.wall),
        language=autonym(found.language),
        tag=found.language,
        dir=direction(found.language),
        subject=found.subject,
        text=found.text,
        html=safe_html(found.html),
        link=found.link,
    )
    return _show(here, desk, "letter.html", page)


def _open(here: Visit, incident: str) -> tuple[Desk, Mailbox]:
    desk = open_desk(here.ports, incident, here.me)
    if desk.situation.mode is not Mode.EXERCISE or here.house.mailbox is None:
        raise NotFound("A live incident has no exercise mailbox.")
    return desk, here.house.mailbox


def _show(here: Visit, desk: Desk, template: str, page: object) -> Response:
    return here.show(
        template, page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "broadcasts")
    )


def _line(here: Visit, desk: Desk, letter: Letter) -> LetterLine:
    return LetterLine(
        href=f"{desk.home}/mailbox/{letter.number}",
        at=stamp(here.words, letter.at, here.wall),
        channel=channel_word(here.words, letter.channel),
        language=autonym(letter.language),
        tag=letter.language,
        dir=direction(letter.language),
        to=letter.to,
        subject=letter.subject,
        begins=letter.text[:160],
    )


def _channel(text: str) -> Channel:
    try:
        return Channel(text)
    except ValueError as error:
        raise InvalidInput(f"“{text}” is not a channel.") from error

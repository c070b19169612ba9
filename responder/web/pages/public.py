"""What does the public read? One page a language, without scripts, from what was released."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from fastapi import Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from responder.core.city import City, parse_city
from responder.core.errors import NotFound
from responder.core.statement import VIEW_LINK, ChannelText, Statement, StatementState, join
from responder.core.terms import Mode, direction
from responder.engine.ports import Ports, Work
from responder.engine.ports.contents import CITY_FILE
from responder.engine.ports.incidents import IncidentRow
from responder.engine.situation.people import Act
from responder.web.pages.queries import open_desk
from responder.web.pages.safe_html import safe_html
from responder.web.pages.shapes import Stamp
from responder.web.rendering import LanguageChoice, Renderer, Shell
from responder.web.visits import Door, House, Visitor
from responder.web.words import Words, autonym, best_language

__all__ = ["Published", "door", "publish"]

door = Door()
_SENT = (
    StatementState.RELEASED,
    StatementState.SUPERSEDED,
    StatementState.CORRECTED,
    StatementState.WITHDRAWN,
)


@dataclass(frozen=True, slots=True)
class Published:
    """One statement as the public may read it: language → web text. Times are wall time."""

    statement: Statement
    at: datetime
    texts: Mapping[str, ChannelText]
    corrected: bool
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A service with its number and hours."""

    name: str
    hours: str
    phone: str
    shown: str
    url: str


@dataclass(frozen=True, slots=True)
class Notice:
    """One published statement in one language. Of one that was withdrawn only the title stays."""

    title: str
    body: Markup
    at: Stamp
    day: str
    corrected: bool
    withdrawn: bool


@dataclass(frozen=True, slots=True)
class PublicPage:
    """The page of one incident in one language. `drill` marks the preview of an exercise."""

    city: str
    drill: bool
    languages: tuple[LanguageChoice, ...]
    links: Mapping[str, str]
    newest: Notice
    earlier: tuple[Notice, ...]
    next_update: Stamp | None
    help: tuple[HelpLine, ...]
    emergency: str
    zone: str


@dataclass(frozen=True, slots=True)
class PublicLine:
    """One incident in the public list."""

    href: str
    title: str
    at: Stamp


@dataclass(frozen=True, slots=True)
class PublicList:
    """What the city has to say now, in one language."""

    city: str
    languages: tuple[LanguageChoice, ...]
    links: Mapping[str, str]
    lines: tuple[PublicLine, ...]
    help: tuple[HelpLine, ...]
    emergency: str


@door.get("/public", act=None)
@door.get("/public/", act=None)
def entrance(here: Visitor, request: Request) -> Response:
    tag = best_language([here.words.tag], _languages(here.house))
    return _list_page(here.house, request, tag)


@door.get("/public/{language}/", act=None)
def listed(language: str, request: Request) -> Response:
    return _list_page(request.app.state.house, request, language)


@door.get("/public/{language}/{incident}", act=None)
def published(language: str, incident: str, request: Request) -> Response:
    house: House = request.app.state.house
    with house.ports.store.read() as work:
        row = _public_row(work, incident)
        html = _incident_page(house, work, row, language)
    return _kept(request, html)


@door.get("/incidents/{incident}/public/{language}", act=Act.READ)
def preview(incident: str, language: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    with here.ports.store.read() as work:
        shown = desk.situation.incident.clock.now
        return HTMLResponse(_incident_page(here.house, work, desk.row, language, shown=shown))


def publish(ports: Ports) -> Iterator[tuple[str, str]]:
    """All public pages as (path, HTML), to be put on any web server; `public/en/index.html` and so on."""
    city = parse_city(ports.content.read(CITY_FILE))
    house = House(ports=ports, pages=Renderer(ports.content, city.calendar.zone), city=city)
    for tag in _languages(house):
        with ports.store.read() as work:
            yield f"public/{tag}/index.html", _list_html(house, work, tag)
            for row in _public_rows(work):
                if tag in _newest_languages(work, row):
                    yield f"public/{tag}/{row.id}", _incident_page(house, work, row, tag)


def released_texts(work: Work, incident: str) -> tuple[Published, ...]:
    """What was released for the public, newest first, in the words that were frozen at each release.

    Nothing before the undo window has ended, and before those who hear it first had their time.
    """
    begun = [one for one in work.broadcasts.of_incident(incident) if one.begun]
    frozen = work.broadcasts.published([one.id for one in begun])
    at: dict[str, datetime] = {}
    web: dict[str, dict[str, ChannelText]] = {}
    for broadcast in begun:
        for text in frozen.get(broadcast.id, ()):
            said = ChannelText(text.text, subject=text.subject, html=text.html)
            web.setdefault(broadcast.statement_id, {})[text.language] = said
            at[broadcast.statement_id] = broadcast.starts or broadcast.proposed
    found = [
        Published(
            statement,
            at[statement.id],
            web[statement.id],
            corrected=statement.state is StatementState.CORRECTED,
            withdrawn=statement.state is StatementState.WITHDRAWN,
        )
        for statement in work.statements.of_incident(incident)
        if statement.id in web and statement.state in _SENT and not _for_few(statement)
    ]
    return tuple(sorted(found, key=lambda one: one.at, reverse=True))


def _for_few(statement: Statement) -> bool:
    return any(audience.private for audience in statement.frame.audiences)


def _incident_page(
    house: House,
    work: Work,
    row: IncidentRow,
    language: str,
    *,
    shown: Callable[[datetime], datetime] | None = None,
) -> str:
    """`shown` turns wall time into the time of an exercise."""
    found = [one for one in released_texts(work, row.id) if language in one.texts]
    if not found:
        raise NotFound("Nothing was published here in this language yet.")
    if shown is not None:
        found = [replace(one, at=shown(one.at)) for one in found]
    city, words = house.city, house.pages.words(language)
    statement = found[0].statement
    offered = [tag for tag in city.languages.offered or (statement.source_language,) if tag in found[0].texts]
    base = f"/public/{{}}/{row.id}" if row.mode is Mode.LIVE else f"/incidents/{row.id}/public/{{}}"
    page = PublicPage(
        city=_city_name(city, language),
        drill=row.mode is Mode.EXERCISE,
        languages=_choices(offered, language),
        links={tag: base.format(tag) for tag in offered},
        newest=_notice(words, language, found[0]),
        earlier=tuple(_notice(words, language, one) for one in found[1:10]),
        next_update=None if found[0].withdrawn else _promise(words, found[0]),
        help=_help(city, language, house.ports.clock.now().date()),
        emergency=city.emergency_number,
        zone=words("%(city)s time", city=_city_name(city, language)),
    )
    return house.pages.render("public.html", page, _shell(language))


def _list_page(house: House, request: Request, language: str) -> Response:
    if language not in _languages(house):
        raise NotFound("There is no page in this language.")
    with house.ports.store.read() as work:
        return _kept(request, _list_html(house, work, language))


def _list_html(house: House, work: Work, language: str) -> str:
    city, words = house.city, house.pages.words(language)
    lines = []
    for row in _public_rows(work):
        found = [one for one in released_texts(work, row.id) if language in one.texts]
        if found:
            text = found[0].texts[language]
            at = Stamp(found[0].at.isoformat(), words.full(found[0].at))
            lines.append(PublicLine(f"/public/{language}/{row.id}", text.subject or row.title, at))
    page = PublicList(
        city=_city_name(city, language),
        languages=_choices(_languages(house), language),
        links={tag: f"/public/{tag}/" for tag in _languages(house)},
        lines=tuple(lines),
        help=_help(city, language, house.ports.clock.now().date()),
        emergency=city.emergency_number,
    )
    return house.pages.render("public_list.html", page, _shell(language))


def _kept(request: Request, html: str) -> Response:
    """The page with its ETag; nothing is sent again that the reader has already (RFC 9110, 13.1.2)."""
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:24]}"'
    headers = {"etag": tag, "cache-control": "public, max-age=60"}
    known = request.headers.get("if-none-match", "").split(",")
    if any(one.strip().removeprefix("W/") in (tag, "*") for one in known):
        return Response(status_code=304, headers=headers)
    return HTMLResponse(html, headers=headers)


def _public_row(work: Work, incident: str) -> IncidentRow:
    """Raises NotFound, in the same words for what is not there and for what is not public."""
    found = next((row for row in _public_rows(work) if row.id == incident), None)
    if found is None:
        raise NotFound("There is no page at this address.")
    return found


def _public_rows(work: Work) -> tuple[IncidentRow, ...]:
    return tuple(row for row in work.incidents.rows() if row.mode is Mode.LIVE and not row.private)


def _newest_languages(work: Work, row: IncidentRow) -> frozenset[str]:
    return frozenset(tag for one in released_texts(work, row.id) for tag in one.texts)


def _notice(words: Words, language: str, one: Published) -> Notice:
    text = one.texts[language]
    html = text.html or "".join(
        f"<p>{part}</p>" for part in _escaped(text.text).split("\n\n") if part.strip()
    )
    return Notice(
        title=text.subject,
        body=Markup("")
        if one.withdrawn
        else safe_html(join(html, {VIEW_LINK: ""}), untitled=bool(text.subject)),
        at=Stamp(one.at.isoformat(), words.clock(one.at)),
        day=words.day(one.at),
        corrected=one.corrected,
        withdrawn=one.withdrawn,
    )


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _promise(words: Words, one: Published) -> Stamp | None:
    """The hour, with its day when that is another one."""
    moment = one.statement.next_update_at
    return Stamp(moment.isoformat(), words.near(moment, one.at)) if moment else None


def _help(city: City, language: str, today: date) -> tuple[HelpLine, ...]:
    """Services for residents say their hours or languages; desks for staff and press say neither."""
    lines = []
    for block in city.blocks.values():
        name = block.in_language(language)
        open_to_all = block.hours or block.languages
        if block.phone and name and open_to_all and (block.expires is None or block.expires >= today):
            lines.append(
                HelpLine(
                    name=name,
                    hours=block.hours.get(language, block.hours.get("", "")),
                    phone=block.phone,
                    shown=_spaced(block.phone),
                    url=block.url,
                )
            )
    return tuple(lines)


def _spaced(phone: str) -> str:
    """A number in groups that can be read aloud."""
    digits = phone.lstrip("+")
    head, rest = (phone[: len(phone) - len(digits)], digits)
    groups = [rest[at : at + 3] for at in range(0, len(rest), 3)]
    return head + " ".join(groups)


def _choices(tags: list[str] | tuple[str, ...], current: str) -> tuple[LanguageChoice, ...]:
    return tuple(LanguageChoice(tag, autonym(tag), direction(tag), tag == current) for tag in tags)


def _shell(language: str) -> Shell:
    return Shell(lang=language, dir=direction(language), csrf="")


def _languages(house: House) -> tuple[str, ...]:
    languages = house.city.languages
    return languages.offered or (languages.source,)


def _city_name(city: City, language: str) -> str:
    block = city.blocks.get("city_name")
    return (block.in_language(language) if block else None) or city.name

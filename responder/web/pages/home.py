"""How does somebody come in, and what lies behind the first door? Sign-in, incidents, language."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi import Request
from fastapi.responses import Response

from responder.core.errors import Refused
from responder.core.terms import Mode
from responder.engine import playbooks
from responder.engine.people import redeem_link, sign_out
from responder.engine.ports.incidents import IncidentRow, IncidentState
from responder.engine.situation.people import Act
from responder.web.pages.board import errand_rows, row_of
from responder.web.pages.frames import house_tabs
from responder.web.pages.queries import incidents_for, open_desk
from responder.web.pages.shapes import Row, Stamp, State, stamp
from responder.web.rendering import LanguageChoice
from responder.web.security import SESSION_COOKIE
from responder.web.visits import LANGUAGE_COOKIE, Door, Posted, Visit, Visitor
from responder.web.words import best_language

__all__ = ["door"]

door = Door()
_YEAR = 365 * 24 * 3600


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """One incident in the list."""

    href: str
    title: str
    drill: bool
    state: State
    created: Stamp
    playbook: str


@dataclass(frozen=True, slots=True)
class ReminderLine:
    """A playbook that asks to be activated, and since when."""

    name: str
    language: str
    since: str


@dataclass(frozen=True, slots=True)
class HomePage:
    """The incidents a person may see."""

    running: tuple[IncidentLine, ...]
    ended: tuple[IncidentLine, ...]
    may_activate: bool
    reminders: tuple[ReminderLine, ...] = ()


@dataclass(frozen=True, slots=True)
class SignInPage:
    """The door. `link` is set when somebody came with a one-time link."""

    link: str
    next: str


@dataclass(frozen=True, slots=True)
class MePage:
    """Who is signed in, and in which language the pages speak."""

    name: str
    permission: str
    roles: tuple[str, ...]
    languages: tuple[LanguageChoice, ...]
    back: str


@dataclass(frozen=True, slots=True)
class MineLine:
    """The tasks of a person in one incident."""

    title: str
    drill: bool
    href: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class MinePage:
    """The tasks of a person over all incidents."""

    incidents: tuple[MineLine, ...]


@door.get("/", act=Act.READ)
def home(here: Visitor) -> Response:
    lines = [_line(here, row) for row in incidents_for(here.ports, here.me)]
    ended = here.words("Stood down")
    page = HomePage(
        running=tuple(one for one in lines if one.state.word != ended),
        ended=tuple(one for one in lines if one.state.word == ended),
        may_activate=here.may(Act.ACTIVATE),
        reminders=tuple(
            ReminderLine(one.name, one.language, here.words.date(one.since))
            for one in playbooks.reminders(here.ports)
        ),
    )
    return here.show("home.html", page, tabs=house_tabs(here.words, "/"))


@door.get("/incidents", act=Act.READ)
def incidents(here: Visitor) -> Response:
    return here.go("/")


@door.get("/mine", act=Act.READ)
def mine(here: Visitor) -> Response:
    found = []
    for row in incidents_for(here.ports, here.me):
        if row.state is IncidentState.STOOD_DOWN:
            continue
        desk = open_desk(here.ports, row.id, here.me)
        own = set(here.me.roles) | set(desk.situation.roster.roles_of(here.me.id))
        rows = [row_of(here.words, desk, one) for one in desk.situation.timeline.open if one.owner in own]
        rows += errand_rows(here.words, desk, own)
        found.append(MineLine(row.title, row.mode is Mode.EXERCISE, desk.home, tuple(rows)))
    return here.show("mine.html", MinePage(tuple(found)), tabs=house_tabs(here.words, "/mine"))


@door.get("/me", act=Act.READ)
def me(here: Visitor) -> Response:
    page = MePage(
        name=here.me.name,
        permission=here.me.permission.value,
        roles=here.me.roles,
        languages=here.house.pages.choices(here.words.tag),
        back="/me",
    )
    return here.show("me.html", page, tabs=house_tabs(here.words, "/me"))


@door.get("/sign-in", act=None)
def sign_in_page(here: Visitor, next: str = "") -> Response:  # noqa: A002  # the name people see in the address
    return here.show("sign_in.html", SignInPage(link="", next=_inside(next)))


@door.get("/sign-in/{link}", act=None)
def link_page(link: str, here: Visitor) -> Response:
    """Shows a button and uses nothing up: programs that look at links first must not spend them."""
    return here.show("sign_in.html", SignInPage(link=link, next=""))


@door.post("/sign-in/{link}", act=None)
def sign_in(request: Request, link: str, here: Visitor) -> Response:
    _brake(request, here)
    session = redeem_link(here.ports, link)
    answer = here.go("/")
    answer.set_cookie(
        SESSION_COOKIE,
        session.secret,
        max_age=int((session.until - here.wall).total_seconds()),
        httponly=True,
        secure=here.house.https,
        samesite="lax",
        path="/",
    )
    return answer


@door.post("/sign-out", act=None)
def leave(here: Visitor) -> Response:
    if here.session:
        sign_out(here.ports, here.session)
    answer = here.go("/sign-in")
    answer.delete_cookie(SESSION_COOKIE, path="/")
    return answer


@door.post("/language", act=None)
def choose_language(here: Visitor, form: Posted) -> Response:
    tag = best_language([form.text("language")], here.house.pages.offered)
    answer = here.go(_inside(form.text("back")) or "/")
    answer.set_cookie(
        LANGUAGE_COOKIE, tag, max_age=_YEAR, httponly=True, secure=here.house.https, samesite="lax", path="/"
    )
    return answer


def _brake(request: Request, here: Visit) -> None:
    client = request.client.host if request.client else ""
    if not here.house.brake.allows(client, here.wall):
        raise Refused("Too many tries to sign in.", mend="Wait a minute, then open your link again.")


def _inside(address: str) -> str:
    """The address if it is one of our own pages, else nothing."""
    return address if address.startswith("/") and not address.startswith(("//", "/\\")) else ""


def _line(here: Visit, row: IncidentRow) -> IncidentLine:
    _ = here.words
    states = {
        IncidentState.UNCONFIRMED: State("soon", _("Waits for a second person")),
        IncidentState.RUNNING: State("now", _("Running")),
        IncidentState.STOOD_DOWN: State("off", _("Stood down")),
    }
    return IncidentLine(
        href=f"/incidents/{row.id}",
        title=row.title,
        drill=row.mode is Mode.EXERCISE,
        state=states[row.state],
        created=stamp(here.words, row.created, here.wall),
        playbook=row.playbook,
    )

"""Who can act here, for which roles, and who has answered their calls?"""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from responder.core.incident.occurrence import OccurrenceKey
from responder.engine.people import list_people, roster
from responder.engine.ports.incidents import CallRow, CallState
from responder.engine.situation.people import Act
from responder.web.pages.frames import frame_of, house_tabs, tabs_of
from responder.web.pages.queries import Desk, open_desk, title_of
from responder.web.pages.roles import RoleLine, role_lines
from responder.web.pages.shapes import Stamp, State, stamp
from responder.web.visits import Door, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door()


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of the house. Addresses stand nowhere on a page."""

    name: str
    permission: str
    roles: tuple[str, ...]
    languages: str


@dataclass(frozen=True, slots=True)
class HolderLine:
    """One role and those who hold it, in the order in which they are asked."""

    role: str
    holders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """Everybody, and the roster."""

    people: tuple[PersonLine, ...]
    roster: tuple[HolderLine, ...]


@dataclass(frozen=True, slots=True)
class CallLine:
    """One call to a role holder."""

    at: Stamp
    state: State
    person: str
    title: str


@dataclass(frozen=True, slots=True)
class IncidentPeoplePage:
    """Who holds which role in this incident, and who has answered."""

    roles: tuple[RoleLine, ...]
    calls: tuple[CallLine, ...]
    waiting: int


@door.get("/people", act=Act.READ)
def everybody(here: Visitor) -> Response:
    found = list_people(here.ports, by=here.me)
    names = {one.id: one.name for one in found}
    page = PeoplePage(
        people=tuple(
            PersonLine(
                name=one.name,
                permission=one.permission.value,
                roles=one.roles,
                languages=here.words.listed([here.words.name_of(tag) for tag in one.languages]),
            )
            for one in found
        ),
        roster=tuple(
            HolderLine(role, tuple(names.get(person, person) for person in people))
            for role, people in sorted(roster(here.ports).holders.items())
        ),
    )
    return here.show("people.html", page, tabs=house_tabs(here.words, "/people"))


@door.get("/incidents/{incident}/people", act=Act.READ)
def of_incident(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    calls = [call for call in desk.calls if call.state is not CallState.CLOSED]
    page = IncidentPeoplePage(
        roles=role_lines(here.words, desk),
        calls=tuple(_call(here.words, desk, call) for call in reversed(desk.calls)),
        waiting=sum(call.answered is None for call in calls),
    )
    return here.show(
        "incident_people.html",
        page,
        frame=frame_of(here.words, desk),
        tabs=tabs_of(here.words, desk, "people"),
    )


def _call(words: Words, desk: Desk, call: CallRow) -> CallLine:
    _ = words
    states = {
        CallState.WAITING: State("soon", _("Waits to be carried")),
        CallState.CARRYING: State("play", _("On its way")),
        CallState.CARRIED: State("soon", _("Carried, no answer yet")),
        CallState.FAILED: State("late", _("Nobody could carry it")),
        CallState.UNKNOWN: State("unk", _("Not known whether it arrived")),
        CallState.ANSWERED: State("good", _("Answered")),
        CallState.CLOSED: State("off", _("Not needed any more")),
    }
    state = states[call.state]
    if call.answered:
        state = State("good", _("Answered %(time)s", time=words.near(call.answered, desk.situation.now)))
    return CallLine(
        at=stamp(words, call.made, desk.situation.now),
        state=state,
        person=desk.name(call.person),
        title=_about(desk, call),
    )


def _about(desk: Desk, call: CallRow) -> str:
    return title_of(desk, OccurrenceKey.parse(call.occurrence))

"""What else can be done in an incident? Facts, dates, level, registers, roles, phases, the end of it."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from responder.core.errors import InvalidInput, NotFound
from responder.core.facts import Fact
from responder.core.incident.timeline import PhaseState
from responder.core.playbook.model import FactDefinition
from responder.core.terms import Mode
from responder.engine import incidents
from responder.engine.incidents.knowing import parse_moment_text
from responder.engine.situation.people import Act
from responder.web.pages.entries import learned
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.log_words import address_of
from responder.web.pages.queries import Desk, open_desk, title_of
from responder.web.pages.shapes import Option, Question, Stamp, question_of, shown, stamp
from responder.web.visits import Door, Form, Posted, Visit, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}")


@dataclass(frozen=True, slots=True)
class FactLine:
    """One fact: what is known, since when, from whom, checked or not."""

    id: str
    name: str
    value: str
    known: bool
    verified: bool
    must_verify: bool
    expired: bool
    source: str
    since: Stamp | None


@dataclass(frozen=True, slots=True)
class DateLine:
    """One anchor and its date."""

    id: str
    name: str
    at: Stamp | None
    settable: bool


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One register and how many items are open in it."""

    href: str
    name: str
    open: str


@dataclass(frozen=True, slots=True)
class MorePage:
    """Everything beside the board."""

    home: str
    language: str
    drill: bool
    facts: tuple[FactLine, ...]
    dates: tuple[DateLine, ...]
    levels: tuple[Option, ...]
    level: str
    registers: tuple[RegisterLine, ...]
    roles: tuple[Option, ...]
    entries: tuple[Option, ...]
    phases: tuple[Option, ...]
    restricted: str
    stood_down: bool
    may_act: bool
    may_stand_down: bool
    may_restrict: bool
    rate: str


@dataclass(frozen=True, slots=True)
class FactPage:
    """One fact, to be learned or withdrawn."""

    home: str
    here: str
    name: str
    language: str
    question: Question
    value: str
    known: bool
    source: str


@dataclass(frozen=True, slots=True)
class PhasePage:
    """What closing a phase does, read before it is confirmed."""

    here: str
    name: str
    language: str
    ends: tuple[str, ...]
    dropped: tuple[str, ...]
    stays: tuple[Option, ...]
    comes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EndPage:
    """The last page before an incident is stood down, or goes on again."""

    here: str
    title: str
    stood_down: bool
    open: str


@door.get("/more", act=Act.READ)
def more(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    situation, words = desk.situation, here.words
    playbook = situation.playbook
    page = MorePage(
        home=desk.home,
        language=playbook.language,
        drill=situation.mode is Mode.EXERCISE,
        facts=tuple(_fact(words, desk, fact) for fact in playbook.facts.values()),
        dates=tuple(
            DateLine(one.id, one.name or one.id, _at(words, desk, one.id), one.source is None)
            for one in playbook.anchors.values()
        ),
        levels=tuple(Option(level, text) for level, text in playbook.activation.levels.items()),
        level=situation.incident.level,
        registers=tuple(
            RegisterLine(
                f"{desk.home}/registers/{one.id}",
                one.name or one.id,
                words.number(
                    sum(item.closed is None for item in situation.incident.items.get(one.id, {}).values())
                ),
            )
            for one in playbook.registers.values()
        ),
        roles=tuple(Option(role, found.title) for role, found in playbook.roles.items()),
        entries=tuple(
            Option(id_, entry.title) for id_, entry in playbook.entries.items() if entry.each is None
        ),
        phases=tuple(
            Option(view.id, playbook.phases[view.id].name or view.id)
            for view in situation.timeline.phases.values()
            if view.state is PhaseState.OPEN
        ),
        restricted=words.number(situation.incident.restricted),
        stood_down=situation.incident.stood_down is not None,
        may_act=here.may(Act.RUN_INCIDENT),
        may_stand_down=here.may(Act.STAND_DOWN),
        may_restrict=here.may(Act.RESTRICT),
        rate=words.number(situation.incident.clock.rate),
    )
    return _show(here, desk, "more.html", page)


@door.get("/facts/{fact}", act=Act.READ)
def fact_page(incident: str, fact: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    playbook = desk.situation.playbook
    if fact not in playbook.facts:
        raise NotFound(f"The playbook has no fact “{fact}”.")
    known = desk.situation.incident.facts.get(fact)
    definition = playbook.facts[fact]
    page = FactPage(
        home=desk.home,
        here=f"{desk.home}/facts/{fact}",
        name=definition.name or fact,
        language=playbook.language,
        question=question_of(
            here.words,
            f"learn.{fact}",
            definition,
            language=playbook.language,
            areas=desk.situation.city.areas,
            required=True,
        ),
        value=shown(here.words, known.value if known else None, definition),
        known=known is not None,
        source=known.source if known else "",
    )
    return _show(here, desk, "fact.html", page)


@door.post("/facts/{fact}", act=Act.RUN_INCIDENT)
def learn(incident: str, fact: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    value = learned(form).get(fact)
    if value is None and form.text("withdraw") != "yes":
        raise InvalidInput("Nothing was filled in.", mend="Fill in what is known now.")
    incidents.learn_fact(
        here.ports,
        incident_id=desk.id,
        fact=fact,
        value=None if form.text("withdraw") == "yes" else value,
        by=here.me,
        source=form.text("source"),
        verified=form.text("verified") == "yes",
    )
    return here.go(f"{desk.home}/more")


@door.post("/dates", act=Act.RUN_INCIDENT)
def set_date(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    text = form.text("at")
    at = parse_moment_text(desk.situation, text) if text else None
    anchor = form.needed("anchor", "No date was chosen.")
    incidents.set_anchor(here.ports, incident_id=desk.id, anchor=anchor, at=at, by=here.me)
    return here.go(f"{desk.home}/more")


@door.post("/level", act=Act.RUN_INCIDENT)
def change_level(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    level = form.needed("level", "No level was chosen.")
    incidents.change_level(
        here.ports, incident_id=desk.id, level=level, by=here.me, reason=form.text("reason")
    )
    return here.go(desk.home)


@door.post("/roles", act=Act.RUN_INCIDENT)
def take_role(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    role = form.needed("role", "No role was chosen.")
    incidents.take_role(here.ports, incident_id=desk.id, role=role, by=here.me)
    return here.go(f"{desk.home}/people")


@door.post("/open", act=Act.RUN_INCIDENT)
def open_entry(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    entry = form.needed("entry", "No entry was chosen.")
    made = incidents.open_entry(
        here.ports, incident_id=desk.id, entry=entry, by=here.me, reason=form.text("reason")
    )
    return here.go(f"{desk.home}/entries/{address_of(made)}")


@door.post("/names", act=Act.RESTRICT)
def restrict(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    names = [line.strip() for line in form.raw("names").splitlines() if line.strip()]
    incidents.restrict_names(here.ports, incident_id=desk.id, names=names, by=here.me)
    return here.go(f"{desk.home}/more")


@door.get("/phases/{phase}", act=Act.READ)
def phase_page(incident: str, phase: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    entries = desk.situation.playbook.entries
    found = incidents.closing_preview(desk.situation, phase)
    page = PhasePage(
        here=f"{desk.home}/phases/{phase}",
        name=desk.situation.playbook.phases[phase].name or phase,
        language=desk.situation.playbook.language,
        ends=tuple(entries[entry].title for entry in found.ends),
        dropped=tuple(title_of(desk, key) for key in found.dropped),
        stays=tuple(
            Option(f"{desk.home}/entries/{address_of(key)}", title_of(desk, key)) for key in found.stays_open
        ),
        comes=tuple(title_of(desk, key) for key in found.still_comes),
    )
    return _show(here, desk, "phase.html", page)


@door.post("/phases/{phase}/close", act=Act.RUN_INCIDENT)
def close_phase(incident: str, phase: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    incidents.close_phase(
        here.ports, incident_id=desk.id, phase=phase, by=here.me, reason=form.text("reason")
    )
    return here.go(desk.home)


@door.get("/stand-down", act=Act.READ)
def end_page(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    page = EndPage(
        here=f"{desk.home}/stand-down",
        title=desk.row.title,
        stood_down=desk.situation.incident.stood_down is not None,
        open=here.words.number(len(desk.situation.timeline.open)),
    )
    return _show(here, desk, "stand_down.html", page)


@door.post("/stand-down", act=Act.STAND_DOWN)
def stand_down(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    reason = form.needed("reason", "Nothing changed: the reason is missing.")
    if desk.situation.incident.stood_down is None:
        incidents.stand_down(here.ports, incident_id=desk.id, by=here.me, reason=reason)
    else:
        incidents.reopen(here.ports, incident_id=desk.id, by=here.me, reason=reason)
    return here.go(desk.home)


@door.post("/clock", act=Act.RUN_INCIDENT)
def wind(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    text = form.text("to")
    incidents.wind(
        here.ports,
        incident_id=desk.id,
        by=here.me,
        to=parse_moment_text(desk.situation, text) if text else None,
        rate=_rate(form),
    )
    return here.go(desk.home)


def _show(here: Visit, desk: Desk, template: str, page: object) -> Response:
    return here.show(template, page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "more"))


def _rate(form: Form) -> float | None:
    text = form.text("rate").replace(",", ".")
    if not text:
        return None
    try:
        return float(text)
    except ValueError:
        raise InvalidInput("The speed is not a number.", mend="Type a number, such as 60.") from None


def _fact(words: Words, desk: Desk, definition: FactDefinition) -> FactLine:
    known: Fact | None = desk.situation.incident.facts.get(definition.id)
    now = desk.situation.now
    return FactLine(
        id=definition.id,
        name=definition.name or definition.id,
        value=shown(words, known.value if known else None, definition),
        known=known is not None,
        verified=known is not None and known.verified,
        must_verify=definition.verify,
        expired=known is not None and not known.holds_at(now),
        source=known.source if known else "",
        since=stamp(words, known.since, now) if known else None,
    )


def _at(words: Words, desk: Desk, anchor: str) -> Stamp | None:
    at = desk.situation.incident.anchors.get(anchor)
    return stamp(words, at, desk.situation.now) if at else None

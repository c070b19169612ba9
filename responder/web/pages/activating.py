"""How does an incident begin? Live or exercise first, a few answers, a second look, a second person."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from responder.core.errors import InvalidInput, NotFound
from responder.core.playbook import Playbook, PlaybookKind, try_parse
from responder.core.terms import Mode
from responder.engine import incidents
from responder.engine.incidents.activating import Activation
from responder.engine.ports import Ports
from responder.engine.situation.people import Act
from responder.web.pages.entries import learned
from responder.web.pages.frames import frame_of, house_tabs, tabs_of
from responder.web.pages.queries import open_desk
from responder.web.pages.shapes import Option, Question, question_of
from responder.web.visits import Door, Form, Posted, Visit, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door()


@dataclass(frozen=True, slots=True)
class Choice:
    """A playbook that can be activated."""

    href: str
    name: str
    summary: str
    language: str
    version: str


@dataclass(frozen=True, slots=True)
class ChoosePage:
    """Which playbook? `broken` are files that cannot be used until they are mended."""

    choices: tuple[Choice, ...]
    broken: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ActivatePage:
    """The answers that activation asks for. `mode` is what was chosen so far, or empty."""

    playbook: str
    name: str
    version: str
    language: str
    summary: str
    criteria: tuple[str, ...]
    mode: str
    title: str
    questions: tuple[Question, ...]
    levels: tuple[Option, ...]
    level: str
    exercises: tuple[Option, ...]
    confirm: bool


@dataclass(frozen=True, slots=True)
class Said:
    """One answer, read back before the last press."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SurePage:
    """Everything read back. `fields` are sent again with the last press."""

    playbook: str
    name: str
    language: str
    drill: bool
    title: str
    said: tuple[Said, ...]
    next: tuple[str, ...]
    confirm: bool
    fields: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConfirmPage:
    """What the second person reads before they confirm."""

    here: str
    title: str
    drill: bool
    by: str
    own: bool
    said: tuple[Said, ...]


@door.get("/activate", act=Act.ACTIVATE)
def choose(here: Visitor) -> Response:
    choices, broken = [], []
    for name in here.ports.content.playbooks():
        parsed = try_parse(name, here.ports.content.playbook, known=here.ports.content.playbooks())
        if parsed.playbook is None or parsed.errors:
            broken.append(name)
        elif parsed.playbook.kind is not PlaybookKind.MODULE:
            it = parsed.playbook
            choices.append(Choice(f"/activate/{it.id}", it.name, it.summary, it.language, it.version))
    return here.show(
        "activate_choose.html",
        ChoosePage(tuple(choices), tuple(broken)),
        tabs=house_tabs(here.words, "/activate"),
    )


@door.get("/activate/{playbook}", act=Act.ACTIVATE)
def activate_page(playbook: str, here: Visitor, mode: str = "") -> Response:
    found = _playbook(here.ports, playbook)
    page = ActivatePage(
        playbook=found.id,
        name=found.name,
        version=found.version,
        language=found.language,
        summary=found.summary,
        criteria=found.activation.criteria,
        mode=mode if mode in ("live", "exercise") else "",
        title="",
        questions=_questions(here, found),
        levels=tuple(Option(level, meaning) for level, meaning in found.activation.levels.items()),
        level=found.levels[0] if found.levels else "",
        exercises=tuple(Option(one.id, one.name or one.id) for one in found.exercises.values()),
        confirm=found.activation.confirm,
    )
    return here.show(
        "activate.html", page, drill=page.mode == "exercise", tabs=house_tabs(here.words, "/activate")
    )


@door.post("/activate/{playbook}/check", act=Act.ACTIVATE)
def check(playbook: str, here: Visitor, form: Posted) -> Response:
    """The second look, for everybody who cannot or will not hold a button down."""
    found, mode = _playbook(here.ports, playbook), _mode(form)
    words = here.words
    said = [Said(words("Level"), found.activation.levels.get(form.text("level"), ""))] if found.levels else []
    for name, value in learned(form).items():
        fact = found.facts.get(name)
        text = value if isinstance(value, str) else words.listed(value)
        said.append(Said((fact.name if fact else "") or name, fact.options.get(text, text) if fact else text))
    page = SurePage(
        playbook=found.id,
        name=found.name,
        language=found.language,
        drill=mode is Mode.EXERCISE,
        title=form.text("title") or found.name,
        said=tuple(said),
        next=_next(words, found),
        confirm=found.activation.confirm and mode is Mode.LIVE,
        fields=tuple(
            (name, value) for name, values in form.fields.items() if name != "csrf" for value in values
        ),
    )
    return here.show("activate_sure.html", page, drill=page.drill, tabs=house_tabs(words, "/activate"))


@door.post("/activate/{playbook}", act=Act.ACTIVATE)
def activate(playbook: str, here: Visitor, form: Posted) -> Response:
    facts, mode = learned(form), _mode(form)
    made = incidents.activate(
        here.ports,
        wanted=Activation(
            playbook=playbook,
            mode=mode,
            title=form.text("title"),
            level=form.text("level") or None,
            facts=facts,
            verified=frozenset(facts) if form.text("verified") == "yes" else frozenset(),
            exercise=(form.text("exercise") or None) if mode is Mode.EXERCISE else None,
        ),
        by=here.me,
    )
    return here.go(f"/incidents/{made}")


@door.get("/incidents/{incident}/confirm", act=Act.READ)
def confirm_page(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    playbook = desk.situation.playbook
    page = ConfirmPage(
        here=f"{desk.home}/confirm",
        title=desk.row.title,
        drill=desk.situation.mode is Mode.EXERCISE,
        by=desk.name(desk.situation.incident.activated_by.id),
        own=desk.situation.incident.activated_by.id == here.me.id,
        said=tuple(
            Said((playbook.facts[name].name if name in playbook.facts else "") or name, str(fact.value))
            for name, fact in desk.situation.incident.facts.items()
        ),
    )
    return here.show(
        "activate_confirm.html", page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "")
    )


@door.post("/incidents/{incident}/confirm", act=Act.CONFIRM)
def confirm(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    incidents.confirm(here.ports, incident_id=desk.id, by=here.me)
    return here.go(desk.home)


def _playbook(ports: Ports, name: str) -> Playbook:
    if name not in ports.content.playbooks():
        raise NotFound(f"There is no playbook “{name}”.", mend="Look at the list of playbooks.")
    parsed = try_parse(name, ports.content.playbook, known=ports.content.playbooks())
    if parsed.playbook is None or parsed.errors:
        raise InvalidInput(f"“{name}” has errors.", mend=f"Mend them: responder playbook check {name}")
    return parsed.playbook


def _mode(form: Form) -> Mode:
    try:
        return Mode(form.text("mode"))
    except ValueError:
        raise InvalidInput(
            "Nothing was activated: neither live nor exercise was chosen.", mend="Choose one of the two."
        ) from None


def _questions(here: Visit, found: Playbook) -> tuple[Question, ...]:
    return tuple(
        question_of(
            here.words,
            f"learn.{name}",
            found.facts[name],
            language=found.language,
            areas=here.house.city.areas,
            required=False,
        )
        for name in found.activation.asks
        if name in found.facts
    )


def _next(words: Words, found: Playbook) -> tuple[str, ...]:
    """What happens in the first minutes, in words."""
    people = len(found.roles)
    first = [entry.title for entry in found.entries.values() if not entry.on_request][:3]
    said = [words.many("%(num)s role is called", "%(num)s roles are called", people)]
    if first:
        said.append(words("First: %(entries)s", entries=words.listed(first)))
    said.append(words("Nothing goes to residents until people have signed and released it"))
    return tuple(said)

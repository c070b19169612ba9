"""What cases are there? The lists that grow during an incident."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from responder.core.errors import NotFound
from responder.core.incident.state import Item
from responder.core.playbook.model import Register
from responder.engine import incidents
from responder.engine.situation.people import Act
from responder.web.pages.board import row_of
from responder.web.pages.entries import learned
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.queries import Desk, open_desk
from responder.web.pages.shapes import Question, Row, Stamp, question_of, shown, stamp
from responder.web.visits import Door, Posted, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}/registers/{register}")


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a case."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One case, and what is to be done for it."""

    number: int
    fields: tuple[Field, ...]
    added: Stamp
    closed: Stamp | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """A register with its cases, the open ones first."""

    home: str
    here: str
    name: str
    language: str
    items: tuple[ItemLine, ...]
    questions: tuple[Question, ...]
    may_act: bool


@door.get("", act=Act.READ)
def register_page(incident: str, register: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    found = _register(desk, register)
    items = desk.situation.incident.items.get(register, {})
    order = sorted(items.values(), key=lambda item: (item.closed is not None, -item.number))
    page = RegisterPage(
        home=desk.home,
        here=f"{desk.home}/registers/{register}",
        name=found.name or register,
        language=desk.situation.playbook.language,
        items=tuple(_line(here.words, desk, found, item) for item in order),
        questions=tuple(
            question_of(
                here.words,
                f"learn.{name}",
                field,
                language=desk.situation.playbook.language,
                areas=desk.situation.city.areas,
                required=False,
            )
            for name, field in found.fields.items()
        ),
        may_act=here.may(Act.RUN_INCIDENT),
    )
    return here.show(
        "register.html", page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "more")
    )


@door.post("", act=Act.RUN_INCIDENT)
def add(incident: str, register: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    incidents.add_item(here.ports, incident_id=desk.id, register=register, fields=learned(form), by=here.me)
    return here.go(f"{desk.home}/registers/{register}")


@door.post("/{item}/close", act=Act.RUN_INCIDENT)
def close(incident: str, register: str, item: int, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    incidents.close_item(
        here.ports, incident_id=desk.id, register=register, item=item, by=here.me, reason=form.text("reason")
    )
    return here.go(f"{desk.home}/registers/{register}")


def _register(desk: Desk, register: str) -> Register:
    found = desk.situation.playbook.registers.get(register)
    if found is None:
        raise NotFound(f"The playbook has no register “{register}”.")
    return found


def _line(words: Words, desk: Desk, register: Register, item: Item) -> ItemLine:
    now = desk.situation.now
    occurrences = [
        one
        for one in desk.situation.timeline.occurrences
        if one.key.item == item.number and desk.situation.playbook.entries[one.key.entry].each == register.id
    ]
    return ItemLine(
        number=item.number,
        fields=tuple(
            Field(
                (register.fields[name].name if name in register.fields else "") or name,
                shown(words, value, register.fields.get(name)),
            )
            for name, value in item.fields.items()
        ),
        added=stamp(words, item.added, now),
        closed=stamp(words, item.closed, now) if item.closed else None,
        rows=tuple(row_of(words, desk, one) for one in occurrences),
    )

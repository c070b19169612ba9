"""What happened, newest first? The log with its chain, and notes by people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi.responses import Response

from responder.core.incident.event import ActorKind, Event
from responder.engine import incidents
from responder.engine.situation.people import Act
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.log_words import KINDS, told
from responder.web.pages.queries import Desk, open_desk
from responder.web.pages.shapes import Option, Stamp, State
from responder.web.visits import Door, Posted, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}/log")
_PAGE = 100


@dataclass(frozen=True, slots=True)
class LogLine:
    """One event. `happened` is set when it happened earlier than it was written down."""

    number: int
    day: str
    at: Stamp
    happened: str
    state: State
    title: str
    note: str
    who: str
    href: str


@dataclass(frozen=True, slots=True)
class LogPage:
    """A page of the log, and the head of its chain."""

    here: str
    lines: tuple[LogLine, ...]
    kinds: tuple[Option, ...]
    chosen: tuple[str, ...]
    total: str
    head: str
    older: str
    may_note: bool


@door.get("", act=Act.READ)
def log(incident: str, here: Visitor, before: int | None = None) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    chosen = tuple(kind for kind in here.request.query_params.getlist("kind") if kind in KINDS)
    events = [
        one for one in reversed(desk.situation.incident.events) if before is None or one.number < before
    ]
    lines: list[LogLine] = []
    for event in events:
        words = told(here.words, desk, event)
        if not chosen or words.group in chosen:
            lines.append(_line(here.words, desk, event))
        if len(lines) == _PAGE:
            break
    kinds = "".join(f"&kind={kind}" for kind in chosen)
    page = LogPage(
        here=f"{desk.home}/log",
        lines=tuple(lines),
        kinds=_kinds(here.words),
        chosen=chosen,
        total=here.words.number(desk.situation.incident.number),
        head=_grouped(desk.situation.incident.head),
        older=f"{desk.home}/log?before={lines[-1].number}{kinds}" if len(lines) == _PAGE else "",
        may_note=here.may(Act.RUN_INCIDENT),
    )
    return here.show(
        "log.html", page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "log")
    )


@door.post("/note", act=Act.RUN_INCIDENT)
def note(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    text = form.needed("text", "The note is empty.")
    incidents.note(here.ports, incident_id=desk.id, by=here.me, text=text)
    return here.go(f"{desk.home}/log")


def _line(words: Words, desk: Desk, event: Event) -> LogLine:
    said = told(words, desk, event)
    late = event.recorded - event.occurred >= timedelta(minutes=1)
    return LogLine(
        number=event.number,
        day=words.day(event.recorded),
        at=Stamp(event.recorded.isoformat(), words.clock(event.recorded)),
        happened=words("happened %(time)s", time=words.near(event.occurred, event.recorded)) if late else "",
        state=said.state,
        title=said.title,
        note=said.note,
        who=actor_name(words, desk, event),
        href=said.href,
    )


def actor_name(words: Words, desk: Desk, event: Event) -> str:
    """Who caused an event."""
    kinds = {
        ActorKind.CLOCK: words("the clock"),
        ActorKind.LINK: words("by link"),
        ActorKind.PROVIDER: words("the provider"),
        ActorKind.SYSTEM: words("the program"),
    }
    return kinds.get(event.actor.kind) or desk.name(event.actor.id)


def _kinds(words: Words) -> tuple[Option, ...]:
    _ = words
    names = {
        "fact": _("Facts"),
        "task": _("Tasks"),
        "decision": _("Decisions"),
        "statement": _("Statements"),
        "sending": _("Sending"),
        "incident": _("The incident"),
        "note": _("Notes"),
    }
    return tuple(Option(kind, names[kind]) for kind in KINDS)


def _grouped(head: str) -> str:
    return " ".join(head[at : at + 4] for at in range(0, min(len(head), 32), 4))

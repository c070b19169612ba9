"""How is one task, gate, decision or message of an incident dealt with? Its page and its acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fastapi.responses import Response

from responder.core.incident.event import Actor
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.state import OccurrenceRecord
from responder.core.incident.timeline import Occurrence, OccurrenceState, Wait, WaitKind
from responder.core.playbook.entries import Decision, Entry, Gate, Message, Task
from responder.engine import incidents
from responder.engine.situation.people import Act
from responder.web.pages.board import row_of
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.log_words import address_of
from responder.web.pages.queries import Desk, entry_of, occurrence_of, open_desk
from responder.web.pages.shapes import Option, Question, Row, Stamp, State, question_of, stamp
from responder.web.visits import Door, Form, Posted, Visit, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}/entries")


@dataclass(frozen=True, slots=True)
class Point:
    """One point of a checklist or gate, and what was answered."""

    id: str
    text: str
    answer: str
    note: str
    override: str


@dataclass(frozen=True, slots=True)
class Happened:
    """One thing that became of an occurrence."""

    state: State
    stamp: Stamp
    who: str
    note: str


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One occurrence. `kind` is task, gate, decision or message; `can_act` while it is to be dealt with."""

    home: str
    here: str
    row: Row
    kind: str
    language: str
    note: str
    question: str
    planned: Stamp | None
    opened: Stamp | None
    due: Stamp | None
    waits: tuple[str, ...]
    open: bool
    answerable: bool
    acknowledged: bool
    skippable: bool
    may_act: bool
    may_answer: bool
    checklist: tuple[Point, ...]
    evidence: bool
    learns: tuple[Question, ...]
    options: tuple[Option, ...]
    chosen: str
    given: str
    default: str
    happened: tuple[Happened, ...]
    statement: str
    reopenable: bool
    helpers: tuple[str, ...]


@door.get("/{key}", act=Act.READ)
def entry(incident: str, key: str, here: Visitor, option: str = "") -> Response:
    desk, one, found = _open(here, incident, key)
    page = _page(here, desk, one, found, option=option)
    return here.show(
        "entry.html", page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "tasks")
    )


@door.post("/{key}/acknowledge", act=Act.RUN_INCIDENT)
def acknowledge(incident: str, key: str, here: Visitor) -> Response:
    desk, one, _found = _open(here, incident, key)
    incidents.acknowledge(here.ports, incident_id=desk.id, occurrence=one.key, by=here.me)
    return here.go(_address(desk, one.key))


@door.post("/{key}/done", act=Act.RUN_INCIDENT)
def done(incident: str, key: str, here: Visitor, form: Posted) -> Response:
    desk, one, found = _open(here, incident, key)
    points = found.checklist if isinstance(found, Task) else {}
    ticked = set(form.all("point"))
    incidents.done(
        here.ports,
        incident_id=desk.id,
        occurrence=one.key,
        by=here.me,
        note=form.text("note"),
        evidence=[line.strip() for line in form.raw("evidence").splitlines() if line.strip()],
        checklist={point: point in ticked for point in points},
        learned=learned(form),
        source=form.text("source"),
        verified=form.text("verified") == "yes",
    )
    return here.go(desk.home)


@door.post("/{key}/skip", act=Act.RUN_INCIDENT)
def skip(incident: str, key: str, here: Visitor, form: Posted) -> Response:
    desk, one, _found = _open(here, incident, key)
    reason = form.needed("reason", "It was not skipped: the reason is missing.")
    incidents.skip(here.ports, incident_id=desk.id, occurrence=one.key, by=here.me, reason=reason)
    return here.go(desk.home)


@door.post("/{key}/answer", act=Act.ANSWER)
def answer(incident: str, key: str, here: Visitor, form: Posted) -> Response:
    desk, one, _found = _open(here, incident, key)
    incidents.answer_decision(
        here.ports,
        incident_id=desk.id,
        occurrence=one.key,
        option=form.needed("option", "Nothing was decided: no answer was chosen."),
        by=here.me,
        reason=form.text("reason"),
        dissent=form.text("dissent"),
    )
    return here.go(desk.home)


@door.post("/{key}/gate", act=Act.ANSWER)
def gate(incident: str, key: str, here: Visitor, form: Posted) -> Response:
    desk, one, _found = _open(here, incident, key)
    answers = {point: said for point, said in form.under("point").items() if said}
    overrides = form.under("override")
    incidents.answer_gate(
        here.ports,
        incident_id=desk.id,
        occurrence=one.key,
        answers=answers,
        by=here.me,
        notes={point: text for point, text in form.under("note").items() if text},
        overrides={point: text for point, text in overrides.items() if text and answers.get(point) == "no"},
    )
    return here.go(_address(desk, one.key))


@door.post("/{key}/open", act=Act.RUN_INCIDENT)
def open_again(incident: str, key: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    wanted = parse_key(key)
    made = incidents.open_entry(
        here.ports,
        incident_id=desk.id,
        entry=wanted.entry,
        by=here.me,
        item=wanted.item,
        reason=form.text("reason"),
    )
    return here.go(_address(desk, made))


def parse_key(text: str) -> OccurrenceKey:
    """The key as it stands in an address."""
    return OccurrenceKey.parse(text.replace("~~", "/").replace("~", "#"))


def learned(form: Form) -> dict[str, str | list[str]]:
    """Facts that were filled in: `learn.X`, several values for areas, one a line for lists."""
    found: dict[str, str | list[str]] = {}
    for name in form.fields:
        if not name.startswith("learn."):
            continue
        values = [line for value in form.all(name) for line in value.splitlines() if line.strip()]
        if values:
            found[name.removeprefix("learn.")] = values[0] if len(values) == 1 else values
    return found


def _open(here: Visit, incident: str, key: str) -> tuple[Desk, Occurrence, Entry]:
    desk = open_desk(here.ports, incident, here.me)
    wanted = parse_key(key)
    return desk, occurrence_of(desk, wanted), entry_of(desk, wanted)


def _address(desk: Desk, key: OccurrenceKey) -> str:
    return f"{desk.home}/entries/{address_of(key)}"


def _page(here: Visit, desk: Desk, one: Occurrence, found: Entry, *, option: str) -> EntryPage:
    words, situation = here.words, desk.situation
    record = situation.incident.occurrences.get(one.key, OccurrenceRecord(one.key))
    statement = desk.statement_of(one.key)
    answered = isinstance(found, Decision) and one.state is OccurrenceState.DONE
    roles = situation.playbook.roles
    return EntryPage(
        home=desk.home,
        here=_address(desk, one.key),
        row=row_of(words, desk, one),
        kind=found.kind.value,
        language=situation.playbook.language,
        note=found.note,
        question=found.question if isinstance(found, Decision) else "",
        planned=stamp(words, one.planned, situation.now) if one.planned else None,
        opened=stamp(words, one.opened, situation.now) if one.opened else None,
        due=stamp(words, one.due, situation.now) if one.due else None,
        waits=tuple(wait_words(words, desk, wait) for wait in one.waits),
        open=one.open,
        answerable=one.open or answered,
        acknowledged=one.acknowledged is not None,
        skippable=one.state in (OccurrenceState.OPEN, OccurrenceState.NOT_NEEDED),
        may_act=here.may(Act.RUN_INCIDENT),
        may_answer=here.may(Act.ANSWER),
        checklist=_points(found, record),
        evidence=isinstance(found, Task) and found.evidence,
        learns=_learns(words, desk, found),
        options=tuple(Option(value, label) for value, label in found.options.items())
        if isinstance(found, Decision)
        else (),
        chosen=option or (record.answer.option if record.answer else ""),
        given=record.answer.option if record.answer else "",
        default=found.options.get(found.default or "", "") if isinstance(found, Decision) else "",
        happened=_happened(words, desk, record),
        statement=f"{desk.home}/statements/{statement.id}" if statement else "",
        reopenable=(not isinstance(found, Message) and not one.open and one.opened is not None)
        or found.on_request,
        helpers=tuple(roles[role].title if role in roles else role for role in found.helpers),
    )


def _points(found: Entry, record: OccurrenceRecord) -> tuple[Point, ...]:
    if not isinstance(found, Task | Gate):
        return ()
    return tuple(
        Point(
            id=point,
            text=text,
            answer=record.gate.get(point, "yes" if record.checklist.get(point) else ""),
            note=record.notes.get(point, ""),
            override=record.overrides.get(point, ""),
        )
        for point, text in found.checklist.items()
    )


def _learns(words: Words, desk: Desk, found: Entry) -> tuple[Question, ...]:
    if not isinstance(found, Task):
        return ()
    playbook = desk.situation.playbook
    return tuple(
        question_of(
            words,
            f"learn.{name}",
            playbook.facts[name],
            language=playbook.language,
            areas=desk.situation.city.areas,
            required=False,
        )
        for name in found.learns
        if name in playbook.facts
    )


def _happened(words: Words, desk: Desk, record: OccurrenceRecord) -> tuple[Happened, ...]:
    now = desk.situation.now
    rows: tuple[tuple[State, datetime | None, Actor | None, str], ...] = (
        (State("now", words("Opened")), record.opened, record.opened_by, ""),
        (State("now", words("Started")), record.acknowledged, record.acknowledged_by, ""),
        (State("good", words("Done")), record.finished, record.finished_by, record.note),
        (State("off", words("Skipped")), record.skipped, record.skipped_by, record.reason),
    )
    made = []
    for state, at, by, note in rows:
        if at is not None:
            who = desk.name(by.id) if by is not None and by.id else words("the clock")
            made.append(Happened(state, stamp(words, at, now), who, note))
    for call in record.calls:
        note = words("no answer")
        if call.answered:
            note = words("answered %(time)s", time=words.near(call.answered, now))
        state = State("ring", words("Called"))
        made.append(Happened(state, stamp(words, call.at, now), desk.name(call.person), note))
    return tuple(made)


def wait_words(words: Words, desk: Desk, wait: Wait) -> str:
    """What an occurrence waits for, in words."""
    playbook = desk.situation.playbook
    if wait.kind is WaitKind.NEED:
        entry = playbook.entries.get(wait.on.split("#")[0].split("/")[0])
        return words("“%(entry)s” is not settled", entry=entry.title if entry else wait.on)
    if wait.kind is WaitKind.PHASE:
        return words("its phase has not opened")
    if wait.kind is WaitKind.LEVEL:
        return words("the level is lower than %(level)s", level=wait.on)
    if wait.kind is WaitKind.DATE:
        anchor = playbook.anchors.get(wait.on)
        return words("a date is not set: %(name)s", name=(anchor.name if anchor else "") or wait.on)
    if wait.kind is WaitKind.CONDITION:
        return words("its condition does not hold: %(condition)s", condition=wait.on)
    if wait.kind is WaitKind.STOPPED:
        return words("the incident is stood down")
    return words("its time has not come")

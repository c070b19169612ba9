"""What is going on now, what is late, what comes next? The board, and the list of tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from fastapi.responses import Response

from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.timeline import EntryKind, Occurrence, OccurrenceState, PhaseState
from responder.core.playbook.entries import Decision
from responder.core.statement import StatementState
from responder.engine.situation.errands import Errand, ErrandKind
from responder.engine.situation.people import Act
from responder.web.pages.frames import frame_of, tabs_of, waiting_statements
from responder.web.pages.log_words import address_of
from responder.web.pages.promise import NextUpdate, next_update
from responder.web.pages.queries import Desk, open_desk, title_of
from responder.web.pages.roles import RoleLine, role_lines
from responder.web.pages.sending_lines import SendingLine, sending_lines
from responder.web.pages.shapes import Option, Row, Stamp, State, is_late, stamp, state_of
from responder.web.visits import Door, Visitor
from responder.web.words import Words

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}")
_NEAR = timedelta(minutes=30)
_LISTED = 60


@dataclass(frozen=True, slots=True)
class PhaseLine:
    """One phase on the line of phases."""

    name: str
    language: str
    state: State
    stamp: Stamp | None
    current: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A decision that waits; its answers are given on its own page."""

    href: str
    state: State
    title: str
    language: str
    question: str
    who: str
    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class StatementLine:
    """A statement that waits for somebody."""

    href: str
    title: str
    language: str
    state: State
    note: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Somebody is asked whether a phase, or the incident, can be closed."""

    href: str
    title: str
    language: str
    who: str
    met: bool
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class BoardPage:
    """The board. `confirm` is set while a second person has to confirm the activation."""

    home: str
    moment: str
    zone: str
    confirm: bool
    stood_down: bool
    may_act: bool
    may_stop: bool
    next_update: NextUpdate
    phases: tuple[PhaseLine, ...]
    late: tuple[Row, ...]
    near: tuple[Row, ...]
    later: tuple[Row, ...]
    done: tuple[Row, ...]
    questions: tuple[Question, ...]
    asks: tuple[Ask, ...]
    statements: tuple[StatementLine, ...]
    sending: tuple[SendingLine, ...]
    roles: tuple[RoleLine, ...]
    answered: str


@dataclass(frozen=True, slots=True)
class TasksPage:
    """The entries of an incident, or only those of the person who looks."""

    home: str
    mine: bool
    late: tuple[Row, ...]
    open: tuple[Row, ...]
    waiting: tuple[Row, ...]
    done: tuple[Row, ...]


@door.get("", act=Act.READ)
def now(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    page = _board(here.words, desk, here)
    return here.show(
        "now.html",
        page,
        frame=frame_of(here.words, desk),
        tabs=tabs_of(here.words, desk, ""),
        live_parts=True,
    )


@door.get("/tasks", act=Act.READ)
def tasks(incident: str, here: Visitor, *, mine: bool = False) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    own = set(here.me.roles) | set(desk.situation.roster.roles_of(here.me.id))
    found = [
        one
        for one in desk.situation.timeline.occurrences
        if one.kind is not EntryKind.MESSAGE and (not mine or one.owner in own)
    ]
    return here.show(
        "tasks.html",
        _tasks(
            here.words, desk, found, errands=errand_rows(here.words, desk, own if mine else None), mine=mine
        ),
        frame=frame_of(here.words, desk),
        tabs=tabs_of(here.words, desk, "tasks"),
    )


def row_of(words: Words, desk: Desk, one: Occurrence) -> Row:
    """An occurrence as one line of a timetable."""
    situation = desk.situation
    entry = situation.playbook.entries[one.key.entry]
    moment = one.finished or one.due or one.opened or one.planned
    holders = desk.standing_for(one.owner)
    role = situation.playbook.roles.get(one.owner)
    code = entry.code if one.key.item is None else f"{entry.code}/{one.key.item}"
    return Row(
        stamp=stamp(words, moment, situation.now) if moment else None,
        state=state_of(words, one, situation.now),
        title=title_of(desk, one.key),
        language=situation.playbook.language,
        role=role.title if role else one.owner,
        who=holders[0] if holders else words("nobody holds this role"),
        href=entry_address(desk, one),
        note=_note(words, desk, one),
        code=code if entry.code else "",
    )


def errand_rows(words: Words, desk: Desk, roles: set[str] | None = None) -> tuple[Row, ...]:
    """What is still to be done about statements, as tasks; with `roles` only theirs."""
    return tuple(
        _errand(words, desk, errand) for errand in desk.errands if roles is None or errand.role in roles
    )


def _errand(words: Words, desk: Desk, errand: Errand) -> Row:
    _ = words
    playbook = desk.situation.playbook
    name = title_of(desk, OccurrenceKey.parse(errand.occurrence))
    language = _.name_of(errand.language) if errand.language else ""
    title = (
        _("Finish in %(language)s: %(name)s", language=language, name=name)
        if errand.kind is ErrandKind.LANGUAGE
        else _("Look again at what was sent: %(name)s", name=name)
    )
    holders = desk.standing_for(errand.role)
    role = playbook.roles.get(errand.role)
    return Row(
        stamp=stamp(words, errand.since, desk.situation.now),
        state=State("soon", _("To do")),
        title=title,
        language=words.tag,
        role=role.title if role else errand.role,
        who=holders[0] if holders else words("nobody holds this role"),
        href=f"{desk.home}/statements/{errand.statement}",
    )


def entry_address(desk: Desk, one: Occurrence) -> str:
    """Where an occurrence is dealt with; `#` cannot stand in a path."""
    return f"{desk.home}/entries/{address_of(one.key)}"


def _note(words: Words, desk: Desk, one: Occurrence) -> str:
    entry = desk.situation.playbook.entries[one.key.entry]
    blocked = [
        desk.situation.playbook.entries[name].title
        for name in entry.blocks
        if name in desk.situation.playbook.entries
    ]
    if "messages" in entry.blocks:
        blocked.append(words("every message"))
    if one.open and blocked:
        return words("Holds back: %(what)s", what=words.listed(blocked))
    if one.due_cleared:
        return words("Its date was cleared")
    return ""


def _board(words: Words, desk: Desk, here: Visitor) -> BoardPage:
    situation = desk.situation
    work = [one for one in situation.timeline.occurrences if one.kind in (EntryKind.TASK, EntryKind.GATE)]
    late, near, later, done = _sorted(work, desk)
    answered = {call.person for call in desk.calls if call.answered}
    called = {call.person for call in desk.calls}
    return BoardPage(
        home=desk.home,
        moment=words.full(situation.now),
        zone=words("%(city)s time", city=situation.city.name),
        confirm=situation.incident.started is None,
        stood_down=situation.incident.stood_down is not None,
        may_act=here.may(Act.RUN_INCIDENT),
        may_stop=here.may(Act.STOP),
        next_update=next_update(words, desk),
        phases=_phases(words, desk),
        late=_rows(words, desk, late),
        near=(*errand_rows(words, desk), *_rows(words, desk, near)),
        later=_rows(words, desk, later[:_LISTED]),
        done=_rows(words, desk, done[:_LISTED]),
        questions=_questions(words, desk),
        asks=_asks(words, desk),
        statements=_statements(words, desk),
        sending=sending_lines(words, desk),
        roles=role_lines(words, desk),
        answered=words(
            "%(some)s of %(all)s have answered",
            some=words.number(len(answered)),
            all=words.number(len(called)),
        ),
    )


def _sorted(work: Sequence[Occurrence], desk: Desk) -> tuple[list[Occurrence], ...]:
    now = desk.situation.now
    open_ = [one for one in work if one.open]
    waiting = [one for one in work if one.state is OccurrenceState.WAITING and one.planned]
    late = [one for one in open_ if is_late(one, now)]
    near = [one for one in open_ if one not in late]
    near += [one for one in waiting if one.planned and timedelta() < one.planned - now <= _NEAR]
    later = [one for one in waiting if one not in near]
    done = [one for one in work if one.finished]
    far = now + timedelta(days=36500)
    near.sort(key=lambda one: (one.due or one.planned or far, str(one.key)))
    later.sort(key=lambda one: (one.planned or far, str(one.key)))
    late.sort(key=lambda one: (one.due or far, str(one.key)))
    done.sort(key=lambda one: one.finished or now, reverse=True)
    return late, near, later, done


def _rows(words: Words, desk: Desk, found: Sequence[Occurrence]) -> tuple[Row, ...]:
    return tuple(row_of(words, desk, one) for one in found)


def _phases(words: Words, desk: Desk) -> tuple[PhaseLine, ...]:
    playbook, now = desk.situation.playbook, desk.situation.now
    marks = {
        PhaseState.WAITING: State("next", words("Next")),
        PhaseState.OPEN: State("now", words("Open now")),
        PhaseState.CLOSED: State("good", words("Closed")),
    }
    lines = []
    for view in desk.situation.timeline.phases.values():
        moment = view.closed or view.opened or view.planned
        lines.append(
            PhaseLine(
                name=playbook.phases[view.id].name or view.id,
                language=playbook.language,
                state=marks[view.state],
                stamp=stamp(words, moment, now) if moment else None,
                current=view.state is PhaseState.OPEN,
            )
        )
    return tuple(lines)


def _questions(words: Words, desk: Desk) -> tuple[Question, ...]:
    found = [one for one in desk.situation.timeline.open if one.kind is EntryKind.DECISION]
    made = []
    for one in found:
        row = row_of(words, desk, one)
        entry = desk.situation.playbook.entries[one.key.entry]
        if not isinstance(entry, Decision):
            continue
        state = row.state
        if row.stamp and one.due and not is_late(one, desk.situation.now):
            due = words("Due %(time)s, %(relative)s", time=row.stamp.text, relative=row.stamp.relative)
            state = State(state.mark, due)
        made.append(
            Question(
                href=row.href,
                state=state,
                title=row.title,
                language=row.language,
                question=entry.question or row.title,
                who=f"{row.role}, {row.who}",
                options=tuple(Option(value, label) for value, label in entry.options.items()),
            )
        )
    return tuple(made)


def _asks(words: Words, desk: Desk) -> tuple[Ask, ...]:
    playbook = desk.situation.playbook
    made = []
    for ask in desk.situation.timeline.asks:
        phase = playbook.phases.get(ask.phase) if ask.phase else None
        role = playbook.roles.get(ask.by)
        holders = desk.standing_for(ask.by)[:1]
        made.append(
            Ask(
                href=f"{desk.home}/phases/{ask.phase}" if ask.phase else f"{desk.home}/stand-down",
                title=(phase.name or phase.id) if phase else desk.row.title,
                language=playbook.language,
                who=", ".join([role.title if role else ask.by, *holders]),
                met=ask.met,
                stamp=stamp(words, ask.at, desk.situation.now),
            )
        )
    return tuple(made)


def _statements(words: Words, desk: Desk) -> tuple[StatementLine, ...]:
    _ = words
    marks = {
        StatementState.DRAFT: (State("next", _("Draft")), _("Being written. Nobody was asked to sign yet.")),
        StatementState.SUBMITTED: (State("soon", _("Waits for signatures")), ""),
        StatementState.APPROVED: (State("now", _("Signed, not sent")), _("It can be sent now.")),
    }
    return tuple(
        StatementLine(
            href=f"{desk.home}/statements/{one.id}",
            title=title_of(desk, OccurrenceKey.parse(one.occurrence)),
            language=desk.situation.playbook.language,
            state=marks[one.state][0],
            note=marks[one.state][1],
        )
        for one in waiting_statements(desk)
    )


def _tasks(
    words: Words, desk: Desk, found: Sequence[Occurrence], *, errands: tuple[Row, ...], mine: bool
) -> TasksPage:
    late, near, later, done = _sorted(found, desk)
    return TasksPage(
        home=desk.home,
        mine=mine,
        late=_rows(words, desk, late),
        open=(*errands, *_rows(words, desk, near)),
        waiting=_rows(words, desk, later[: 4 * _LISTED]),
        done=_rows(words, desk, done[: 4 * _LISTED]),
    )

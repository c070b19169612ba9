"""What stands around every page of an incident? The mode, the incident, where it is, and the doors."""

from __future__ import annotations

from responder.core.broadcast import ENDED, BroadcastState
from responder.core.incident.timeline import EntryKind, PhaseState
from responder.core.statement import Statement, StatementState
from responder.core.terms import Mode
from responder.web.pages.queries import Desk
from responder.web.pages.shapes import is_late
from responder.web.rendering import Frame, Tab
from responder.web.words import Words

__all__ = ["frame_of", "house_tabs", "phases_open", "tabs_of", "waiting_statements"]

_WAITING = (StatementState.DRAFT, StatementState.SUBMITTED, StatementState.APPROVED)


def frame_of(words: Words, desk: Desk) -> Frame:
    """The band: mode, title, level and phase, how long it has run."""
    situation = desk.situation
    return Frame(
        incident=desk.id,
        title=desk.row.title,
        home=desk.home,
        drill=situation.mode is Mode.EXERCISE,
        place=_place(words, desk),
        elapsed=_elapsed(words, desk),
        fast=_fast(words, desk),
    )


def tabs_of(words: Words, desk: Desk, current: str) -> tuple[Tab, ...]:
    """The doors of an incident, with what waits behind each."""
    _ = words
    now, timeline = desk.situation.now, desk.situation.timeline
    tasks = [one for one in timeline.open if one.kind is not EntryKind.MESSAGE]
    late = any(is_late(one, now) for one in tasks)
    waiting = len(waiting_statements(desk))
    running = sum(one.broadcast.state not in {*ENDED, BroadcastState.COMPLETING} for one in desk.progress)
    doors = (
        Tab(desk.home, _("Now")),
        Tab(f"{desk.home}/tasks", _("Tasks"), count=len(tasks), late=late),
        Tab(f"{desk.home}/statements", _("Statements"), count=waiting),
        Tab(f"{desk.home}/broadcasts", _("Send"), count=running),
        Tab(f"{desk.home}/log", _("Log"), wide_only=True),
        Tab(f"{desk.home}/people", _("People"), wide_only=True),
        Tab(f"{desk.home}/report", _("Report"), wide_only=True),
        Tab(f"{desk.home}/more", _("More")),
    )
    return tuple(
        Tab(
            door.href,
            door.word,
            current=door.href == f"{desk.home}/{current}".rstrip("/"),
            count=door.count,
            late=door.late,
            wide_only=door.wide_only,
        )
        for door in doors
    )


def waiting_statements(desk: Desk) -> tuple[Statement, ...]:
    """Statements that wait for somebody. A draft whose message was skipped or overtaken waits for nobody."""
    open_ = {str(one.key) for one in desk.situation.timeline.open}
    return tuple(one for one in desk.statements if one.state in _WAITING and one.occurrence in open_)


def house_tabs(words: Words, current: str) -> tuple[Tab, ...]:
    """The doors outside of any incident."""
    _ = words
    doors = (
        ("/", _("Incidents")),
        ("/activate", _("Activate")),
        ("/mine", _("My tasks")),
        ("/people", _("People")),
    )
    return tuple(Tab(href, word, current=href == current) for href, word in doors)


def phases_open(desk: Desk) -> tuple[str, ...]:
    """The names of the phases that are open now."""
    playbook = desk.situation.playbook
    return tuple(
        playbook.phases[view.id].name or view.id
        for view in desk.situation.timeline.phases.values()
        if view.state is PhaseState.OPEN and view.id in playbook.phases
    )


def _place(words: Words, desk: Desk) -> str:
    parts = []
    if desk.situation.incident.level:
        parts.append(words("Level %(level)s", level=desk.situation.incident.level))
    parts += phases_open(desk)
    if desk.situation.incident.stood_down:
        parts = [words("Stood down")]
    return " · ".join(parts)


def _elapsed(words: Words, desk: Desk) -> str:
    started = desk.situation.incident.started
    if started is None:
        return words("Waits for a second person")
    return words(
        "%(span)s since %(time)s",
        span=words.span(desk.situation.now - started),
        time=words.near(started, desk.situation.now),
    )


def _fast(words: Words, desk: Desk) -> str:
    rate = desk.situation.incident.clock.rate
    return words("the clock runs %(times)s times as fast", times=words.number(rate)) if rate != 1 else ""

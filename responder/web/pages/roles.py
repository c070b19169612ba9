"""Who holds which role, have they answered, and how do their tasks stand?"""

from __future__ import annotations

from dataclasses import dataclass

from responder.core.incident.timeline import RUNG_OPENED, EntryKind, Occurrence, OccurrenceState
from responder.engine.ports.incidents import CallState
from responder.web.pages.queries import Desk
from responder.web.pages.shapes import Stamp, State, is_late, stamp
from responder.web.words import Words

__all__ = ["RoleLine", "role_lines"]

_MARKED = 12


@dataclass(frozen=True, slots=True)
class RoleLine:
    """A role: its holder, whether they answered, one mark a task, and what is due next."""

    role: str
    language: str
    holder: str
    state: State | None
    marks: tuple[str, ...]
    tally: str
    next_due: Stamp | None


def role_lines(words: Words, desk: Desk) -> tuple[RoleLine, ...]:
    """The roles that own anything planned, in the order of the playbook."""
    playbook = desk.situation.playbook
    owned: dict[str, list[Occurrence]] = {}
    for one in desk.situation.timeline.occurrences:
        if one.kind is not EntryKind.MESSAGE and one.state is not OccurrenceState.NOT_NEEDED:
            owned.setdefault(one.owner, []).append(one)
    return tuple(_line(words, desk, role, owned[role]) for role in playbook.roles if role in owned)


def _line(words: Words, desk: Desk, role: str, work: list[Occurrence]) -> RoleLine:
    situation = desk.situation
    holders = situation.roster.of(role)
    marks = tuple(
        sorted((_mark(one, desk) for one in work), key=("good", "late", "now", "next", "off").index)
    )
    open_ = [one.due for one in work if one.open and one.due]
    return RoleLine(
        role=situation.playbook.roles[role].title,
        language=situation.playbook.language,
        holder=desk.name(holders[0]) if holders else words("nobody holds this role"),
        state=_answer(words, desk, holders),
        marks=marks[:_MARKED],
        tally=words(
            "%(late)s late, %(now)s started, %(next)s planned, %(good)s done",
            **{mark: words.number(marks.count(mark)) for mark in ("late", "now", "next", "good")},
        ),
        next_due=stamp(words, min(open_), situation.now) if open_ else None,
    )


def _mark(one: Occurrence, desk: Desk) -> str:
    if is_late(one, desk.situation.now):
        return "late"
    if one.open:
        return "now"
    return {OccurrenceState.DONE: "good", OccurrenceState.WAITING: "next"}.get(one.state, "off")


def _answer(words: Words, desk: Desk, holders: tuple[str, ...]) -> State | None:
    calls = [call for call in desk.calls if call.person in holders and call.state is not CallState.CLOSED]
    if not calls:
        return None
    answered = [call.answered for call in calls if call.answered]
    if answered:
        return State("good", words("answered %(time)s", time=words.near(max(answered), desk.situation.now)))
    if any(call.rung > RUNG_OPENED for call in desk.calls if call.role == calls[0].role):
        return State("late", words("no answer, others were called"))
    return State("soon", words("called, no answer yet"))

"""Of which values are page contexts made? Moments, states, rows, questions, bars: already in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from responder.core.broadcast import DeliveryState
from responder.core.facts import FactType, FactValue
from responder.core.incident.timeline import Occurrence, OccurrenceState
from responder.core.playbook.model import FactDefinition
from responder.web.words import Words

__all__ = [
    "Bar",
    "Option",
    "Piece",
    "Question",
    "Row",
    "Stamp",
    "State",
    "bar_of",
    "is_late",
    "question_of",
    "shown",
    "stamp",
    "state_of",
]

_SOON = timedelta(minutes=30)
_NOT_LATE_YET = timedelta(minutes=1)
"""Who is seconds behind is on time: people read minutes."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment: for machines, in words, and relative to now (beside the absolute, never alone)."""

    iso: str
    text: str
    relative: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Colour and shape (`mark`) and word, always the three."""

    mark: str
    word: str


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a timetable: time, what, who, action. `language` is that of `title` and `role`."""

    stamp: Stamp | None
    state: State
    title: str
    language: str
    role: str
    who: str
    href: str
    note: str = ""
    code: str = ""
    verb: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of several."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Question:
    """One blank of a form. `name` is the field; `values` the chosen ones where several may be."""

    name: str
    label: str
    kind: str
    language: str
    required: bool = False
    hint: str = ""
    value: str = ""
    values: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of an outcome bar, in percent of its width, counted from the side where reading starts."""

    kind: str
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """The outcome of a broadcast as one picture; `label` holds the same figures in words."""

    pieces: tuple[Piece, ...]
    label: str


def stamp(words: Words, moment: datetime, now: datetime | None = None) -> Stamp:
    """A moment in the city's zone; with `now` also the relative time."""
    text = words.near(moment, now) if now else words.clock(moment)
    return Stamp(moment.isoformat(), text, words.relative(moment, now) if now else "")


def state_of(words: Words, occurrence: Occurrence, now: datetime) -> State:
    """How an occurrence stands, as mark and word."""
    _ = words
    if occurrence.state is OccurrenceState.OPEN:
        return _open_state(words, occurrence, now)
    if occurrence.state is OccurrenceState.WAITING and occurrence.planned and occurrence.planned <= now:
        return State("lock", _("Waits"))
    return {
        OccurrenceState.WAITING: State("next", _("Next")),
        OccurrenceState.DONE: State("good", _("Done")),
        OccurrenceState.SKIPPED: State("off", _("Skipped")),
        OccurrenceState.MISSED: State("off", _("Replaced by a newer one")),
        OccurrenceState.NOT_NEEDED: State("off", _("Not needed")),
    }[occurrence.state]


def is_late(occurrence: Occurrence, now: datetime) -> bool:
    """Whether it is late by a minute at least."""
    return occurrence.late(now) and occurrence.due is not None and now - occurrence.due >= _NOT_LATE_YET


def _open_state(words: Words, occurrence: Occurrence, now: datetime) -> State:
    _ = words
    if occurrence.due and is_late(occurrence, now):
        return State("late", _("Late %(span)s", span=words.span(now - occurrence.due)))
    if occurrence.acknowledged:
        return State("now", _("Started"))
    if occurrence.due and occurrence.due - now <= _SOON:
        return State("soon", _("Due soon"))
    return State("now", _("Open now"))


def question_of(
    words: Words, name: str, fact: FactDefinition, *, language: str, areas: Mapping[str, str], required: bool
) -> Question:
    """The blank in which a fact is asked for."""
    _ = words
    options: tuple[Option, ...] = ()
    if fact.type is FactType.FLAG:
        options = (Option("yes", _("Yes")), Option("no", _("No")))
    elif fact.type is FactType.CHOICE:
        options = tuple(Option(value, label) for value, label in fact.options.items())
    elif fact.type is FactType.AREAS:
        options = tuple(Option(value, label) for value, label in areas.items())
    hints = {FactType.LIST: _("One on each line"), FactType.NUMBER: _("Digits only")}
    return Question(
        name=name,
        label=fact.name or fact.id.replace("_", " "),
        kind=fact.type.value,
        language=language,
        required=required,
        hint=hints.get(fact.type, ""),
        options=options,
    )


def shown(words: Words, value: FactValue | None, fact: FactDefinition | None = None) -> str:
    """A fact's value as people read it."""
    _ = words
    if value is None:
        return _("not known")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return words.full(value)
    if isinstance(value, tuple):
        return words.listed(value)
    if isinstance(value, int | float):
        return words.number(value)
    if fact and fact.type is FactType.CHOICE:
        return fact.options.get(str(value), str(value))
    return str(value)


_KINDS = (
    ("delivered", (DeliveryState.DELIVERED,)),
    ("accepted", (DeliveryState.ACCEPTED, DeliveryState.SENT)),
    ("failed", (DeliveryState.FAILED,)),
    ("unknown", (DeliveryState.UNKNOWN,)),
)


def bar_of(words: Words, counts: Mapping[DeliveryState, int]) -> Bar:
    """The outcome bar over the rows that were meant to be sent; mirrored where one reads from the right."""
    _ = words
    meant = sum(count for state, count in counts.items() if state is not DeliveryState.SKIPPED) or 1
    pieces: list[Piece] = []
    at = 0.0
    figures: dict[str, int] = {}
    for kind, states in _KINDS:
        figures[kind] = sum(counts.get(state, 0) for state in states)
        width = round(100 * figures[kind] / meant, 2)
        if figures[kind]:
            x = round(100 - at - width, 2) if words.dir == "rtl" else round(at, 2)
            pieces.append(Piece(kind, x, width))
            at += width
    waiting = counts.get(DeliveryState.PENDING, 0) + counts.get(DeliveryState.HANDING_OVER, 0)
    label = _(
        "%(delivered)s delivered, %(accepted)s accepted, %(failed)s failed, "
        "%(unknown)s unknown, %(waiting)s waiting",
        waiting=words.number(waiting),
        **{kind: words.number(count) for kind, count in figures.items()},
    )
    return Bar(tuple(pieces), label)

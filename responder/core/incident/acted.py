"""What can happen to an entry's occurrence? The events of the log about what is done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from responder.core.incident.occurrence import OccurrenceKey

__all__ = [
    "DecisionAnswered",
    "EntryAcknowledged",
    "EntryDone",
    "EntryEscalated",
    "EntryOpened",
    "EntrySkipped",
    "GateAnswered",
]


@dataclass(frozen=True, slots=True)
class EntryOpened:
    """An occurrence opened at `at`: by the clock as planned, or by a person's hand."""

    occurrence: OccurrenceKey
    at: datetime
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class EntryAcknowledged:
    """Somebody said: I have it."""

    occurrence: OccurrenceKey


@dataclass(frozen=True, slots=True)
class EntryDone:
    """A task was done. `evidence` names files or links, `learned` the facts learned with it."""

    occurrence: OccurrenceKey
    note: str = ""
    evidence: tuple[str, ...] = ()
    learned: tuple[str, ...] = ()
    checklist: Mapping[str, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class EntrySkipped:
    """A person decided that this is not done, and why."""

    occurrence: OccurrenceKey
    reason: str


@dataclass(frozen=True, slots=True)
class EntryEscalated:
    """A rung of the ladder fired: 1 is the first rung, RUNG_LATE (-1) the news that it is late."""

    occurrence: OccurrenceKey
    rung: int
    to: str


@dataclass(frozen=True, slots=True)
class DecisionAnswered:
    """A question was answered; `by_clock` when nobody did and the default was taken at its due."""

    occurrence: OccurrenceKey
    option: str
    reason: str = ""
    dissent: str = ""
    by_clock: bool = False


@dataclass(frozen=True, slots=True)
class GateAnswered:
    """The points of a gate: each `yes`, `no` or `not_applicable`, with notes.

    A `no` needs an override: point → reason, by the actor. Without it the gate is not passed.
    """

    occurrence: OccurrenceKey
    answers: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        return all(answer != "no" or point in self.overrides for point, answer in self.answers.items())

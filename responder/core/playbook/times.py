"""About when does each thing come? Estimates from the file alone, for advice and for putting in order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta

from responder.core.playbook.entries import Entry
from responder.core.playbook.graph import default_at
from responder.core.playbook.model import Playbook
from responder.core.playbook.moment import BaseKind, Moment, parse_moment

__all__ = ["Times", "in_order"]


def in_order(playbook: Playbook, entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Entries about as they come; those that nobody can tell stand last, in the order of the file."""
    times = Times(playbook, roughly=True)
    late = timedelta(days=100_000)

    def comes(entry: Entry) -> timedelta:
        opens = times.opens(entry)
        return late if opens is None else opens

    return tuple(sorted(entries, key=comes))


class Times:
    """About when things open and are due, counted from the activation; None where nobody can tell.

    What has `@` or `on` cannot be compared to the minute and is None too, unless `roughly` is wanted.
    """

    def __init__(self, playbook: Playbook, *, roughly: bool = False) -> None:
        self.roughly = roughly
        self.playbook = playbook
        self.known: Mapping[str, Entry] = playbook.entries
        self.asked: set[tuple[str, str]] = set()

    def opens(self, entry: Entry) -> timedelta | None:
        moments = entry.at or (parse_moment(default_at(entry)),)
        return self._moment(moments[0], entry) if len(moments) == 1 else None

    def due(self, entry: Entry) -> timedelta | None:
        if entry.due is None:
            return None
        return self._moment(entry.due, entry)

    def _moment(self, moment: Moment, entry: Entry | None) -> timedelta | None:
        if not self.roughly and (moment.on is not None or moment.hour is not None):
            return None
        base = self._base(moment, entry)
        if base is None:
            return None
        return sum((offset.sign * offset.duration.rough for offset in moment.offsets), base)

    def _base(self, moment: Moment, entry: Entry | None) -> timedelta | None:
        kind, id_ = moment.base.kind, moment.base.id
        if kind is BaseKind.ACTIVATED:
            return timedelta()
        key = (kind, entry.id if kind is BaseKind.OPENED and entry else id_)
        if key in self.asked:
            return None  # a circle, reported elsewhere
        self.asked.add(key)
        try:
            if kind is BaseKind.OPENED:
                return self.opens(entry) if entry else None
            if kind is BaseKind.PHASE_OPENED and id_ in self.playbook.phases:
                phase = self.playbook.phases[id_]
                return self._moment(phase.opens, None) if phase.opens else timedelta()
            if kind.of_entry and id_ in self.known:
                return self.due(self.known[id_])
            return None
        finally:
            self.asked.discard(key)

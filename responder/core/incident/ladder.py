"""Who is called when nobody answers? The rungs of an occurrence, and the people on them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from responder.core.incident.stand import Live, Stand, Track
from responder.core.incident.state import OccurrenceRecord
from responder.core.incident.timeline import RUNG_LATE, Rung
from responder.core.playbook.entries import DEPUTY, Decision, Message
from responder.core.playbook.model import Playbook
from responder.core.playbook.roles import bench, ladder
from responder.core.terms import Bench, Roster

__all__ = ["Caller", "carriers", "rungs_of"]


def carriers(playbook: Playbook, roster: Roster, role: str) -> tuple[str, ...]:
    """Who carries a role now: see `Caller.carriers`."""
    return Caller(playbook, roster).carriers(role)


class Caller:
    """Knows who carries a role, and who is next when they are silent."""

    def __init__(self, playbook: Playbook, roster: Roster) -> None:
        self.playbook = playbook
        self.roster = roster

    def carriers(self, role: str) -> tuple[str, ...]:
        """Its holders; when nobody holds it, the fallback carries it; else the deputies act.

        For an outside role without an account: those who record its word.
        """
        found = self._bench(role)
        if found.outside and not found.holders:
            return found.via_people
        return found.holders or self._first_fallback(role) or found.deputies or found.fallback

    def people_for(self, to: str, owner: str, tried: set[str], *, late: bool) -> tuple[str, ...]:
        """The people of one rung; `deputy` is the next untried of the owner's own, else the fallback."""
        if late:
            return self.carriers(owner)
        if to != DEPUTY:
            return self.carriers(to)
        found = self._bench(owner)
        untried = [person for person in (*found.holders, *found.deputies) if person not in tried]
        if untried:
            return (untried[0],)
        return tuple(person for person in self._first_fallback(owner) if person not in tried)

    def _bench(self, role: str) -> Bench:
        return bench(self.playbook, self.roster, role)

    def _first_fallback(self, role: str) -> tuple[str, ...]:
        """The holders of the nearest fallback role that somebody holds."""
        seen = {role}
        definition = self.playbook.roles.get(role)
        while definition is not None and definition.fallback is not None and definition.fallback not in seen:
            seen.add(definition.fallback)
            held = self.roster.of(definition.fallback)
            if held:
                return held
            definition = self.playbook.roles.get(definition.fallback)
        return ()


def rungs_of(stand: Stand, track: Track, live: Live, record: OccurrenceRecord) -> tuple[Rung, ...]:
    """The ladder of an occurrence with its times, RUNG_LATE (the news that it is late) included.

    `after` counts from `opened` while nobody has acknowledged; `late` from `due` while it is not
    done; for a message from `ready` until it is signed, then from `due` until it is released.
    """
    due_at = stand.due(track, live)
    late_from = _late_from(stand, track, live, record)
    found = [
        Rung(number, to, at, number in record.rungs)
        for number, to, at in _steps(stand, track, live, late_from)
    ]
    waits_for_clock = isinstance(track.entry, Decision) and track.entry.default is not None
    if due_at is not None and not waits_for_clock:
        found.append(Rung(RUNG_LATE, track.entry.owner, due_at, RUNG_LATE in record.rungs))
    if record.acknowledged is None:
        return tuple(found)
    silent = {
        number for number, rung in enumerate(ladder(stand.playbook, track.entry), 1) if rung.after is not None
    }
    return tuple(rung for rung in found if rung.fired or rung.number not in silent)


def _steps(
    stand: Stand, track: Track, live: Live, late_from: datetime | None
) -> Iterator[tuple[int, str, datetime | None]]:
    for number, rung in enumerate(ladder(stand.playbook, track.entry), 1):
        if rung.after is not None:
            yield number, rung.to, stand.calendar.shift(live.opened, rung.after)
        elif rung.late is not None:
            at = None if late_from is None else stand.calendar.shift(late_from, rung.late)
            yield number, rung.to, at


def _late_from(stand: Stand, track: Track, live: Live, record: OccurrenceRecord) -> datetime | None:
    due_at = stand.due(track, live)
    if not isinstance(track.entry, Message) or record.signed is not None:
        return due_at
    ready = stand.ready(track, live)
    return ready if ready is not None else due_at

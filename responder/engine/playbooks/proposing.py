"""Which playbooks ask to be activated by now? They remind; nothing activates itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from responder.core.calendar import Calendar
from responder.core.errors import ResponderError
from responder.core.playbook import Playbook, parse_playbook
from responder.core.playbook.model import Proposal
from responder.core.playbook.moment import Base, round_off, start_of, step
from responder.core.terms import Mode
from responder.engine.playbooks.reading import read_city
from responder.engine.ports import Ports
from responder.engine.ports.contents import Content

__all__ = ["Reminder", "reminders"]

_KEY = b"propose:"
_MOST = 10_000
"""How many times a proposal comes round before nobody counts any more."""


@dataclass(frozen=True, slots=True)
class Reminder:
    """A playbook that asks to be activated since `since` (wall time), by somebody with one of these roles."""

    playbook: str
    name: str
    language: str
    since: datetime
    roles: tuple[str, ...]


def reminders(ports: Ports) -> tuple[Reminder, ...]:
    """What is proposed now, the longest first; a live activation since then answers it.

    Nothing is stored. A playbook that cannot be read reminds nobody: `playbook check` says why.
    """
    content, wall = ports.content, ports.clock.now()
    found: list[Reminder] = []
    with ports.store.read() as work:
        rows = [row for row in work.incidents.rows() if row.mode is Mode.LIVE]
    for playbook in _proposing(content):
        proposal = playbook.activation.propose
        since = _last(proposal, read_city(content).calendar, wall) if proposal is not None else None
        if since is None or any(row.playbook == playbook.id and row.created >= since for row in rows):
            continue
        roles = playbook.activation.by or tuple(filter(None, (playbook.owner,)))
        found.append(Reminder(playbook.id, playbook.name, playbook.language, since, roles))
    return tuple(sorted(found, key=lambda one: (one.since, one.playbook)))


def _proposing(content: Content) -> list[Playbook]:
    found = []
    for id_ in content.playbooks():
        if any(_KEY in file.data for file in content.playbook(id_)):
            try:
                found.append(parse_playbook(id_, content.playbook))
            except ResponderError:
                continue
    return found


def _last(proposal: Proposal, calendar: Calendar, wall: datetime) -> datetime | None:
    """The last time it came round; None when it has not come yet, or names no date."""

    def bases(_: Base) -> None:
        return None

    start = start_of(proposal.at, bases, calendar)
    last: datetime | None = None
    if start is None:
        return None
    for number in range(_MOST if proposal.every else 1):
        planned = round_off(proposal.at, step(start, proposal.every, number, calendar), calendar)
        if planned > wall:
            break
        last = planned
    return last

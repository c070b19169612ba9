"""How does a phase or an incident end, and begin again? Only by people, told first what will happen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from responder.core.errors import InvalidInput, NotFound, Refused
from responder.core.incident import NewEvent, Occurrence, OccurrenceKey, OccurrenceState, PhaseState
from responder.core.incident.event import PhaseClosed, Reopened, StoodDown
from responder.core.playbook import Playbook
from responder.engine.incidents.desk import require_role, require_running, require_seen, said
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.situation import Situation, change
from responder.engine.situation.people import Act

__all__ = ["ClosingPreview", "close_phase", "closing_preview", "reopen", "stand_down"]


@dataclass(frozen=True, slots=True)
class ClosingPreview:
    """What closing a phase does: which repeats end, what is dropped, what stays open, what still comes."""

    ends: tuple[str, ...]
    dropped: tuple[OccurrenceKey, ...]
    stays_open: tuple[OccurrenceKey, ...]
    still_comes: tuple[OccurrenceKey, ...]


def closing_preview(situation: Situation, phase: str) -> ClosingPreview:
    """What a person reads before they confirm the closing. Raises NotFound."""
    if phase not in situation.playbook.phases:
        raise _no_phase(situation.playbook, phase)
    inside = [one for one in situation.timeline.occurrences if one.phase == phase]
    entries = situation.playbook.entries
    repeats = tuple(id_ for id_, entry in entries.items() if entry.phase == phase and entry.repeat)
    ahead = [one for one in inside if one.opened is None and one.key.entry not in repeats]
    dropped = [one for one in ahead if _falls_away(situation, one)]
    return ClosingPreview(
        ends=repeats,
        dropped=tuple(one.key for one in dropped),
        stays_open=tuple(one.key for one in inside if one.open),
        still_comes=tuple(one.key for one in ahead if one not in dropped),
    )


def close_phase(ports: Ports, *, incident_id: str, phase: str, by: Person, reason: str = "") -> Situation:
    """Close a phase. It never opens again; what is open stays open."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        require_running(situation)
        found = situation.playbook.phases.get(phase)
        if found is None:
            raise _no_phase(situation.playbook, phase)
        state = situation.timeline.phases[phase].state
        if state is PhaseState.CLOSED:
            return ()
        if state is PhaseState.WAITING:
            raise Refused(f"{phase} has not opened yet.", mend="Only an open phase can be closed.")
        if found.closes is not None:
            require_role(situation, by, (found.closes.by,), called=None)
        return said(by, PhaseClosed(phase, reason.strip()))

    return change(ports, incident_id, decide)


def stand_down(ports: Ports, *, incident_id: str, by: Person, reason: str) -> Situation:
    """End the incident: nothing opens any more, nobody is called. Open statements stay as they are."""
    if not reason.strip():
        raise InvalidInput("A reason is missing.", mend="Why is it over?")

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.STAND_DOWN)
        if situation.incident.stood_down is not None:
            return ()
        closes = situation.playbook.closes
        if closes is not None and situation.incident.started is not None:
            require_role(situation, by, (closes.by,), called=None)
        return said(by, StoodDown(reason.strip()))

    return change(ports, incident_id, decide)


def reopen(ports: Ports, *, incident_id: str, by: Person, reason: str) -> Situation:
    """Let an incident that was stood down go on; what came due meanwhile opens now."""
    if not reason.strip():
        raise InvalidInput("A reason is missing.", mend="Why does it go on?")

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.STAND_DOWN)
        if situation.incident.stood_down is None:
            raise Refused("This incident was not stood down.", mend="It goes on already.")
        return said(by, Reopened(reason.strip()))

    return change(ports, incident_id, decide)


def _falls_away(situation: Situation, one: Occurrence) -> bool:
    come = one.planned is not None and one.planned <= situation.now
    return come and one.state is OccurrenceState.NOT_NEEDED


def _no_phase(playbook: Playbook, phase: str) -> NotFound:
    return NotFound(
        f"The playbook has no phase “{phase}”.", mend=f"Its phases: {', '.join(playbook.phases)}."
    )

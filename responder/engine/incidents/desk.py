"""Who may do what in an incident, and which occurrence is meant? What every act of this desk asks first."""

from __future__ import annotations

from collections.abc import Iterable

from responder.core.errors import InvalidInput, NotFound, Refused
from responder.core.incident import Actor, NewEvent, Occurrence, OccurrenceKey, OccurrenceState
from responder.core.incident.event import EventBody
from responder.core.playbook import Entry, Playbook, bench
from responder.core.terms import Marking, Roster
from responder.engine.ports.people import Permission, Person
from responder.engine.situation import Situation
from responder.engine.situation.people import Act, require

__all__ = [
    "entry_of",
    "may_see",
    "occurrence_of",
    "require_role",
    "require_running",
    "require_seen",
    "said",
    "stands_for",
]


def said(by: Person, *bodies: EventBody) -> tuple[NewEvent, ...]:
    """Events of one person."""
    return tuple(NewEvent(Actor.person(by.id), body) for body in bodies)


def may_see(situation: Situation, by: Person) -> bool:
    """A private incident is seen by the owner, the activators, and those called or in a role of it.

    The console sees it too: it has the database anyway.
    """
    if not (situation.incident.private or situation.playbook.marking is Marking.RED):
        return True
    return (by.machine and by.permission is Permission.ADMIN) or by.id in _named(situation)


def _named(situation: Situation) -> set[str]:
    incident, playbook = situation.incident, situation.playbook
    roles = [role for role in (playbook.owner, *playbook.activation.by) if role is not None]
    named = {person for role in roles for person in situation.roster.of(role)}
    named.add(incident.activated_by.id)
    if incident.confirmed_by is not None:
        named.add(incident.confirmed_by.id)
    named.update(person for takers in incident.roles.values() for person in takers)
    named.update(call.person for record in incident.occurrences.values() for call in record.calls)
    return named


def require_seen(situation: Situation, by: Person, act: Act) -> None:
    """Raises Refused when the act is not theirs, NotFound when they may not know of the incident."""
    require(by, act)
    if not may_see(situation, by):
        raise NotFound(
            f"There is no incident “{situation.incident_id}”.", mend="Look at: responder incident list."
        )


def require_running(situation: Situation) -> None:
    """Raises Refused before the activation is confirmed and after the stand-down."""
    if situation.incident.started is None:
        raise Refused("This activation is not confirmed yet.", mend="A second person confirms it first.")
    if situation.incident.stood_down is not None:
        raise Refused("This incident was stood down.", mend="Reopen it first.")


def stands_for(playbook: Playbook, roster: Roster, by: Person, roles: Iterable[str]) -> bool:
    """Whether a person can act for one of these roles: as holder, deputy, fallback, or recording for it.

    A machine has the roles of its token. An admin can act for every role; the log names them.
    """
    if by.permission is Permission.ADMIN:
        return True
    for role in roles:
        found = bench(playbook, roster, role)
        if by.id in (*found.everyone, *found.via_people) or by.holds(role):
            return True
    return False


def require_role(
    situation: Situation, by: Person, roles: Iterable[str], *, called: OccurrenceKey | None
) -> None:
    """Raises Refused when they act for none of these roles and were not called for this occurrence."""
    wanted = tuple(roles)
    if stands_for(situation.playbook, situation.roster, by, wanted):
        return
    record = None if called is None else situation.incident.occurrences.get(called)
    if record is not None and by.id in {call.person for call in record.calls}:
        return
    words = " or ".join(wanted)
    raise Refused(f"{by.name} does not act for {words}.", mend="Take the role first, or ask who holds it.")


def entry_of(situation: Situation, entry: str) -> Entry:
    """Raises NotFound for an id that the playbook does not have."""
    found = situation.playbook.entries.get(entry)
    if found is None:
        raise NotFound(f"The playbook has no entry “{entry}”.", mend="Look at: responder playbook show.")
    return found


def occurrence_of(
    situation: Situation, key: OccurrenceKey, *, states: Iterable[OccurrenceState] = (OccurrenceState.OPEN,)
) -> Occurrence:
    """The occurrence meant, if it is in one of these states. Raises NotFound, or Refused saying why not."""
    found = situation.timeline.find(key)
    if found is None:
        raise NotFound(f"There is no {key} in this incident.", mend="Look at: responder task list.")
    if found.state not in tuple(states):
        words = found.state.value.replace("_", " ")
        raise Refused(f"{key} is {words}.", mend="To do it now or again, open it by hand: that is a new one.")
    if found.opened is None:
        raise InvalidInput(f"{key} has not opened yet.", mend="Open it by hand.")
    return found

"""How does an incident learn? Facts, dates, levels, cases, roles, notes, and names that must not be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from responder.core.calendar import Calendar
from responder.core.errors import InvalidInput, NotFound, Refused
from responder.core.facts import FactValue
from responder.core.incident import NewEvent
from responder.core.incident.event import (
    AnchorSet,
    FactLearned,
    ItemAdded,
    ItemClosed,
    LevelChanged,
    Noted,
    RoleTaken,
    WordsRestricted,
)
from responder.core.playbook import FactDefinition, fact_value
from responder.engine.incidents.desk import require_role, require_running, require_seen, said
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.situation import Situation, change
from responder.engine.situation.people import Act
from responder.engine.situation.restricted import restricted_hashes

__all__ = [
    "add_item",
    "change_level",
    "close_item",
    "facts_learned",
    "item_fields",
    "learn_fact",
    "moment_of",
    "note",
    "parse_moment_text",
    "restrict_names",
    "set_anchor",
    "take_role",
]

Written = str | Sequence[str]
"""A value as people write it: one text, or several for lists and areas."""


_FURTHEST = timedelta(days=3653)


def learn_fact(
    ports: Ports,
    *,
    incident_id: str,
    fact: str,
    value: Written | None,
    by: Person,
    source: str = "",
    verified: bool = False,
    expires: datetime | None = None,
) -> Situation:
    """Something became known; None withdraws it. `expires` is incident time."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        if value is None:
            _definition(situation, fact)
            return said(by, FactLearned(fact, None, source=source.strip()))
        learned = facts_learned(situation, {fact: value}, source=source, verified=verified, expires=expires)
        return said(by, *learned)

    return change(ports, incident_id, decide)


def facts_learned(
    situation: Situation,
    written: Mapping[str, Written],
    *,
    source: str,
    verified: bool,
    expires: datetime | None = None,
) -> tuple[FactLearned, ...]:
    """Facts as people wrote them, typed. Raises InvalidInput or NotFound."""
    found = []
    for name, value in written.items():
        definition = _definition(situation, name)
        typed = fact_value(definition, value, situation.calendar, areas=situation.city.areas)
        end = expires
        if end is None and definition.expires is not None:
            end = situation.calendar.shift(situation.now, definition.expires)
        found.append(FactLearned(name, typed, verified, source.strip(), end))
    return tuple(found)


def set_anchor(ports: Ports, *, incident_id: str, anchor: str, at: datetime | None, by: Person) -> Situation:
    """Set, move, or with None clear a date. What has not opened is planned anew."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        definition = situation.playbook.anchors.get(anchor)
        if definition is None:
            names = ", ".join(situation.playbook.anchors) or "none"
            raise NotFound(f"The playbook has no anchor “{anchor}”.", mend=f"Its anchors: {names}.")
        if definition.set_by is not None:
            require_role(situation, by, (definition.set_by,), called=None)
        if at is not None and abs(at - situation.now) > _FURTHEST:
            # What repeats from this date is planned from there on: a slip of the year would hold all up.
            raise InvalidInput("This date is further than ten years away.", mend="Look at the year.")
        if situation.incident.anchors.get(anchor) == at:
            return ()
        return said(by, AnchorSet(anchor, None if at is None else at.astimezone(UTC)))

    return change(ports, incident_id, decide)


def change_level(ports: Ports, *, incident_id: str, level: str, by: Person, reason: str = "") -> Situation:
    """Raise or lower the level. Nothing that is open goes away."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        require_running(situation)
        levels = situation.playbook.levels
        if level not in levels:
            raise InvalidInput(f"“{level}” is not a level.", mend=f"Levels: {', '.join(levels) or 'none'}.")
        if situation.incident.level == level:
            return ()
        return said(by, LevelChanged(level, reason.strip()))

    return change(ports, incident_id, decide)


def add_item(
    ports: Ports, *, incident_id: str, register: str, fields: Mapping[str, Written], by: Person
) -> int:
    """A case enters a register; returns its number."""
    number: list[int] = []

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        require_running(situation)
        typed = item_fields(situation, register, fields)
        number[:] = [max(situation.incident.items.get(register, {}), default=0) + 1]
        return said(by, ItemAdded(register, number[0], typed))

    change(ports, incident_id, decide)
    return number[0]


def item_fields(situation: Situation, register: str, fields: Mapping[str, Written]) -> dict[str, FactValue]:
    """The fields of a case, typed. Raises InvalidInput or NotFound."""
    definition = situation.playbook.registers.get(register)
    if definition is None:
        names = ", ".join(situation.playbook.registers) or "none"
        raise NotFound(f"The playbook has no register “{register}”.", mend=f"Its registers: {names}.")
    unknown = [name for name in fields if name not in definition.fields]
    if unknown:
        names = ", ".join(definition.fields)
        raise InvalidInput(f"“{unknown[0]}” is not a field of {register}.", mend=f"Its fields: {names}.")
    areas = situation.city.areas
    return {
        name: fact_value(definition.fields[name], value, situation.calendar, areas=areas)
        for name, value in fields.items()
    }


def close_item(
    ports: Ports, *, incident_id: str, register: str, item: int, by: Person, reason: str = ""
) -> Situation:
    """A case is closed; its repeats end."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        found = situation.incident.items.get(register, {}).get(item)
        if found is None:
            raise NotFound(f"{register} has no item {item}.", mend="Look at: responder incident show.")
        if found.closed is not None:
            return ()
        return said(by, ItemClosed(register, item, reason.strip()))

    return change(ports, incident_id, decide)


def take_role(
    ports: Ports, *, incident_id: str, role: str, by: Person, person: str | None = None
) -> Situation:
    """Act in a role in this incident, or give it to another person; the log says who did."""

    def decide(work: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        if role not in situation.playbook.roles:
            names = ", ".join(situation.playbook.roles)
            raise NotFound(f"The playbook has no role “{role}”.", mend=f"Its roles: {names}.")
        taker = person or by.id
        if by.machine and person is None:
            raise Refused("Only a named person can take a role.", mend="Say who you are: --as NAME.")
        if not work.people.get(taker).active:
            raise Refused("Somebody who has left can not take a role.", mend="Name somebody else.")
        return said(by, RoleTaken(role, taker))

    return change(ports, incident_id, decide)


def note(ports: Ports, *, incident_id: str, text: str, by: Person) -> Situation:
    """A line in the log."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        if not text.strip():
            raise InvalidInput("The note is empty.", mend="Write what happened.")
        return said(by, Noted(text.strip()))

    return change(ports, incident_id, decide)


def restrict_names(ports: Ports, *, incident_id: str, names: Sequence[str], by: Person) -> int:
    """Names that no statement of this incident may hold; returns how many were new.

    Only keyed hashes of the normalised names are kept, and the log says only how many.
    """
    wanted = [name for name in names if name.strip()]
    if not wanted:
        raise InvalidInput("No name was given.", mend="Write one name a line.")
    new: list[int] = []

    def decide(work: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RESTRICT)
        hashes = [restricted_hashes(ports, incident_id, name) for name in wanted]
        new[:] = [sum(bool(work.incidents.restrict(incident_id, each)) for each in hashes)]
        return said(by, WordsRestricted(new[0])) if new[0] else ()

    change(ports, incident_id, decide)
    return new[0]


def parse_moment_text(situation: Situation, text: str) -> datetime:
    """A date and hour as people write it, in the time of this incident. See `moment_of`."""
    return moment_of(text, situation.calendar, situation.now)


def moment_of(text: str, calendar: Calendar, now: datetime) -> datetime:
    """A date and hour as people write it: ISO 8601, local time of the city without a zone, or `now`."""
    if text.strip() == "now":
        return now
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        mend = "Write YYYY-MM-DD HH:MM (local time), or now."
        raise InvalidInput(f"“{text}” is not a date and hour.", mend=mend) from None
    if moment.tzinfo is None:
        return calendar.instant(moment.date(), moment.time())
    return moment.astimezone(UTC)


def _definition(situation: Situation, fact: str) -> FactDefinition:
    found = situation.playbook.facts.get(fact)
    if found is None:
        names = ", ".join(situation.playbook.facts) or "none"
        raise NotFound(f"The playbook has no fact “{fact}”.", mend=f"Its facts: {names}.")
    return found

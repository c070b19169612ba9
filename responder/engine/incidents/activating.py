"""How does an incident begin? Activation, live or as an exercise, and the second person's confirmation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from responder.core.calendar import Calendar
from responder.core.city import City, parse_city
from responder.core.errors import InvalidInput, NotFound, Refused, Unparsable
from responder.core.facts import FactValue
from responder.core.incident import NewEvent
from responder.core.incident.event import Activated, ClockWound, Confirmed, EventBody, ItemAdded
from responder.core.playbook import Exercise, Playbook, PlaybookKind, fact_value, try_parse
from responder.core.playbook.model import Register
from responder.core.terms import Marking, Mode
from responder.engine.incidents.desk import require_seen, said, stands_for
from responder.engine.incidents.knowing import Written
from responder.engine.ports import Ports, Work
from responder.engine.ports.contents import CITY_FILE
from responder.engine.ports.people import Person
from responder.engine.situation import Situation, change
from responder.engine.situation.incident import begin
from responder.engine.situation.people import Act, require
from responder.engine.situation.pinning import keep, to_pin

__all__ = ["Activation", "activate", "confirm", "wind"]


@dataclass(frozen=True, slots=True)
class Activation:
    """What a person says when they activate.

    `facts` are written as people write them; `verified` names those of them that were checked.
    `exercise` is a script of the playbook (exercises only): its start is taken over where nothing
    else is said. `origin` (incident time) and `rate` are for exercises.
    """

    playbook: str
    mode: Mode
    title: str = ""
    level: str | None = None
    facts: Mapping[str, Written] = field(default_factory=dict)
    verified: frozenset[str] = frozenset()
    anchors: Mapping[str, datetime] = field(default_factory=dict)
    exercise: str | None = None
    origin: datetime | None = None
    rate: float | None = None


def activate(ports: Ports, *, wanted: Activation, by: Person) -> str:
    """Activate a playbook; returns the incident's id.

    Everything it runs on is pinned. A live incident whose playbook wants it waits for `confirm`.
    Raises Unparsable for a playbook with errors, Refused for who may not.
    """
    require(by, Act.ACTIVATE)
    parsed = try_parse(wanted.playbook, ports.content.playbook, known=ports.content.playbooks())
    if parsed.playbook is None or parsed.errors:
        raise Unparsable(parsed.errors)
    playbook = parsed.playbook
    city = parse_city(ports.content.read(CITY_FILE), CITY_FILE)
    files = to_pin(ports.content, parsed)
    _check(wanted, playbook)
    incident_id = ports.chance.new_id()
    with ports.store.begin() as work:
        if playbook.activation.by and not stands_for(
            playbook, work.people.roster(), by, playbook.activation.by
        ):
            roles = " or ".join(playbook.activation.by)
            raise Refused(f"{by.name} may not activate “{playbook.name}”.", mend=f"Ask who is {roles}.")
        body = _activated(wanted, playbook, city=city, pins=keep(work, files))
        begin(
            ports, work, incident_id=incident_id, new_events=said(by, body, *_cases(wanted, playbook, city))
        )
    ports.queue.nudge()
    return incident_id


def confirm(ports: Ports, *, incident_id: str, by: Person) -> Situation:
    """The second person's press: the incident starts now. Raises Refused for the same person."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.CONFIRM)
        incident = situation.incident
        if incident.started is not None:
            return ()
        if incident.activated_by.id == by.id:
            raise Refused("Who activated cannot confirm.", mend="A second person confirms.")
        roles = situation.playbook.activation.by
        if roles and not stands_for(situation.playbook, situation.roster, by, roles):
            raise Refused(f"{by.name} may not confirm.", mend=f"Ask who is {' or '.join(roles)}.")
        return said(by, Confirmed())

    return change(ports, incident_id, decide)


def wind(
    ports: Ports,
    *,
    incident_id: str,
    by: Person,
    to: datetime | None = None,
    ahead: timedelta | None = None,
    rate: float | None = None,
) -> Situation:
    """Wind the clock of an exercise forward to an incident time, or change how fast it runs."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        if situation.mode is not Mode.EXERCISE:
            raise Refused("Only the clock of an exercise can be wound.", mend="Live time is the wall's.")
        at = to or situation.now + (ahead or timedelta())
        if at < situation.now:
            raise InvalidInput("A clock is wound forward only.", mend="Give a later time.")
        if at - situation.now > _FURTHEST:
            # Everything that repeats is planned up to there: a slip of the year would hold all up.
            raise InvalidInput("A clock is wound by three years at most.", mend="Give an earlier time.")
        speed = rate if rate is not None else situation.incident.clock.rate
        if not 0 < speed <= _FASTEST:
            raise InvalidInput("That is no rate.", mend=f"Give a number above 0, at most {_FASTEST:,}.")
        return said(by, ClockWound(at.astimezone(UTC), speed))

    return change(ports, incident_id, decide)


_FASTEST = 100_000
_FURTHEST = timedelta(days=3 * 366)


def _check(wanted: Activation, playbook: Playbook) -> None:
    if playbook.kind is PlaybookKind.MODULE:
        raise InvalidInput(f"“{playbook.id}” is a module.", mend="Activate a playbook that extends it.")
    if wanted.level is not None and wanted.level not in playbook.levels:
        levels = ", ".join(playbook.levels) or "none"
        raise InvalidInput(f"“{wanted.level}” is not a level.", mend=f"Levels: {levels}.")
    _check_names("anchor", wanted.anchors, playbook.anchors)
    _check_names("fact", wanted.facts, playbook.facts)
    if wanted.mode is Mode.LIVE and (wanted.exercise or wanted.origin or wanted.rate):
        raise InvalidInput("A live incident runs on the wall's time.", mend="Activate it as an exercise.")
    if wanted.exercise is not None and wanted.exercise not in playbook.exercises:
        scripts = ", ".join(playbook.exercises) or "none"
        raise NotFound(f"There is no exercise “{wanted.exercise}”.", mend=f"Exercises: {scripts}.")
    if wanted.rate is not None and not 0 < wanted.rate <= _FASTEST:
        raise InvalidInput("That is no rate.", mend=f"Give a number above 0, at most {_FASTEST:,}.")


def _check_names(what: str, given: Iterable[str], known: Iterable[str]) -> None:
    names = tuple(known)
    for name in given:
        if name not in names:
            raise NotFound(
                f"The playbook has no {what} “{name}”.", mend=f"Its own: {', '.join(names) or 'none'}."
            )


def _script(wanted: Activation, playbook: Playbook) -> Exercise | None:
    return playbook.exercises.get(wanted.exercise) if wanted.exercise is not None else None


def _activated(wanted: Activation, playbook: Playbook, *, city: City, pins: Mapping[str, str]) -> Activated:
    script = _script(wanted, playbook)
    written: dict[str, Written] = dict(script.start.facts) if script is not None else {}
    written.update(wanted.facts)
    facts = {
        name: fact_value(playbook.facts[name], value, city.calendar, areas=city.areas)
        for name, value in written.items()
    }
    start_level = script.start.level if script is not None else None
    lowest = playbook.levels[0] if playbook.levels else ""
    verified = wanted.verified | (frozenset(script.start.facts) if script is not None else frozenset())
    speed = script.speed if script is not None else 1.0
    return Activated(
        mode=wanted.mode,
        playbook=playbook.id,
        title=wanted.title.strip() or playbook.name,
        pins=pins,
        level=wanted.level or start_level or lowest,
        facts=facts,
        anchors={name: at.astimezone(UTC) for name, at in wanted.anchors.items()},
        rate=wanted.rate or speed if wanted.mode is Mode.EXERCISE else 1.0,
        origin=wanted.origin.astimezone(UTC) if wanted.origin is not None else None,
        verified=tuple(sorted(verified & facts.keys())),
        awaits_confirmation=playbook.activation.confirm and wanted.mode is Mode.LIVE,
        private=playbook.marking is Marking.RED,
        exercise=wanted.exercise or "",
    )


def _cases(wanted: Activation, playbook: Playbook, city: City) -> tuple[EventBody, ...]:
    """The cases that are there from the start: from the city's registers, then from the script."""
    script = _script(wanted, playbook)
    found: list[EventBody] = []
    for id_, register in playbook.registers.items():
        items = [dict(item) for item in _from_city(register, city)]
        if script is not None:
            items += [dict(item) for item in script.start.items.get(id_, ())]
        for number, item in enumerate(items, 1):
            found.append(ItemAdded(id_, number, _typed(register, item, city.calendar)))
    return tuple(found)


def _from_city(register: Register, city: City) -> Sequence[Mapping[str, tuple[str, ...]]]:
    return (
        city.registers.get(register.source.removeprefix("city."), ()) if register.source is not None else ()
    )


def _typed(
    register: Register, item: Mapping[str, tuple[str, ...]], calendar: Calendar
) -> dict[str, FactValue]:
    """The fields the register knows; the city's own register may hold more."""
    return {
        name: fact_value(register.fields[name], value, calendar)
        for name, value in item.items()
        if name in register.fields
    }

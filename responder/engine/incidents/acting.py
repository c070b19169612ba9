"""What do people do with what is open? Acknowledge, do, skip, answer; and open what is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from responder.core.errors import InvalidInput, Refused
from responder.core.incident import RUNG_OPENED, NewEvent, OccurrenceKey, OccurrenceState, carriers
from responder.core.incident.event import (
    DecisionAnswered,
    EntryAcknowledged,
    EntryDone,
    EntryOpened,
    EntrySkipped,
    GateAnswered,
    Noted,
)
from responder.core.playbook import Decision, Gate, Message, Task
from responder.engine.incidents.desk import (
    entry_of,
    occurrence_of,
    require_role,
    require_running,
    require_seen,
    said,
)
from responder.engine.incidents.knowing import facts_learned
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.situation import Situation, change
from responder.engine.situation.calls import place_calls
from responder.engine.situation.people import Act

__all__ = ["acknowledge", "answer_decision", "answer_gate", "done", "open_entry", "skip"]

_ANSWERS = ("yes", "no", "not_applicable")


def acknowledge(ports: Ports, *, incident_id: str, occurrence: OccurrenceKey, by: Person) -> Situation:
    """“I have it”: the ladder's `after` rungs stop."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        _require(situation, by, occurrence, act=Act.RUN_INCIDENT)
        if occurrence_of(situation, occurrence).acknowledged is not None:
            return ()
        return said(by, EntryAcknowledged(occurrence))

    return change(ports, incident_id, decide)


def done(
    ports: Ports,
    *,
    incident_id: str,
    occurrence: OccurrenceKey,
    by: Person,
    note: str = "",
    evidence: Sequence[str] = (),
    checklist: Mapping[str, bool] | None = None,
    learned: Mapping[str, str | Sequence[str]] | None = None,
    source: str = "",
    verified: bool = False,
) -> Situation:
    """A task is done. `learned` are the facts learned with it, as people write them."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        _require(situation, by, occurrence, act=Act.RUN_INCIDENT)
        occurrence_of(situation, occurrence)
        _check_task(situation, occurrence, evident=bool(note.strip() or evidence), ticked=checklist or {})
        facts = facts_learned(situation, learned or {}, source=source, verified=verified)
        names = tuple(fact.fact for fact in facts)
        finished = EntryDone(occurrence, note.strip(), tuple(evidence), names, dict(checklist or {}))
        return said(by, *facts, finished)

    return change(ports, incident_id, decide)


def skip(ports: Ports, *, incident_id: str, occurrence: OccurrenceKey, by: Person, reason: str) -> Situation:
    """A person decides that this is not done, and says why."""
    why = _reason(reason, "Why is it skipped?")

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        _require(situation, by, occurrence, act=Act.RUN_INCIDENT)
        occurrence_of(situation, occurrence, states=(OccurrenceState.OPEN, OccurrenceState.NOT_NEEDED))
        return said(by, EntrySkipped(occurrence, why))

    return change(ports, incident_id, decide)


def open_entry(
    ports: Ports, *, incident_id: str, entry: str, by: Person, item: int | None = None, reason: str = ""
) -> OccurrenceKey:
    """Open an entry by hand, on request or again; returns the new occurrence."""
    opened: list[OccurrenceKey] = []

    def decide(work: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        require_running(situation)
        key = _next_key(situation, entry, item)
        opened[:] = [key]
        notes = [Noted(reason.strip(), key)] if reason.strip() else []
        calls = _tell_owner(ports, work, situation, key, but=by)
        return (*said(by, EntryOpened(key, situation.now), *notes), *calls)

    change(ports, incident_id, decide)
    return opened[0]


def answer_decision(
    ports: Ports,
    *,
    incident_id: str,
    occurrence: OccurrenceKey,
    option: str,
    by: Person,
    reason: str = "",
    dissent: str = "",
) -> Situation:
    """Answer a question, or answer it again: the last answer counts."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        _require(situation, by, occurrence, act=Act.ANSWER)
        entry = entry_of(situation, occurrence.entry)
        if not isinstance(entry, Decision):
            raise InvalidInput(f"“{occurrence.entry}” is no decision.", mend="It is a task, gate or message.")
        occurrence_of(situation, occurrence, states=(OccurrenceState.OPEN, OccurrenceState.DONE))
        if option not in entry.options:
            options = ", ".join(entry.options)
            raise InvalidInput(f"“{option}” is not an answer to this.", mend=f"Answers are {options}.")
        return said(by, DecisionAnswered(occurrence, option, reason.strip(), dissent.strip()))

    return change(ports, incident_id, decide)


def answer_gate(
    ports: Ports,
    *,
    incident_id: str,
    occurrence: OccurrenceKey,
    answers: Mapping[str, str],
    by: Person,
    notes: Mapping[str, str] | None = None,
    overrides: Mapping[str, str] | None = None,
) -> Situation:
    """Answer every point of a gate. A `no` without an override is kept, and the gate stays open."""

    def decide(_: Work, situation: Situation) -> Sequence[NewEvent]:
        _require(situation, by, occurrence, act=Act.ANSWER)
        entry = entry_of(situation, occurrence.entry)
        if not isinstance(entry, Gate):
            raise InvalidInput(f"“{occurrence.entry}” is no gate.", mend="It is a task, decision or message.")
        occurrence_of(situation, occurrence)
        _check_points(entry, answers, overrides or {})
        return said(by, GateAnswered(occurrence, dict(answers), dict(overrides or {}), dict(notes or {})))

    return change(ports, incident_id, decide)


def _tell_owner(
    ports: Ports, work: Work, situation: Situation, key: OccurrenceKey, *, but: Person
) -> tuple[NewEvent, ...]:
    """What a person opens is told to those who answer for it, except to themselves."""
    owner = entry_of(situation, key.entry).owner
    people = [one for one in carriers(situation.playbook, situation.roster, owner) if one != but.id]
    return tuple(
        place_calls(ports, work, situation, occurrence=key, rung=RUNG_OPENED, role=owner, people=people)
    )


def _require(situation: Situation, by: Person, occurrence: OccurrenceKey, *, act: Act) -> None:
    require_seen(situation, by, act)
    require_running(situation)
    entry = entry_of(situation, occurrence.entry)
    require_role(situation, by, (entry.owner, *entry.helpers), called=occurrence)


def _check_task(
    situation: Situation, occurrence: OccurrenceKey, *, evident: bool, ticked: Mapping[str, bool]
) -> None:
    entry = entry_of(situation, occurrence.entry)
    if isinstance(entry, Message):
        raise Refused("A message is done when it is released.", mend="Release its statement.")
    if not isinstance(entry, Task):
        raise InvalidInput(
            f"“{entry.id}” is answered, not done.", mend=f"Use: responder {entry.kind} answer."
        )
    if entry.evidence and not evident:
        raise InvalidInput(f"“{entry.title}” needs evidence.", mend="Add a note or name a file.")
    unknown = [point for point in ticked if point not in entry.checklist]
    if unknown:
        points = ", ".join(entry.checklist) or "none"
        raise InvalidInput(f"“{unknown[0]}” is not on the checklist.", mend=f"Its points are: {points}.")


def _check_points(gate: Gate, answers: Mapping[str, str], overrides: Mapping[str, str]) -> None:
    for point, answer in answers.items():
        if point not in gate.checklist:
            raise InvalidInput(
                f"“{point}” is not a point of this gate.", mend=f"Points: {', '.join(gate.checklist)}."
            )
        if answer not in _ANSWERS:
            raise InvalidInput(
                f"“{answer}” is no answer to a point.", mend="Answer yes, no or not_applicable."
            )
    missing = [point for point in gate.checklist if point not in answers]
    if missing:
        raise InvalidInput(f"Not answered: {', '.join(missing)}.", mend="Answer every point.")
    for point, reason in overrides.items():
        if answers.get(point) != "no" or not reason.strip():
            raise InvalidInput(
                f"The override of “{point}” fits no “no”.", mend="Override a “no”, with a reason."
            )


def _next_key(situation: Situation, entry: str, item: int | None) -> OccurrenceKey:
    found = entry_of(situation, entry)
    if (found.each is None) != (item is None):
        mend = f"Name an item of {found.each}." if found.each else "It stands in no register: name no item."
        raise InvalidInput(f"Which “{entry}” is meant?", mend=mend)
    if found.each is not None and item not in situation.incident.items.get(found.each, {}):
        raise InvalidInput(f"{found.each} has no item {item}.", mend="Look at: responder incident show.")
    opened = [one.key.number for one in situation.timeline.of(entry, item) if one.opened is not None]
    return OccurrenceKey(entry, item, max(opened, default=0) + 1)


def _reason(text: str, question: str) -> str:
    if not text.strip():
        raise InvalidInput("A reason is missing.", mend=question)
    return text.strip()

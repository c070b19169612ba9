"""How is a report counted? From the fold of the log, the plan and the deliveries; nothing is guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from responder.core.calendar import Calendar
from responder.core.incident.event import (
    Actor,
    ActorKind,
    BroadcastReleased,
    FindingOverridden,
    Noted,
    StatementApproved,
    StatementDrafted,
    StatementReturned,
    StatementSigned,
    StatementSubmitted,
    StatementWaived,
)
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.plan import Version, planner_of
from responder.core.incident.state import CallRecord, Incident, OccurrenceRecord
from responder.core.incident.timeline import EntryKind, Occurrence, OccurrenceState, Timeline
from responder.core.playbook import Playbook
from responder.core.report.measures import measured
from responder.core.report.model import (
    CallLine,
    DecisionLine,
    EntryLine,
    OnTime,
    PromiseLine,
    ReachLine,
    Report,
    SignLine,
    StatementLine,
)

__all__ = ["Names", "account"]

_LATE_FROM = timedelta(minutes=1)
"""Who is seconds behind is on time: people read minutes."""

_FINISHED = (OccurrenceState.DONE, OccurrenceState.SKIPPED)


@dataclass(frozen=True, slots=True)
class Names:
    """How people are called: id → name. The log knows ids only."""

    people: Mapping[str, str] = field(default_factory=dict)

    def of(self, actor: Actor | None) -> str:
        if actor is None:
            return ""
        if actor.kind is ActorKind.PERSON:
            return self.people.get(actor.id, actor.id)
        return actor.kind.value


def account(
    incident_id: str,
    playbook: Playbook,
    incident: Incident,
    timeline: Timeline,
    *,
    names: Names,
    calendar: Calendar,
    reach: Sequence[ReachLine] = (),
    versions: Sequence[Version] = (),
) -> Report:
    """The report as of `timeline.now`. `versions` are the former ones of an incident that was moved."""
    planner = planner_of(playbook, incident, calendar=calendar, versions=versions)
    planner.advance(timeline.now)
    entries = tuple(_entry(one, playbook, incident, names, timeline.now) for one in timeline.occurrences)
    shown = tuple(line for line in entries if line.opened is not None)
    tasks = [one for one in timeline.occurrences if one.kind is EntryKind.TASK and one.opened is not None]
    return Report(
        incident=incident_id,
        title=incident.title,
        mode=incident.mode,
        playbook=playbook.name,
        version=playbook.version,
        level=incident.level,
        zone=str(calendar.zone),
        as_of=timeline.now,
        started=incident.started,
        stood_down=incident.stood_down,
        on_time=_on_time(shown),
        entries=shown,
        statements=_statements(playbook, incident, names),
        promises=_promises(incident, timeline.now),
        decisions=_decisions(playbook, timeline, incident, names),
        calls=_calls(incident, names),
        reach=tuple(reach),
        measures=measured(playbook, planner, calendar),
        phases=tuple((id_, view.opened, view.closed) for id_, view in timeline.phases.items()),
        levels=incident.levels,
        notes=tuple(
            (event.occurred, names.of(event.actor), event.body.text)
            for event in incident.events
            if isinstance(event.body, Noted)
        ),
        objectives=tuple(playbook.after_action.objectives.values()) if playbook.after_action else (),
        first_statement=_first_statement(incident),
        events=incident.number,
        head=incident.head,
        tasks_opened=len(tasks),
        tasks_done=sum(one.state is OccurrenceState.DONE for one in tasks),
        skipped=tuple(line for line in shown if line.state == OccurrenceState.SKIPPED.value),
    )


def _entry(one: Occurrence, playbook: Playbook, incident: Incident, names: Names, now: datetime) -> EntryLine:
    entry = playbook.entries[one.key.entry]
    record = incident.occurrences.get(one.key) or OccurrenceRecord(one.key)
    role = playbook.roles.get(one.owner)
    return EntryLine(
        key=str(one.key),
        code=f"{entry.code}/{one.key.item}" if one.key.item and entry.code else entry.code or "",
        name=entry.name or one.key.entry.replace("_", " "),
        kind=one.kind.value,
        owner=role.title if role else one.owner,
        phase=one.phase or "",
        state=one.state.value,
        opened=one.opened,
        due=one.due,
        finished=one.finished or record.skipped,
        finished_by=names.of(record.finished_by or record.skipped_by),
        late=_lateness(one, now),
        note=record.reason or record.note,
    )


def _lateness(one: Occurrence, now: datetime) -> timedelta | None:
    if one.due is None or one.state not in (OccurrenceState.DONE, OccurrenceState.OPEN):
        return None
    end = one.finished if one.state is OccurrenceState.DONE else now
    return end - one.due if end is not None and end - one.due >= _LATE_FROM else None


def _on_time(lines: Sequence[EntryLine]) -> OnTime:
    done = [line for line in lines if line.state == OccurrenceState.DONE.value and line.due is not None]
    open_late = sum(line.state == OccurrenceState.OPEN.value and line.late is not None for line in lines)
    return OnTime(
        in_time=sum(line.late is None for line in done),
        finished_late=sum(line.late is not None for line in done),
        open_late=open_late,
        without_due=sum(line.due is None for line in lines),
    )


def _statements(playbook: Playbook, incident: Incident, names: Names) -> tuple[StatementLine, ...]:
    lines = [_statement(id_, key, playbook, incident, names) for id_, key in incident.statements.items()]
    return tuple(sorted(lines, key=lambda line: line.drafted))


def _statement(
    id_: str, key: OccurrenceKey, playbook: Playbook, incident: Incident, names: Names
) -> StatementLine:
    events = incident.of_statement(id_)
    first = {
        kind: next((one.occurred for one in events if isinstance(one.body, kind)), None) for kind in _STEPS
    }
    approved = [one.occurred for one in events if isinstance(one.body, StatementApproved)]
    releases = [one.body for one in events if isinstance(one.body, BroadcastReleased)]
    entry = playbook.entries.get(key.entry)
    return StatementLine(
        id=id_,
        occurrence=str(key),
        name=(entry.name if entry else "") or key.entry.replace("_", " "),
        drafted=first[StatementDrafted] or events[0].occurred,
        submitted=first[StatementSubmitted],
        approved=approved[0] if approved else None,
        released=first[BroadcastReleased],
        languages=tuple(dict.fromkeys(tag for body in releases for tag in body.languages)),
        returned=sum(isinstance(one.body, StatementReturned) for one in events),
        signatures=_signatures(id_, incident, names),
        waived=tuple(one.body.reason for one in events if isinstance(one.body, StatementWaived)),
        overridden=tuple(
            f"{one.body.rule}: {one.body.reason}" for one in events if isinstance(one.body, FindingOverridden)
        ),
        corrects=next((body.corrects for body in releases if body.corrects), ""),
    )


_STEPS = (StatementDrafted, StatementSubmitted, BroadcastReleased)


def _signatures(id_: str, incident: Incident, names: Names) -> tuple[SignLine, ...]:
    """Each signature with its wait: since the submission, or since the signature before it."""
    lines: list[SignLine] = []
    since: datetime | None = None
    for event in incident.of_statement(id_):
        if isinstance(event.body, StatementSubmitted):
            since = event.occurred
        if isinstance(event.body, StatementSigned):
            body = event.body
            lines.append(
                SignLine(
                    scope=body.scope,
                    role=body.recorded_for or body.for_role or body.role,
                    person=names.of(event.actor),
                    at=event.occurred,
                    waited=event.occurred - since if since else timedelta(),
                    how=body.how,
                )
            )
            since = event.occurred
    return tuple(lines)


def _promises(incident: Incident, now: datetime) -> tuple[PromiseLine, ...]:
    """Each promised time, and the next public release after it was made."""
    releases = [event for event in incident.events if isinstance(event.body, BroadcastReleased)]
    promised = [event for event in releases if _promise(event.body) is not None]
    lines = []
    for made, kept in [*pairwise(promised), *([(promised[-1], None)] if promised else [])]:
        at = _promise(made.body)
        after = (
            kept.occurred if kept else next((r.occurred for r in releases if r.number > made.number), None)
        )
        end = after or now
        if at is not None:
            lines.append(PromiseLine(at, made.occurred, after, end - at if end > at else None))
    return tuple(lines)


def _promise(body: object) -> datetime | None:
    return body.next_update_at if isinstance(body, BroadcastReleased) else None


def _decisions(
    playbook: Playbook, timeline: Timeline, incident: Incident, names: Names
) -> tuple[DecisionLine, ...]:
    lines = []
    for one in timeline.occurrences:
        record = incident.occurrences.get(one.key)
        decision = playbook.decisions.get(one.key.entry)
        if decision is None or record is None or one.opened is None:
            continue
        answer = record.answer
        lines.append(
            DecisionLine(
                key=str(one.key),
                question=decision.question or decision.name or one.key.entry,
                answer=decision.options.get(answer.option, answer.option) if answer else "",
                by=names.of(answer.by) if answer else "",
                at=answer.at if answer else None,
                due=one.due,
                reason=answer.reason if answer else "",
                dissent=answer.dissent if answer else "",
                by_clock=answer.by_clock if answer else False,
            )
        )
    return tuple(lines)


def _calls(incident: Incident, names: Names) -> tuple[CallLine, ...]:
    calls: dict[str, list[CallRecord]] = {}
    for record in incident.occurrences.values():
        for call in record.calls:
            calls.setdefault(call.person, []).append(call)
    lines = []
    for person, made in calls.items():
        waits = [(call.answered - call.at).total_seconds() for call in made if call.answered is not None]
        middle = timedelta(seconds=median(waits)) if waits else None
        lines.append(CallLine(names.people.get(person, person), len(made), len(waits), middle))
    return tuple(sorted(lines, key=lambda line: line.person))


def _first_statement(incident: Incident) -> timedelta | None:
    released = next((e.occurred for e in incident.events if isinstance(e.body, BroadcastReleased)), None)
    if released is None or incident.started is None:
        return None
    return released - incident.started

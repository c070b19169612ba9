"""How does an incident look in a terminal and as JSON?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Column, Table

from responder.app.showing import out, show_json
from responder.core.incident import Occurrence, OccurrenceState
from responder.core.incident.chain import line_of
from responder.core.terms import Mode
from responder.engine.ports.incidents import IncidentRow
from responder.engine.situation import Situation
from responder.engine.situation.errands import Errand

__all__ = ["occurrence_line", "show_incident", "show_log", "show_occurrences", "show_rows"]


def show_rows(rows: Sequence[IncidentRow], *, as_json: bool) -> None:
    """One line an incident."""
    if as_json:
        show_json({"incidents": rows})
        return
    table = Table(Column("id", no_wrap=True), "mode", "title", "playbook", "state", box=None)
    for row in rows:
        table.add_row(row.id, row.mode.value, row.title, row.playbook, row.state.value)
    out.print(table)


def show_incident(situation: Situation, *, as_json: bool) -> None:
    """How an incident stands."""
    if as_json:
        show_json(_summary(situation))
        return
    incident, local = situation.incident, situation.calendar.local
    word = "EXERCISE" if situation.mode is Mode.EXERCISE else "LIVE"
    out.print(f"{word} · {incident.title} · {local(situation.now):%Y-%m-%d %H:%M}", markup=False)
    if incident.started is None:
        out.print("It waits for a second person to confirm.")
    if incident.level:
        out.print(f"level: {incident.level}", markup=False)
    for phase in situation.timeline.phases.values():
        out.print(f"phase {phase.id}: {phase.state.value}", markup=False)
    for ask in situation.timeline.asks:
        what = "the incident" if ask.phase is None else f"the phase {ask.phase}"
        state = "its criteria hold" if ask.met else "its criteria do not hold yet"
        out.print(f"{ask.by}: can {what} be closed? {state}", markup=False)
    show_occurrences(situation, situation.timeline.open, as_json=False)
    for name, fact in incident.facts.items():
        out.print(f"{name}: {fact.value}{'' if fact.verified else ' (not verified)'}", markup=False)


def show_occurrences(
    situation: Situation, found: Sequence[Occurrence], *, errands: Sequence[Errand] = (), as_json: bool
) -> None:
    """One line an occurrence, late first as they come; then what is still to be done about statements."""
    if as_json:
        show_json({"occurrences": [occurrence_line(situation, one) for one in found], "errands": errands})
        return
    table = Table("occurrence", "code", "what", "state", "owner", "due", box=None)
    for one in found:
        entry = situation.playbook.entries.get(one.key.entry)
        due = f"{situation.calendar.local(one.due):%d.%m. %H:%M}" if one.due is not None else ""
        late = " late" if one.late(situation.now) else ""
        title, code = (entry.title, entry.code) if entry is not None else (one.key.entry, "")
        table.add_row(str(one.key), code, title, one.state.value.replace("_", " "), one.owner, due + late)
    for errand in errands:
        title = f"finish in {errand.language}" if errand.language else "look again at what was sent"
        table.add_row(errand.occurrence, "", title, "open", errand.role, "")
    out.print(table)


def occurrence_line(situation: Situation, one: Occurrence) -> Mapping[str, object]:
    """What programs want to know of an occurrence."""
    entry = situation.playbook.entries.get(one.key.entry)
    return {
        "occurrence": str(one.key),
        "kind": one.kind,
        "code": entry.code if entry is not None else "",
        "name": entry.title if entry is not None else one.key.entry,
        "state": one.state,
        "owner": one.owner,
        "phase": one.phase,
        "planned": one.planned,
        "opened": one.opened,
        "due": one.due,
        "late": one.late(situation.now),
        "acknowledged": one.acknowledged,
        "finished": one.finished,
        "waits": [{"kind": wait.kind, "on": wait.on} for wait in one.waits],
    }


def show_log(situation: Situation, *, as_json: bool) -> None:
    """The log, oldest first."""
    events = situation.incident.events
    if as_json:
        keys = ("number", "kind", "recorded", "occurred", "wall", "previous", "hash")
        lines = [
            {**{key: getattr(event, key) for key in keys}, "actor": str(event.actor), "body": event.body}
            for event in events
        ]
        show_json({"events": lines})
        return
    for event in events:
        out.print(line_of(event), markup=False)


def _summary(situation: Situation) -> Mapping[str, object]:
    incident, timeline = situation.incident, situation.timeline
    waiting = [one for one in timeline.occurrences if one.state is OccurrenceState.WAITING]
    return {
        "incident": situation.incident_id,
        "mode": situation.mode,
        "title": incident.title,
        "playbook": incident.playbook,
        "now": situation.now,
        "started": incident.started,
        "stood_down": incident.stood_down,
        "level": incident.level,
        "phases": {name: phase.state for name, phase in timeline.phases.items()},
        "facts": incident.facts,
        "anchors": incident.anchors,
        "open": [occurrence_line(situation, one) for one in timeline.open],
        "waiting": [occurrence_line(situation, one) for one in waiting],
        "asks": timeline.asks,
        "next_update_at": incident.promise,
        "events": incident.number,
        "head": incident.head,
    }

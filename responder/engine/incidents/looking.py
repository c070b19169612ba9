"""What can one see of incidents? Lists, one incident, its log, and whether the log is whole."""

from __future__ import annotations

from dataclasses import dataclass

from responder.core.errors import InvalidInput, NotFound
from responder.core.incident import ChainFault, ChainReport, Event, verify
from responder.engine.incidents.desk import may_see
from responder.engine.ports import Ports, Work
from responder.engine.ports.incidents import CallRow, IncidentRow, IncidentState
from responder.engine.ports.people import Permission, Person
from responder.engine.situation import Situation, situate
from responder.engine.situation.people import Act, require

__all__ = ["Audit", "audit", "calls", "find", "list_incidents", "log", "look"]


@dataclass(frozen=True, slots=True)
class Audit:
    """What walking one log found."""

    incident: str
    title: str
    report: ChainReport


def list_incidents(
    ports: Ports, *, by: Person, state: IncidentState | None = None
) -> tuple[IncidentRow, ...]:
    """The incidents this person may see, newest first."""
    require(by, Act.READ)
    with ports.store.read() as work:
        rows = work.incidents.rows(state=state)
        return tuple(row for row in rows if not row.private or may_see(situate(ports, work, row.id), by))


def find(ports: Ports, *, text: str, by: Person) -> str:
    """The id that begins so; `last` is the newest incident. Raises NotFound."""
    if text == "last":
        rows = list_incidents(ports, by=by)
        if not rows:
            raise NotFound("There is no incident yet.", mend="Activate one: responder incident activate.")
        return rows[0].id
    with ports.store.read() as work:
        return work.incidents.find(text).id


def look(ports: Ports, *, incident_id: str, by: Person) -> Situation:
    """One incident as it stands. Raises NotFound, also for a private one that is not theirs to see."""
    require(by, Act.READ)
    with ports.store.read() as work:
        situation = situate(ports, work, incident_id)
    if not may_see(situation, by):
        raise NotFound(f"There is no incident “{incident_id}”.", mend="Look at: responder incident list.")
    return situation


def log(ports: Ports, *, incident_id: str, by: Person) -> tuple[Event, ...]:
    """The whole log, oldest first."""
    return look(ports, incident_id=incident_id, by=by).incident.events


def calls(ports: Ports, *, incident_id: str, by: Person) -> tuple[CallRow, ...]:
    """Who was called for what, oldest first."""
    look(ports, incident_id=incident_id, by=by)
    with ports.store.read() as work:
        return work.incidents.calls(incident_id)


def audit(ports: Ports, *, by: Person, incident_id: str | None = None) -> tuple[Audit, ...]:
    """Walk the chains and find what was changed, is missing or was moved.

    Also the end is checked: the row remembers the number and hash of the last event. Of private
    incidents only those that are theirs to see.
    """
    require(by, Act.READ)
    with ports.store.read() as work:
        rows = work.incidents.rows() if incident_id is None else (work.incidents.row(incident_id),)
        found = []
        for row in rows:
            if row.private and not _may_audit(ports, work, row, by):
                continue
            report = verify(work.incidents.lines(row.id))
            found.append(Audit(row.id, row.title, _with_end(report, row)))
    return tuple(found)


def _may_audit(ports: Ports, work: Work, row: IncidentRow, by: Person) -> bool:
    """A log that can no longer be read tells nobody who may see it: then admins check it."""
    try:
        return may_see(situate(ports, work, row.id), by)
    except InvalidInput:
        return by.permission is Permission.ADMIN


def _with_end(report: ChainReport, row: IncidentRow) -> ChainReport:
    if report.head == row.head and report.count == row.number:
        return report
    fault = ChainFault(
        row.number, f"The log should end with event {row.number}: events are missing or added."
    )
    return ChainReport(report.count, report.head, (*report.faults, fault))

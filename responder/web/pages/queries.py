"""What does a page read? Everything of one incident in one view of the store, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from responder.core.errors import NotFound
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.timeline import Occurrence
from responder.core.playbook import bench
from responder.core.playbook.entries import Entry
from responder.core.statement import Statement
from responder.engine.incidents.desk import may_see
from responder.engine.ports import Ports, Work
from responder.engine.ports.broadcasts import Progress
from responder.engine.ports.incidents import CallRow, IncidentRow
from responder.engine.ports.people import Person
from responder.engine.situation import Situation, situate
from responder.engine.situation.calls import CallKind
from responder.engine.situation.errands import Errand, errands_in
from responder.engine.situation.statement import statements_of

__all__ = [
    "Desk",
    "Figure",
    "entry_of",
    "figures",
    "incidents_for",
    "occurrence_of",
    "open_desk",
    "title_of",
]


@dataclass(frozen=True, slots=True)
class Desk:
    """One incident as it lies before its people: situation, statements, broadcasts, calls, names."""

    situation: Situation
    row: IncidentRow
    names: Mapping[str, str]
    statements: tuple[Statement, ...]
    progress: tuple[Progress, ...]
    calls: tuple[CallRow, ...]
    errands: tuple[Errand, ...] = ()

    @property
    def id(self) -> str:
        return self.situation.incident_id

    @property
    def home(self) -> str:
        return f"/incidents/{self.id}"

    def name(self, person: str) -> str:
        """A person by name; somebody who is not in the roster by id."""
        return self.names.get(person, person)

    def standing_for(self, role: str) -> tuple[str, ...]:
        """The names of those who act for a role: its holders, else deputies, else the fallback."""
        found = bench(self.situation.playbook, self.situation.roster, role)
        return tuple(self.name(person) for person in found.holders or found.deputies or found.fallback)

    def statement_of(self, key: OccurrenceKey) -> Statement | None:
        """The newest statement of a message occurrence."""
        found = [one for one in self.statements if one.occurrence == str(key)]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True)
class Figure:
    """One line for the machine that watches."""

    name: str
    value: int
    labels: tuple[tuple[str, str], ...] = ()


def open_desk(ports: Ports, incident_id: str, by: Person) -> Desk:
    """Everything of one incident. Raises NotFound, also when a private incident is not theirs to see."""
    with ports.store.read() as work:
        row = work.incidents.row(incident_id)
        situation = situate(ports, work, incident_id)
        if not may_see(situation, by):
            raise NotFound(f"There is no incident “{incident_id}”.")
        broadcasts = work.broadcasts.of_incident(incident_id)
        return Desk(
            situation=situation,
            row=row,
            names=_names(work),
            statements=statements_of(work, situation),
            progress=tuple(work.broadcasts.progress(one.id) for one in broadcasts),
            calls=work.incidents.calls(incident_id),
            errands=errands_in(ports, work, situation),
        )


def incidents_for(ports: Ports, by: Person) -> tuple[IncidentRow, ...]:
    """The incidents this person may see, newest first."""
    with ports.store.read() as work:
        rows = work.incidents.rows()
        return tuple(row for row in rows if not row.private or may_see(situate(ports, work, row.id), by))


def figures(ports: Ports) -> tuple[Figure, ...]:
    """How many incidents, broadcasts and deliveries there are, by state; what hooks refused."""
    with ports.store.read() as work:
        rows = work.incidents.rows()
        progress = [
            work.broadcasts.progress(one.id) for row in rows for one in work.broadcasts.of_incident(row.id)
        ]
    incidents = Counter((row.mode.value, row.state.value) for row in rows)
    broadcasts = Counter((one.broadcast.mode.value, one.broadcast.state.value) for one in progress)
    deliveries: Counter[tuple[str, str, str]] = Counter()
    for one in progress:
        for channel, tally in one.tally.items():
            for state, count in tally.items():
                deliveries[one.broadcast.mode.value, channel.value, state.value] += count
    return (
        *(_figure("responder_incidents", count, mode=m, state=s) for (m, s), count in incidents.items()),
        *(_figure("responder_broadcasts", count, mode=m, state=s) for (m, s), count in broadcasts.items()),
        *(
            _figure("responder_deliveries", count, mode=m, channel=c, state=s)
            for (m, c, s), count in deliveries.items()
        ),
        *(
            _figure(f"responder_{what}_total", count, why=why)
            for (what, why), count in ports.switchboard.tallied().items()
        ),
    )


def entry_of(desk: Desk, key: OccurrenceKey) -> Entry:
    """The entry of an occurrence. Raises NotFound."""
    entry = desk.situation.playbook.entries.get(key.entry)
    if entry is None:
        raise NotFound(f"The playbook has no entry “{key.entry}”.")
    return entry


def occurrence_of(desk: Desk, key: OccurrenceKey) -> Occurrence:
    """The occurrence as it is planned now. Raises NotFound."""
    found = desk.situation.timeline.find(key)
    if found is None:
        raise NotFound(f"There is no “{key}” in this incident.")
    return found


def title_of(desk: Desk, key: OccurrenceKey) -> str:
    """The name of an occurrence: with its item, and its number from the second on.

    The key of a call may be about a phase, or the activation: then it has the name of that.
    """
    kind, about = CallKind.of(key), CallKind.entry_of(key)
    if kind in (CallKind.CLOSING, CallKind.ACTIVATION):
        phase = desk.situation.playbook.phases.get(about)
        return (phase.name or phase.id) if phase else desk.row.title
    entry = desk.situation.playbook.entries.get(about)
    title = entry.title if entry else about
    if key.item is not None:
        title = f"{title} ({key.item})"
    return title if key.number == 1 else f"{title} {key.number}"


def _names(work: Work) -> dict[str, str]:
    return {person.id: person.name for person in work.people.all(inactive=True)}


def _figure(name: str, value: int, **labels: str) -> Figure:
    return Figure(name, value, tuple(labels.items()))

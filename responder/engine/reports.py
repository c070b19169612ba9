"""The desk of reports: the after-action report of an incident, whole, as it stands now."""

from __future__ import annotations

from collections import Counter

from responder.core.report import Names, ReachLine, Report, account
from responder.engine.ports import Ports, Work
from responder.engine.situation import situate
from responder.engine.situation.incident import former_versions

__all__ = ["report_on"]


def report_on(ports: Ports, *, incident_id: str) -> Report:
    """Count the report from the log, the plan and the deliveries. Raises NotFound."""
    with ports.store.read() as work:
        found = work.incidents.find(incident_id).id
        situation = situate(ports, work, found)
        return account(
            found,
            situation.playbook,
            situation.incident,
            situation.timeline,
            names=Names({person.id: person.name for person in work.people.all(inactive=True)}),
            calendar=situation.calendar,
            reach=_reach(work, found),
            versions=tuple(former_versions(ports, work, situation.incident)),
        )


def _reach(work: Work, incident_id: str) -> list[ReachLine]:
    """Deliveries of all broadcasts of the incident, by channel, language and state."""
    counts: Counter[tuple[str, str, str, bool, str]] = Counter()
    for broadcast in work.broadcasts.of_incident(incident_id):
        for line in work.broadcasts.reach(broadcast.id):
            key = (line.channel.value, line.language, line.wanted, line.notice, line.state.value)
            counts[key] += line.count
    return [ReachLine(*key, count=count) for key, count in sorted(counts.items())]

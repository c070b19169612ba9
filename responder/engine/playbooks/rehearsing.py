"""Does a playbook work from first day to last? The rehearsal, put into the words of a check."""

from __future__ import annotations

from dataclasses import dataclass

from responder.core.city import City
from responder.core.incident.rehearse import Cut, Rehearsal, rehearse
from responder.core.playbook import Playbook, PlaybookKind
from responder.core.playbook.findings import Findings, entry_path
from responder.core.reading import Path
from responder.core.terms import Roster

__all__ = ["RehearsalSummary", "advise", "rehearse_playbook", "summary_of"]


@dataclass(frozen=True, slots=True)
class RehearsalSummary:
    """What all runs together say: reached x of y, cut z, days with no phase open."""

    reached: int
    entries: int
    never_reached: tuple[str, ...]
    cut: tuple[Cut, ...]
    days_without_phase: int
    runs: tuple[str, ...]
    line: str


def rehearse_playbook(
    playbook: Playbook, city: City, *, roster: Roster | None = None, script: str | None = None
) -> Rehearsal:
    """Rehearse a playbook on a hand-wound clock. Raises InvalidInput for an unknown script."""
    return rehearse(playbook, city, roster=roster, script=script)


def summary_of(playbook: Playbook, rehearsal: Rehearsal) -> RehearsalSummary:
    """The rehearsal in numbers."""
    return RehearsalSummary(
        reached=len(rehearsal.reached),
        entries=rehearsal.entries,
        never_reached=tuple(id_ for id_ in playbook.entries if id_ not in rehearsal.reached),
        cut=rehearsal.cut,
        days_without_phase=rehearsal.days_without_phase,
        runs=tuple(run.script or "everybody acts" for run in rehearsal.runs),
        line=rehearsal.line,
    )


def advise(playbook: Playbook, rehearsal: Rehearsal, findings: Findings) -> None:
    """Advice that only a rehearsal can give."""
    for id_, entry in playbook.entries.items():
        if id_ not in rehearsal.reached:
            said = f"“{id_}” is not reached in any exercise."
            findings.advice(entry_path(entry), "not-reached", said, "Add an exercise that comes to it.")
    for cut in rehearsal.cut:
        end = f"the end of phase {cut.phase}" if cut.phase else "the end of the incident"
        times = "1 occurrence" if cut.count == 1 else f"{cut.count} occurrences"
        said = f"{times} of “{cut.entry}” fall to {end}."
        findings.advice(entry_path(playbook.entries[cut.entry]), "cut", said, "See that this is meant.")
    if rehearsal.days_without_phase and playbook.kind is PlaybookKind.INCIDENT and playbook.phases:
        path: Path = ("phases", next(iter(playbook.phases)))
        days = rehearsal.days_without_phase
        said = f"On {days} days of the rehearsal no phase is open."
        findings.advice(path, "no-phase-open", said, "Let one phase open before the last one closes.")

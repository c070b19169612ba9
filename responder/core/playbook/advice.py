"""What would a careful reader ask? Advice that stands in the file alone, without a city or a rehearsal."""

from __future__ import annotations

from responder.core.playbook.condition import Condition
from responder.core.playbook.entries import Decision, Entry, Fallout, Message
from responder.core.playbook.findings import Findings, entry_path
from responder.core.playbook.model import Closing, Playbook, PlaybookKind
from responder.core.playbook.roles import fallbacks_of, ladder, needs_of_all
from responder.core.playbook.times import Times
from responder.core.playbook.waiting import can_hold
from responder.core.reading import Path

__all__ = ["advise"]


def advise(playbook: Playbook, findings: Findings) -> None:
    """Report what may stay as it is, and perhaps should not."""
    _roles(playbook, findings)
    _anchors(playbook, findings)
    times = Times(playbook)
    needs = needs_of_all(playbook)
    for entry in playbook.entries.values():
        _entry(playbook, findings, entry)
        _late_needs(playbook, findings, entry, needs[entry.id], times)
    for message in playbook.messages.values():
        _languages(findings, message, times)
    _fallouts(playbook, findings)
    for id_, phase in playbook.phases.items():
        _closing(playbook, findings, ("phases", id_, "closes"), phase.closes)
    _closing(playbook, findings, ("closes",), playbook.closes)


def _roles(playbook: Playbook, findings: Findings) -> None:
    for id_, role in playbook.roles.items():
        if role.outside:
            continue
        path = ("roles", id_)
        if not role.deputies and role.fallback is None:
            mend = "Add deputies: or fallback:."
            findings.advice(path, "no-deputy", f"Nobody stands in for “{id_}”.", mend)
        fallbacks = fallbacks_of(playbook, id_)
        if fallbacks and not playbook.roles[fallbacks[-1]].required and fallbacks[-1] in playbook.roles:
            said = f"The fallback of “{id_}” ends in “{fallbacks[-1]}”, which nobody need hold."
            findings.advice(path, "loose-fallback", said, "End it in a role with required: true.")


def _anchors(playbook: Playbook, findings: Findings) -> None:
    for id_, anchor in playbook.anchors.items():
        if anchor.set_by is None and anchor.source is None:
            said = f"Nobody sets the anchor “{id_}”."
            findings.advice(
                ("anchors", id_), "anchor-unset", said, "Write set_by: and a role, or from: and a moment."
            )


def _entry(playbook: Playbook, findings: Findings, entry: Entry) -> None:
    path = entry_path(entry)
    if entry.due is None:
        findings.advice(path, "no-due", f"“{entry.id}” is never late.", "Write due:.")
    if not ladder(playbook, entry):
        said = f"Nobody is told when “{entry.id}” is late."
        findings.advice(path, "no-ladder", said, "Write escalate: here or in its phase.")
    if isinstance(entry, Decision) and entry.default is not None and entry.due is None:
        said = f"The default of “{entry.id}” is never given: it has no due."
        findings.advice(path, "default-without-due", said, "Write due:.")


def _late_needs(
    playbook: Playbook, findings: Findings, entry: Entry, needs: tuple[str, ...], times: Times
) -> None:
    own = times.due(entry)
    for need in needs:
        other = playbook.entries.get(need)
        theirs = times.due(other) if other else None
        if own is not None and theirs is not None and theirs > own:
            said = f"“{need}” is due later than “{entry.id}”, which waits for it."
            findings.advice(entry_path(entry), "late-need", said, "Move one of the two.")


def _languages(findings: Findings, message: Message, times: Times) -> None:
    opens, due = times.opens(message), times.due(message)
    if opens is None or due is None:
        return
    if message.languages.wait.rough > due - opens:
        said = f"Languages are waited for ({message.languages.wait}) longer than there is until due."
        path = (*entry_path(message), "languages")
        findings.advice(path, "long-wait", said, "Shorten languages.wait, or move due.")


def _fallouts(playbook: Playbook, findings: Findings) -> None:
    if playbook.kind is not PlaybookKind.INCIDENT:
        return
    seen = {entry.fallout for entry in playbook.entries.values()}
    for fallout in Fallout:
        if fallout not in seen:
            said = f"No entry works against {fallout} fallout."
            findings.advice(("tasks",), "no-fallout", said, f"Mark one with fallout: {fallout}, or add one.")


def _closing(playbook: Playbook, findings: Findings, path: Path, closing: Closing | None) -> None:
    """A limited incident must be able to end: its criteria must be reachable below the highest level."""
    if closing is None or len(playbook.levels) < 2:
        return
    below = playbook.levels[:-1]
    if closing.condition is not None and not _reachable(playbook, closing.condition, below):
        said = f"This can only hold at level {playbook.levels[-1]}: a smaller incident never gets there."
        findings.advice((*path, "if"), "highest-level-only", said, "Write needs: instead, or name the level.")


def _reachable(playbook: Playbook, condition: Condition, below: tuple[str, ...]) -> bool:
    """Whether it can hold below the highest level, where entries of the highest level never happen."""
    top = {id_ for id_, entry in playbook.entries.items() if entry.level == playbook.levels[-1]}
    return can_hold(playbook, condition, levels=below, never=frozenset(top))

"""How does a running incident move to other versions of its files? With the difference shown first."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from responder.core.errors import Refused, Unparsable
from responder.core.incident import NewEvent
from responder.core.incident.event import VersionMoved
from responder.core.playbook import try_parse
from responder.engine.incidents.desk import require_role, require_seen, said
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.situation import Situation, change, situate
from responder.engine.situation.people import Act
from responder.engine.situation.pinning import keep, to_pin

__all__ = ["FileChange", "compare_versions", "move_version"]


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that differs from the pinned one, as a unified diff."""

    path: str
    difference: str


def compare_versions(ports: Ports, *, incident_id: str, by: Person) -> tuple[FileChange, ...]:
    """What the files of today have that the pinned ones have not. Raises Unparsable for files with errors."""
    with ports.store.read() as work:
        situation = situate(ports, work, incident_id)
        require_seen(situation, by, Act.READ)
        return _changes(work, situation, _files(ports, situation))


def move_version(ports: Ports, *, incident_id: str, by: Person, reason: str = "") -> Situation:
    """Move to the files of today. What is open or done stays; what has not opened is planned anew."""

    def decide(work: Work, situation: Situation) -> Sequence[NewEvent]:
        require_seen(situation, by, Act.RUN_INCIDENT)
        owner = situation.playbook.owner
        if owner is not None:
            require_role(situation, by, (owner, *situation.playbook.activation.by), called=None)
        files = _files(ports, situation)
        if not _changes(work, situation, files):
            raise Refused("The files of today are the pinned ones.", mend="There is nothing to move to.")
        return said(by, VersionMoved(keep(work, files), reason.strip()))

    return change(ports, incident_id, decide)


def _files(ports: Ports, situation: Situation) -> Mapping[str, bytes]:
    parsed = try_parse(situation.incident.playbook, ports.content.playbook)
    if parsed.playbook is None or parsed.errors:
        raise Unparsable(parsed.errors)
    return to_pin(ports.content, parsed)


def _changes(work: Work, situation: Situation, files: Mapping[str, bytes]) -> tuple[FileChange, ...]:
    pins = situation.incident.pins
    before = {path: work.contents.fetch(digest) for path, digest in pins.items()}
    found = []
    for path in sorted({*before, *files}):
        old, new = before.get(path, b""), files.get(path, b"")
        if old != new:
            found.append(FileChange(path, _difference(path, old, new)))
    return tuple(found)


def _difference(path: str, old: bytes, new: bytes) -> str:
    lines = difflib.unified_diff(
        old.decode(errors="replace").splitlines(),
        new.decode(errors="replace").splitlines(),
        f"{path} (pinned)",
        f"{path} (today)",
        lineterm="",
    )
    return "\n".join(lines)

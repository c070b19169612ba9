"""Where is a finding put? One list, each problem at the place of the very value it speaks of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from responder.core.errors import Place, Problem
from responder.core.playbook.entries import Entry, EntryKind
from responder.core.playbook.model import Playbook, PlaybookKind
from responder.core.reading import Fields, Path, did_you_mean, node_at, place_at, place_of_key, walk

__all__ = ["Findings", "entry_path"]

_SECTIONS = {
    EntryKind.TASK: "tasks",
    EntryKind.GATE: "gates",
    EntryKind.DECISION: "decisions",
    EntryKind.MESSAGE: "messages",
}


def entry_path(entry: Entry) -> Path:
    """Where an entry stands in the file."""
    return _SECTIONS[entry.kind], entry.id


@dataclass(slots=True)
class Findings:
    """Gathers what the checks find."""

    playbook: Playbook
    root: Fields
    problems: list[Problem] = field(default_factory=list)

    def error(self, path: Path, rule: str, message: str, mend: str = "", *, offset: int = 0) -> None:
        """An error at a value; `offset` is the letter within its text."""
        self.problems.append(Problem(place_at(self.root, path, offset), rule, message, mend))

    def error_at_key(self, path: Path, rule: str, message: str, mend: str = "") -> None:
        """An error about a key: a thing as a whole, or what it lacks."""
        self.problems.append(Problem(place_of_key(self.root, path), rule, message, mend))

    def has_error_at(self, path: Path) -> bool:
        """Whether an error stands in the lines of a value already."""
        nodes = [node for _, node in walk(node_at(self.root, path))]
        lines = {(node.place.file, node.place.line) for node in nodes}
        return any((each.place.file, each.place.line) in lines for each in self.problems if not each.advice)

    def advice(self, path: Path, rule: str, message: str, mend: str = "") -> None:
        """Advice about a key."""
        self.problems.append(Problem(place_of_key(self.root, path), rule, message, mend, advice=True))

    def unknown(self, path: Path, what: str, id_: str, known: Iterable[str], *, offset: int = 0) -> None:
        """An id that names nothing. In a module it is what the module asks of its host."""
        self._unknown(place_at(self.root, path, offset), what, id_, known)

    def unknown_key(self, path: Path, what: str, id_: str, known: Iterable[str]) -> None:
        """The same for an id that is a key."""
        self._unknown(place_of_key(self.root, path), what, id_, known)

    def _unknown(self, place: Place, what: str, id_: str, known: Iterable[str]) -> None:
        if self.playbook.kind is PlaybookKind.MODULE:
            said = f"This module asks its host for the {what} “{id_}”."
            self.problems.append(Problem(place, "asks-host", said, advice=True))
            return
        mend = did_you_mean(id_, known) or f"Add it, or name {_article(what)} that is there."
        rule = f"unknown-{what.replace(' ', '-')}"
        self.problems.append(Problem(place, rule, f"There is no {what} “{id_}”.", mend))


def _article(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeio" else f"a {noun}"

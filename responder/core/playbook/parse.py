"""How does an id become a playbook? Files are read, what they extend is merged, the whole is checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from responder.core.errors import Problem, Unparsable
from responder.core.playbook.model import Playbook
from responder.core.reading import Fields

__all__ = ["Lookup", "Parsed", "SourceFile", "parse_playbook", "try_parse"]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of a file. `path` is its place in the content, `shown` what problems call it."""

    path: str
    data: bytes
    shown: str = ""

    @property
    def label(self) -> str:
        return self.shown or self.path


Lookup = Callable[[str], tuple[SourceFile, ...]]
"""The files of a playbook or module, by its id: nearest on the content path first; () when there is none."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What reading gave. `playbook` is None when the files do not even fit the schema.

    `root` are the merged nodes, where every place still names its own file; `files` all that was read.
    """

    playbook: Playbook | None
    problems: tuple[Problem, ...]
    root: Fields | None
    files: tuple[SourceFile, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.advice)


def parse_playbook(id_: str, lookup: Lookup) -> Playbook:
    """The playbook, merged and checked. Raises Unparsable with all errors, NotFound for an unknown id."""
    parsed = try_parse(id_, lookup)
    if parsed.playbook is None or parsed.errors:
        raise Unparsable(parsed.errors)
    return parsed.playbook


def try_parse(id_: str, lookup: Lookup) -> Parsed:
    """The playbook as far as it can be read, and everything there is to say about it."""
    raise NotImplementedError

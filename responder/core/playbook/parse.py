"""How does an id become a playbook? Files are read, what they extend is merged, the whole is checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from responder.core.errors import NotFound, Problem, Unparsable
from responder.core.playbook.check import check
from responder.core.playbook.merge import Lookup, SourceFile, merge_playbook
from responder.core.playbook.model import Playbook
from responder.core.reading import Fields, did_you_mean, try_build

__all__ = ["Lookup", "Parsed", "SourceFile", "parse_playbook", "try_parse"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What reading gave. `playbook` is None when the files do not even fit the schema.

    `root` are the merged nodes, where every place still names its own file; `files` all that was read,
    which is what an incident pins.
    """

    playbook: Playbook | None
    problems: tuple[Problem, ...]
    root: Fields | None
    files: tuple[SourceFile, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if not problem.advice)

    @property
    def advice(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.problems if problem.advice)


def parse_playbook(id_: str, lookup: Lookup) -> Playbook:
    """The playbook, merged and checked. Raises Unparsable with all errors, NotFound for an unknown id."""
    parsed = try_parse(id_, lookup)
    if parsed.playbook is None or parsed.errors:
        raise Unparsable(parsed.errors)
    return parsed.playbook


def try_parse(id_: str, lookup: Lookup, *, known: Iterable[str] = ()) -> Parsed:
    """The playbook as far as it can be read, and everything there is to say about it.

    `known` are the ids of all playbooks, for “did you mean”. Raises NotFound for an unknown id.
    """
    files = lookup(id_)
    if not files:
        mend = did_you_mean(id_, known) or "See: responder playbook list."
        raise NotFound(f"There is no playbook “{id_}”.", mend=mend)
    merged = merge_playbook(id_, files, lookup, known)
    if merged.root is None:
        return Parsed(None, merged.problems, None, merged.files)
    playbook, problems = try_build(Playbook, merged.root)
    if playbook is not None:
        problems = check(playbook, merged.root)
    every = tuple(sorted({*merged.problems, *problems}))
    return Parsed(playbook, every, merged.root, merged.files)

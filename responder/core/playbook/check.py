"""Is a playbook sound? Everything that can be said of it without a city and without running it."""

from __future__ import annotations

from responder.core.errors import Problem
from responder.core.playbook.advice import advise
from responder.core.playbook.findings import Findings
from responder.core.playbook.model import Playbook, PlaybookKind
from responder.core.playbook.names import check_names
from responder.core.playbook.shape import check_shape
from responder.core.playbook.waiting import check_waiting
from responder.core.reading import Fields

__all__ = ["check"]


def check(playbook: Playbook, root: Fields) -> tuple[Problem, ...]:
    """All errors and advice, each at its place.

    A module is checked alone for everything but unknown ids: those become advice, a list of what it asks
    of its host.
    """
    findings = Findings(playbook, root)
    check_names(playbook, findings)
    check_shape(playbook, findings)
    check_waiting(playbook, findings)
    if playbook.kind is not PlaybookKind.MODULE:
        advise(playbook, findings)
    return tuple(sorted(set(findings.problems)))

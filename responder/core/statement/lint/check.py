"""Which rules are there, and what do they say of a statement?"""

from __future__ import annotations

from responder.core.statement.lint.finding import Finding, worst_first
from responder.core.statement.lint.subject import Subject

__all__ = ["check"]


def check(subject: Subject) -> tuple[Finding, ...]:
    """Every finding, worst first."""
    return worst_first(())

"""Which known mistakes stand in a statement? Deterministic, offline; it proves no text safe."""

from __future__ import annotations

from responder.core.statement.lint.check import check
from responder.core.statement.lint.finding import Finding, Severity, blocking, worst_first

__all__ = ["Finding", "Severity", "blocking", "check", "worst_first"]

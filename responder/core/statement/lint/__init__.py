"""Which known mistakes stand in a statement? Deterministic, offline; it proves no text safe."""

from __future__ import annotations

from responder.core.statement.lint.check import RULES, check
from responder.core.statement.lint.finding import Finding, Severity, blocking, worst_first
from responder.core.statement.lint.subject import Subject

__all__ = ["RULES", "Finding", "Severity", "Subject", "blocking", "check", "worst_first"]

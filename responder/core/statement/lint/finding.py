"""What does the linter find? A rule broken at a place, and the mend."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from responder.core.statement.texts import Edition
from responder.core.terms import Channel

__all__ = ["Finding", "Severity", "blocking", "worst_first"]


class Severity(StrEnum):
    """What a finding does."""

    BLOCK = "block"
    """Nothing is released until it is mended or somebody overrides it by name, with a reason."""
    WARN = "warn"
    """Look at it before signing."""
    INFORM = "inform"
    """Good to know; also what was not checked, and why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `rule` is words (`perpetrator-named`), `span` counts characters of that channel's text.

    `language` and `channel` are None when the finding is about the whole statement; `span` is
    None when it is about a whole text. `replacement` is what could stand in the span instead,
    for a person to accept. `part` says where: `text`, `subject` or `html`.
    `edition` says in whose text it was found. `overridden` is set when a person has answered for
    it: their reason.
    """

    rule: str
    severity: Severity
    message: str
    mend: str = ""
    language: str | None = None
    channel: Channel | None = None
    span: tuple[int, int] | None = None
    replacement: str | None = None
    part: str = "text"
    overridden: str | None = None
    edition: Edition = Edition.MAIN

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.BLOCK and self.overridden is None


def blocking(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """The findings that forbid a release now."""
    return tuple(finding for finding in findings if finding.blocks)


def worst_first(findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Blocking first, then warnings, then what is good to know; inside each in the order of the text."""
    order = {Severity.BLOCK: 0, Severity.WARN: 1, Severity.INFORM: 2}

    def key(finding: Finding) -> tuple[int, str, str, tuple[int, int]]:
        return order[finding.severity], finding.language or "", finding.channel or "", finding.span or (0, 0)

    return tuple(sorted(findings, key=key))

"""How does a statement stand now: texts, hashes, sign-off, findings, what may be released?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from responder.core.statement import Approval, Digests, Finding, Statement, Texts

__all__ = ["StatementSituation"]


@dataclass(frozen=True, slots=True)
class StatementSituation:
    """One statement as it stands.

    `releasable` are the languages that may be released now; when it is empty, `obstacles` say in
    words why. `released` are the languages of its earlier releases. `notices` hold, for each
    language of the city that is not ready, the source text with that language's own line.
    `digest` covers every text and the frame: a release names it.
    """

    statement: Statement
    texts: Texts
    digests: Digests
    approval: Approval
    findings: tuple[Finding, ...]
    releasable: tuple[str, ...]
    obstacles: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    notices: Texts = field(default_factory=dict)
    digest: str = ""
    standing: bool = False
    """Whether a standing approval from peacetime covers it."""
    people: Mapping[str, str] = field(default_factory=dict)
    """Ids of people → names, for those who appear."""

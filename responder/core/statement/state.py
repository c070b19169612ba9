"""What is a statement? A message's text in one incident, its version and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from responder.core.facts import FactValue
from responder.core.statement.texts import Frame
from responder.core.terms import Channel, Mode

__all__ = ["Kind", "Statement", "StatementState"]


class Kind(StrEnum):
    """What a template is for; rules go by it."""

    HOLDING = "holding"
    SAFETY = "safety"
    UPDATE = "update"
    CORRECTION = "correction"
    ALL_CLEAR = "all_clear"
    OTHER = "other"


class StatementState(StrEnum):
    """Where a statement stands."""

    DRAFT = "draft"
    """Being written."""
    SUBMITTED = "submitted"
    """Asked of those who sign."""
    APPROVED = "approved"
    """The chain has signed the source text and the frame as they stand."""
    RELEASED = "released"
    """At least one broadcast of it was released."""
    SUPERSEDED = "superseded"
    """A newer statement took its place."""
    CORRECTED = "corrected"
    """A correction of it was released."""
    WITHDRAWN = "withdrawn"
    """Taken back; nothing more is sent of it."""


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement at its newest version; texts are kept beside it.

    `occurrence` is the key of the message's occurrence (`update#2`), `message` its entry. `values`
    are what its variables were filled with, `asked` what still has to be filled in by the drafter,
    `typed` what a drafter filled in (unverified). `edited` are the texts that somebody wrote by
    hand. `first_template` is that of the first readers' own edition ("" = they get the same text as
    everybody), `first_edited` what was written by hand in it. Times are incident time, aware UTC.
    """

    id: str
    incident_id: str
    occurrence: str
    message: str
    mode: Mode
    template: str
    template_digest: str
    kind: Kind
    state: StatementState
    version: int
    source_language: str
    frame: Frame
    drafted_at: datetime
    author: str | None = None
    values: Mapping[str, FactValue | None] = field(default_factory=dict)
    typed: frozenset[str] = frozenset()
    asked: tuple[str, ...] = ()
    next_update_at: datetime | None = None
    corrects: tuple[str, ...] = ()
    missing_languages: tuple[str, ...] = ()
    used_channels: frozenset[Channel] = frozenset()
    edited: frozenset[tuple[str, Channel]] = frozenset()
    first_template: str = ""
    first_edited: frozenset[tuple[str, Channel]] = frozenset()

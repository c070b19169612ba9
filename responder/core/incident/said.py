"""What can happen to statements and broadcasts? The events of the log about what is said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from responder.core.incident.occurrence import OccurrenceKey

__all__ = [
    "FRAME",
    "BroadcastCompleted",
    "BroadcastExpired",
    "BroadcastPaused",
    "BroadcastReleased",
    "BroadcastResumed",
    "BroadcastStopped",
    "FindingOverridden",
    "StatementApproved",
    "StatementDrafted",
    "StatementEdited",
    "StatementReturned",
    "StatementSigned",
    "StatementSubmitted",
    "StatementWaived",
    "StatementWithdrawn",
]

FRAME = "frame"
"""The scope of a signature on the source text and the audience frame; any other scope is a language."""


@dataclass(frozen=True, slots=True)
class StatementDrafted:
    """A statement was drafted for an occurrence; scope → hash."""

    statement: str
    occurrence: OccurrenceKey
    hashes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementEdited:
    """Texts or the frame of a statement were changed; scope → new hash."""

    statement: str
    languages: tuple[str, ...] = ()
    hashes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StatementSubmitted:
    """The author handed a statement to its chain."""

    statement: str


@dataclass(frozen=True, slots=True)
class StatementSigned:
    """One signature, bound to a digest.

    `scope` is FRAME or a language tag. `for_role` names the role signed for by a deputy or
    fallback; `recorded_for` the outside role whose word is recorded, and `how` it was given;
    `consult` marks an answer without veto; `declares_reading` that the signer reads the language.
    """

    statement: str
    scope: str
    role: str
    digest: str
    for_role: str = ""
    consult: bool = False
    recorded_for: str = ""
    how: str = ""
    declares_reading: bool = False


@dataclass(frozen=True, slots=True)
class StatementApproved:
    """The last signature that a scope needed is there."""

    statement: str
    scope: str


@dataclass(frozen=True, slots=True)
class StatementReturned:
    """A signer sent the statement back to its author."""

    statement: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatementWaived:
    """A late step of an outside role was waived by those on the ladder."""

    statement: str
    step: int
    role: str
    reason: str


@dataclass(frozen=True, slots=True)
class FindingOverridden:
    """A blocking finding was overridden, by name and with a reason."""

    statement: str
    rule: str
    language: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatementWithdrawn:
    """A statement is withdrawn; nothing more of it is released."""

    statement: str
    reason: str


@dataclass(frozen=True, slots=True)
class BroadcastReleased:
    """A statement was released: for its message occurrence this is `sent`."""

    broadcast: str
    statement: str
    occurrence: OccurrenceKey
    languages: tuple[str, ...] = ()
    digest: str = ""
    next_update_at: datetime | None = None
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class BroadcastPaused:
    """Nothing more is handed over until it is resumed."""

    broadcast: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BroadcastResumed:
    """A paused broadcast goes on."""

    broadcast: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BroadcastStopped:
    """A broadcast was stopped for good."""

    broadcast: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BroadcastExpired:
    """What was not sent by its expiry is not sent."""

    broadcast: str


@dataclass(frozen=True, slots=True)
class BroadcastCompleted:
    """Every delivery came to its end; state → how many."""

    broadcast: str
    tally: Mapping[str, int] = field(default_factory=dict)

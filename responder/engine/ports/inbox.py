"""What does the engine ask of the store about texts that residents sent to the city?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

__all__ = ["InboundRow", "InboxStore"]


@dataclass(frozen=True, slots=True)
class InboundRow:
    """One text as the store keeps it. `number` is sealed under `inbound/{id}/number`, `body` likewise.

    `word` is what the machine took it for. `arrived` is wall time. `provider_id` is the provider's own,
    by which a request that comes twice is known.
    """

    id: str
    carrier: str
    provider_id: str
    number: bytes = field(repr=False)
    body: bytes = field(repr=False)
    word: str
    arrived: datetime


class InboxStore(Protocol):
    """The texts of residents, inside one transaction."""

    def keep(self, row: InboundRow) -> bool:
        """False when the provider handed this one over before: then nothing is kept."""

    def latest(self, *, before: datetime | None = None, limit: int = 50) -> Sequence[InboundRow]:
        """The newest first."""

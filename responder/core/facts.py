"""What is known: a value, since when, who said so, and whether it was verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

__all__ = ["Fact", "FactType", "FactValue"]

FactValue = str | int | float | bool | date | datetime | tuple[str, ...]


class FactType(StrEnum):
    """What a fact can hold."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    DATE = "date"
    DATETIME = "datetime"
    AREAS = "areas"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Fact:
    """One known thing. `since` and `expires` are incident time, aware UTC.

    `source` says who said it, in words ("police duty desk, by phone"); `said_by` is the id of
    the person who entered it; `verified_by` of the one who checked it, or None.
    """

    value: FactValue
    since: datetime
    source: str = ""
    said_by: str = ""
    verified_by: str | None = None
    expires: datetime | None = None

    @property
    def verified(self) -> bool:
        return self.verified_by is not None

    def holds_at(self, moment: datetime) -> bool:
        """Whether the fact has not expired at that moment of incident time."""
        return self.expires is None or moment < self.expires

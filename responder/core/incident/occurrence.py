"""How is one occurrence of an entry named? By entry, item and number, never by a date."""

from __future__ import annotations

import re
from dataclasses import dataclass

from responder.core.errors import InvalidInput

__all__ = ["OccurrenceKey"]

_KEY = re.compile(
    r"(?P<entry>[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)?)(?:/(?P<item>\d{1,9}))?#(?P<number>[1-9]\d{0,8})"
)


@dataclass(frozen=True, slots=True)
class OccurrenceKey:
    """`update#2`, or `rumour_correction/3#1` for item 3 of a register. Numbers count from 1."""

    entry: str
    item: int | None = None
    number: int = 1

    @classmethod
    def parse(cls, text: str) -> OccurrenceKey:
        """Raises InvalidInput when the text names no occurrence. A bare `entry` means its first."""
        match = _KEY.fullmatch(text if "#" in text else f"{text}#1")
        if match is None:
            raise InvalidInput(
                f"“{text}” names no occurrence.", mend="Write it like update#2 or correction/3#1."
            )
        item = match["item"]
        return cls(match["entry"], None if item is None else int(item), int(match["number"]))

    def __str__(self) -> str:
        item = "" if self.item is None else f"/{self.item}"
        return f"{self.entry}{item}#{self.number}"

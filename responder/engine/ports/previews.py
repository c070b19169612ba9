"""What is said of a release before it is made: who would get which text, and who would not?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from responder.core.broadcast import SkipReason
from responder.core.statement.texts import Edition
from responder.core.terms import Channel, Mode

__all__ = ["Preview", "PreviewCount", "PreviewLine", "Readers"]


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """How many people get one text: `segments` is the SMS parts a person, 1 for email.

    `edition` tells those who hear it first in words of their own from everybody else.
    """

    channel: Channel
    language: str
    notice: bool
    people: int
    segments: int = 1
    edition: Edition = Edition.MAIN


@dataclass(frozen=True, slots=True)
class PreviewCount:
    """People alike: same channel, text, state of address. `doubled`: another one's address.

    `part` counts the selections of the release from 0.
    """

    channel: Channel
    language: str
    notice: bool
    address_state: str
    doubled: bool
    people: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Readers:
    """Who a release would find: `people` is how many different ones get it on some channel."""

    lines: tuple[PreviewCount, ...]
    people: int


@dataclass(frozen=True, slots=True)
class Preview:
    """Who would get it if it were released now.

    `people` are different ones, `count` is messages over all channels: what a person types to confirm.
    `count` and `skipped` together are the rows that will be written.
    """

    statement_id: str
    mode: Mode
    people: int
    count: int
    lines: tuple[PreviewLine, ...]
    skipped: Mapping[tuple[Channel, SkipReason], int]
    languages: tuple[str, ...]
    missing_languages: tuple[str, ...]
    persons: int
    quiet_until: datetime | None
    expires: datetime | None
    undo_seconds: int

    @property
    def by_channel(self) -> Mapping[Channel, int]:
        """Messages on each channel."""
        counts: Counter[Channel] = Counter()
        for line in self.lines:
            counts[line.channel] += line.people
        return counts

    @property
    def segments(self) -> int:
        """SMS parts in all: what is paid for."""
        return sum(line.people * line.segments for line in self.lines if line.channel is Channel.SMS)

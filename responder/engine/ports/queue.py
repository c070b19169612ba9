"""What is the queue? It decides which batch runs where and when; it never decides what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

__all__ = ["Handler", "Job", "JobState", "Queue"]


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Job:
    """One batch of work. `key` is deterministic: the same key is the same job. `payload` is ids only."""

    kind: str
    key: str
    payload: Mapping[str, str]


Handler = Callable[[Job], None]


class Queue(Protocol):
    """Runs jobs at least once each; the work inside is safe to repeat.

    Queues are lanes: `alert` before `statement` before `bulk`, and `house` for everything else.
    """

    def enqueue(
        self,
        work: object,
        kind: str,
        key: str,
        payload: Mapping[str, str],
        *,
        queue: str = "house",
        at: datetime | None = None,
        priority: int = 0,
    ) -> None:
        """Add a job in the transaction `work` (Work.connection); a key already there changes nothing."""

    def cancel(self, key: str) -> None:
        """Cancel what has not begun."""

    def status(self, key: str) -> JobState: ...

    def set_limit(self, queue: str, *, per_second: float | None) -> None: ...

    def recover(self) -> None:
        """Start again what this node had begun before it died."""

    def nudge(self) -> None:
        """There is work: look now, not at the next poll."""

"""Which ports can a test hold in its hand? Each does the real thing on a small scale, in memory."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Literal

from responder.core.terms import Channel, Mode
from responder.engine.ports import Job, JobState, Outcome, OutcomeKind, Outgoing

__all__ = [
    "CountedChance",
    "HandWoundClock",
    "InlineQueue",
    "RecordingCarrier",
    "RecordingExerciseCarrier",
]

Answer = Callable[[Outgoing], OutcomeKind]


class HandWoundClock:
    """Wall time that stands still until somebody winds it."""

    def __init__(self, start: datetime = datetime(2027, 3, 1, 1, 0, tzinfo=UTC)) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def wind(self, by: timedelta) -> datetime:
        """Move forward, or backward as a machine's clock may; returns the new time."""
        self._now += by
        return self._now

    def wind_to(self, moment: datetime) -> datetime:
        self._now = moment
        return self._now


class CountedChance:
    """Ids and tokens that can be told beforehand: id 1 is 000…01."""

    def __init__(self) -> None:
        self._count = 0
        self._lock = threading.Lock()

    def new_id(self) -> str:
        return f"{self._next():032x}"

    def new_token(self) -> str:
        return f"token-{self._next():037d}"

    def fraction(self) -> float:
        return 0.5

    def _next(self) -> int:
        with self._lock:
            self._count += 1
            return self._count


class InlineQueue:
    """A queue in memory that runs a job when the test says so.

    `handlers` maps a kind to the function that does it. A job added inside a transaction that
    is rolled back stays: jobs are safe to repeat, so they are safe to run for nothing.
    """

    def __init__(self) -> None:
        self.handlers: dict[str, Callable[[Job], None]] = {}
        self._waiting: deque[tuple[int, int, datetime | None, Job]] = deque()
        self._states: dict[str, JobState] = {}
        self._lock = threading.RLock()
        self._order = 0

    def enqueue(
        self,
        work: object,  # noqa: ARG002  # the port's shape: a real queue writes in this transaction
        kind: str,
        key: str,
        payload: Mapping[str, str],
        *,
        queue: str = "house",  # noqa: ARG002
        at: datetime | None = None,
        priority: int = 0,
    ) -> None:
        with self._lock:
            if key in self._states:
                return
            self._order += 1
            self._states[key] = JobState.WAITING
            self._waiting.append((priority, self._order, at, Job(kind, key, dict(payload))))

    def cancel(self, key: str) -> None:
        with self._lock:
            self._waiting = deque(item for item in self._waiting if item[3].key != key)
            if self._states.get(key) is JobState.WAITING:
                self._states[key] = JobState.CANCELLED

    def status(self, key: str) -> JobState:
        return self._states.get(key, JobState.MISSING)

    def set_limit(self, queue: str, *, per_second: float | None) -> None:
        """Nothing to hold back: a test runs jobs one by one."""

    def recover(self) -> None:
        """Nothing outlives the process."""

    def nudge(self) -> None:
        """The test decides when to look."""

    def run(self, *, now: datetime | None = None, most: int = 10_000) -> int:
        """Run what is waiting and whose time has come, also what that adds; returns how many ran."""
        ran = 0
        while ran < most and (job := self._next(now)) is not None:
            self._states[job.key] = JobState.RUNNING
            self.handlers[job.kind](job)
            self._states[job.key] = JobState.DONE
            ran += 1
        return ran

    def _next(self, now: datetime | None) -> Job | None:
        with self._lock:
            ready = [item for item in self._waiting if item[2] is None or now is None or item[2] <= now]
            if not ready:
                return None
            first = min(ready, key=lambda item: item[:2])
            self._waiting.remove(first)
            return first[3]


class _Recording:
    """What both recording carriers do; apart from their mode they are alike."""

    def __init__(self, channel: Channel, *, answer: Answer, connections: int) -> None:
        self.channel = channel
        self.connections = connections
        self.answer = answer
        self.taken: list[Outgoing] = []
        self._lock = threading.Lock()

    def open(self, halted: Callable[[], bool]) -> _RecordingLine:
        return _RecordingLine(self, halted)

    def close(self) -> None:
        """There is no connection to let go of."""

    def hear(self, message: Outgoing) -> OutcomeKind:
        kind = self.answer(message)
        if kind in (OutcomeKind.ACCEPTED, OutcomeKind.UNKNOWN):
            with self._lock:
                self.taken.append(message)
        return kind


class _RecordingLine:
    def __init__(self, carrier: _Recording, halted: Callable[[], bool]) -> None:
        self._carrier = carrier
        self._halted = halted
        self._outcomes: list[Outcome] = []

    def give(self, messages: Sequence[Outgoing]) -> None:
        for message in messages:
            kind = OutcomeKind.NOT_STARTED if self._halted() else self._carrier.hear(message)
            provider_id = f"recorded-{message.delivery}" if kind is OutcomeKind.ACCEPTED else ""
            self._outcomes.append(Outcome(message.delivery, message.attempt, kind, provider_id=provider_id))

    def take(self, *, at_least: int, timeout: float) -> tuple[Outcome, ...]:  # noqa: ARG002
        outcomes, self._outcomes = tuple(self._outcomes), []
        return outcomes

    def close(self, *, grace: float) -> tuple[Outcome, ...]:  # noqa: ARG002
        return self.take(at_least=0, timeout=0)


class RecordingCarrier(_Recording):
    """A live carrier that keeps what it was given in `taken`; `answer` decides each outcome."""

    mode: Literal[Mode.LIVE] = Mode.LIVE

    def __init__(
        self, channel: Channel, *, answer: Answer = lambda _: OutcomeKind.ACCEPTED, connections: int = 8
    ) -> None:
        super().__init__(channel, answer=answer, connections=connections)
        self.name = f"recording-{channel.value}"


class RecordingExerciseCarrier(_Recording):
    """An exercise carrier that keeps what it was given in `taken`."""

    mode: Literal[Mode.EXERCISE] = Mode.EXERCISE
    name: Literal["exercise"] = "exercise"

    def __init__(
        self, channel: Channel, *, answer: Answer = lambda _: OutcomeKind.ACCEPTED, connections: int = 8
    ) -> None:
        super().__init__(channel, answer=answer, connections=connections)

"""How does a job hand messages to connections that outlive it? A crew of hands, and one line a job."""

from __future__ import annotations

import asyncio
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Protocol

import structlog

from responder.carriers._loop import LoopThread, shared
from responder.engine.ports.carriers import Outcome, OutcomeKind, Outgoing

__all__ = ["Crew", "CrewLine", "Halted", "Hand", "Rest", "outcome_of"]

IDLE_SECONDS = 20.0
"""How long a hand without work keeps its connection."""

Halted = Callable[[], bool]

_log = structlog.get_logger(__name__)


def outcome_of(
    message: Outgoing,
    kind: OutcomeKind,
    *,
    code: str = "",
    detail: str = "",
    retry_after: float | None = None,
) -> Outcome:
    """The outcome of one message, said short."""
    return Outcome(message.delivery, message.attempt, kind, code=code, detail=detail, retry_after=retry_after)


class Hand(Protocol):
    """One connection to a provider: hands over one message after the other."""

    async def deliver(self, message: Outgoing, halted: Halted) -> Outcome:
        """Never raises for what a provider or a network may do: that is an outcome."""

    async def close(self) -> None: ...


class Rest:
    """A provider that lets nobody in is not asked again by each message of a window.

    All hands of a crew share one: what stopped the first stops the others for a moment, with the
    same outcome and without a request.
    """

    def __init__(self, seconds: float = 2.0) -> None:
        self.seconds = seconds
        self._until = 0.0
        self._why: Outcome | None = None

    def begin(self, why: Outcome) -> Outcome:
        self._until, self._why = time.monotonic() + self.seconds, why
        return why

    def end(self) -> None:
        self._why = None

    def answer(self, message: Outgoing) -> Outcome | None:
        """What to say to a message now, None when the provider may be asked."""
        left = self._until - time.monotonic()
        if self._why is None or left <= 0:
            return None
        retry = max(left, self._why.retry_after or 0.0)
        why = self._why
        return outcome_of(message, why.kind, code=why.code, detail=why.detail, retry_after=retry)


class CrewLine:
    """A job's line to a crew. See `responder.engine.ports.carriers.Line`."""

    def __init__(self, crew: Crew, halted: Halted) -> None:
        self._crew = crew
        self._asked_to_halt = halted
        self._changed = threading.Condition()
        self._open: dict[tuple[str, int], Outgoing] = {}
        self._done: list[Outcome] = []
        self._wanted = 0
        self._closed = False
        self.waiting: deque[Outgoing] = deque()
        self.queued = False

    def halted(self) -> bool:
        return self._closed or self._asked_to_halt()

    def give(self, messages: Sequence[Outgoing]) -> None:
        with self._changed:
            self._open.update({(item.delivery, item.attempt): item for item in messages})
        self.waiting.extend(messages)
        self._crew.call(self, len(messages))

    def take(self, *, at_least: int, timeout: float) -> tuple[Outcome, ...]:
        with self._changed:
            coming = len(self._open) + len(self._done)
            self._wanted = min(at_least, coming) if coming else at_least
            self._changed.wait_for(lambda: len(self._done) >= self._wanted, timeout)
            return self._hand_out()

    def close(self, *, grace: float) -> tuple[Outcome, ...]:
        self._closed = True
        self.put(outcome_of(item, OutcomeKind.NOT_STARTED) for item in _drained(self.waiting))
        with self._changed:
            self._wanted = len(self._open) + len(self._done)
            self._changed.wait_for(lambda: not self._open, grace)
            for item in self._open.values():
                self._done.append(outcome_of(item, OutcomeKind.UNKNOWN, detail="no-answer-in-time"))
            self._open.clear()
            return self._hand_out()

    def put(self, outcomes: Iterable[Outcome]) -> None:
        """Outcomes that came in. One that is not waited for any more is dropped."""
        with self._changed:
            for outcome in outcomes:
                if self._open.pop((outcome.delivery, outcome.attempt), None) is not None:
                    self._done.append(outcome)
            if len(self._done) >= self._wanted:
                self._changed.notify()

    def _hand_out(self) -> tuple[Outcome, ...]:
        done, self._done = tuple(self._done), []
        return done


class Crew:
    """Up to `size` hands, over all lines of a carrier; hands without work go home.

    Lines take turns, one message each, so that a short urgent one is not behind a long one.
    """

    def __init__(
        self,
        make: Callable[[], Hand],
        *,
        size: int,
        idle_seconds: float = IDLE_SECONDS,
        thread: LoopThread = shared,
    ) -> None:
        self._make = make
        self._size = size
        self._idle_seconds = idle_seconds
        self._thread = thread
        self._lines: deque[CrewLine] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()
        # The loop keeps only weak references to its tasks: these are the strong ones.
        self._hands: set[asyncio.Task[None]] = set()
        thread.welcome(self)

    def open(self, halted: Halted) -> CrewLine:
        return CrewLine(self, halted)

    def call(self, line: CrewLine, count: int) -> None:
        """There are `count` more messages on a line; from any thread."""
        self._thread.soon(self._arrive, line, count)

    def close(self) -> None:
        """Part from all connections now; a later message opens new ones. Not from within the loop."""
        self._thread.run(self.leave(), timeout=10.0)

    async def leave(self) -> None:
        hands = list(self._hands)
        for hand in hands:
            hand.cancel()
        await asyncio.gather(*hands, return_exceptions=True)

    def _arrive(self, line: CrewLine, count: int) -> None:
        if not line.queued:
            line.queued = True
            self._lines.append(line)
        self._wake(count)

    def _wake(self, count: int) -> None:
        for _ in range(count):
            if not self._rouse() and not self._hire():
                return

    def _rouse(self) -> bool:
        while self._idle:
            waiter = self._idle.popleft()
            if not waiter.done():
                waiter.set_result(None)
                return True
        return False

    def _hire(self) -> bool:
        if len(self._hands) >= self._size:
            return False
        task = asyncio.get_running_loop().create_task(self._work())
        self._hands.add(task)
        task.add_done_callback(self._gone)
        return True

    def _gone(self, task: asyncio.Task[None]) -> None:
        self._hands.discard(task)
        if task.cancelled():
            return
        broke = task.exception()
        if broke is not None:
            # Only where and what: a traceback may show the values it came across, numbers among them.
            place = traceback.extract_tb(broke.__traceback__)[-1]
            where = f"{Path(place.filename).name}:{place.lineno}"
            _log.error("a hand of a carrier broke", error=type(broke).__name__, where=where)
        if self._lines:
            self._wake(1)

    async def _work(self) -> None:
        hand = self._make()
        try:
            while (turn := await self._next()) is not None:
                await _hand_over(hand, *turn)
        finally:
            await hand.close()

    async def _next(self) -> tuple[CrewLine, Outgoing] | None:
        while True:
            turn = self._turn()
            if turn is not None:
                return turn
            waiter = asyncio.get_running_loop().create_future()
            self._idle.append(waiter)
            try:
                async with asyncio.timeout(self._idle_seconds):
                    await waiter
            except TimeoutError:
                if not self._lines:
                    return None

    def _turn(self) -> tuple[CrewLine, Outgoing] | None:
        while self._lines:
            line = self._lines.popleft()
            try:
                message = line.waiting.popleft()
            except IndexError:
                line.queued = False
                continue
            line.queued = bool(line.waiting)
            if line.queued:
                self._lines.append(line)
            return line, message
        return None


async def _hand_over(hand: Hand, line: CrewLine, message: Outgoing) -> None:
    if line.halted():
        line.put([outcome_of(message, OutcomeKind.NOT_STARTED)])
        return
    # Should a hand break in a way nobody thought of, the message may have left: that is unknown.
    outcome = outcome_of(message, OutcomeKind.UNKNOWN, detail="carrier-broke")
    try:
        outcome = await hand.deliver(message, line.halted)
    finally:
        line.put([outcome])


def _drained(waiting: deque[Outgoing]) -> list[Outgoing]:
    """Take everything out; a hand may be taking at the same time, each message goes to one of us."""
    taken: list[Outgoing] = []
    while True:
        try:
            taken.append(waiting.popleft())
        except IndexError:
            return taken

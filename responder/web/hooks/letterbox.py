"""How do thousands of receipts a second reach the database? Many wait together for one commit."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from responder.core.errors import ResponderError
from responder.engine.ports.carriers import Receipt

__all__ = ["Letterbox"]

_MOST_AT_ONCE = 500


class Letterbox:
    """One writer thread commits what is waiting, up to 500 receipts in one transaction.

    Many threads that each wait for SQLite's write lock starve one another; one does not.
    """

    def __init__(self, keep: Callable[[Sequence[Receipt]], object]) -> None:
        self._keep = keep
        self._waiting: deque[tuple[Receipt, asyncio.Future[None]]] = deque()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="receipts")
        self._emptying: asyncio.Task[None] | None = None

    async def put(self, receipt: Receipt) -> None:
        """Returns when the receipt is committed. Raises what the store raises, such as Unavailable."""
        loop = asyncio.get_running_loop()
        committed: asyncio.Future[None] = loop.create_future()
        self._waiting.append((receipt, committed))
        if self._emptying is None or self._emptying.done():
            self._emptying = loop.create_task(self._empty())
        await committed

    async def _empty(self) -> None:
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(_MOST_AT_ONCE, len(self._waiting)))]
            await self._commit([receipt for receipt, _ in batch], [committed for _, committed in batch])

    async def _commit(self, receipts: list[Receipt], committed: list[asyncio.Future[None]]) -> None:
        try:
            await asyncio.get_running_loop().run_in_executor(self._writer, self._keep, receipts)
        except ResponderError as error:
            for future in committed:
                if not future.done():
                    future.set_exception(error)
        else:
            for future in committed:
                if not future.done():
                    future.set_result(None)
        finally:
            # Nobody waits for ever, whatever broke: a provider that hears nothing comes again.
            for future in committed:
                future.cancel()

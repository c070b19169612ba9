"""Where do all carriers do their network work? In one event loop a process, on a thread of its own."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
import weakref
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, Protocol, TypeVar

__all__ = ["Closable", "LoopThread", "shared"]

_LEAVE_SECONDS = 2.0

T = TypeVar("T")


class Closable(Protocol):
    """What wants to part politely from its connections before the loop ends."""

    async def leave(self) -> None: ...


class LoopThread:
    """A thread with an event loop, started at first use. A forked child starts its own."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._process = 0
        self._guests: weakref.WeakSet[Any] = weakref.WeakSet()
        atexit.register(self.stop)

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None or self._process != os.getpid():
                self._loop, self._process = asyncio.new_event_loop(), os.getpid()
                self._thread = threading.Thread(target=self._loop.run_forever, name="carriers", daemon=True)
                self._thread.start()
            return self._loop

    def welcome(self, guest: Closable) -> None:
        """Remember somebody who is asked to leave when the process ends."""
        self._guests.add(guest)

    def soon(self, act: Callable[..., object], *arguments: object) -> None:
        """Call something in the loop; returns at once."""
        self.loop.call_soon_threadsafe(act, *arguments)

    def run(self, work: Coroutine[Any, Any, T], *, timeout: float) -> T:
        """Run something in the loop from another thread and wait for it. Raises TimeoutError."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(timeout)

    def stop(self) -> None:
        """Let every guest part from its connections, then end the loop."""
        if self._loop is None or self._process != os.getpid():
            return
        for guest in list(self._guests):
            try:
                self.run(guest.leave(), timeout=_LEAVE_SECONDS)
            except (TimeoutError, OSError, CancelledError):
                continue
        loop, self._loop = self._loop, None
        loop.call_soon_threadsafe(loop.stop)
        if self._thread is not None:
            self._thread.join(_LEAVE_SECONDS)
        if not loop.is_running():
            loop.close()


shared = LoopThread()

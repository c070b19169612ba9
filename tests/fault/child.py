"""The program as it serves, for a test that kills it: works until every broadcast has been handed over.

With `KILL_IN_COMMIT=n` it kills itself within the n-th commit that it makes.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading

from sqlalchemy import event

from responder.app.running import working
from responder.app.settings import Settings, load_settings
from responder.app.wiring import install
from responder.core.broadcast import BroadcastState
from responder.engine.ports import Limits

UNDER_WAY = (BroadcastState.RELEASED, BroadcastState.MATERIALISING, BroadcastState.SENDING)


def main() -> None:
    settings = load_settings()
    installation = install(settings, limits=_limits(settings))
    fatal = int(os.environ.get("KILL_IN_COMMIT", "0"))
    if fatal:
        event.listen(installation.engine, "connect", _Watch(fatal).follow)
    with working(installation):
        sys.stdout.write("at work\n")
        sys.stdout.flush()
        pause = threading.Event()
        while _is_busy(installation.ports.store):
            pause.wait(0.2)
    installation.close()


def _limits(settings: Settings) -> Limits | None:
    """With `LEASE_SECONDS=n` a dead neighbour's parcels (small ones then) are waited for n seconds."""
    lease = os.environ.get("LEASE_SECONDS")
    if lease is None:
        return None
    return Limits(
        node=settings.node,
        public_url=settings.public_url,
        smtp_connections=settings.smtp_connections,
        lease_seconds=int(lease),
        parcel_size=200,
    )


def _is_busy(store: object) -> bool:
    with store.read() as work:  # type: ignore[attr-defined]  # the store of the installation
        return bool(work.broadcasts.in_state(*UNDER_WAY))


class _Watch:
    """Counts COMMIT statements as they begin; the fatal one is cut while SQLite is at it."""

    def __init__(self, fatal: int) -> None:
        self._left = fatal

    def follow(self, connection: sqlite3.Connection, _record: object) -> None:
        connection.set_trace_callback(self._see)

    def _see(self, statement: str) -> None:
        if statement != "COMMIT":
            return
        self._left -= 1
        if self._left == 0:
            threading.Thread(target=os.kill, args=(os.getpid(), signal.SIGKILL)).start()


if __name__ == "__main__":
    main()

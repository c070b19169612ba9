"""What runs in a process that serves? Pages, the beat of the clock, and the workers of the queue."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from responder import __version__
from responder.app.wiring import Installation, hooks
from responder.core.city import City, parse_city
from responder.core.errors import Unavailable
from responder.engine import broadcasts
from responder.engine.ports.contents import CITY_FILE
from responder.engine.tick import tick
from responder.scheduler import Beat
from responder.web.server import WebOptions, make_app

__all__ = ["city_of", "listen", "pages", "serve_pages", "wait_for_signal", "working"]

_log = structlog.get_logger(__name__)
_PORTS_TO_TRY = 20


def pages(installation: Installation) -> FastAPI:
    """The web side of an installation."""
    settings = installation.settings
    options = WebOptions(
        version=__version__,
        public_url=settings.public_url,
        metrics_token=settings.metrics_token.get_secret_value(),
    )
    return make_app(
        installation.ports, options=options, hooks=hooks(installation), mailbox=installation.mailbox
    )


@contextmanager
def working(installation: Installation) -> Iterator[None]:
    """The beat and the workers, while the block runs.

    1. Parcels that this node held when it died are opened again: what was on the wire is unknown.
    2. The queue begins, and starts again what it had begun.
    3. The clock beats: once a second, and at the moment of the next step.
    At the end nothing more is marked for the carriers; what is on the wire is waited for.
    """
    ports = installation.ports
    opened = broadcasts.recover_own(ports)
    if opened:
        _log.warning("opened parcels that this node held when it died", parcels=opened)
    installation.queue.start()
    installation.queue.recover()
    beat = Beat(lambda: tick(ports), now=ports.clock.now)
    beat.start()
    try:
        yield
    finally:
        beat.stop()
        ports.switchboard.close()


def serve_pages(app: FastAPI, *, host: str, port: int, log_level: str = "warning") -> None:
    """Answer requests until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        app, host=host, port=port, log_level=log_level, access_log=False, proxy_headers=False, lifespan="off"
    )
    uvicorn.Server(config).run()


def wait_for_signal() -> None:
    """Return at SIGINT or SIGTERM."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ask)
    asked.wait()


def listen(host: str, wanted: int) -> socket.socket:
    """A socket that listens on the wanted port, or on the next one that is free. Raises Unavailable."""
    for port in range(wanted, wanted + _PORTS_TO_TRY):
        found = socket.socket()
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, port))
            found.listen()
        except OSError:
            found.close()
            continue
        return found
    raise Unavailable(
        f"Ports {wanted} to {wanted + _PORTS_TO_TRY - 1} are all taken.", mend="Give another one: --port."
    )


def city_of(installation: Installation) -> City:
    """The city file as it is on disk now. Raises Unparsable with all its problems."""
    return parse_city(installation.ports.content.read(CITY_FILE), CITY_FILE)

"""What runs in a process that serves? Pages, the beat of the clock, and the workers of the queue."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI

from responder import __version__
from responder.app.heartbeat import SECONDS, heartbeat
from responder.app.naming import own_name
from responder.app.wiring import Installation, hooks
from responder.core.city import City, parse_city
from responder.core.errors import Unavailable
from responder.engine import broadcasts
from responder.engine.ports.contents import CITY_FILE, Content
from responder.engine.tick import tick
from responder.scheduler import Beat
from responder.web.server import WebOptions, make_app

__all__ = ["city_of", "city_on_disk", "heeding", "listen", "listen_near", "pages", "serving", "working"]

_log = structlog.get_logger(__name__)
_PORTS_TO_TRY = 20
_WAITING = 2_048


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
    """The beat and the workers, while the block runs. Raises Unavailable when the name is taken.

    1. Parcels that this node held when it died are opened again: what was on the wire is unknown.
    2. The queue begins, and starts again what it had begun.
    3. The clock beats: once a second, and at the moment of the next step.
    4. An auditor looks once a minute whether all that was due has happened.
    At the end nothing more is marked for the carriers; what is on the wire is waited for.
    """
    with own_name(installation.settings):
        yield from _at_work(installation)


def _at_work(installation: Installation) -> Iterator[None]:
    ports = installation.ports
    opened = broadcasts.recover_own(ports)
    if opened:
        _log.warning("opened parcels that this node held when it died", parcels=opened)
    installation.queue.start()
    installation.queue.recover()
    beat = Beat(lambda: tick(ports), now=ports.clock.now)
    auditor = Beat(heartbeat(ports, installation.settings.heartbeat_url), now=ports.clock.now, every=SECONDS)
    beat.start()
    auditor.start()
    try:
        yield
    finally:
        auditor.stop()
        beat.stop()
        ports.switchboard.close()


@contextmanager
def heeding() -> Iterator[threading.Event]:
    """While the block runs SIGINT and SIGTERM set the event, and nothing else happens.

    Python's own handlers would end the process wherever it stands: jobs would not be waited for,
    and what is on the wire would become unknown.
    """
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def serving(app: FastAPI, door: socket.socket, *, ended: threading.Event | None = None) -> Iterator[None]:
    """Answer requests while the block runs, in a thread, where uvicorn leaves signals alone.

    `ended` is set when it can answer no more.
    """
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
    )
    server = uvicorn.Server(config)

    def run() -> None:
        try:
            server.run(sockets=[door])
        finally:
            if ended is not None:
                ended.set()

    thread = threading.Thread(target=run, name="pages", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there, on IPv4 or IPv6. Raises Unavailable when the port is taken."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        return socket.create_server(address, family=family, backlog=_WAITING)
    except OSError as error:
        raise Unavailable(
            f"Nobody can listen on {host}, port {port}: {error.strerror}.",
            mend="Give another one: --port, --host.",
        ) from error


def listen_near(host: str, wanted: int) -> socket.socket:
    """A socket that listens on the wanted port, or on the next one that is free. Raises Unavailable."""
    for port in range(wanted, wanted + _PORTS_TO_TRY):
        with suppress(Unavailable):
            return listen(host, port)
    raise Unavailable(
        f"Ports {wanted} to {wanted + _PORTS_TO_TRY - 1} are all taken.", mend="Give another one: --port."
    )


def city_of(installation: Installation) -> City:
    """The city file as it is on disk now. Raises Unparsable with all its problems."""
    return city_on_disk(installation.ports.content)


def city_on_disk(content: Content) -> City:
    """The city file; problems name it as people find it. Raises Unparsable, NotFound."""
    layers = content.layers(CITY_FILE)
    return parse_city(content.read(CITY_FILE), layers[0].shown if layers else CITY_FILE)

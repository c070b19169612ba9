"""How does a test get the program as it is installed: files, threads, carriers and pages on loopback?"""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from kit.world import CAST, KEY
from responder.app.running import pages, working
from responder.app.settings import load_settings
from responder.app.wiring import Installation, install
from responder.db.migrations import upgrade
from responder.engine import people
from responder.engine.people import OPERATOR, NewPerson, Person

__all__ = ["cast_of", "free_port", "installed", "until"]

PATIENCE = 120.0


@contextmanager
def installed(place: Path, settings: Mapping[str, str], *, port: int = 0) -> Iterator[Installation]:
    """The program at work in a folder; with a `port` its pages answer on loopback as well."""
    given = {"RESPONDER_DATA_DIR": str(place), "RESPONDER_SECRET_KEY": KEY, "RESPONDER_NODE_NAME": "one"}
    kept = {name: os.environ.pop(name) for name in [*os.environ] if name.startswith("RESPONDER_")}
    os.environ.update({**given, **settings})
    try:
        installation = install(load_settings())
    finally:
        for name in (*given, *settings):
            os.environ.pop(name, None)
        os.environ.update(kept)
    upgrade(installation.engine)
    installation.queue.prepare()
    try:
        with working(installation), _serving(installation, port):
            yield installation
    finally:
        installation.close()


def cast_of(installation: Installation) -> dict[str, Person]:
    """Everybody of the cast, added to the roster."""
    for name, (permission, roles, languages, phone) in CAST.items():
        new = NewPerson(
            name=name,
            permission=permission,
            roles=roles,
            languages=languages,
            email=f"{name.lower()}@example.org",
            phone=phone,
        )
        people.add_person(installation.ports, by=OPERATOR, new=new)
    return {name: people.find_person(installation.ports, name) for name in CAST}


def until(holds: Callable[[], bool], *, patience: float = PATIENCE) -> None:
    """Wait for threads of the program; fails after a while. Not a sleep: it looks ten times a second."""
    pause, end = threading.Event(), time.monotonic() + patience
    while not holds():
        assert time.monotonic() < end, "It did not happen in time."
        pause.wait(0.1)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def _serving(installation: Installation, port: int) -> Iterator[None]:
    if not port:
        yield
        return
    config = uvicorn.Config(
        pages(installation), host="127.0.0.1", port=port, log_level="error", access_log=False, lifespan="off"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(timeout=10)

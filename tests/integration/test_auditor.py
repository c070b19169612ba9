"""Is it noticed when the clock stops? An auditor looks at the rows, and an outside address goes silent."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from kit.night import begin
from kit.world import World, make_world

from responder.app.heartbeat import heartbeat
from responder.core.terms import Mode
from responder.engine.auditor import delays


class Listener:
    """Counts the calls that an outside monitor would get."""

    def __init__(self) -> None:
        listener = self
        self.heard = 0

        class Answers(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.heard += 1
                self.send_response(204)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on stderr."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        self.url = f"http://127.0.0.1:{self.server.server_port}/"


@pytest.fixture
def monitor() -> Iterator[Listener]:
    listener = Listener()
    thread = threading.Thread(target=listener.server.serve_forever, daemon=True)
    thread.start()
    yield listener
    listener.server.shutdown()
    listener.server.server_close()
    thread.join()


@pytest.fixture
def world() -> World:
    world = make_world()
    begin(world.ports, world.people, mode=Mode.LIVE)
    world.beat()
    return world


def test_while_the_clock_beats_nothing_is_late(world: World) -> None:
    world.wind(minutes=20)
    assert delays(world.ports) == ()


def test_a_clock_that_stopped_is_told(world: World) -> None:
    world.clock.wind(timedelta(minutes=20))
    assert {delay.what for delay in delays(world.ports)} >= {"an incident whose plan was not looked at"}


def test_the_outside_address_is_called_only_while_all_is_well(world: World, monitor: Listener) -> None:
    beat = heartbeat(world.ports, monitor.url)
    beat()
    assert monitor.heard == 1
    world.clock.wind(timedelta(minutes=20))
    beat()
    assert monitor.heard == 1
    world.wind(minutes=1)
    beat()
    assert monitor.heard == 2


def test_an_outside_address_that_is_gone_breaks_nothing(world: World, monitor: Listener) -> None:
    monitor.server.server_close()
    heartbeat(world.ports, monitor.url)()

"""How does a test serve the whole program on loopback and let one of the cast sign in?"""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import uvicorn
from playwright.sync_api import BrowserContext, Page

from kit.world import World
from responder.db.store_mailbox import SqlMailbox
from responder.engine.people import OPERATOR, sign_in_link
from responder.web.server import make_app

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
__all__ = ["CHROMIUM", "FLAGS", "Served", "serving", "sign_in"]

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@dataclass
class Served:
    """A world with its pages on loopback."""

    world: World
    address: str

    def link(self, name: str) -> str:
        """A one-time link for one of the cast."""
        made = sign_in_link(self.world.ports, by=OPERATOR, person_id=self.world.person(name).id)
        return f"{self.address}/sign-in/{made.secret}"


@contextmanager
def serving(world: World) -> Iterator[Served]:
    """The pages of a world, served by a thread until the block ends."""
    app = make_app(world.ports, mailbox=SqlMailbox(world.ports.store))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="error", lifespan="off")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not server.started:
            assert time.monotonic() < deadline, "The pages did not start within ten seconds."
            threading.Event().wait(0.01)
        yield Served(world, f"http://127.0.0.1:{listener.getsockname()[1]}")
        server.should_exit = True
        thread.join(10)


def sign_in(context: BrowserContext, house: Served, name: str) -> Page:
    """One of the cast, signed in by a one-time link."""
    page = context.new_page()
    page.goto(house.link(name))
    page.locator("main form button.do").click()
    page.wait_for_url(f"{house.address}/")
    return page

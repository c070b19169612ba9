"""How do pages, JSON, receipts and health become one web application?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from responder.core.city import parse_city
from responder.engine.ports import Mailbox, Ports
from responder.engine.ports.contents import CITY_FILE
from responder.web import failing, health
from responder.web.api import mount_api
from responder.web.pages import mount_pages
from responder.web.rendering import STATIC, Renderer
from responder.web.security import SafeHeaders, Threshold
from responder.web.visits import House

__all__ = ["WebOptions", "make_app"]


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How the web side is reached. `public_url` is empty while the program only serves this machine."""

    version: str = "0"
    public_url: str = ""
    metrics_token: str = ""


def make_app(
    ports: Ports, *, mailbox: Mailbox, options: WebOptions | None = None, hooks: Sequence[APIRouter] = ()
) -> FastAPI:
    """The whole web side. Nothing is kept in a module: two applications can stand side by side.

    `mailbox` holds the letters of exercises. `hooks` are the routers for providers' receipts;
    they check their own signatures.
    """
    chosen = options or WebOptions()
    app = FastAPI(
        title="Responder",
        version=chosen.version,
        description="What the pages do, as JSON. Sign in with a bearer token: `responder token add`.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    city = parse_city(ports.content.read(CITY_FILE))
    https = urlsplit(chosen.public_url).scheme == "https"
    app.state.house = House(
        ports=ports,
        mailbox=mailbox,
        pages=Renderer(ports.content, city.calendar.zone),
        city=city,
        public_url=chosen.public_url,
        https=https,
        metrics_token=chosen.metrics_token,
        version=chosen.version,
    )
    app.add_middleware(Threshold)
    app.add_middleware(SafeHeaders, https=https)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (*hooks, health.router):
        app.include_router(router)
    mount_api(app)
    mount_pages(app)
    failing.mount(app)
    return app

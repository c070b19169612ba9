"""How do pages, JSON, receipts and health become one web application?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles

from responder.engine.ports import Ports
from responder.web import failing, health
from responder.web.api import mount_api
from responder.web.pages import mount_pages
from responder.web.rendering import STATIC, Renderer
from responder.web.security import SafeHeaders
from responder.web.visits import House

__all__ = ["WebOptions", "make_app"]


@dataclass(frozen=True, slots=True)
class WebOptions:
    """What the pages need beside the ports.

    `locales` are folders with `<lang>/LC_MESSAGES/responder.po`, nearest first; `public_url` is
    empty while the program is only reached on this machine; `zone` is the city's.
    """

    version: str = "0"
    public_url: str = ""
    metrics_token: str = ""
    locales: Sequence[Path] = ()
    zone: ZoneInfo = ZoneInfo("UTC")


def make_app(ports: Ports, *, options: WebOptions | None = None, hooks: Sequence[APIRouter] = ()) -> FastAPI:
    """The whole web side. Nothing is kept in a module: two applications can stand side by side.

    `hooks` are the routers for providers' receipts; they check their own signatures.
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
    https = urlsplit(chosen.public_url).scheme == "https"
    app.state.house = House(
        ports=ports,
        pages=Renderer(chosen.locales, chosen.zone),
        public_url=chosen.public_url,
        https=https,
        metrics_token=chosen.metrics_token,
        version=chosen.version,
    )
    app.add_middleware(SafeHeaders, https=https)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    for router in (*hooks, health.router):
        app.include_router(router)
    mount_api(app)
    mount_pages(app)
    failing.mount(app)
    return app

"""How does a machine see whether the program is well?"""

from __future__ import annotations

import hmac
from ipaddress import ip_address

from fastapi import APIRouter, Request
from fastapi.responses import PlainTextResponse, Response

from responder.core.errors import ResponderError
from responder.web.pages.queries import Figure, figures
from responder.web.security import is_local
from responder.web.visits import House

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

_FORWARDED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")


@router.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def readyz(request: Request) -> Response:
    """The process answers and can read its database."""
    house: House = request.app.state.house
    try:
        with house.ports.store.read() as work:
            work.incidents.next_beat()
    except ResponderError as error:
        return PlainTextResponse(f"not ready: {error.message}\n", status_code=503)
    return PlainTextResponse("ready\n")


@router.get("/metrics")
def metrics(request: Request) -> Response:
    """Figures in the Prometheus text format. With the token; without one only over loopback."""
    house: House = request.app.state.house
    if not _may_read_metrics(request, house):
        return PlainTextResponse("A bearer token is needed.\n", status_code=401)
    lines = [f'responder_info{{version="{house.version}"}} 1']
    lines += [_line(figure) for figure in figures(house.ports)]
    return PlainTextResponse("\n".join(lines) + "\n", media_type="text/plain; version=0.0.4")


def _may_read_metrics(request: Request, house: House) -> bool:
    if house.metrics_token:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(given.encode(), house.metrics_token.encode())
    if not is_local(request.headers.get("host", "")):
        return False
    forwarded = any(name in request.headers for name in _FORWARDED)
    return not house.public_url and not forwarded and _is_loopback(request)


def _is_loopback(request: Request) -> bool:
    try:
        return ip_address(request.client.host if request.client else "").is_loopback
    except ValueError:
        return False


def _line(figure: Figure) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in figure.labels)
    return f"{figure.name}{{{labels}}} {figure.value}" if labels else f"{figure.name} {figure.value}"

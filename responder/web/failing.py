"""What does a visitor see when something went wrong? What happened, what did not, what to do now."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from responder.core.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    Refused,
    ResponderError,
    Unavailable,
)
from responder.web.security import protect
from responder.web.visits import House, SignInNeeded, Visit, sign_in_address, stranger, visit
from responder.web.words import SOURCE

__all__ = ["FailurePage", "mount", "status_of"]

_STATUS: tuple[tuple[type[ResponderError], int], ...] = (
    (InvalidInput, 400),
    (Refused, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Unavailable, 503),
)
_log = structlog.get_logger("web")


@dataclass(frozen=True, slots=True)
class FailurePage:
    """`happened` and `mend` are the error's own words; `not_done` says what stayed as it was."""

    status: int
    headline: str
    happened: str
    language: str
    not_done: str
    now: str
    mend: str
    back: str


def status_of(error: ResponderError) -> int:
    """The HTTP status of an error; below the web no code knows one."""
    return next((status for kind, status in _STATUS if isinstance(error, kind)), 500)


def mount(app: FastAPI) -> None:
    """Answer every error in the way of the door it came through: a page, or JSON under /api."""
    app.add_exception_handler(ResponderError, _known)
    app.add_exception_handler(SignInNeeded, _sign_in)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _unexpected)


def _known(request: Request, error: Exception) -> Response:
    if not isinstance(error, ResponderError):
        raise error
    status = status_of(error)
    if status >= 500:
        _log.warning("a request could not be served", door=_door(request), reason=error.message)
    return _answer(request, status, error.message, error.mend)


def _sign_in(request: Request, _error: Exception) -> Response:
    if _wants_json(request):
        body = {"error": "A bearer token is needed.", "mend": "Make one with: responder token add"}
        return JSONResponse(body, status_code=401, headers={"www-authenticate": "Bearer"})
    return RedirectResponse(sign_in_address(request), status_code=303)


def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    words = {
        400: "What was sent cannot be read.",
        404: "There is no page at this address.",
        405: "This address does not take that.",
        413: "This is too large.",
    }
    said = words.get(error.status_code, HTTPStatus(error.status_code).phrase + ".")
    answer = _answer(request, error.status_code, said, "")
    answer.headers.update(error.headers or {})
    return answer


def _unreadable(request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    places = [".".join(str(part) for part in item["loc"][1:]) or "body" for item in error.errors()]
    said = "; ".join(f"{place}: {item['msg']}" for place, item in zip(places, error.errors(), strict=True))
    return _answer(
        request, 400, f"The request cannot be read. {said}", "Compare it with /api/v1/openapi.json."
    )


def _unexpected(request: Request, error: Exception) -> Response:
    # The server logs the traceback. Never the values beside it: they hold sessions and addresses.
    _log.error("unexpected", door=_door(request), error=type(error).__name__)
    answer = _answer(request, 500, "Something in the program is wrong.", "")
    house: House = request.app.state.house
    protect(answer.headers, https=house.https)  # this answer leaves outside of the other layers
    answer.headers.setdefault("cache-control", "no-store")
    return answer


def _answer(request: Request, status: int, happened: str, mend: str) -> Response:
    if _wants_json(request):
        return JSONResponse({"error": happened, "mend": mend}, status_code=status)
    here = _visit(request)
    _ = here.words
    headlines = {
        400: _("This cannot be used as it is"),
        403: _("Not allowed"),
        404: _("Not found"),
        405: _("Not found"),
        409: _("Somebody else was faster"),
        413: _("Too large"),
        503: _("Not available now"),
    }
    mends = {
        404: _("Look at the address, or begin at the list of incidents."),
        409: _("Read what changed, and decide again."),
        500: _("Try again. If it happens again, call the person who runs Responder."),
        503: _("Wait a moment and try again. What was being sent goes on."),
    }
    wrote = request.method == "POST"
    page = FailurePage(
        status=status,
        headline=headlines.get(status, _("This did not work")),
        happened=happened,
        language=SOURCE,
        not_done=_("Nothing was changed.") if wrote else "",
        now=mends.get(status, "") if not mend else "",
        mend=mend,
        back=request.url.path if request.method == "GET" else _back(request),
    )
    return here.show("failure.html", page, status=status)


def _visit(request: Request) -> Visit:
    """Who is here; without a database that answers, somebody unknown in the language they chose."""
    try:
        return visit(request)
    except Unavailable:
        return stranger(request)


def _door(request: Request) -> str:
    """The address as the program knows it: links hold secrets, and a log is read by many."""
    return getattr(request.scope.get("route"), "path", "")


def _back(request: Request) -> str:
    """The page a form stood on: forms post to `<page>/<verb>`."""
    return request.url.path.rsplit("/", 1)[0] or "/"


def _wants_json(request: Request) -> bool:
    return request.url.path.startswith(("/api/", "/hooks/"))

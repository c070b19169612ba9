"""What keeps a page from being misused: headers, tokens against forged posts, limits on size and guessing."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict, deque
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from responder.core.errors import Refused
from responder.engine.ports import Ciphers

__all__ = [
    "CSRF_FIELD",
    "SESSION_COOKIE",
    "Brake",
    "SafeHeaders",
    "Threshold",
    "check_origin",
    "csrf_token",
    "forged",
    "is_local",
    "protect",
]

SESSION_COOKIE = "responder_session"
CSRF_FIELD = "csrf"
_CSRF = "csrf"

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "script-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "content-security-policy": _POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}
_CACHED = ("/static/", "/public/")
_MOST_BYTES = 2 * 1024 * 1024
_HOST = re.compile(r"(?:[A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?")
_LOCAL = re.compile(r"(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])(?::[0-9]{1,5})?", re.IGNORECASE)


class Threshold:
    """Turns away what no page has use for, before any page sees it.

    1. A `Host` that is none (RFC 9110, 7.2), and addresses with a NUL: no name, no id holds one.
    2. More than two mebibytes, by what the sender says or by what comes.
    3. HEAD is answered as GET is, without the body (RFC 9110, 9.3.2).
    """

    def __init__(self, app: ASGIApp, *, most_bytes: int = _MOST_BYTES) -> None:
        self._app = app
        self._most = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if not _HOST.fullmatch(headers.get("host", "")) or _has_nul(scope):
            await PlainTextResponse("This address cannot be read.\n", 400)(scope, receive, send)
            return
        announced = headers.get("content-length", "0")
        if not announced.isdecimal() or int(announced) > self._most:
            await PlainTextResponse("This is too large.\n", 413)(scope, receive, send)
            return
        if scope["method"] == "HEAD":
            scope = {**scope, "method": "GET"}
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        came = 0

        async def counting() -> Message:
            nonlocal came
            message = await receive()
            came += len(message.get("body", b""))
            if came > self._most:
                raise HTTPException(413)
            return message

        return counting


def _has_nul(scope: Scope) -> bool:
    return "\x00" in scope["path"] or b"%00" in scope.get("query_string", b"")


class SafeHeaders:
    """Sets the protecting headers on every answer; private pages are never stored by a browser or a proxy.

    A route that needs another value sets it itself: what is there already stays.
    """

    def __init__(self, app: ASGIApp, *, https: bool) -> None:
        self._app = app
        self._https = https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        stored = scope["path"].startswith(_CACHED)

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                protect(headers, https=self._https)
                headers.setdefault("cache-control", "public, max-age=60" if stored else "no-store")
            await send(message)

        await self._app(scope, receive, guarded)


def protect(headers: MutableHeaders, *, https: bool) -> None:
    """Set the protecting headers; a value that is there already stays."""
    for name, value in _HEADERS.items():
        headers.setdefault(name, value)
    if https:
        headers.setdefault("strict-transport-security", "max-age=31536000")


def is_local(host: str) -> bool:
    """Whether a `Host` names this machine: a name that somebody points here (DNS rebinding) does not."""
    return _LOCAL.fullmatch(host) is not None


def csrf_token(ciphers: Ciphers, session: str) -> str:
    """The token that a form of this session carries. `session` may be empty before sign-in."""
    return ciphers.sign(session, purpose=_CSRF)


def forged(ciphers: Ciphers, session: str, token: str) -> bool:
    """Whether a post does not come from a form that this session was shown."""
    return not token or not ciphers.verify(session, token, purpose=_CSRF)


def check_origin(request: Request, public_url: str) -> None:
    """Refuse a post that another site made the browser send. Raises Refused.

    Sec-Fetch-Site (W3C Fetch Metadata) tells it plainly. Without it Origin does; our own pages
    ask for no referrer, and a browser then writes `Origin: null`, so null alone proves nothing
    and the form's token decides.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        allowed = site in ("same-origin", "none")
    else:
        origin = request.headers.get("origin", "null")
        ours = {_host(public_url), request.headers.get("host", "")} - {""}
        allowed = origin == "null" or _host(origin) in ours
    if not allowed:
        raise Refused(
            "This was sent from another site.", mend="Open the page here and press the button again."
        )


class Brake:
    """Counts tries by key in memory and says when there were too many; pure but for its own counters.

    At most `most` tries in `within`; keys are forgotten, oldest first, beyond `keys`.
    """

    def __init__(self, *, most: int, within: timedelta, keys: int = 10_000) -> None:
        self._most = most
        self._within = within
        self._keys = keys
        self._tries: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = threading.Lock()

    def allows(self, key: str, now: datetime) -> bool:
        """Count one more try; False when it is one too many."""
        with self._lock:
            tries = self._tries.setdefault(key, deque())
            self._tries.move_to_end(key)
            while tries and tries[0] <= now - self._within:
                tries.popleft()
            while len(self._tries) > self._keys:
                self._tries.popitem(last=False)
            if len(tries) >= self._most:
                return False
            tries.append(now)
            return True


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:  # a bracket that never closes
        return ""

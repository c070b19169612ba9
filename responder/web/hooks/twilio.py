"""Did Twilio really say that? Receipts and inbound texts: refused unless signed, answered once committed."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

import structlog
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from responder.core.errors import Conflict, Unavailable
from responder.engine.broadcasts import Heard, InboundWord, heard, receive, reply_to
from responder.engine.incidents import answer_reply
from responder.engine.ports import Ports
from responder.engine.ports.carriers import Inbound, Receipt
from responder.engine.ports.outside import Clock
from responder.web.hooks.letterbox import Letterbox

__all__ = ["Desk", "Webhooks", "desk_router", "twilio_router"]

_LARGEST_BODY = 64 * 1_024
_MOST_FIELDS = 200
_FORM = "application/x-www-form-urlencoded"
_NAME = re.compile(r"(?P<delivery>[A-Za-z0-9_-]{1,64})\.(?P<attempt>[0-9]{1,6})")
_ANSWERED_BY_TWILIO = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"}
    | {"START", "YES", "UNSTOP", "HELP", "INFO"}
)
"""Twilio replies to these by itself; a second reply would cost and confuse."""

Fields = Mapping[str, Sequence[str]]

_log = structlog.get_logger(__name__)


class Webhooks(Protocol):
    """Reads a provider's requests: the carrier's side of the hook."""

    def authentic(self, path: str, fields: Fields, signature: str) -> bool:
        """Whether the provider signed these fields for this path of the public address."""

    def receipt(self, delivery: str, attempt: int, *, fields: Fields, at: datetime) -> Receipt | None: ...

    def inbound(self, *, fields: Fields, at: datetime) -> Inbound | None: ...


@dataclass(frozen=True, slots=True)
class Desk:
    """Who takes what came in: `receive` and `heard` return when all is committed, or raise Unavailable.

    `reply` says what a resident is answered, "" for nothing. `refused` hears of every request that
    was not taken, by a word.
    """

    receive: Callable[[Sequence[Receipt]], object]
    heard: Callable[[Inbound], Heard]
    clock: Clock
    reply: Callable[[Heard], str] = lambda _: ""
    refused: Callable[[str], object] = lambda _: None

    @classmethod
    def of(cls, ports: Ports) -> Desk:
        """The desk of broadcasts."""
        return cls(
            receive=lambda receipts: receive(ports, *receipts),
            heard=lambda text: _heard(ports, text),
            clock=ports.clock,
            reply=lambda said: reply_to(ports, said),
            refused=lambda why: ports.switchboard.tally("hook_refused", why),
        )


def _heard(ports: Ports, text: Inbound) -> Heard:
    """A `1`, in any script, answers a role holder's call; from anybody else it is a text like every other."""
    said = text.body.strip(" .!\n")
    is_one = len(said) == 1 and said.isdecimal() and int(said) == 1
    if is_one and answer_reply(ports, phone=text.sender):
        return heard(ports, text, word=InboundWord.ANSWER)
    return heard(ports, text)


class _Bad(Exception):
    """A request that is not what a provider sends."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status, self.why = status, why


def twilio_router(ports: Ports, webhooks: Webhooks) -> APIRouter:
    """The routes under /hooks/twilio on the desk of broadcasts."""
    return desk_router(Desk.of(ports), webhooks)


def desk_router(desk: Desk, webhooks: Webhooks) -> APIRouter:
    """The routes under /hooks/twilio. A request that is not signed changes nothing and learns nothing."""
    router = APIRouter(prefix="/hooks/twilio", include_in_schema=False)
    letterbox = Letterbox(desk.receive)

    @router.post("/status/{name}")
    async def status(request: Request, name: str) -> Response:
        found = _NAME.fullmatch(name)
        if found is None:
            return _plain(404)
        try:
            fields = await _signed_fields(request, webhooks)
            receipt = webhooks.receipt(
                found["delivery"], int(found["attempt"]), fields=fields, at=desk.clock.now()
            )
            if receipt is not None:
                await letterbox.put(receipt)
        except _Bad as bad:
            return _refused(desk, bad)
        except Unavailable:
            return _plain(503)
        return Response(status_code=204)

    @router.post("/inbound")
    async def inbound(request: Request) -> Response:
        try:
            text = webhooks.inbound(fields=await _signed_fields(request, webhooks), at=desk.clock.now())
            if text is None:
                return _plain(400)
            said = await run_in_threadpool(desk.heard, text)
            answer = "" if _is_answered(text) else await run_in_threadpool(desk.reply, said)
        except _Bad as bad:
            return _refused(desk, bad)
        except (Conflict, Unavailable):
            return _plain(503)
        return _twiml(answer)

    return router


async def _signed_fields(request: Request, webhooks: Webhooks) -> Fields:
    """The form of a request whose signature fits. Raises _Bad for anything else.

    Only forms: a JSON body would be signed by its hash in the address, which ours never asks for.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _FORM:
        raise _Bad(400, "not a form")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LARGEST_BODY:
            raise _Bad(413, "too large")
    try:
        pairs = parse_qsl(
            body.decode("utf-8"), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict"
        )
    except ValueError as error:
        raise _Bad(400, "not readable") from error
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    if not webhooks.authentic(request.url.path, fields, request.headers.get("x-twilio-signature", "")):
        raise _Bad(403, "not signed by the provider")
    return fields


def _is_answered(text: Inbound) -> bool:
    return bool(text.keyword) or text.body.strip().upper() in _ANSWERED_BY_TWILIO


def _refused(desk: Desk, bad: _Bad) -> Response:
    desk.refused(bad.why)
    _log.warning("a request to a hook was refused", why=bad.why)
    return _plain(bad.status)


def _plain(status: int) -> Response:
    return Response(status_code=status, media_type="text/plain")


def _twiml(text: str) -> Response:
    inner = f"<Message>{escape(text)}</Message>" if text else ""
    body = f'<?xml version="1.0" encoding="UTF-8"?><Response>{inner}</Response>'
    return Response(body, media_type="application/xml")

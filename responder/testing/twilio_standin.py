"""Can a test send SMS and count what was taken? A stand-in for Twilio's API on loopback.

As a program: `python -m responder.testing.twilio_standin --port 4010`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import re
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from aiohttp import ClientError, ClientSession, ClientTimeout, TCPConnector, web
from twilio.request_validator import RequestValidator

from responder.testing._thread import ServerThread
from responder.testing._twilio_manners import Callback, Caprice, TakenSms, segments_of, wrong

__all__ = ["ACCOUNT_SID", "AUTH_TOKEN", "Callback", "Caprice", "TakenSms", "TwilioStandIn", "main"]

ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
AUTH_TOKEN = "a-token-of-no-account"
"""What the stand-in asks for when it is not told otherwise."""

_VERSION = "/2010-04-01"


@dataclass(slots=True)
class _Rule:
    matches: Callable[[str], bool]
    what: Caprice
    left: int


class TwilioStandIn:
    """Twilio's Messages API in a thread of its own. Use it as a context manager; `url` is its address.

    `be` says what to do otherwise, to whom and how often; `latency` is seconds before an answer;
    above `concurrency` requests at once it says 429. `statuses` are sent as signed callbacks right
    after a message was made; without them `send_receipts` sends what a test asks for. A callback is
    signed for the address it was asked for, and goes to `deliver_to` instead of that address's host
    when set. `record` is a file that gets one JSON line for each message made, before the answer is
    sent, so that another process can count.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        account_sid: str = ACCOUNT_SID,
        auth_token: str = AUTH_TOKEN,
        latency: float = 0.0,
        concurrency: int = 10_000,
        statuses: Sequence[str] = (),
        deliver_to: str = "",
        record: Path | None = None,
        on_taken: Callable[[int], None] | None = None,
    ) -> None:
        self.port = port
        self.account_sid = account_sid
        self.auth_token = auth_token
        self.latency = latency
        self.concurrency = concurrency
        self.statuses = tuple(statuses)
        self.deliver_to = deliver_to
        self.on_taken = on_taken
        self.taken: list[TakenSms] = []
        self.requests = 0
        self.refusals: Counter[int] = Counter()
        self.callbacks: list[Callback] = []
        self._failing: dict[str, str] = {}
        self._cancelled: set[str] = set()
        self._rules: list[_Rule] = []
        self._under_way = 0
        self._record = record.open("ab", buffering=0) if record else None
        self._validator = RequestValidator(auth_token)
        self._thread = ServerThread("twilio-standin")
        self._account = f"{_VERSION}/Accounts/{account_sid}"

    # What to do otherwise

    def be(self, caprice: Caprice, *, to: str = "", times: int = 1_000_000) -> None:
        """Do it to numbers that hold `to`, so many times."""
        self._rules.append(_Rule(lambda number: to in number, caprice, times))

    def behave(self) -> None:
        """Forget all of that."""
        self._rules.clear()
        self.latency = 0.0

    # What was taken

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> Counter[str]:
        """How often each number got a message."""
        return Counter(sms.to for sms in self.taken)

    @property
    def asked_for(self) -> Counter[str]:
        """How often each callback address (so each delivery and attempt) was asked for."""
        return Counter(sms.status_callback for sms in self.taken)

    # What Twilio sends to us

    def sign(self, url: str, fields: Mapping[str, str]) -> str:
        """The signature of a callback to `url`."""
        return str(self._validator.compute_signature(url, dict(fields)))

    def send_receipts(
        self,
        statuses: Sequence[str] = ("sent", "delivered"),
        *,
        of: Iterable[TakenSms] | None = None,
        twice: bool = False,
        backwards: bool = False,
    ) -> list[Callback]:
        """Send these receipts of these messages (all), and wait for the answers."""
        return self._thread.run(
            self._send_all(
                statuses, list(self.taken if of is None else of), twice=twice, backwards=backwards
            ),
            timeout=300,
        )

    def send_text(
        self, url: str, *, sender: str, body: str, to: str = "+12025550100", keyword: str = ""
    ) -> Callback:
        """A resident's text arrives at Twilio, which hands it to `url`."""
        fields = {"From": sender, "To": to, "Body": body, "NumMedia": "0", "SmsStatus": "received"}
        fields |= {"MessageSid": f"SM{len(self.callbacks):032x}", "AccountSid": self.account_sid}
        if keyword:
            fields["OptOutType"] = keyword
        return self.post(url, fields)

    def post(self, url: str, fields: Mapping[str, str], *, signature: str | None = None) -> Callback:
        """One callback; with `signature` a forged one."""
        return self._thread.run(self._post_once(url, fields, signature))

    # Being a server

    def start(self) -> Self:
        self._thread.start()
        self._thread.run(self._listen())
        return self

    def stop(self) -> None:
        self._thread.run(self._shut())
        self._thread.stop()
        if self._record:
            self._record.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    async def _listen(self) -> None:
        self._session = ClientSession(connector=TCPConnector(limit=64), timeout=ClientTimeout(total=30))
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1_024)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def _shut(self) -> None:
        await self._session.close()
        await self._runner.cleanup()

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        self.requests += 1
        self._under_way += 1
        try:
            return await self._answer_within(request)
        finally:
            self._under_way -= 1

    async def _answer_within(self, request: web.BaseRequest) -> web.StreamResponse:
        if not self._is_signed_in(request):
            return self._refuse(20003, "Authenticate", status=401)
        if self._under_way > self.concurrency:
            return self._too_many()
        path = request.path
        if path == f"{self._account}/Messages.json":
            return await self._create(request) if request.method == "POST" else self._list(request)
        found = re.fullmatch(rf"{re.escape(self._account)}/Messages/(SM[0-9a-f]{{32}})\.json", path)
        sms = next((item for item in self.taken if found and item.sid == found[1]), None)
        if sms is None:
            return self._refuse(20404, f"The requested resource {path} was not found", status=404)
        if request.method == "POST":
            self._cancelled.add(sms.sid)
        return web.json_response(self._shown(sms))

    def _is_signed_in(self, request: web.BaseRequest) -> bool:
        given = request.headers.get("Authorization", "")
        right = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        return given == f"Basic {right}"

    async def _create(self, request: web.BaseRequest) -> web.StreamResponse:
        pairs = parse_qsl((await request.read()).decode("utf-8"), keep_blank_values=True)
        fields = dict(pairs)
        caprice = self._caprice(fields.get("To", ""))
        refusal = self._before_making(request, caprice)
        if refusal is not None:
            return refusal
        fault = wrong(fields)
        if fault is not None:
            return self._refuse(*fault)
        sms = self._make(fields, fails=caprice is Caprice.FAILS_LATER)
        if self.latency:
            await asyncio.sleep(self.latency)
        return await self._after_making(request, sms, caprice)

    def _before_making(self, request: web.BaseRequest, caprice: Caprice | None) -> web.StreamResponse | None:
        match caprice:
            case Caprice.TOO_MANY:
                return self._too_many()
            case Caprice.BREAK_BEFORE:
                return self._refuse(20500, "An internal server error has occurred", status=500)
            case Caprice.CUT_BEFORE:
                return _cut(request)
            case Caprice.OPTED_OUT:
                return self._refuse(21610, "Attempt to send to unsubscribed recipient")
            case Caprice.NOT_MOBILE:
                return self._refuse(21614, "'To' number is not a valid mobile number")
            case Caprice.LOCKED_OUT:
                return self._refuse(20003, "Authenticate", status=401)
        return None

    async def _after_making(
        self, request: web.BaseRequest, sms: TakenSms, caprice: Caprice | None
    ) -> web.StreamResponse:
        match caprice:
            case Caprice.BREAK_AFTER:
                return self._refuse(20500, "An internal server error has occurred", status=500)
            case Caprice.CUT_AFTER:
                return _cut(request)
            case Caprice.SILENT_AFTER:
                await asyncio.Event().wait()
            case Caprice.GARBAGE_AFTER:
                return web.Response(text="<html>Welcome</html>", status=201)
            case Caprice.NAMELESS_AFTER:
                return web.json_response({}, status=201)
            case Caprice.TORN_AFTER:
                return await _torn(request)
        return web.json_response(self._shown(sms), status=201)

    def _make(self, fields: Mapping[str, str], *, fails: bool) -> TakenSms:
        sms = TakenSms(
            sid=f"SM{len(self.taken) + 1:032x}",
            to=fields["To"],
            sender=fields.get("From", ""),
            body=fields["Body"],
            status_callback=fields.get("StatusCallback", ""),
            validity=int(fields["ValidityPeriod"]) if "ValidityPeriod" in fields else None,
            at=datetime.now(UTC),
            segments=segments_of(fields["Body"]),
        )
        self.taken.append(sms)
        if fails:
            self._failing[sms.sid] = "30003"
        if self._record:
            line = {"to": sms.to, "callback": sms.status_callback, "sid": sms.sid}
            self._record.write(json.dumps(line).encode() + b"\n")
        if self.on_taken:
            self.on_taken(len(self.taken))
        if self.statuses and sms.status_callback:
            self._thread.background(self._send_all(self.statuses, [sms]))
        return sms

    def _caprice(self, number: str) -> Caprice | None:
        for rule in self._rules:
            if rule.left > 0 and rule.matches(number):
                rule.left -= 1
                return rule.what
        return None

    def _too_many(self) -> web.Response:
        answer = self._refuse(20429, "Too Many Requests", status=429)
        answer.headers["Retry-After"] = "1"
        return answer

    def _refuse(self, code: int, message: str, *, status: int = 400) -> web.Response:
        self.refusals[code] += 1
        more = f"https://www.twilio.com/docs/errors/{code}"
        body = {"code": code, "message": message, "more_info": more, "status": status}
        return web.json_response(body, status=status)

    def _list(self, request: web.BaseRequest) -> web.Response:
        """What was made: by To, and by the day or moment it was sent."""
        query = request.query
        found = [
            sms
            for sms in reversed(self.taken)
            if query.get("To", sms.to) == sms.to
            and _moment(query.get("DateSent>", "")) <= sms.at
            and sms.at <= (_moment(query.get("DateSent<", "")) if query.get("DateSent<") else sms.at)
        ]
        size, page = int(query.get("PageSize", 50)), int(query.get("Page", 0))
        part = found[page * size : (page + 1) * size]
        here = f"{self._account}/Messages.json"
        more = f"{here}?{urlencode({**query, 'Page': page + 1})}" if len(found) > (page + 1) * size else None
        body = {"messages": [self._shown(sms) for sms in part], "page": page, "page_size": size}
        return web.json_response(body | {"next_page_uri": more, "uri": here, "start": page * size})

    def _shown(self, sms: TakenSms) -> dict[str, Any]:
        made = format_datetime(sms.at)
        service = not sms.sender
        status = "canceled" if sms.sid in self._cancelled else "accepted" if service else "queued"
        uri = f"{self._account}/Messages/{sms.sid}.json"
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": sms.body,
            "date_created": made,
            "date_sent": None,
            "date_updated": made,
            "direction": "outbound-api",
            "error_code": None,
            "error_message": None,
            "from": sms.sender or None,
            "messaging_service_sid": f"MG{0:032x}" if service else None,
            "num_media": "0",
            "num_segments": "0" if service else str(sms.segments),
            "price": None,
            "price_unit": "USD",
            "sid": sms.sid,
            "status": status,
            "subresource_uris": {"media": uri.replace(".json", "/Media.json")},
            "to": sms.to,
            "uri": uri,
        }

    async def _send_all(
        self, statuses: Sequence[str], of: list[TakenSms], *, twice: bool = False, backwards: bool = False
    ) -> list[Callback]:
        """Status by status over all messages, or the other way round; within one status all at once."""
        sent: list[Callback] = []
        for status in reversed(statuses) if backwards else statuses:
            for _ in range(1 + twice):
                asked = [self._send_one(sms, status) for sms in of if sms.status_callback]
                sent.extend(await asyncio.gather(*asked))
        return sent

    async def _send_one(self, sms: TakenSms, status: str) -> Callback:
        error = self._failing.get(sms.sid) if status == "delivered" else None
        fields = {
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
            "From": sms.sender or "+12025550100",
            "MessageSid": sms.sid,
            "MessageStatus": "undelivered" if error else status,
            "SmsSid": sms.sid,
            "SmsStatus": "undelivered" if error else status,
            "To": sms.to,
        }
        return await self._post_once(
            sms.status_callback, fields | ({"ErrorCode": error} if error else {}), None
        )

    async def _post_once(self, url: str, fields: Mapping[str, str], signature: str | None) -> Callback:
        headers = {"X-Twilio-Signature": self.sign(url, fields) if signature is None else signature}
        target = re.sub(r"^https?://[^/]+", self.deliver_to, url) if self.deliver_to else url
        try:
            async with self._session.post(target, data=dict(fields), headers=headers) as answer:
                await answer.read()
                status = answer.status
        except (ClientError, OSError):
            status = 0
        callback = Callback(url, dict(fields), status)
        self.callbacks.append(callback)
        return callback


def _moment(text: str) -> datetime:
    if not text:
        return datetime.min.replace(tzinfo=UTC)
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _cut(request: web.BaseRequest) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.abort()
    return web.Response()


async def _torn(request: web.BaseRequest) -> web.StreamResponse:
    answer = web.StreamResponse(status=201, headers={"content-type": "application/json"})
    answer.content_length = 400
    await answer.prepare(request)
    await answer.write(b'{"sid": "SM')
    if request.transport is not None:
        request.transport.close()
    return answer


def main(arguments: list[str] | None = None) -> None:
    """Stand there until interrupted."""
    parser = argparse.ArgumentParser(prog="responder.testing.twilio_standin", description=main.__doc__)
    parser.add_argument("--port", type=int, default=4010)
    parser.add_argument("--latency", type=float, default=0.0, help="seconds before an answer")
    parser.add_argument("--record", type=Path, help="write one JSON line for each message to this file")
    parser.add_argument("--receipts", action="store_true", help="send receipts for each message")
    options = parser.parse_args(arguments)
    statuses = ("sent", "delivered") if options.receipts else ()
    with TwilioStandIn(
        port=options.port, latency=options.latency, statuses=statuses, record=options.record
    ) as standin:
        words = {"url": standin.url, "account": standin.account_sid, "token": standin.auth_token}
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write(f"{len(standin.taken)} messages\n")


if __name__ == "__main__":
    main()

"""How does an SMS get to Twilio, and what does Twilio say of it later?"""

from __future__ import annotations

import asyncio
import base64
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal
from urllib.parse import urlsplit

import aiohttp
from twilio.base.exceptions import TwilioRestException, TwilioServiceException
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from responder.carriers._crew import Crew, CrewLine, Halted, Rest, outcome_of
from responder.carriers._smtp_server import is_loopback
from responder.carriers._twilio_words import CREATE_ERRORS, MESSAGE_STATES, judge_status, words_of
from responder.core.errors import InvalidInput
from responder.core.terms import Channel, Mode
from responder.engine.ports.carriers import Inbound, Outcome, OutcomeKind, Outgoing, Receipt, ReceiptState

__all__ = ["STATUS_PATH", "TwilioAccount", "TwilioCarrier", "TwilioTimes", "TwilioWebhooks"]

STATUS_PATH = "/hooks/twilio/status"

_AGAIN_AFTER_429 = 1.0
_AGAIN_AFTER_CUT = 5.0
_AGAIN_AFTER_FULL_QUEUE = 60.0
_LONGEST_VALIDITY = 36_000  # https://www.twilio.com/docs/messaging/api/message-resource
_LONGEST_PAUSE = 3_600.0


@dataclass(frozen=True, slots=True)
class TwilioAccount:
    """Whose account, which sender, and where to hear of receipts.

    Either `messaging_service_sid` or `sender` (E.164, short code or sender id) is needed.
    `api_base_url` is another address of the API: https, or http on this machine. `public_url` is
    where Twilio reaches us; without it no receipts come.
    """

    sid: str
    token: str = field(repr=False)
    messaging_service_sid: str = ""
    sender: str = ""
    api_base_url: str = ""
    public_url: str = ""

    def __post_init__(self) -> None:
        if not self.sid or not self.token:
            raise InvalidInput(
                "Twilio needs an account and its token.",
                mend="Set RESPONDER_TWILIO_ACCOUNT_SID and RESPONDER_TWILIO_AUTH_TOKEN.",
            )
        if not self.messaging_service_sid and not self.sender:
            raise InvalidInput(
                "Twilio needs a sender.",
                mend="Set RESPONDER_TWILIO_MESSAGING_SERVICE_SID or RESPONDER_TWILIO_FROM.",
            )
        base = urlsplit(self.api_base_url)
        if self.api_base_url and base.scheme != "https" and not is_loopback(base.hostname or ""):
            raise InvalidInput(
                "RESPONDER_TWILIO_API_BASE_URL would send the token unencrypted.",
                mend="Use https, or an address on this machine.",
            )

    def callback(self, message: Outgoing) -> str:
        """The address for receipts of one handing over; "" when Twilio could not reach it."""
        host = urlsplit(self.public_url).hostname or ""
        if not host or (is_loopback(host) and not self.api_base_url):
            return ""
        return f"{self.public_url.rstrip('/')}{STATUS_PATH}/{message.delivery}.{message.attempt}"


@dataclass(frozen=True, slots=True)
class TwilioTimes:
    """Seconds to wait. Giving up on `answer` makes an SMS unknown."""

    connect: float = 10.0
    answer: float = 30.0


class TwilioCarrier:
    """Hands SMS to Twilio, one request each, over up to `connections` connections."""

    channel = Channel.SMS
    mode: Literal[Mode.LIVE] = Mode.LIVE

    def __init__(
        self,
        account: TwilioAccount,
        *,
        connections: int = 32,
        name: str = "twilio",
        times: TwilioTimes | None = None,
    ) -> None:
        self.name = name
        self.connections = connections
        self.account = account
        self.times = times or TwilioTimes()
        self.rest = Rest()
        self._crew = Crew(lambda: _Hand(self), size=connections)

    def open(self, halted: Halted) -> CrewLine:
        return self._crew.open(halted)

    def close(self) -> None:
        """Close the connections; a later message opens new ones."""
        self._crew.close()


class _Throttled(Exception):
    """Twilio did not look at the request: its exceptions carry no headers, so this carries the one."""

    def __init__(self, retry_after: float) -> None:
        super().__init__("429")
        self.retry_after = retry_after


class _OneConnection(AsyncHttpClient):  # type: ignore[misc]  # twilio ships no types
    """Twilio's client on a connection of ours.

    The one it ships passes no timeout on, keeps no limit, and writes numbers into its log; this one
    does none of that, and may speak to another address.
    """

    def __init__(self, base_url: str, times: TwilioTimes) -> None:
        super().__init__(logging.getLogger(__name__), True, None)
        self._base_url = base_url.rstrip("/")
        self._times = times
        self._session: aiohttp.ClientSession | None = None

    async def request(  # the shape that twilio calls
        self,
        method: str,
        uri: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002  # ours hold for every request
        allow_redirects: bool = False,  # noqa: ARG002
    ) -> Response:
        sent = dict(headers or {})
        if auth is not None:
            sent["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        async with asyncio.timeout(self._times.connect + self._times.answer):
            async with self._open().request(
                method, self._address(uri), params=params, data=data, headers=sent, allow_redirects=False
            ) as answer:
                text = await answer.text(errors="replace")
        if answer.status == 429:
            raise _Throttled(_pause(answer.headers.get("Retry-After", "")))
        return Response(answer.status, text, answer.headers)

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            limits = aiohttp.ClientTimeout(
                total=None,
                connect=self._times.connect,
                sock_connect=self._times.connect,
                sock_read=self._times.answer,
            )
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=1),
                timeout=limits,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=not self._base_url,
            )
        return self._session

    def _address(self, uri: str) -> str:
        if not self._base_url:
            return uri
        return self._base_url + urlsplit(uri)._replace(scheme="", netloc="").geturl()


class _Hand:
    """One connection to Twilio."""

    def __init__(self, carrier: TwilioCarrier) -> None:
        account = carrier.account
        self._carrier = carrier
        self._http = _OneConnection(account.api_base_url, carrier.times)
        self._client = Client(account.sid, account.token, http_client=self._http)

    async def deliver(self, message: Outgoing, halted: Halted) -> Outcome:
        resting = self._carrier.rest.answer(message)
        if resting is not None:
            return resting
        if halted():
            return outcome_of(message, OutcomeKind.NOT_STARTED)
        outcome = await self._ask(message)
        if outcome.kind is OutcomeKind.BLOCKED or outcome.detail == "no-connection":
            self._carrier.rest.begin(outcome)
        return outcome

    async def close(self) -> None:
        await self._http.close()

    async def _ask(self, message: Outgoing) -> Outcome:
        """One request. What broke before it was on the wire was surely not taken; after it, unknown."""
        try:
            made = await self._client.messages.create_async(**_parameters(self._carrier.account, message))
        except _Throttled as error:
            return outcome_of(
                message,
                OutcomeKind.NOT_TAKEN,
                code="20429",
                detail="too-many-requests",
                retry_after=error.retry_after,
            )
        except (TwilioRestException, TwilioServiceException) as error:
            return _judged(message, status=int(error.status), code=error.code)
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL):
            return outcome_of(
                message, OutcomeKind.NOT_TAKEN, detail="no-connection", retry_after=_AGAIN_AFTER_CUT
            )
        except TimeoutError:
            return outcome_of(message, OutcomeKind.UNKNOWN, detail="no-answer-in-time")
        except (aiohttp.ClientError, OSError):
            return outcome_of(message, OutcomeKind.UNKNOWN, detail="cut-after-request")
        except (ValueError, TypeError, KeyError, AttributeError):
            return outcome_of(message, OutcomeKind.UNKNOWN, detail="answer-not-understood")
        return _taken(message, made)


def _parameters(account: TwilioAccount, message: Outgoing) -> dict[str, Any]:
    """What one request asks for. `smart_encoded` is off: nobody changes a text that was signed."""
    given: dict[str, Any] = {"to": message.to, "body": message.text, "smart_encoded": False}
    if account.messaging_service_sid:
        given["messaging_service_sid"] = account.messaging_service_sid
    else:
        given["from_"] = account.sender
    if callback := account.callback(message):
        given["status_callback"] = callback
    if message.valid_seconds is not None:
        given["validity_period"] = max(1, min(message.valid_seconds, _LONGEST_VALIDITY))
    return given


def _taken(message: Outgoing, made: Any) -> Outcome:  # twilio ships no types
    """Twilio made the message; the first status comes with the reply, never by callback.

    An answer that names no message did not come from where the request went: nobody knows.
    """
    if not made.sid:
        return outcome_of(message, OutcomeKind.UNKNOWN, detail="answer-not-understood")
    state = MESSAGE_STATES.get(str(made.status), ReceiptState.ACCEPTED)
    code = str(made.error_code or "")
    kind = OutcomeKind.ACCEPTED
    if state in (ReceiptState.FAILED, ReceiptState.CANCELLED):
        kind = OutcomeKind.OPTED_OUT if code == "21610" else OutcomeKind.REFUSED
    segments = str(made.num_segments or "")
    return Outcome(
        message.delivery,
        message.attempt,
        kind,
        provider_id=str(made.sid or ""),
        code=code or str(made.status or ""),
        detail=words_of(code),
        segments=int(segments) if segments.isdigit() and int(segments) else None,
    )


def _judged(message: Outgoing, *, status: int, code: object) -> Outcome:
    number = int(str(code)) if str(code or "").isdigit() else 0
    kind, words = judge_status(status)
    if status < 500:
        kind, words = CREATE_ERRORS.get(number, (kind, words))
    retry = None
    if kind is OutcomeKind.NOT_TAKEN:
        retry = _AGAIN_AFTER_FULL_QUEUE if number == 21611 else _AGAIN_AFTER_429
    return outcome_of(message, kind, code=str(number or status), detail=words, retry_after=retry)


def _pause(header: str) -> float:
    """Seconds of a Retry-After header; a date in it is answered with the usual pause."""
    try:
        return min(max(float(header), 0.0), _LONGEST_PAUSE)
    except ValueError:
        return _AGAIN_AFTER_429


class TwilioWebhooks:
    """Reads what Twilio sends to us: receipts and the texts of residents.

    Signatures are checked against the configured public address, never against what a request says
    of itself. Parameters are form fields: name → values.
    """

    carrier = "twilio"

    def __init__(self, account: TwilioAccount) -> None:
        self._account = account
        self._validator = RequestValidator(account.token)

    def authentic(self, path: str, fields: Mapping[str, Sequence[str]], signature: str) -> bool:
        """Whether Twilio signed these fields for this path (https://www.twilio.com/docs/usage/security)."""
        if not self._account.public_url or not signature:
            return False
        if _first(fields, "AccountSid") not in ("", self._account.sid):
            return False
        url = self._account.public_url.rstrip("/") + path
        return bool(self._validator.validate(url, _Fields(fields), signature))

    def receipt(
        self, delivery: str, attempt: int, *, fields: Mapping[str, Sequence[str]], at: datetime
    ) -> Receipt | None:
        """The receipt in a status callback; None for a status that says nothing of an outgoing text."""
        status = (_first(fields, "MessageStatus") or _first(fields, "SmsStatus")).lower()
        code = _first(fields, "ErrorCode")[:10]
        state = MESSAGE_STATES.get(status)
        if state is None:
            return None
        if code == "21610":
            state = ReceiptState.OPTED_OUT
        return Receipt(
            delivery=delivery,
            attempt=attempt,
            carrier=self.carrier,
            provider_id=(_first(fields, "MessageSid") or _first(fields, "SmsSid"))[:64],
            state=state,
            at=at,
            status=status,
            code=code,
            detail=words_of(code),
        )

    def inbound(self, *, fields: Mapping[str, Sequence[str]], at: datetime) -> Inbound | None:
        """The text in an inbound request; None when it names no sender."""
        sender = _first(fields, "From")
        if not sender:
            return None
        return Inbound(
            sender=sender[:40],
            body=_first(fields, "Body").replace("\x00", "")[:2_000],
            to=_first(fields, "To")[:40],
            carrier=self.carrier,
            provider_id=(_first(fields, "MessageSid") or _first(fields, "SmsSid"))[:64],
            at=at,
            keyword=_first(fields, "OptOutType").upper()[:10],
        )


class _Fields(dict[str, Sequence[str]]):
    """Form fields as the validator asks for them: a name may have come several times."""

    def getall(self, name: str) -> Sequence[str]:
        return self[name]


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    values = fields.get(name) or ("",)
    return values[0]

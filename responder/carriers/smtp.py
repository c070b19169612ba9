"""How does an email get to a mail server, and how far had it come when something broke?"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from functools import cached_property
from typing import Literal

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPResponse,
    SMTPResponseException,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from responder.carriers._crew import Crew, CrewLine, Halted, Rest, outcome_of
from responder.carriers._mail import Mail, Unwritable, compose
from responder.carriers._smtp_server import SmtpServer, StartTls, parse_smtp_url
from responder.core.errors import InvalidInput
from responder.core.terms import Channel, Mode
from responder.engine.ports.carriers import Outcome, OutcomeKind, Outgoing

__all__ = ["SmtpCarrier", "SmtpServer", "SmtpTimes", "StartTls", "parse_smtp_url"]

_AGAIN_AFTER_CUT = 5.0
_AGAIN_AFTER_BUSY = 30.0
_AGAIN_AFTER_GREYLISTING = 60.0
_CHECK_AFTER_IDLE = 5.0
_MOST_NEW_CONNECTIONS = 8
_NEEDS_SIGN_IN = frozenset({530, 534, 535, 538})  # RFC 4954, section 6
_QUEUE_ID = re.compile(r"queued as ([\w.-]{1,64})", re.IGNORECASE)

Phase = Literal["greeting", "sign-in", "mail", "rcpt", "data", "content"]


@dataclass(frozen=True, slots=True)
class SmtpTimes:
    """Seconds to wait at each step. The last is long: giving up there makes an email unknown."""

    connect: float = 15.0
    command: float = 30.0
    content: float = 120.0


class SmtpCarrier:
    """Hands emails to a mail server over up to `connections` connections that stay open.

    `sender` may hold a name: `City of Alderport <news@example.org>`. Raises InvalidInput when it is
    no address, or when the server's certificates cannot be read.
    """

    channel = Channel.EMAIL
    mode: Literal[Mode.LIVE] = Mode.LIVE

    def __init__(
        self,
        server: SmtpServer,
        *,
        sender: str,
        connections: int = 32,
        name: str = "smtp",
        times: SmtpTimes | None = None,
    ) -> None:
        if "@" not in parseaddr(sender)[1]:
            raise InvalidInput(
                "The sender of emails is not an address.",
                mend="Set RESPONDER_EMAIL_FROM, as in: City of Alderport <news@example.org>",
            )
        self.name = name
        self.connections = connections
        self.server = server
        self.sender = sender
        self.times = times or SmtpTimes()
        self.rest = Rest()
        self._crew = Crew(lambda: _Hand(self), size=connections)

    def open(self, halted: Halted) -> CrewLine:
        return self._crew.open(halted)

    def close(self) -> None:
        """Sign off from the server; a later message signs in again."""
        self._crew.close()

    @cached_property
    def tls(self) -> ssl.SSLContext:
        return self.server.tls()

    @cached_property
    def gate(self) -> asyncio.Semaphore:
        """So few may be signing in at once: a server that refuses one refuses all."""
        return asyncio.Semaphore(_MOST_NEW_CONNECTIONS)

    @cached_property
    def helo(self) -> str:
        """The name we say, never looked up: asking DNS for our own name can take seconds."""
        name = self.server.helo or socket.gethostname()
        return name if re.fullmatch(r"[A-Za-z0-9.-]+", name) else "localhost"


class _Ended(Exception):
    """A handing over came to its end before it was accepted. `stale`: the connection was gone."""

    def __init__(
        self,
        kind: OutcomeKind,
        *,
        code: str = "",
        detail: str = "",
        retry_after: float | None = None,
        stale: bool = False,
    ) -> None:
        super().__init__(detail)
        self.kind, self.code, self.detail = kind, code, detail
        self.retry_after, self.stale = retry_after, stale

    def outcome(self, message: Outgoing) -> Outcome:
        return outcome_of(
            message, self.kind, code=self.code, detail=self.detail, retry_after=self.retry_after
        )


class _Hand:
    """One connection to the mail server, one command at a time, so that the phase is always known."""

    def __init__(self, carrier: SmtpCarrier) -> None:
        self._carrier = carrier
        self._client: SMTP | None = None
        self._last_used = 0.0

    async def deliver(self, message: Outgoing, halted: Halted) -> Outcome:
        resting = self._carrier.rest.answer(message)
        if resting is not None:
            return resting
        try:
            mail = compose(message, sender=self._carrier.sender, wall=datetime.now(UTC))
            client, used = await self._signed_in(message)
            return await self._deliver(message, mail, halted, client=client, used=used)
        except Unwritable as error:
            return outcome_of(message, OutcomeKind.REFUSED, detail=error.why)
        except _Ended as end:
            outcome = end.outcome(message)
            return self._carrier.rest.begin(outcome) if end.kind is OutcomeKind.BLOCKED else outcome

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is None or not client.is_connected:
            return
        try:
            await client.quit(timeout=2.0)
        except (SMTPException, OSError):
            client.close()

    async def _deliver(
        self, message: Outgoing, mail: Mail, halted: Halted, *, client: SMTP, used: bool
    ) -> Outcome:
        """MAIL, RCPT, DATA, content.

        A connection that was used before may have been closed by the server while it lay idle: a
        cut at MAIL then means nothing, and one fresh connection is tried at once.
        """
        _refuse_if(halted)
        if mail.smtputf8 and not client.supports_extension("smtputf8"):
            raise _Ended(OutcomeKind.REFUSED, detail="server-takes-no-such-address")
        try:
            await self._mail(client, mail)
        except _Ended as end:
            if not (used and end.stale):
                raise
            client, _ = await self._signed_in(message)
            _refuse_if(halted)
            await self._mail(client, mail)
        await self._rcpt(client, mail)
        if halted():
            await self._reset(client)
            raise _Ended(OutcomeKind.NOT_STARTED)
        return await self._content(client, message, mail)

    async def _mail(self, client: SMTP, mail: Mail) -> None:
        options = (b" SMTPUTF8",) if mail.smtputf8 else ()
        command = b"MAIL FROM:<" + mail.sender.encode() + b">" + b"".join(options)
        answer = await self._ask(client, "mail", command)
        if answer.code // 100 != 2:
            if answer.code != 421:
                await self._reset(client)
            raise _judged(answer, "mail")

    async def _rcpt(self, client: SMTP, mail: Mail) -> None:
        answer = await self._ask(client, "rcpt", b"RCPT TO:<" + mail.recipient.encode() + b">")
        if answer.code // 100 != 2:
            await self._reset(client)
            raise _judged(answer, "rcpt")

    async def _content(self, client: SMTP, message: Outgoing, mail: Mail) -> Outcome:
        """From the server's 354 on, a cut leaves it open whether the email was taken."""
        start = await self._ask(client, "data", b"DATA")
        if start.code != 354:
            await self._reset(client)
            raise _judged(start, "data")
        protocol = client.protocol
        try:
            if protocol is None:
                raise SMTPServerDisconnected("gone")
            protocol.write(mail.content.replace(b"\r\n.", b"\r\n..") + b".\r\n")
            answer = await protocol.read_response(timeout=self._carrier.times.content)
        except (SMTPException, OSError) as error:
            self._drop()
            detail = "no-answer-after-data" if isinstance(error, TimeoutError) else "cut-after-data"
            raise _Ended(OutcomeKind.UNKNOWN, detail=detail) from error
        self._last_used = time.monotonic()
        if answer.code // 100 != 2:
            if answer.code // 100 not in (4, 5) or answer.code == 421:
                self._drop()
            raise _judged(answer, "content")
        queued = _QUEUE_ID.search(answer.message)
        return Outcome(
            message.delivery,
            message.attempt,
            OutcomeKind.ACCEPTED,
            provider_id=queued[1] if queued else "",
            code=str(answer.code),
        )

    async def _ask(self, client: SMTP, phase: Phase, command: bytes) -> SMTPResponse:
        """One command before the content: a cut here means that nothing was taken."""
        try:
            answer = await client.execute_command(command, timeout=self._carrier.times.command)
        except (SMTPException, OSError) as error:
            self._drop()
            detail = f"{'no-answer' if isinstance(error, TimeoutError) else 'cut'}-at-{phase}"
            raise _Ended(
                OutcomeKind.NOT_TAKEN, detail=detail, retry_after=_AGAIN_AFTER_CUT, stale=True
            ) from error
        except ValueError as error:
            raise Unwritable("address-cannot-be-written") from error
        self._last_used = time.monotonic()
        return answer

    async def _reset(self, client: SMTP) -> None:
        """Forget the envelope; a connection that cannot do that is given up."""
        try:
            if (await client.execute_command(b"RSET", timeout=self._carrier.times.command)).code == 250:
                return
        except (SMTPException, OSError):
            pass
        self._drop()

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _signed_in(self, message: Outgoing) -> tuple[SMTP, bool]:
        """A connection that may take MAIL, and whether it was used before."""
        client = self._client
        if client is not None and client.is_connected:
            if time.monotonic() - self._last_used < _CHECK_AFTER_IDLE:
                return client, True
            try:
                if (await client.execute_command(b"NOOP", timeout=self._carrier.times.command)).code == 250:
                    return client, True
            except (SMTPException, OSError):
                pass
            self._drop()
        async with self._carrier.gate:
            resting = self._carrier.rest.answer(message)
            if resting is not None:
                raise _Ended(
                    resting.kind, code=resting.code, detail=resting.detail, retry_after=resting.retry_after
                )
            try:
                self._client = await _connect(self._carrier)
            except _Ended as end:
                self._carrier.rest.begin(end.outcome(message))
                raise
            self._carrier.rest.end()
        self._last_used = time.monotonic()
        return self._client, False


async def _connect(carrier: SmtpCarrier) -> SMTP:
    server = carrier.server
    client = SMTP(
        hostname=server.host,
        port=server.port,
        use_tls=server.implicit_tls,
        start_tls={StartTls.AUTO: None, StartTls.ALWAYS: True, StartTls.NEVER: False}[server.starttls]
        if not server.implicit_tls
        else False,
        tls_context=carrier.tls,
        local_hostname=carrier.helo,
        timeout=carrier.times.connect,
    )
    try:
        await client.connect()
        await _greet(client)
        if server.user:
            await _sign_in(client, server)
    except (SMTPException, OSError) as error:
        client.close()
        raise _refused(error) from error
    except _Ended:
        client.close()
        raise
    return client


async def _greet(client: SMTP) -> None:
    if not client.is_ehlo_or_helo_needed:
        return
    try:
        await client.ehlo()
    except SMTPHeloError:
        await client.helo()


async def _sign_in(client: SMTP, server: SmtpServer) -> None:
    encrypted = client.get_transport_info("sslcontext") is not None
    if not encrypted and not server.may_sign_in_unencrypted:
        raise _Ended(OutcomeKind.BLOCKED, detail="no-encryption-for-the-password")
    if not client.supports_extension("auth"):
        raise _Ended(OutcomeKind.BLOCKED, detail="server-offers-no-sign-in")
    await client.login(server.user, server.password)


def _refused(error: Exception) -> _Ended:
    """What it means that a connection did not come about. Nothing was handed over in any case."""
    if isinstance(error, SMTPResponseException):
        phase: Phase = "sign-in" if isinstance(error, SMTPAuthenticationError) else "greeting"
        return _judged(SMTPResponse(error.code, ""), phase)
    causes = (error, error.__cause__)
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
        detail = "certificate-not-trusted"
    elif any(isinstance(cause, ssl.SSLError) for cause in causes):
        detail = "encryption-failed"
    elif isinstance(error, (SMTPTimeoutError, TimeoutError)):
        detail = "no-answer-at-greeting"
    elif isinstance(error, OSError):
        detail = "no-connection"
    else:
        # aiosmtplib says so when STARTTLS is a must and not offered, or no way to sign in fits.
        return _Ended(OutcomeKind.BLOCKED, detail="server-lacks-what-we-must-have")
    return _Ended(OutcomeKind.NOT_TAKEN, detail=detail, retry_after=_AGAIN_AFTER_CUT)


def _judged(answer: SMTPResponse, phase: Phase) -> _Ended:
    """What a reply other than yes means (RFC 5321, section 4.2.1), by the phase it came in."""
    code = answer.code
    status = re.match(r"([245]\.\d{1,3}\.\d{1,3})\b", answer.message)
    said = f"{code} {status[1]}" if status else str(code)
    detail = f"refused-at-{phase}"
    if code in _NEEDS_SIGN_IN:
        return _Ended(OutcomeKind.BLOCKED, code=said, detail="sign-in-refused")
    if code // 100 == 4:
        again = _AGAIN_AFTER_BUSY if code == 421 else _AGAIN_AFTER_GREYLISTING
        stale = code == 421
        return _Ended(
            OutcomeKind.NOT_TAKEN, code=said, detail=f"not-now-at-{phase}", retry_after=again, stale=stale
        )
    if code // 100 == 5 or phase == "sign-in":
        ours = phase in ("greeting", "sign-in", "mail")
        return _Ended(OutcomeKind.BLOCKED if ours else OutcomeKind.REFUSED, code=said, detail=detail)
    kind = OutcomeKind.UNKNOWN if phase == "content" else OutcomeKind.NOT_TAKEN
    return _Ended(kind, code=said, detail=f"not-understood-at-{phase}", retry_after=_AGAIN_AFTER_CUT)


def _refuse_if(halted: Halted) -> None:
    if halted():
        raise _Ended(OutcomeKind.NOT_STARTED)

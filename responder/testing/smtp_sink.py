"""Can a test send real email and count what arrived? A mail server on loopback that does as it is told.

As a program: `python -m responder.testing.smtp_sink --port 2525 --record arrived.jsonl`.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import binascii
import json
import re
import ssl
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self, cast

from responder.testing._smtp_manners import Arrived, Misdeed
from responder.testing._thread import ServerThread

__all__ = ["Arrived", "Misdeed", "SmtpSink", "main"]

_MESSAGE_ID = re.compile(rb"^message-id:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
_PATH = re.compile(rb"^(?:FROM|TO):\s*<([^>]*)>(.*)$", re.IGNORECASE)


@dataclass(slots=True)
class _Rule:
    matches: Callable[[str], bool]
    what: Misdeed | str
    phase: str
    left: int


class SmtpSink:
    """A mail server in a thread of its own. Use it as a context manager; `url` is its address.

    `users` (name → password) makes AUTH a must, `tls` offers STARTTLS (or, with `implicit`, wants
    TLS from the first byte). `reply`, `misbehave` and `slow` say what to do wrong and to whom.
    `record` is a file that gets one JSON line for each email taken, before the answer is sent, so
    that another process can count.
    """

    def __init__(
        self,
        *,
        port: int = 0,
        users: dict[str, str] | None = None,
        tls: ssl.SSLContext | None = None,
        implicit: bool = False,
        smtputf8: bool = True,
        greeting: str = "220 sink.example.org ESMTP",
        record: Path | None = None,
        keep_raw: bool = True,
        on_arrival: Callable[[int], None] | None = None,
    ) -> None:
        self.port = port
        self.users = users or {}
        self.tls = tls
        self.implicit = implicit
        self.smtputf8 = smtputf8
        self.greeting = greeting
        self.keep_raw = keep_raw
        self.on_arrival = on_arrival
        self.arrived: list[Arrived] = []
        self.connections = 0
        self.signed_in = 0
        self.commands: Counter[str] = Counter()
        self.seconds_before_250 = 0.0
        self._rules: list[_Rule] = []
        self._record = record.open("ab", buffering=0) if record else None
        self.thread = ServerThread("smtp-sink")
        self._open: set[_Session] = set()

    # What to do wrong

    def reply(self, phase: str, answer: str, *, to: str = "", times: int = 1_000_000) -> None:
        """Answer so at `mail`, `rcpt`, `data` or `content`; only for recipients that hold `to`."""
        self._rules.append(_Rule(lambda address: to in address, answer, phase, times))

    def misbehave(self, misdeed: Misdeed, *, to: str = "", times: int = 1_000_000) -> None:
        """Do it to recipients that hold `to`, so many times."""
        self._rules.append(_Rule(lambda address: to in address, misdeed, "", times))

    def slow(self, seconds: float) -> None:
        """Wait before saying that an email was taken."""
        self.seconds_before_250 = seconds

    def behave(self) -> None:
        """Forget all of that."""
        self._rules.clear()
        self.seconds_before_250 = 0.0

    # What arrived

    @property
    def url(self) -> str:
        return f"{'smtps' if self.implicit else 'smtp'}://127.0.0.1:{self.port}"

    @property
    def recipients(self) -> Counter[str]:
        """How often each address got an email."""
        return Counter(item.recipient for item in self.arrived)

    @property
    def message_ids(self) -> Counter[str]:
        return Counter(item.message_id for item in self.arrived)

    # Being a server

    def start(self) -> Self:
        self.thread.start()
        self.thread.run(self._listen())
        return self

    def stop(self) -> None:
        self.thread.run(self._shut())
        self.thread.stop()
        if self._record:
            self._record.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_error: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()

    async def _listen(self) -> None:
        context = self.tls if self.implicit else None
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Session(self), "127.0.0.1", self.port, ssl=context, backlog=512
        )
        self.port = self._server.sockets[0].getsockname()[1]

    async def _shut(self) -> None:
        self._server.close()
        for session in list(self._open):
            session.abort()
        await asyncio.sleep(0)

    def take(self, sender: str, recipient: str, raw: bytes) -> None:
        """Keep one email; called before its sender hears anything."""
        found = _MESSAGE_ID.search(raw)
        message_id = found[1].decode("ascii", "replace") if found else ""
        self.arrived.append(Arrived(sender, recipient, message_id, raw if self.keep_raw else b""))
        if self._record:
            line = {"to": recipient, "message_id": message_id}
            self._record.write(json.dumps(line).encode() + b"\n")
        if self.on_arrival:
            self.on_arrival(len(self.arrived))

    def rule(self, recipient: str, phase: str, *misdeeds: Misdeed) -> Misdeed | str | None:
        """What was asked for at this point, if anything; counts down."""
        for rule in self._rules:
            asked = rule.phase == phase if rule.phase else rule.what in misdeeds
            if asked and rule.left > 0 and rule.matches(recipient):
                rule.left -= 1
                return rule.what
        return None

    def came(self, session: _Session) -> None:
        self.connections += 1
        self._open.add(session)

    def went(self, session: _Session) -> None:
        self._open.discard(session)


class _Session(asyncio.Protocol):
    """One connection, read line by line; pipelined commands are answered in order (RFC 2920)."""

    def __init__(self, sink: SmtpSink) -> None:
        self._sink = sink
        self._transport: asyncio.Transport | None = None
        self._buffer = bytearray()
        self._in_content = False
        self._cut_soon = False
        self._upgrading = False
        self._encrypted = sink.implicit
        self._user = ""
        self._expects: Callable[[bytes], None] | None = None
        self._sender = ""
        self._recipients: list[str] = []

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        first = self._transport is None
        self._transport = cast("asyncio.Transport", transport)
        if first:
            self._sink.came(self)
            self._say(self._sink.greeting)
            if not self._sink.greeting.startswith("220"):
                self._transport.close()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002  # asyncio's signature
        self._sink.went(self)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._upgrading:
            self._read_buffer()

    def _read_buffer(self) -> None:
        while self._transport is not None and not self._transport.is_closing():
            if self._in_content:
                if self._cut_soon and self._buffer:
                    self.abort()
                    return
                if not self._read_content():
                    return
                continue
            line, newline, _ = self._buffer.partition(b"\n")
            if not newline:
                return
            del self._buffer[: len(line) + 1]
            self._command(bytes(line).rstrip(b"\r"))

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _say(self, *lines: str) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write("".join(f"{line}\r\n" for line in lines).encode("utf-8"))

    def _command(self, line: bytes) -> None:
        if self._expects is not None:
            expects, self._expects = self._expects, None
            expects(line)
            return
        verb, _, rest = line.partition(b" ")
        name = verb.decode("ascii", "replace").lower()
        self._sink.commands[name] += 1
        act = getattr(self, f"_on_{name}", None)
        if act is None:
            self._say("500 5.5.1 not known")
        else:
            act(rest.strip())

    def _on_ehlo(self, _rest: bytes) -> None:
        offers = ["sink.example.org", "PIPELINING", "8BITMIME", "ENHANCEDSTATUSCODES"]
        if self._sink.smtputf8:
            offers.append("SMTPUTF8")
        if self._sink.tls and not self._encrypted:
            offers.append("STARTTLS")
        if self._sink.users:
            offers.append("AUTH PLAIN LOGIN")
        self._say(*(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}")

    def _on_helo(self, _rest: bytes) -> None:
        self._say("250 sink.example.org")

    def _on_noop(self, _rest: bytes) -> None:
        self._say("250 2.0.0 ok")

    def _on_rset(self, _rest: bytes) -> None:
        self._sender, self._recipients = "", []
        self._say("250 2.0.0 ok")

    def _on_quit(self, _rest: bytes) -> None:
        self._say("221 2.0.0 bye")
        if self._transport is not None:
            self._transport.close()

    def _on_starttls(self, _rest: bytes) -> None:
        if self._sink.tls is None or self._encrypted or self._transport is None:
            self._say("502 5.5.1 not here")
            return
        self._transport.pause_reading()  # what follows is for TLS, not for us
        self._say("220 2.0.0 go ahead")
        self._buffer.clear()
        self._upgrading = True
        self._sink.thread.background(self._encrypt(self._sink.tls))

    async def _encrypt(self, context: ssl.SSLContext) -> None:
        plain = cast("asyncio.Transport", self._transport)
        try:
            upgraded = await asyncio.get_running_loop().start_tls(plain, self, context, server_side=True)
        except (OSError, ssl.SSLError):
            plain.abort()
            return
        self._transport, self._encrypted = cast("asyncio.Transport", upgraded), True
        # The first words behind TLS can come before this line: answered at once, they would have gone
        # out in clear on the old transport and broken the connection.
        self._upgrading = False
        self._read_buffer()

    def _on_auth(self, rest: bytes) -> None:
        method, _, given = rest.partition(b" ")
        if method.upper() == b"PLAIN":
            if given:
                self._sign_in_plain(given)
            else:
                self._expects = self._sign_in_plain
                self._say("334 ")
        elif method.upper() == b"LOGIN":
            if given:
                self._sign_in_name(given)
            else:
                self._expects = self._sign_in_name
                self._say("334 VXNlcm5hbWU6")
        else:
            self._say("504 5.5.4 not that way")

    def _sign_in_plain(self, given: bytes) -> None:
        parts = _decoded(given).split("\x00")
        self._sign_in(*(parts[1:] if len(parts) == 3 else ("", "")))

    def _sign_in_name(self, given: bytes) -> None:
        name = _decoded(given)
        self._expects = lambda line: self._sign_in(name, _decoded(line))
        self._say("334 UGFzc3dvcmQ6")

    def _sign_in(self, name: str, password: str) -> None:
        if name and self._sink.users.get(name) == password:
            self._user = name
            self._sink.signed_in += 1
            self._say("235 2.7.0 welcome")
        else:
            self._say("535 5.7.8 no such user or password")

    def _on_mail(self, rest: bytes) -> None:
        path = _PATH.match(rest)
        if self._sink.users and not self._user:
            self._say("530 5.7.0 sign in first")
        elif path is None:
            self._say("501 5.5.4 MAIL FROM:<address>")
        elif not path[1].isascii() and b"SMTPUTF8" not in path[2].upper():
            self._say("553 5.6.7 say SMTPUTF8")
        elif not self._did("", "mail", Misdeed.CUT_AT_MAIL):
            self._sender, self._recipients = path[1].decode("utf-8", "replace"), []
            self._say("250 2.1.0 ok")

    def _on_rcpt(self, rest: bytes) -> None:
        path = _PATH.match(rest)
        if path is None or not path[1]:
            self._say("501 5.5.4 RCPT TO:<address>")
            return
        recipient = path[1].decode("utf-8", "replace")
        if not self._did(recipient, "rcpt", Misdeed.CUT_AT_RCPT):
            self._recipients.append(recipient)
            self._say("250 2.1.5 ok")

    def _on_data(self, _rest: bytes) -> None:
        if not self._recipients:
            self._say("503 5.5.1 to whom?")
            return
        if self._did(self._recipients[0], "data", Misdeed.CUT_BEFORE_354):
            return
        self._say("354 go on")
        self._in_content = True
        self._cut_soon = self._sink.rule(self._recipients[0], "", Misdeed.CUT_AFTER_354) is not None

    def _read_content(self) -> bool:
        """Whether a whole email was there. One that begins with the final dot is empty."""
        end = 0 if self._buffer.startswith(b".\r\n") else self._buffer.find(b"\r\n.\r\n") + 2
        if end == 1:
            return False
        raw = bytes(self._buffer[:end])
        del self._buffer[: end + 3]
        self._in_content = False
        self._took(re.sub(rb"(?m)^\.", b"", raw))
        return True

    def _took(self, raw: bytes) -> None:
        first = self._recipients[0]
        refusal = self._sink.rule(first, "content")
        if refusal is not None:
            self._say(str(refusal))
            return
        for recipient in self._recipients:
            self._sink.take(self._sender, recipient, raw)
        number = len(self._sink.arrived)
        self._sender, self._recipients = "", []
        misdeed = self._sink.rule(first, "", Misdeed.CUT_BEFORE_250, Misdeed.SILENT_BEFORE_250)
        if misdeed is Misdeed.CUT_BEFORE_250:
            self.abort()
        elif misdeed is None and self._sink.seconds_before_250:
            loop = asyncio.get_running_loop()
            loop.call_later(self._sink.seconds_before_250, self._say, f"250 2.0.0 ok queued as S{number}")
        elif misdeed is None:
            self._say(f"250 2.0.0 ok queued as S{number}")

    def _did(self, recipient: str, phase: str, cut: Misdeed) -> bool:
        """Do what was asked for at this phase; whether that ends the command."""
        asked = self._sink.rule(recipient, phase, cut)
        if asked is None:
            return False
        if asked is cut:
            self.abort()
        else:
            self._say(str(asked))
            if str(asked).startswith("421") and self._transport is not None:
                self._transport.close()
        return True


def _decoded(given: bytes) -> str:
    try:
        return base64.b64decode(given, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


def main(arguments: list[str] | None = None) -> None:
    """Stand there until interrupted."""
    parser = argparse.ArgumentParser(prog="responder.testing.smtp_sink", description=main.__doc__)
    parser.add_argument("--port", type=int, default=2525)
    parser.add_argument("--record", type=Path, help="write one JSON line for each email to this file")
    parser.add_argument("--slow", type=float, default=0.0, help="seconds before an email is taken")
    options = parser.parse_args(arguments)
    with SmtpSink(port=options.port, record=options.record, keep_raw=False) as sink:
        sink.slow(options.slow)
        sys.stdout.write(f"{sink.url}\n")
        sys.stdout.flush()
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            sys.stdout.write(f"{len(sink.arrived)} emails\n")


if __name__ == "__main__":
    main()

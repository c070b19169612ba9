"""How does one email look on the wire? Bytes whose headers are checked as they are sent."""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.header import Header
from email.utils import format_datetime, parseaddr
from functools import lru_cache

from email_validator import EmailNotValidError, validate_email

from responder.engine.ports.carriers import Outgoing

__all__ = ["Mail", "Unwritable", "address_of", "compose"]

RETURN_PATH = "return-path"
"""A header with this name is not sent: its value is the envelope's sender (RFC 5321, section 4.4)."""

_BREAK = re.compile(r"[\r\n\x00]")
_NAME = re.compile(r"[!-9;-~]+")
_LONGEST_LINE = 998  # RFC 5322, section 2.1.1, without the line's end
_LONGEST_BODY_LINE = 200
_LONGEST_PLAIN = 900
_LINE_END = re.compile(r"\r\n?|\n")
_PLAIN = re.compile(r"[!-~](?:[ -~]*[!-~])?")
_ADDRESSES = frozenset({"to", "from", "reply-to", "sender", "cc"})
_PLAIN_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")


class Unwritable(ValueError):
    """A message that cannot be written as email; `why` is a word, never an address."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Mail:
    """An envelope and its content. `content` ends its lines with CRLF; dots are not yet doubled."""

    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    smtputf8: bool
    content: bytes = field(repr=False)


def compose(message: Outgoing, *, sender: str, wall: datetime) -> Mail:
    """The email of one message from `sender`, which may hold a name: `City <news@example.org>`.

    A non-ASCII domain goes as its A-label; a non-ASCII local part needs SMTPUTF8 (RFC 6531). The
    same message composed twice keeps its Message-ID. Raises Unwritable.
    """
    recipient = address_of(message.to)
    headers = _headers(message, sender=sender, recipient=recipient, wall=wall)
    envelope = address_of(headers.pop(RETURN_PATH, ("", _bare(sender)))[1].strip("<> "))
    smtputf8 = not (recipient.isascii() and envelope.isascii())
    try:
        block = b"".join(_header(name, value, utf8=smtputf8) for name, value in headers.values())
        content = block + _body(message)
    except (MessageError, ValueError, IndexError) as error:
        raise Unwritable("header-cannot-be-written") from error
    _check(content, tuple(headers))
    return Mail(envelope, recipient, smtputf8, content)


def address_of(text: str) -> str:
    """An address as it stands in an envelope. Raises Unwritable."""
    local, at, domain = text.strip().rpartition("@")
    if not at or not local or not domain or re.search(r"[\s<>\x00-\x1f\x7f]", text.strip()):
        raise Unwritable("address-cannot-be-written")
    if domain.isascii():
        return f"{local}@{domain}"
    try:
        return f"{local}@{validate_email(text.strip(), check_deliverability=False).ascii_domain}"
    except EmailNotValidError as error:
        raise Unwritable("address-cannot-be-written") from error


@lru_cache(maxsize=16)
def _bare(sender: str) -> str:
    """The address in `City <news@example.org>`."""
    return parseaddr(sender)[1]


def _headers(message: Outgoing, *, sender: str, recipient: str, wall: datetime) -> dict[str, tuple[str, str]]:
    """Lower-case name → (name, value); what the message says itself goes before what we add."""
    domain = _bare(sender).rpartition("@")[2] or "localhost"
    ours = (
        ("From", sender),
        ("To", recipient),
        ("Subject", message.subject),
        ("Date", format_datetime(wall)),
        ("Message-ID", f"<{message.delivery}.{_fingerprint(message)}@{domain}>"),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: no answer by a machine, please
        ("Content-Language", message.language),
    )
    headers: dict[str, tuple[str, str]] = {}
    for name, value in (*ours, *message.headers):
        if _BREAK.search(value) or not _NAME.fullmatch(name):
            raise Unwritable("header-with-line-break")
        headers[name.lower()] = (name, value)
    return headers


def _fingerprint(message: Outgoing) -> str:
    """The same for every attempt, another for another installation that counts its deliveries from 1."""
    whole = "\x00".join((message.to, message.subject, message.text))
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()[:20]


def _header(name: str, value: str, *, utf8: bool) -> bytes:
    """One header. Plain ones are written as they are; the rest by the standard library, 30 times slower."""
    plain = _PLAIN_ADDRESS if name.lower() in _ADDRESSES else _PLAIN
    if len(value) < _LONGEST_PLAIN and plain.fullmatch(value) and "=?" not in value:
        return f"{name}: {value}\r\n".encode("ascii")
    return _folded(name, value, utf8=utf8)


@lru_cache(maxsize=256)
def _folded(name: str, value: str, *, utf8: bool) -> bytes:
    """All readers of one language share a subject: it is encoded once (RFC 2047)."""
    if name.lower() not in _ADDRESSES:
        words = Header(value, "utf-8", header_name=name).encode(linesep="\r\n")
        return f"{name}: {words}\r\n".encode("ascii")
    chosen = policy.SMTPUTF8 if utf8 else policy.SMTP
    text = chosen.header_factory(name, value).fold(policy=chosen)
    return str(text).encode("utf-8" if utf8 else "ascii")


def _body(message: Outgoing) -> bytes:
    """MIME headers and body: the text, or the text and its HTML as alternatives (RFC 2046)."""
    text = _part(message.text, "plain")
    if not message.html:
        return b"MIME-Version: 1.0\r\n" + text
    html = _part(message.html, "html")
    name = hashlib.sha256(text + html).hexdigest()[:32].encode()
    boundary = b"=_" + name  # "=_" stands in no quoted-printable and in no base64 text
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="%b"\r\n\r\n' % boundary
    return head + b"--%b\r\n%b\r\n--%b\r\n%b\r\n--%b--\r\n" % (boundary, text, boundary, html, boundary)


def _part(text: str, subtype: str) -> bytes:
    """One text in the shortest transfer encoding that any mail server takes (RFC 2045, section 6)."""
    plain = _LINE_END.sub("\n", text)
    if not plain.endswith("\n"):
        plain += "\n"
    data = plain.encode("utf-8", "replace")
    if len(data) == len(plain) and len(max(plain.split("\n"), key=len)) <= _LONGEST_BODY_LINE:
        encoding, body = b"7bit", data
    elif (len(data) - len(plain)) * 6 < len(data):
        encoding, body = b"quoted-printable", binascii.b2a_qp(data)
    else:
        encoding, body = b"base64", base64.encodebytes(data.replace(b"\n", b"\r\n"))
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: '.encode()
    return head + encoding + b"\r\n\r\n" + body.replace(b"\n", b"\r\n")


def _check(content: bytes, names: tuple[str, ...]) -> None:
    """The header block as generated: our names, in our order, once each, and nothing else."""
    block, _, _ = content.partition(b"\r\n\r\n")
    found: list[str] = []
    for line in block.split(b"\r\n"):
        if len(line) > _LONGEST_LINE or b"\r" in line or b"\n" in line or b"\x00" in line:
            raise Unwritable("header-with-line-break")
        if not line.startswith((b" ", b"\t")):
            found.append(line.partition(b":")[0].decode("ascii", "replace").lower())
    expected = [name for name in names if name != RETURN_PATH]
    made_by_email = {"mime-version", "content-type", "content-transfer-encoding"}
    if [name for name in found if name not in made_by_email] != expected:
        raise Unwritable("header-with-line-break")

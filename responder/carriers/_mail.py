"""How does one email look on the wire? Bytes whose headers are checked as they are sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from email_validator import EmailNotValidError, validate_email

from responder.engine.ports.carriers import Outgoing

__all__ = ["Mail", "Unwritable", "address_of", "compose"]

RETURN_PATH = "return-path"
"""A header with this name is not sent: its value is the envelope's sender (RFC 5321, section 4.4)."""

_BREAK = re.compile(r"[\r\n\x00]")
_NAME = re.compile(r"[!-9;-~]+")
_LONGEST_LINE = 998  # RFC 5322, section 2.1.1, without the line's end
_LONGEST_BODY_LINE = 200
_POLICY = policy.SMTP.clone(cte_type="7bit")
_POLICY_UTF8 = policy.SMTPUTF8.clone(cte_type="7bit")


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
    envelope = address_of(headers.pop(RETURN_PATH, ("", parseaddr(sender)[1]))[1].strip("<> "))
    smtputf8 = not (recipient.isascii() and envelope.isascii())
    mail = EmailMessage(_POLICY_UTF8 if smtputf8 else _POLICY)
    try:
        mail.set_content(message.text, charset="utf-8", cte=_encoding(message.text))
        if message.html:
            mail.add_alternative(message.html, subtype="html", charset="utf-8", cte=_encoding(message.html))
        # After the body: adding an alternative moves every Content- header into the first part.
        for name, value in headers.values():
            mail[name] = value
        content = mail.as_bytes()
    except (MessageError, ValueError, UnicodeError, IndexError) as error:
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


def _headers(message: Outgoing, *, sender: str, recipient: str, wall: datetime) -> dict[str, tuple[str, str]]:
    """Lower-case name → (name, value); what the message says itself goes before what we add."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "localhost"
    ours = (
        ("From", sender),
        ("To", recipient),
        ("Subject", message.subject),
        ("Date", format_datetime(wall)),
        ("Message-ID", f"<{message.delivery}@{domain}>"),
        ("Auto-Submitted", "auto-generated"),  # RFC 3834: no answer by a machine, please
        ("Content-Language", message.language),
    )
    headers: dict[str, tuple[str, str]] = {}
    for name, value in (*ours, *message.headers):
        if _BREAK.search(value) or not _NAME.fullmatch(name):
            raise Unwritable("header-with-line-break")
        headers[name.lower()] = (name, value)
    return headers


def _encoding(text: str) -> str:
    """The shortest of the three transfer encodings that any mail server takes (RFC 2045)."""
    size = len(text.encode("utf-8", "surrogatepass"))
    if size == len(text) and all(len(line) <= _LONGEST_BODY_LINE for line in text.split("\n")):
        return "7bit"
    return "quoted-printable" if (size - len(text)) * 6 < size else "base64"


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

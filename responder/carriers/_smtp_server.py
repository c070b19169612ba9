"""Where is the mail server, and how do we sign in there? One address says it all."""

from __future__ import annotations

import ipaddress
import re
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from responder.core.errors import InvalidInput

__all__ = ["SmtpServer", "StartTls", "is_loopback", "parse_smtp_url"]

_MEND = "Write smtp://user:password@mail.example.org:587?starttls=always, or smtps://… for port 465."
_PORTS = {"smtps": 465, "smtp": 25}
_SUBMISSION = 587  # RFC 6409: where mail with a password goes
_HELO = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")


class StartTls(StrEnum):
    """When a connection that began in the clear is encrypted (RFC 3207)."""

    AUTO = "auto"
    """Where the server offers it."""
    ALWAYS = "always"
    """Or nothing is sent."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class SmtpServer:
    """A mail server and how to sign in there.

    `verify` is "yes", "no" or the path of a file with the certificates to trust. `helo` is the name
    we say, "" = this machine's. A password never travels unencrypted, save on this machine itself.
    """

    host: str
    port: int
    implicit_tls: bool = False
    starttls: StartTls = StartTls.AUTO
    verify: str = "yes"
    helo: str = ""
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)

    @property
    def may_sign_in_unencrypted(self) -> bool:
        return is_loopback(self.host)

    def tls(self) -> ssl.SSLContext:
        """Who is trusted. Raises InvalidInput when the file of certificates cannot be read."""
        try:
            context = ssl.create_default_context(cafile=None if self.verify in ("yes", "no") else self.verify)
        except OSError as error:
            raise InvalidInput(
                "The certificates for the mail server cannot be read.",
                mend=f"Look at the file that RESPONDER_SMTP_URL names with verify=: {self.verify}.",
            ) from error
        if self.verify == "no":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context


def parse_smtp_url(url: str) -> SmtpServer:
    """Read `smtp[s]://user:password@host:port?starttls=auto|always|never&verify=yes|no|file&helo=name`.

    User and password are percent-encoded where they hold `:`, `@`, `/`, `?` or `#`. Raises
    InvalidInput; no message repeats any part that could be a password.
    """
    try:
        parts = urlsplit(url.strip())
        port = parts.port
    except ValueError as error:
        raise InvalidInput("RESPONDER_SMTP_URL is not an address.", mend=_MEND) from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidInput("RESPONDER_SMTP_URL is not the address of a mail server.", mend=_MEND)
    if parts.path.strip("/") or parts.fragment:
        mend = "If the password holds / ? # or @, write them as %2F %3F %23 %40."
        raise InvalidInput("RESPONDER_SMTP_URL goes on after the host.", mend=mend)
    options = _options(parts)
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    default_port = _SUBMISSION if user and parts.scheme == "smtp" else _PORTS[parts.scheme]
    server = SmtpServer(
        host=parts.hostname,
        port=port or default_port,
        implicit_tls=parts.scheme == "smtps",
        starttls=StartTls(options.get("starttls", "auto")),
        verify=options.get("verify", "yes"),
        helo=options.get("helo", ""),
        user=user,
        password=password,
    )
    _refuse_contradictions(server)
    return server


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _options(parts: SplitResult) -> dict[str, str]:
    try:
        options = dict(parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query)))
    except ValueError as error:
        raise InvalidInput("What follows the ? in RESPONDER_SMTP_URL cannot be read.", mend=_MEND) from error
    for name in options:
        if name not in ("starttls", "verify", "helo"):
            raise InvalidInput(
                f"RESPONDER_SMTP_URL has an option “{name[:20]}” that is not known.",
                mend="Options are starttls, verify and helo.",
            )
    if options.get("starttls", "auto") not in list(StartTls):
        raise InvalidInput(
            "starttls in RESPONDER_SMTP_URL is not known.", mend="Write auto, always or never."
        )
    if options.get("helo") and not _HELO.fullmatch(options["helo"]):
        raise InvalidInput("helo in RESPONDER_SMTP_URL is not a host name.", mend="Write mail.example.org.")
    if options.get("verify", "yes") not in ("yes", "no") and not Path(options["verify"]).is_file():
        raise InvalidInput(
            "verify in RESPONDER_SMTP_URL names a file that is not there.",
            mend="Write yes, no, or the path of a file with certificates.",
        )
    return options


def _refuse_contradictions(server: SmtpServer) -> None:
    if server.implicit_tls and server.starttls is StartTls.ALWAYS:
        raise InvalidInput(
            "RESPONDER_SMTP_URL asks for encryption twice.",
            mend="Write smtps:// alone, or smtp:// with starttls=always.",
        )
    unsafe = server.user and not server.implicit_tls and server.starttls is StartTls.NEVER
    if unsafe and not server.may_sign_in_unencrypted:
        raise InvalidInput(
            "RESPONDER_SMTP_URL would send the password unencrypted.",
            mend="Use starttls=always, or smtps://.",
        )
    if server.password and not server.user:
        raise InvalidInput("RESPONDER_SMTP_URL has a password but no user.", mend=_MEND)

"""Is the address of the mail server read as a person meant it, and never repeated in an error?"""

from __future__ import annotations

from pathlib import Path

import pytest

from responder.carriers import parse_smtp_url
from responder.carriers.smtp import StartTls
from responder.core.errors import InvalidInput


def test_a_full_address_is_read() -> None:
    server = parse_smtp_url(
        "smtp://bo:p%40ss%2Fword@mail.example.org:2587?starttls=always&helo=city.example.org"
    )
    assert (server.host, server.port, server.user, server.password) == (
        "mail.example.org",
        2587,
        "bo",
        "p@ss/word",
    )
    assert (server.starttls, server.helo, server.implicit_tls) == (StartTls.ALWAYS, "city.example.org", False)


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("smtp://mail.example.org", 25),
        ("smtp://bo:secret@mail.example.org", 587),
        ("smtps://bo:secret@mail.example.org", 465),
        ("smtp://[::1]:2525", 2525),
    ],
)
def test_the_port_is_the_usual_one(url: str, port: int) -> None:
    assert parse_smtp_url(url).port == port


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://bo:hidden@mail.example.org:port",
        "smtp://bo:hidden@mail.example.org:99999",
        "smtp://bo:hid/den@mail.example.org",
        "smtp://bo:hid#den@mail.example.org",
        "smtp://bo:hidden@mail.example.org?starttls=maybe",
        "smtp://bo:hidden@mail.example.org?tls=yes",
        "smtp://bo:hidden@mail.example.org?starttls",
        "smtp://bo:hidden@mail.example.org?helo=a%20b",
        "smtp://bo:hidden@mail.example.org?verify=/there/is/no/such/file",
        "smtp://bo:hidden@mail.example.org?starttls=never",
        "smtps://bo:hidden@mail.example.org?starttls=always",
        "smtp://:hidden@mail.example.org",
    ],
)
def test_a_wrong_address_is_refused_with_a_mend_and_without_the_password(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_smtp_url(url)
    assert caught.value.mend
    assert "hid" not in str(caught.value)


def test_a_password_may_go_unencrypted_to_this_machine_only() -> None:
    assert parse_smtp_url("smtp://bo:secret@127.0.0.1:2525?starttls=never").user == "bo"


def test_the_password_is_not_in_what_a_log_would_print() -> None:
    assert "secret" not in repr(parse_smtp_url("smtp://bo:secret@mail.example.org"))


def test_certificates_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    broken = tmp_path / "ca.pem"
    broken.write_text("no certificate")
    with pytest.raises(InvalidInput, match="certificates"):
        parse_smtp_url(f"smtp://mail.example.org?verify={broken}").tls()

"""Is an email written so that nothing in it can become a header or a command?"""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from responder.carriers._mail import Mail, Unwritable, address_of, compose
from responder.engine.ports.carriers import Outgoing

NOW = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
SENDER = "City of Alderport <news@example.org>"


def written(**given: object) -> tuple[Mail, EmailMessage]:
    fields: dict[str, object] = {"delivery": "7", "attempt": 1, "to": "dara@example.com", "text": "Hello."}
    mail = compose(Outgoing(**(fields | given)), sender=SENDER, wall=NOW)  # type: ignore[arg-type]
    return mail, message_from_bytes(mail.content, policy=policy.default)


def plain(message: EmailMessage) -> str:
    """The text with the line ends of a program, not of mail."""
    return str(message.get_content()).replace("\r\n", "\n")


def test_text_and_html_stand_side_by_side() -> None:
    _, message = written(subject="Read this", html="<p>Hello.</p>", language="es")
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Content-Language"] == "es"
    assert message["From"] == SENDER
    assert message["Date"].datetime == NOW


def test_arabic_arrives_as_it_was_signed() -> None:
    text = "مرحبا بالجميع\nالساعة 08:00\n"
    _, message = written(subject="تحديث", text=text)
    assert message["Subject"] == "تحديث"
    assert plain(message) == text
    assert written(subject="تحديث", text=text)[0].content.isascii()


@pytest.mark.parametrize(
    "text", ["plain\n", "Año: mañana\n", "مرحبا\n", "x" * 1200 + "\n", ".\n.\n", "\x85a\u2028b\n"]
)
def test_any_text_survives(text: str) -> None:
    mail, message = written(text=text)
    assert plain(message) == text
    assert b"\n" not in mail.content.replace(b"\r\n", b"")
    assert all(len(line) <= 998 for line in mail.content.split(b"\r\n"))


def test_a_lone_return_cannot_end_the_content_early() -> None:
    mail, _ = written(text="a\r.\rMAIL FROM:<eve@example.com>\n.\n")
    assert b"\r" not in mail.content.replace(b"\r\n", b"")


def test_every_attempt_has_the_same_message_id() -> None:
    assert written(attempt=1)[1]["Message-ID"] == written(attempt=2)[1]["Message-ID"]


def test_another_text_under_the_same_number_has_another_message_id() -> None:
    assert written(text="Update 1")[1]["Message-ID"] != written(text="Update 2")[1]["Message-ID"]


def test_a_given_message_id_is_kept() -> None:
    assert written(headers=(("Message-ID", "<7.x@example.org>"),))[1]["Message-ID"] == "<7.x@example.org>"


def test_one_click_headers_are_written_as_given() -> None:
    link = "https://alerts.example.org/u/" + "a" * 90
    headers = (("List-Unsubscribe", f"<{link}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    mail, message = written(headers=headers)
    assert message["List-Unsubscribe"].replace(" ", "") == f"<{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail.content.count(b"List-Unsubscribe:") == 1


@pytest.mark.parametrize(
    "given",
    [
        {"subject": "Hello\r\nBcc: eve@example.com"},
        {"subject": "Hello\nBcc: eve@example.com"},
        {"headers": (("X-Note", "a\r\nBcc: eve@example.com"),)},
        {"headers": (("X-Note: a\r\nBcc", "eve@example.com"),)},
        {"headers": (("Message-ID", "<a@b>\r\n\r\nbody"),)},
        {"headers": (("X Note", "a"),)},
        {"to": "eve@example.com>\r\nRCPT TO:<bo@example.org"},
        {"to": "eve@example.com, bo@example.org"},
        {"to": "eve"},
        {"to": "@example.org"},
        {"to": "eve@exa mple.org"},
    ],
)
def test_a_line_break_never_becomes_a_header(given: dict[str, object]) -> None:
    with pytest.raises(Unwritable):
        written(**given)


def test_a_local_part_in_arabic_needs_smtputf8() -> None:
    mail, message = written(to="فريد@example.com")
    assert mail.smtputf8
    assert mail.recipient == "فريد@example.com"
    assert "فريد@example.com" in str(message["To"])


def test_a_domain_with_accents_goes_as_its_a_label() -> None:
    mail, _ = written(to="dara@bücher.example")
    assert not mail.smtputf8
    assert mail.recipient == "dara@xn--bcher-kva.example"


def test_a_return_path_is_the_envelope_and_no_header() -> None:
    mail, message = written(headers=(("Return-Path", "<bounce+7@example.org>"),))
    assert mail.sender == "bounce+7@example.org"
    assert message["Return-Path"] is None


def test_the_envelope_is_the_sender_without_its_name() -> None:
    assert written()[0].sender == "news@example.org"


def test_an_address_is_trimmed_and_never_longer_than_itself() -> None:
    assert address_of(" amina@example.org ") == "amina@example.org"


def test_a_subject_that_looks_encoded_is_shown_as_it_was_written() -> None:
    assert written(subject="=?utf-8?q?Eve?= says")[1]["Subject"] == "=?utf-8?q?Eve?= says"


def test_a_comma_in_an_address_makes_no_second_reader() -> None:
    mail, message = written(to='"amina,bo"@example.com')
    assert mail.recipient == '"amina,bo"@example.com'
    assert len(message["To"].addresses) == 1


@pytest.mark.parametrize(
    "subject",
    [
        "تحديث رقم ٢ عن الهجوم: ما نعرفه وما لا نعرفه بعد، وما يمكنكم فعله الآن في الحي القديم",
        "Año " * 40 + "fin",
        "日本語" * 60,
    ],
)
def test_a_long_subject_is_folded_and_comes_back_whole(subject: str) -> None:
    mail, message = written(subject=subject)
    assert message["Subject"] == subject
    assert all(len(line) <= 78 for line in mail.content.split(b"\r\n") if b"ubject" in line or b"=?" in line)

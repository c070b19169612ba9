"""How far had an email come when something broke? Each phase against a real server on loopback."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from responder.carriers import SmtpCarrier, parse_smtp_url
from responder.carriers.smtp import SmtpTimes
from responder.engine.ports.carriers import Outcome, OutcomeKind, Outgoing
from responder.testing.smtp_sink import Misdeed, SmtpSink

SENDER = "City of Alderport <news@example.org>"
QUICK = SmtpTimes(connect=5.0, command=5.0, content=0.3)


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink() as running:
        yield running


def email(number: int = 1, *, attempt: int = 1, to: str = "") -> Outgoing:
    return Outgoing(
        str(number),
        attempt,
        to or f"reader{number}@example.com",
        "Hello.\n.\nGoodbye.\n",
        subject="Año",
        html="<p>Hello.</p>",
        headers=(("Message-ID", f"<{number}.b1@example.org>"),),
    )


def hand_over(url: str, *messages: Outgoing, times: SmtpTimes = QUICK, connections: int = 1) -> list[Outcome]:
    carrier = SmtpCarrier(parse_smtp_url(url), sender=SENDER, connections=connections, times=times)
    line = carrier.open(lambda: False)
    line.give(messages)
    outcomes = list(line.close(grace=0)) if not messages else []
    while len(outcomes) < len(messages):
        outcomes.extend(line.take(at_least=len(messages) - len(outcomes), timeout=20))
    carrier.close()
    return sorted(outcomes, key=lambda item: int(item.delivery))


def test_an_email_arrives_as_it_was_written(sink: SmtpSink) -> None:
    (outcome,) = hand_over(sink.url, email())
    (arrived,) = sink.arrived
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert outcome.provider_id == "S1"
    assert (arrived.sender, arrived.recipient) == ("news@example.org", "reader1@example.com")
    assert arrived.message["Subject"] == "Año"
    text = arrived.message.get_body(("plain",))
    assert text is not None
    assert text.get_content().replace("\r\n", "\n") == "Hello.\n.\nGoodbye.\n"


def test_connections_are_used_again(sink: SmtpSink) -> None:
    hand_over(sink.url, *(email(number) for number in range(30)), connections=2)
    assert len(sink.arrived) == 30
    assert sink.connections <= 2


def test_every_attempt_carries_the_same_message_id(sink: SmtpSink) -> None:
    hand_over(sink.url, email(attempt=1))
    hand_over(sink.url, email(attempt=2))
    assert sink.message_ids == {"<1.b1@example.org>": 2}


@pytest.mark.parametrize("misdeed", [Misdeed.CUT_AT_MAIL, Misdeed.CUT_AT_RCPT, Misdeed.CUT_BEFORE_354])
def test_a_cut_before_354_is_surely_not_taken(sink: SmtpSink, misdeed: Misdeed) -> None:
    sink.misbehave(misdeed)
    (outcome,) = hand_over(sink.url, email())
    assert outcome.kind is OutcomeKind.NOT_TAKEN
    assert outcome.retry_after
    assert sink.arrived == []


@pytest.mark.parametrize(
    ("misdeed", "taken"),
    [(Misdeed.CUT_AFTER_354, 0), (Misdeed.CUT_BEFORE_250, 1), (Misdeed.SILENT_BEFORE_250, 1)],
)
def test_a_cut_after_354_is_unknown_whatever_became_of_it(
    sink: SmtpSink, misdeed: Misdeed, taken: int
) -> None:
    sink.misbehave(misdeed)
    (outcome,) = hand_over(sink.url, email())
    assert outcome.kind is OutcomeKind.UNKNOWN
    assert len(sink.arrived) == taken


@pytest.mark.parametrize(
    ("phase", "answer", "kind"),
    [
        ("mail", "451 4.3.0 later", OutcomeKind.NOT_TAKEN),
        ("mail", "421 4.3.2 too busy", OutcomeKind.NOT_TAKEN),
        ("mail", "550 5.7.1 not from you", OutcomeKind.BLOCKED),
        ("rcpt", "450 4.2.0 greylisted", OutcomeKind.NOT_TAKEN),
        ("rcpt", "550 5.1.1 no such user", OutcomeKind.REFUSED),
        ("rcpt", "530 5.7.0 sign in", OutcomeKind.BLOCKED),
        ("data", "451 4.3.0 later", OutcomeKind.NOT_TAKEN),
        ("data", "554 5.5.1 no", OutcomeKind.REFUSED),
        ("content", "452 4.3.1 disk full", OutcomeKind.NOT_TAKEN),
        ("content", "554 5.7.1 looks like spam", OutcomeKind.REFUSED),
    ],
)
def test_a_reply_means_what_its_phase_makes_it_mean(
    sink: SmtpSink, phase: str, answer: str, kind: OutcomeKind
) -> None:
    sink.reply(phase, answer)
    (outcome,) = hand_over(sink.url, email())
    assert outcome.kind is kind
    assert outcome.code == " ".join(answer.split()[:2])
    assert (outcome.retry_after is not None) == (kind is OutcomeKind.NOT_TAKEN)
    assert sink.arrived == []


def test_one_refused_reader_does_not_cost_the_others_their_email(sink: SmtpSink) -> None:
    sink.reply("rcpt", "550 5.1.1 no such user", to="reader2@")
    outcomes = hand_over(sink.url, *(email(number) for number in (1, 2, 3)))
    assert [item.kind for item in outcomes] == [
        OutcomeKind.ACCEPTED,
        OutcomeKind.REFUSED,
        OutcomeKind.ACCEPTED,
    ]
    assert sink.connections == 1


def test_a_server_that_hung_up_while_idle_costs_nothing(sink: SmtpSink) -> None:
    sink.misbehave(Misdeed.CUT_AT_MAIL, times=0)
    carrier = SmtpCarrier(parse_smtp_url(sink.url), sender=SENDER, connections=1, times=QUICK)
    line = carrier.open(lambda: False)
    line.give([email(1)])
    assert [item.kind for item in line.take(at_least=1, timeout=20)] == [OutcomeKind.ACCEPTED]
    sink.misbehave(Misdeed.CUT_AT_MAIL, times=1)
    line.give([email(2)])
    assert [item.kind for item in line.take(at_least=1, timeout=20)] == [OutcomeKind.ACCEPTED]
    assert sink.connections == 2
    carrier.close()


def test_a_server_that_greets_with_no_is_not_asked_by_everybody() -> None:
    with SmtpSink(greeting="554 5.7.1 go away") as sink:
        outcomes = hand_over(sink.url, *(email(number) for number in range(40)), connections=16)
        assert {item.kind for item in outcomes} == {OutcomeKind.BLOCKED}
        assert sink.connections <= 8


def test_a_server_that_is_not_there_has_taken_nothing() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (outcome,) = hand_over(f"smtp://127.0.0.1:{port}", email())
    assert (outcome.kind, outcome.detail) == (OutcomeKind.NOT_TAKEN, "no-connection")


def test_a_reader_with_arabic_letters_in_the_address_is_reached(sink: SmtpSink) -> None:
    (outcome,) = hand_over(sink.url, email(to="فريد@example.com"))
    assert outcome.kind is OutcomeKind.ACCEPTED
    assert sink.arrived[0].recipient == "فريد@example.com"


def test_a_server_without_smtputf8_cannot_reach_that_reader() -> None:
    with SmtpSink(smtputf8=False) as sink:
        (outcome,) = hand_over(sink.url, email(to="فريد@example.com"))
    assert (outcome.kind, outcome.detail) == (OutcomeKind.REFUSED, "server-takes-no-such-address")


def test_signing_in_works_and_a_wrong_password_blocks_the_sender() -> None:
    with SmtpSink(users={"bo": "secret"}) as sink:
        host = sink.url.removeprefix("smtp://")
        (right,) = hand_over(f"smtp://bo:secret@{host}", email())
        (wrong,) = hand_over(f"smtp://bo:guess@{host}", email())
        assert (right.kind, wrong.kind) == (OutcomeKind.ACCEPTED, OutcomeKind.BLOCKED)
        assert sink.signed_in == 1


def test_a_server_that_wants_a_password_and_gets_none_blocks_the_sender() -> None:
    with SmtpSink(users={"bo": "secret"}) as sink:
        (outcome,) = hand_over(sink.url, email())
    assert (outcome.kind, outcome.code) == (OutcomeKind.BLOCKED, "530 5.7.0")


def test_mail_travels_encrypted_where_the_server_offers_it(certificate: tuple[ssl.SSLContext, Path]) -> None:
    context, authority = certificate
    with SmtpSink(tls=context, users={"bo": "secret"}) as sink:
        url = f"smtp://bo:secret@localhost:{sink.port}?starttls=always&verify={authority}"
        (outcome,) = hand_over(url, email())
        assert outcome.kind is OutcomeKind.ACCEPTED
        assert sink.commands["starttls"] == 1


def test_mail_travels_encrypted_from_the_first_byte(certificate: tuple[ssl.SSLContext, Path]) -> None:
    context, authority = certificate
    with SmtpSink(tls=context, implicit=True) as sink:
        (outcome,) = hand_over(f"smtps://localhost:{sink.port}?verify={authority}", email())
    assert outcome.kind is OutcomeKind.ACCEPTED


@pytest.mark.parametrize("implicit", [False, True])
def test_a_server_with_a_certificate_of_its_own_making_gets_nothing(
    certificate: tuple[ssl.SSLContext, Path], implicit: bool
) -> None:
    with SmtpSink(tls=certificate[0], implicit=implicit) as sink:
        scheme = "smtps" if implicit else "smtp"
        (outcome,) = hand_over(f"{scheme}://localhost:{sink.port}", email())
        assert (outcome.kind, outcome.detail) == (OutcomeKind.NOT_TAKEN, "certificate-not-trusted")
        assert sink.arrived == []


def test_without_the_encryption_that_is_a_must_nothing_is_sent(sink: SmtpSink) -> None:
    (outcome,) = hand_over(f"{sink.url}?starttls=always", email())
    assert outcome.kind is OutcomeKind.BLOCKED
    assert sink.arrived == []


def test_a_halt_between_envelope_and_content_lets_nothing_out(sink: SmtpSink) -> None:
    asked = iter([False, False, True, True])
    carrier = SmtpCarrier(parse_smtp_url(sink.url), sender=SENDER, connections=1, times=QUICK)
    line = carrier.open(lambda: next(asked, True))
    line.give([email()])
    assert [item.kind for item in line.take(at_least=1, timeout=20)] == [OutcomeKind.NOT_STARTED]
    assert sink.arrived == []
    assert sink.commands["rset"] == 1
    carrier.close()


def test_what_is_still_on_the_wire_at_the_end_is_unknown(sink: SmtpSink) -> None:
    sink.misbehave(Misdeed.SILENT_BEFORE_250)
    slow = SmtpTimes(connect=5.0, command=5.0, content=60.0)
    carrier = SmtpCarrier(parse_smtp_url(sink.url), sender=SENDER, connections=1, times=slow)
    line = carrier.open(lambda: False)
    line.give([email(1), email(2)])
    outcomes = {item.delivery: item.kind for item in line.close(grace=0.5)}
    assert outcomes["2"] is OutcomeKind.NOT_STARTED
    assert outcomes["1"] in (OutcomeKind.UNKNOWN, OutcomeKind.NOT_STARTED)
    carrier.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, Path]:
    """A server's certificate for localhost, and the file of the authority that made it."""
    folder = tmp_path_factory.mktemp("certificate")
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"

"""What every carrier promises a job: one suite over SMTP, Twilio and the exercise mailbox."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from responder.carriers import MailboxCarrier, SmtpCarrier, TwilioAccount, TwilioCarrier, parse_smtp_url
from responder.core.terms import Channel
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.db.store_mailbox import SqlMailbox
from responder.engine.ports.carriers import ExerciseCarrier, LiveCarrier, OutcomeKind, Outgoing
from responder.testing.fakes import HandWoundClock
from responder.testing.smtp_sink import SmtpSink
from responder.testing.twilio_standin import ACCOUNT_SID, AUTH_TOKEN, TwilioStandIn

Carrier = LiveCarrier | ExerciseCarrier


@dataclass(frozen=True)
class Case:
    """A carrier, and how to count what the other side got."""

    carrier: Carrier
    arrived: Callable[[], int]

    def message(self, number: int) -> Outgoing:
        email = self.carrier.channel is Channel.EMAIL
        to = f"reader{number}@example.com" if email else f"+1202555{number:04d}"
        return Outgoing(str(number), 1, to, "Hello.", subject="Hello")

    def messages(self, count: int) -> list[Outgoing]:
        return [self.message(number) for number in range(1, count + 1)]


@pytest.fixture(params=["smtp", "twilio", "exercise"])
def case(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Case]:
    yield from {"smtp": _smtp, "twilio": _twilio, "exercise": _exercise}[request.param](tmp_path)


def _smtp(_folder: Path) -> Iterator[Case]:
    with SmtpSink() as sink:
        carrier = SmtpCarrier(parse_smtp_url(sink.url), sender="City <news@example.org>", connections=4)
        yield Case(carrier, lambda: len(sink.arrived))
        carrier.close()


def _twilio(_folder: Path) -> Iterator[Case]:
    with TwilioStandIn() as standin:
        account = TwilioAccount(ACCOUNT_SID, AUTH_TOKEN, sender="+12025550100", api_base_url=standin.url)
        carrier = TwilioCarrier(account, connections=4)
        yield Case(carrier, lambda: len(standin.taken))
        carrier.close()


def _exercise(folder: Path) -> Iterator[Case]:
    engine = make_engine(f"sqlite:///{folder / 'mailbox.db'}")
    create_all(engine)
    mailbox = SqlMailbox(SqlStore(engine))
    yield Case(MailboxCarrier(Channel.SMS, mailbox, HandWoundClock()), lambda: mailbox.count().letters)
    engine.dispose()


def test_every_message_has_one_outcome_and_arrives_once(case: Case) -> None:
    line = case.carrier.open(lambda: False)
    outcomes = []
    for start in range(0, 60, 20):
        line.give(case.messages(60)[start : start + 20])
        outcomes.extend(line.take(at_least=10, timeout=20))
    while len(outcomes) < 60:
        outcomes.extend(line.take(at_least=60 - len(outcomes), timeout=20))
    assert {(item.delivery, item.attempt) for item in outcomes} == {(str(n), 1) for n in range(1, 61)}
    assert {item.kind for item in outcomes} == {OutcomeKind.ACCEPTED}
    assert case.arrived() == 60
    assert line.close(grace=0) == ()


def test_each_accepted_message_has_the_providers_id(case: Case) -> None:
    line = case.carrier.open(lambda: False)
    line.give(case.messages(3))
    ids = {item.provider_id for item in line.take(at_least=3, timeout=20)}
    assert len(ids) == 3
    assert all(ids)


def test_taking_waits_for_no_more_than_was_given(case: Case) -> None:
    line = case.carrier.open(lambda: False)
    line.give(case.messages(2))
    assert len(line.take(at_least=500, timeout=60)) == 2


def test_nothing_starts_once_it_is_halted(case: Case) -> None:
    line = case.carrier.open(lambda: True)
    line.give(case.messages(5))
    outcomes = line.take(at_least=5, timeout=20)
    assert {item.kind for item in outcomes} == {OutcomeKind.NOT_STARTED}
    assert case.arrived() == 0


def test_a_halt_in_the_middle_lets_nothing_new_out(case: Case) -> None:
    halted = threading.Event()
    line = case.carrier.open(halted.is_set)
    line.give(case.messages(8))
    assert len(line.take(at_least=8, timeout=20)) == 8
    halted.set()
    line.give([case.message(number) for number in range(9, 30)])
    outcomes = line.take(at_least=21, timeout=20)
    assert {item.kind for item in outcomes} == {OutcomeKind.NOT_STARTED}
    assert case.arrived() == 8


def test_closing_accounts_for_every_message(case: Case) -> None:
    line = case.carrier.open(lambda: False)
    line.give(case.messages(40))
    outcomes = line.close(grace=20)
    assert len({item.delivery for item in outcomes}) == 40
    accepted = [item for item in outcomes if item.kind is OutcomeKind.ACCEPTED]
    assert len(accepted) == case.arrived()
    assert {item.kind for item in outcomes} <= {OutcomeKind.ACCEPTED, OutcomeKind.NOT_STARTED}


def test_two_lines_do_not_hear_of_each_other(case: Case) -> None:
    first, second = case.carrier.open(lambda: False), case.carrier.open(lambda: False)
    first.give([case.message(1)])
    second.give([case.message(2)])
    assert [item.delivery for item in first.take(at_least=1, timeout=20)] == ["1"]
    assert [item.delivery for item in second.take(at_least=1, timeout=20)] == ["2"]

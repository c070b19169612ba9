"""Is nobody lost and nobody told twice when the program is killed, again and again, while it sends?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kit.sending import KEY, SendingHouse, contact, house_on

from responder.core.broadcast import DeliveryState
from responder.db.engine import make_engine
from responder.db.store import create_all
from responder.testing.fakes import HandWoundClock
from responder.testing.smtp_sink import SmtpSink
from responder.testing.twilio_standin import ACCOUNT_SID, AUTH_TOKEN, TwilioStandIn

CHILD = Path(__file__).with_name("child.py")
PEOPLE = 5_000
CONNECTIONS = 8
WINDOW = 4 * CONNECTIONS
BY_COUNT = (0, 1, 2, 250, 500, 900, 1_500, 2_100, 2_700, 3_500, 4_400, 5_300, 6_200, 7_500, 9_000)
IN_COMMIT = {3: 12, 6: 20, 9: 31, 12: 45, 14: 60}
"""After which of the kills by count another one follows, within the n-th commit of that process."""


@dataclass
class Sinks:
    """Both sinks, and somebody to kill when they have counted far enough."""

    smtp: SmtpSink
    twilio: TwilioStandIn
    victim: subprocess.Popen[str] | None = None
    fatal: int | None = None
    kills: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def got(self) -> int:
        return len(self.smtp.arrived) + len(self.twilio.taken)

    def counted(self, _number: int) -> None:
        with self.lock:
            if self.victim is not None and self.fatal is not None and self.got >= self.fatal:
                self.kill()

    def kill(self) -> None:
        assert self.victim is not None
        os.kill(self.victim.pid, signal.SIGKILL)
        self.kills += 1
        self.victim = None


@pytest.fixture
def sinks() -> Iterator[Sinks]:
    with SmtpSink(keep_raw=False) as smtp, TwilioStandIn() as twilio:
        both = Sinks(smtp, twilio)
        smtp.on_arrival = twilio.on_taken = both.counted
        yield both


@pytest.fixture
def environment(tmp_path: Path, sinks: Sinks) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "RESPONDER_DATA_DIR": str(tmp_path),
        "RESPONDER_DATABASE_URL": f"sqlite:///{tmp_path / 'responder.db'}",
        "RESPONDER_SECRET_KEY": KEY,
        "RESPONDER_NODE_NAME": "victim",
        "RESPONDER_SMTP_URL": sinks.smtp.url,
        "RESPONDER_EMAIL_FROM": "City of Alderport <news@example.org>",
        "RESPONDER_TWILIO_ACCOUNT_SID": ACCOUNT_SID,
        "RESPONDER_TWILIO_AUTH_TOKEN": AUTH_TOKEN,
        "RESPONDER_TWILIO_MESSAGING_SERVICE_SID": "MG" + "0" * 32,
        "RESPONDER_TWILIO_API_BASE_URL": sinks.twilio.url,
        "RESPONDER_SMS_CONNECTIONS": str(CONNECTIONS),
        "RESPONDER_SMTP_CONNECTIONS": str(CONNECTIONS),
        "RESPONDER_PUBLIC_URL": "https://alerts.example.org",
    }


@pytest.fixture
def house(environment: dict[str, str]) -> Iterator[SendingHouse]:
    """The rows as the test sees them, beside the process that it kills."""
    engine = make_engine(environment["RESPONDER_DATABASE_URL"])
    create_all(engine)
    made = house_on(engine, clock=HandWoundClock(datetime.now(UTC)))
    languages = (("en",), ("es", "en"), ("ar", "en"))
    people = range(1, PEOPLE + 1)
    made.add_contacts([contact(made, number, languages=languages[number % 3]) for number in people])
    yield made
    engine.dispose()


@pytest.mark.slow
def test_a_process_killed_at_twenty_points_loses_nobody_and_tells_nobody_twice(
    sinks: Sinks, environment: dict[str, str], house: SendingHouse
) -> None:
    house.release("b1")
    for number, count in enumerate(BY_COUNT):
        _run_until_killed(sinks, environment, count=count)
        if number in IN_COMMIT:
            _run_until_killed(sinks, environment, commit=IN_COMMIT[number])
    with _start(environment) as finished:
        assert finished.wait(timeout=240) == 0

    assert sinks.kills == len(BY_COUNT) + len(IN_COMMIT) == 20
    got = sinks.smtp.recipients + Counter(sinks.twilio.recipients)
    states = house.counted("b1")
    unknown = states.get(DeliveryState.UNKNOWN, 0)
    assert max(got.values()) == 1, "somebody was told twice"
    assert set(states) <= {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN}
    assert sum(states.values()) == 2 * PEOPLE
    assert len(got) + unknown >= 2 * PEOPLE, "somebody was lost"
    assert len(got) >= states[DeliveryState.ACCEPTED]
    assert unknown <= sinks.kills * 2 * WINDOW
    assert house.counts("b1") == states, "the tally does not agree with the rows"


def _start(environment: dict[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, CHILD], env=environment, stdout=subprocess.PIPE, text=True)


def _run_until_killed(
    sinks: Sinks, environment: dict[str, str], *, count: int | None = None, commit: int = 0
) -> None:
    """One life of the process: until the sinks have so many more than before, or within a commit."""
    more = {"KILL_IN_COMMIT": str(commit)} if commit else {}
    with _start(environment | more) as victim:
        if commit:
            sinks.kills += 1
        else:
            with sinks.lock:
                sinks.victim, sinks.fatal = victim, max(count or 0, sinks.got + 1)
                if not count and victim.stdout is not None and victim.stdout.readline():
                    sinks.kill()
        assert victim.wait(timeout=120) == -signal.SIGKILL, "it ended before it could be killed"

"""Two processes work on one SQLite file: is anybody lost, or told twice?"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from kit.sending import KEY, SendingHouse, contact, house_on

from responder.core.broadcast import DeliveryState
from responder.core.terms import Channel
from responder.db.engine import make_engine
from responder.db.store import create_all
from responder.testing.fakes import HandWoundClock
from responder.testing.smtp_sink import SmtpSink

CHILD = Path(__file__).with_name("child.py")
PEOPLE = 2_500
CONNECTIONS = 8


@pytest.fixture
def sink() -> Iterator[SmtpSink]:
    with SmtpSink(keep_raw=False) as smtp:
        yield smtp


@pytest.fixture
def house(tmp_path: Path) -> Iterator[SendingHouse]:
    engine = make_engine(_database(tmp_path))
    create_all(engine)
    made = house_on(engine, clock=HandWoundClock(datetime.now(UTC)))
    made.add_contacts([contact(made, number, phone="") for number in range(1, PEOPLE + 1)])
    yield made
    engine.dispose()


def test_two_processes_share_the_work_and_nobody_is_told_twice(
    sink: SmtpSink, house: SendingHouse, tmp_path: Path
) -> None:
    house.release("one", channels=[Channel.EMAIL])
    with _start(tmp_path, sink, node="left") as left, _start(tmp_path, sink, node="right") as right:
        assert (left.wait(timeout=120), right.wait(timeout=120)) == (0, 0)
    assert len(sink.recipients) == PEOPLE
    assert set(sink.recipients.values()) == {1}
    assert house.counted("one") == {DeliveryState.ACCEPTED: PEOPLE} == house.counts("one")


def test_one_of_two_processes_dies_and_the_other_carries_on(
    sink: SmtpSink, house: SendingHouse, tmp_path: Path
) -> None:
    house.release("one", channels=[Channel.EMAIL])
    with _start(tmp_path, sink, node="left") as left, _start(tmp_path, sink, node="right") as right:
        sink.on_arrival = lambda count: os.kill(left.pid, signal.SIGKILL) if count == PEOPLE // 5 else None
        assert left.wait(timeout=120) == -signal.SIGKILL
        right.wait(timeout=180)
    states = Counter(house.counted("one"))
    assert max(sink.recipients.values()) == 1
    assert sum(states.values()) == PEOPLE
    assert states[DeliveryState.UNKNOWN] <= 4 * CONNECTIONS
    assert set(states) <= {DeliveryState.ACCEPTED, DeliveryState.UNKNOWN}
    assert len(sink.recipients) + states[DeliveryState.UNKNOWN] >= PEOPLE
    assert house.counts("one") == states


def _start(folder: Path, sink: SmtpSink, *, node: str) -> subprocess.Popen[str]:
    environment = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.environ.get("PYTHONPATH", ""),
        "RESPONDER_DATA_DIR": str(folder),
        "RESPONDER_DATABASE_URL": _database(folder),
        "RESPONDER_SECRET_KEY": KEY,
        "RESPONDER_NODE_NAME": node,
        "RESPONDER_SMTP_URL": sink.url,
        "RESPONDER_EMAIL_FROM": "City of Alderport <news@example.org>",
        "RESPONDER_SMTP_CONNECTIONS": str(CONNECTIONS),
        "LEASE_SECONDS": "5",
        "RESPONDER_PUBLIC_URL": "https://alerts.example.org",
    }
    return subprocess.Popen([sys.executable, CHILD], env=environment, stdout=subprocess.DEVNULL, text=True)


def _database(folder: Path) -> str:
    return f"sqlite:///{folder / 'responder.db'}"

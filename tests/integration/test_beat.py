"""Does the heart go on beating?"""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest

from responder.scheduler import Beat


def _now() -> datetime:
    return datetime.now(UTC)


def test_a_tick_that_fails_does_not_end_the_beat(caplog: pytest.LogCaptureFixture) -> None:
    again = threading.Event()
    calls: list[int] = []

    def tick() -> datetime | None:
        calls.append(1)
        if len(calls) == 1:
            raise RuntimeError("once")
        again.set()
        return None

    beat = Beat(tick, now=_now, every=0.02)
    beat.start()
    assert again.wait(5)
    beat.stop()


def test_the_next_beat_comes_when_the_tick_said(caplog: pytest.LogCaptureFixture) -> None:
    twice = threading.Event()
    calls: list[datetime] = []

    def tick() -> datetime | None:
        calls.append(_now())
        if len(calls) == 2:
            twice.set()
        return calls[0] + timedelta(milliseconds=60)

    beat = Beat(tick, now=_now, every=3600)
    beat.start()
    beat.beat()
    assert twice.wait(5)
    beat.stop()
    assert calls[1] - calls[0] >= timedelta(milliseconds=55)

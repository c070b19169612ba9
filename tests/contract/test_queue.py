"""Does every queue keep its promise: each job at least once, and none that was rolled back or cancelled?"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.engine.ports import Job, JobState, Queue
from responder.scheduler import DbosQueue
from responder.testing.fakes import InlineQueue

PATIENCE = 20.0


@dataclass
class Bench:
    """A queue, a store whose transactions it takes jobs in, and what it has run."""

    queue: Queue
    store: SqlStore
    settle: Callable[[], None]
    ran: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)

    def run(self, job: Job) -> None:
        if job.payload.get("break"):
            raise ValueError(job.key)
        with self.changed:
            self.ran.append(job.key)
            self.changed.notify_all()

    def enqueue(self, key: str, **options: Any) -> None:
        payload = options.pop("payload", {})
        with self.store.begin() as work:
            self.queue.enqueue(work.connection, "note", key, payload, **options)
        self.queue.nudge()

    def wait_for(self, count: int) -> list[str]:
        self.settle()
        with self.changed:
            self.changed.wait_for(lambda: len(self.ran) >= count, timeout=PATIENCE)
            return list(self.ran)

    def wait_until(self, key: str, state: JobState) -> JobState:
        """A job's last state is written a moment after its work is done."""
        self.settle()
        pause = threading.Event()
        for _ in range(int(PATIENCE / 0.05)):
            if self.queue.status(key) is state:
                return state
            pause.wait(0.05)
        return self.queue.status(key)


@pytest.fixture(params=["inline", "dbos"])
def bench(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Bench]:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    engine = make_engine(url)
    create_all(engine)
    store = SqlStore(engine)
    if request.param == "inline":
        inline = InlineQueue()

        def settle() -> None:
            try:
                inline.run(now=datetime.now(UTC))
            except ValueError as error:
                inline._states[str(error)] = JobState.FAILED

        bench = Bench(inline, store, settle)
        inline.handlers["note"] = bench.run
        yield bench
    else:
        dbos = DbosQueue(url, node="here")
        bench = Bench(dbos, store, settle=lambda: None)
        dbos.handlers["note"] = bench.run
        dbos.start()
        yield bench
        dbos.stop()
    engine.dispose()


def test_a_job_runs_once_after_its_transaction_has_committed(bench: Bench) -> None:
    bench.enqueue("one")
    assert bench.wait_for(1) == ["one"]
    assert bench.wait_until("one", JobState.DONE) is JobState.DONE


def test_the_same_key_is_the_same_job(bench: Bench) -> None:
    bench.enqueue("one")
    bench.enqueue("one")
    bench.enqueue("two")
    assert sorted(bench.wait_for(2)) == ["one", "two"]
    bench.enqueue("one")
    bench.enqueue("three")
    assert sorted(bench.wait_for(3)) == ["one", "three", "two"]


def test_a_job_nobody_asked_for_is_missing(bench: Bench) -> None:
    assert bench.queue.status("nobody") is JobState.MISSING


def test_a_job_for_later_waits_and_can_be_cancelled(bench: Bench) -> None:
    bench.enqueue("later", at=datetime.now(UTC) + timedelta(hours=1))
    bench.enqueue("now")
    assert bench.wait_for(1) == ["now"]
    assert bench.queue.status("later") is JobState.WAITING
    bench.queue.cancel("later")
    assert bench.queue.status("later") is JobState.CANCELLED


def test_every_lane_is_worked_on(bench: Bench) -> None:
    for lane in ("alert", "statement", "bulk", "house"):
        bench.enqueue(lane, queue=lane)
    assert sorted(bench.wait_for(4)) == ["alert", "bulk", "house", "statement"]


def test_a_job_that_breaks_is_failed_and_the_next_one_runs(bench: Bench) -> None:
    bench.enqueue("broken", payload={"break": "yes"})
    assert bench.wait_until("broken", JobState.FAILED) is JobState.FAILED
    bench.enqueue("next")
    assert bench.wait_for(1) == ["next"]


def test_dbos_forgets_a_job_whose_transaction_was_rolled_back(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    engine = make_engine(url)
    store = SqlStore(engine)
    queue = DbosQueue(url, node="here")
    queue.prepare()

    def ask_and_fail() -> None:
        with store.begin() as work:
            queue.enqueue(work.connection, "note", "undone", {})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        ask_and_fail()
    assert queue.status("undone") is JobState.MISSING
    queue.stop()
    engine.dispose()


def test_dbos_runs_what_was_asked_for_before_it_started(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'jobs.db'}"
    engine = make_engine(url)
    store = SqlStore(engine)
    asking = DbosQueue(url, node="here")
    asking.prepare()
    with store.begin() as work:
        asking.enqueue(work.connection, "note", "early", {"a": "b"})
    asking.stop()
    ran = threading.Event()
    working = DbosQueue(url, node="here")
    working.handlers["note"] = lambda job: ran.set() if job.payload == {"a": "b"} else None
    working.start()
    assert ran.wait(PATIENCE)
    working.stop()
    engine.dispose()

"""Who runs the jobs? DBOS, on our own database, SQLite or PostgreSQL.

A job is enqueued inside our transaction: DBOS keeps its tables in our database (on SQLite the same
file), and writes the row of a job through the connection it is handed. So a job and the rows that
ask for it stand or fall together.

DBOS looks for work every second or two. That is too slow between two parcels and too often for an
idle machine, so whoever enqueues also nudges: then a thread of ours claims what is waiting with
DBOS's own statements. Should a later DBOS not have them any more, its polling still finds everything.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog
from dbos import DBOS, DBOSClient, DBOSConfig, EnqueueOptions
from dbos._core import execute_dequeued_workflow
from sqlalchemy.exc import SQLAlchemyError

from responder.core.errors import InvalidInput, Unavailable
from responder.engine.ports.queue import Handler, Job, JobState

__all__ = ["LANES", "DbosQueue", "Lane"]

_log = structlog.get_logger(__name__)

_APPLICATION = "responder"
_JOBS_VERSION = "jobs-1"
"""What a job's payload means. Not the version of the program: a new one finishes what an old one began."""
_WORKFLOW = "responder.job"
_RETRIES = 1_000
_LOOK_AGAIN = 0.05
_WAIT_FOR_JOBS = 30


@dataclass(frozen=True, slots=True)
class Lane:
    """A queue: how many of its jobs run at once in this process, and how often DBOS looks by itself."""

    name: str
    at_once: int
    every: float


LANES = (
    Lane("alert", at_once=4, every=1.0),
    Lane("statement", at_once=4, every=2.0),
    Lane("bulk", at_once=2, every=2.0),
    Lane("house", at_once=4, every=2.0),
)

_STATES = {
    "ENQUEUED": JobState.WAITING,
    "DELAYED": JobState.WAITING,
    "PENDING": JobState.RUNNING,
    "SUCCESS": JobState.DONE,
    "ERROR": JobState.FAILED,
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": JobState.FAILED,
    "CANCELLED": JobState.CANCELLED,
}


class DbosQueue:
    """The queue of one process. `node` is its stable, unique name; `handlers` maps a kind to its function.

    Enqueuing, asking and cancelling work without `start`; jobs run between `start` and `stop`.
    """

    def __init__(self, database: str, *, node: str) -> None:
        self._url = _dbos_url(database)
        self._node = node
        self.handlers: dict[str, Handler] = {}
        self._client: DBOSClient | None = None
        self._dbos: Any = None
        self._dispatcher: _Dispatcher | None = None
        self._lock = threading.Lock()

    # Asking for work

    def prepare(self) -> None:
        """Make DBOS's tables, if they are not there. Raises Unavailable when the database is not."""
        _forget_environment()
        try:
            DBOS.migrate(self._url)
        except SQLAlchemyError as error:
            raise Unavailable("The queue cannot reach the database.", mend="Is it running?") from error

    def enqueue(
        self,
        work: object,
        kind: str,
        key: str,
        payload: Mapping[str, str],
        *,
        queue: str = "house",
        at: datetime | None = None,
        priority: int = 0,
    ) -> None:
        """See `responder.engine.ports.Queue`."""
        if queue not in {lane.name for lane in LANES}:
            raise InvalidInput(f"There is no queue {queue}.", mend="It is alert, statement, bulk or house.")
        options: EnqueueOptions = {
            "workflow_name": _WORKFLOW,
            "queue_name": queue,
            "workflow_id": key,
            "app_version": _JOBS_VERSION,
            "priority": max(1, priority),
        }
        if at is not None:
            options["delay_seconds"] = max(0.0, (at - datetime.now(UTC)).total_seconds())
        self._asking().enqueue_in_transaction(work, options, kind, key, dict(payload))  # type: ignore[arg-type]  # opaque in the port, a Connection here

    def cancel(self, key: str) -> None:
        if self.status(key) is JobState.WAITING:
            self._asking().cancel_workflow(key)

    def status(self, key: str) -> JobState:
        found = self._asking()._sys_db.get_workflow_status(key)
        return JobState.MISSING if found is None else _STATES[found["status"]]

    def set_limit(self, queue: str, *, per_second: float | None) -> None:
        """At most so many jobs of a queue begin per second, over all nodes."""
        limit = None if per_second is None else {"limit": max(1, round(per_second * 10)), "period": 10.0}
        found = self._asking().retrieve_queue(queue)
        if found is None:
            raise InvalidInput(f"There is no queue {queue}.", mend="Start a worker once, which makes them.")
        found.set_limiter(limit)  # type: ignore[arg-type]  # a TypedDict of DBOS, kept on our side of the port as a number

    # Doing work

    def start(self) -> None:
        """Begin to run jobs; what this node had begun before it died is begun again.

        DBOS refuses to be set up from a thread with a running event loop, hence a thread of our own.
        """
        self.prepare()
        _in_thread(self._launch)
        self._dispatcher = _Dispatcher(self._dbos, self._node)
        self._dispatcher.start()
        self.nudge()

    def recover(self) -> None:
        """Start again what this node had begun before it died: DBOS does so when it is launched."""
        self.nudge()

    def nudge(self) -> None:
        if self._dispatcher is not None:
            self._dispatcher.look()

    def stop(self) -> None:
        """Begin no more jobs and wait for those that run."""
        if self._dispatcher is not None:
            self._dispatcher.stop()
            self._dispatcher = None
            _in_thread(lambda: DBOS.destroy(workflow_completion_timeout_sec=_WAIT_FOR_JOBS))
            self._dbos = None
        if self._client is not None:
            self._client.destroy()
            self._client = None

    def _launch(self) -> None:
        DBOS.destroy(destroy_registry=True)
        config: DBOSConfig = {
            "name": _APPLICATION,
            "system_database_url": self._url,
            "application_version": _JOBS_VERSION,
            "executor_id": self._node,
            "log_level": "WARNING",
            "notification_listener_polling_interval_sec": 1.0,
            "scheduler_polling_interval_sec": 600.0,
        }
        self._dbos = DBOS(config=config)

        @DBOS.workflow(name=_WORKFLOW, max_recovery_attempts=_RETRIES)
        def run(kind: str, key: str, payload: dict[str, str]) -> None:
            self._run(kind, key, payload)

        DBOS.launch()
        for lane in LANES:
            DBOS.register_queue(
                lane.name,
                worker_concurrency=lane.at_once,
                polling_interval_sec=lane.every,
                on_conflict="always_update",
            )

    def _run(self, kind: str, key: str, payload: dict[str, str]) -> None:
        """The one workflow, without steps: the work inside is safe to repeat, so nothing is remembered."""
        try:
            self.handlers[kind](Job(kind, key, payload))
        except Exception:
            _log.exception("a job failed", kind=kind, job=key)
            raise
        finally:
            self.nudge()

    def _asking(self) -> DBOSClient:
        with self._lock:
            if self._client is None:
                _forget_environment()
                self._client = DBOSClient(
                    system_database_url=self._url, application_name=_APPLICATION, lazy=True
                )
            return self._client


class _Dispatcher:
    """Claims what is waiting as soon as somebody nudges, with the statements of DBOS's own poller."""

    def __init__(self, dbos: Any, node: str) -> None:
        self._dbos = dbos
        self._node = node
        self._nudged = threading.Event()
        self._over = False
        self._claims = 0
        self._thread = threading.Thread(target=self._loop, name="queue-nudge", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def look(self) -> None:
        self._nudged.set()

    def stop(self) -> None:
        self._over = True
        self._nudged.set()
        self._thread.join(timeout=_WAIT_FOR_JOBS)

    def _loop(self) -> None:
        lanes: tuple[Lane, ...] = LANES
        while True:
            self._nudged.wait(None if lanes is LANES else _LOOK_AGAIN)
            if self._over:
                return
            if self._nudged.is_set():
                self._nudged.clear()
                lanes = LANES
            try:
                full = tuple(lane for lane in lanes if self._claim(lane))
            except Exception:  # noqa: BLE001  # this loop outlives what one look meets; DBOS's own poller looks too
                _log.exception("a look into the queue failed")
                full = ()
            lanes = full or LANES

    def _claim(self, lane: Lane) -> bool:
        """Start what waits in a lane; True when there was no room for more."""
        running = self._dbos._active_workflows_set.count_for_queue(lane.name)
        if running >= lane.at_once:
            return True
        queue = self._dbos._sys_db.get_queue(lane.name)
        if queue is None:
            return False
        self._claims += 1
        owner = f"{self._node}-nudge-{self._claims}-{os.getpid()}"
        ids, _ = self._dbos._sys_db.start_queued_workflows(
            queue, self._node, _JOBS_VERSION, None, running, owner_xid=owner
        )
        for status in self._dbos._sys_db.get_workflow_statuses(ids) if ids else ():
            execute_dequeued_workflow(self._dbos, status, owner)
        return bool(running + len(ids) >= lane.at_once)


def _dbos_url(database: str) -> str:
    """DBOS names its drivers itself."""
    kind, _, rest = database.partition("://")
    return f"{kind.split('+')[0].replace('postgres', 'postgresql').replace('postgresqlql', 'postgresql')}://{rest}"


def _forget_environment() -> None:
    """DBOS reads DBOS_* of its cloud; none of that is ours, and no key may connect us to anything."""
    for name in [name for name in os.environ if name.startswith(("DBOS_", "DBOS__"))]:
        del os.environ[name]


def _in_thread(act: Any) -> None:
    """Run in a thread without an event loop; what it raises is raised here."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001  # carried over to the caller, whole
            errors.append(error)

    thread = threading.Thread(target=run, name="queue-setup")
    thread.start()
    thread.join()
    if errors:
        raise errors[0]

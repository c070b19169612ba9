"""What makes the tick happen? A heartbeat in every process; all memory is in the rows."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

__all__ = ["Beat"]

_log = structlog.get_logger(__name__)
_BEAT, _SAFETY = "beat", "safety"
_SOONEST = timedelta(milliseconds=20)


class Beat:
    """Calls the tick at the next beat and, for safety, every second; nothing that it raises ends it.

    The tick returns the wall time of the next beat, or None. Only one tick runs at a time: one
    that is due while another still runs is left out, because the next one does what is due anyway.
    """

    def __init__(
        self, tick: Callable[[], datetime | None], *, now: Callable[[], datetime], every: float = 1.0
    ) -> None:
        self._tick = tick
        self._now = now
        self._running = threading.Lock()
        self._over = False
        self._scheduler = BackgroundScheduler(
            jobstores={"default": MemoryJobStore()},
            executors={"default": ThreadPoolExecutor(2)},
            job_defaults={"coalesce": True, "max_instances": 2, "misfire_grace_time": None},
            timezone="UTC",
        )
        self._scheduler.add_job(self.beat, "interval", seconds=every, id=_SAFETY)

    def start(self) -> None:
        self._scheduler.start()

    def stop(self) -> None:
        """Wait for a tick that runs, then beat no more.

        The jobs go first, under the scheduler's own lock: a job that comes due while its executor
        shuts down would break APScheduler's thread.
        """
        self._over = True
        with self._running:
            self._scheduler.remove_all_jobs()
        self._scheduler.shutdown(wait=True)

    def beat(self) -> None:
        """One tick now, unless one is running."""
        if not self._running.acquire(blocking=False):
            return
        try:
            self._plan(self._tick())
        except Exception:  # noqa: BLE001  # the heart outlives whatever one beat meets; the next one tries again
            _log.exception("a tick failed")
        finally:
            self._running.release()

    def _plan(self, moment: datetime | None) -> None:
        """Beat at that moment too. One beat is planned at a time: the newest knows best."""
        if moment is None or self._over:
            return
        at = max(moment, self._now() + _SOONEST)
        self._scheduler.add_job(self.beat, "date", run_date=at, id=_BEAT, replace_existing=True)

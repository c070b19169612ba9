"""The heartbeat and the queue: APScheduler beats the tick, DBOS runs the jobs."""

from __future__ import annotations

from responder.scheduler.clock import Beat
from responder.scheduler.queue import DbosQueue

__all__ = ["Beat", "DbosQueue"]

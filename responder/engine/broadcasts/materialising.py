"""How do an audience's rows get written before anything is sent?"""

from __future__ import annotations

from responder.engine.ports import Ports
from responder.engine.ports.queue import Job

__all__ = ["materialise"]


def materialise(ports: Ports, job: Job) -> None:
    """Write one row per person and channel, chunk by chunk; safe to run again at any point.

    `job.payload` = {"broadcast": id}.
    """
    raise NotImplementedError

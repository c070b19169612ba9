"""How is a parcel worked through, so that nobody is lost and nobody gets it twice?"""

from __future__ import annotations

from responder.engine.ports import Ports
from responder.engine.ports.queue import Job

__all__ = ["work_parcel"]


def work_parcel(ports: Ports, job: Job) -> None:
    """Work one parcel through in rounds. `job.payload` = {"parcel": id, "generation": number}."""
    raise NotImplementedError

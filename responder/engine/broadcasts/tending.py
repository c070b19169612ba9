"""What is due at the desk of broadcasts, and when is the next beat?"""

from __future__ import annotations

from datetime import datetime

from responder.engine.ports import Ports

__all__ = ["recover_own", "tend"]


def tend(ports: Ports) -> datetime | None:
    """Do what is due: end undo windows, expire, open lapsed leases, complete. Wall time of the next beat."""
    raise NotImplementedError


def recover_own(ports: Ports) -> int:
    """At the start of a node: open the parcels that are leased under its own name; returns how many."""
    raise NotImplementedError

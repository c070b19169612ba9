"""Is another process at work under our name? A name is a claim on rows, so one process has it at a time."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from responder.app.settings import Settings
from responder.core.errors import Unavailable

__all__ = ["own_name"]


@contextmanager
def own_name(settings: Settings) -> Iterator[None]:
    """Hold the node's name while the block runs. Raises Unavailable when another process has it.

    At its start a node opens again what it held when it died. Two living ones of one name would take
    the work out of each other's hands: nothing would be sent twice, but much would become unknown.
    The lock goes with the process, also at kill -9 (flock(2)).
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"[^A-Za-z0-9._-]", "_", settings.node)
    descriptor = os.open(settings.data_dir / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Unavailable(
                f"A process is at work here already as {settings.node}.",
                mend="Stop it, or give this one a name of its own: RESPONDER_NODE_NAME.",
            ) from error
        yield
    finally:
        os.close(descriptor)

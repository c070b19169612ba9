"""What does this process know while it runs, that makes a stop quick and a window narrow?"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping
from datetime import datetime

__all__ = ["Switchboard"]


class Switchboard:
    """What this process knows while it runs: which broadcasts were halted here, and how much is on the wire.

    It only makes a stop faster and a window narrow; the truth is in the rows. One for each process.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._halted: set[str] = set()
        self._free: dict[str, int] = {}
        self._closing = False
        self._blocked: dict[str, datetime] = {}
        self._tally: Counter[tuple[str, str]] = Counter()

    def halt(self, broadcast_id: str) -> None:
        """From now on no request of this broadcast starts in this process."""
        self._halted.add(broadcast_id)

    def lift(self, broadcast_id: str) -> None:
        """Requests may start again (resumed)."""
        self._halted.discard(broadcast_id)

    def halted(self, broadcast_id: str) -> bool:
        return broadcast_id in self._halted

    def tally(self, what: str, why: str) -> None:
        """Count something that happened at a door of this process, for who watches it."""
        with self._changed:
            self._tally[what, why] += 1

    def tallied(self) -> Mapping[tuple[str, str], int]:
        """What was counted since the process began."""
        with self._changed:
            return dict(self._tally)

    @property
    def closing(self) -> bool:
        """Whether this process is on its way out: mark nothing more, wait for the wire."""
        return self._closing

    def close(self) -> None:
        self._closing = True
        with self._changed:
            self._changed.notify_all()

    def block(self, line: str, *, until: datetime) -> None:
        """The provider refuses our account on this line: nobody tries before then (wall time)."""
        self._blocked[line] = until

    def blocked_until(self, line: str) -> datetime | None:
        return self._blocked.get(line)

    def take(self, line: str, wanted: int, *, size: int, timeout: float) -> int:
        """Room for up to `wanted` messages on a line whose window is `size`; 0 when none came free."""
        with self._changed:
            free = self._free.setdefault(line, size)
            if not free:
                self._changed.wait(timeout)
                free = self._free[line]
            taken = min(wanted, free)
            self._free[line] = free - taken
            return taken

    def give_back(self, line: str, count: int) -> None:
        with self._changed:
            self._free[line] += count
            self._changed.notify_all()

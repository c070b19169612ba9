"""What are time and chance, when they are real?"""

from __future__ import annotations

import secrets
import time
from datetime import UTC, datetime

__all__ = ["TrueChance", "WallClock"]

_RANDOM_BITS = 74
_VERSION_7 = 0x7 << 76
_VARIANT = 0b10 << 62
_LOW_BITS = 62


class WallClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class TrueChance:
    """Ids and tokens nobody can tell beforehand."""

    def new_id(self) -> str:
        """UUIDv7 (RFC 9562, section 5.7): 48 bits of milliseconds, then 74 random bits."""
        random = secrets.randbits(_RANDOM_BITS)
        high, low = random >> _LOW_BITS, random & ((1 << _LOW_BITS) - 1)
        stamp = (time.time_ns() // 1_000_000) << 80
        return f"{stamp | _VERSION_7 | high << 64 | _VARIANT | low:032x}"

    def new_token(self) -> str:
        return secrets.token_urlsafe(32)

    def fraction(self) -> float:
        return secrets.randbelow(1 << 32) / (1 << 32)

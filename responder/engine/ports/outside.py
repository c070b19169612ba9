"""What do time, chance and secrets look like from inside the engine?"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

__all__ = ["Chance", "Ciphers", "Clock"]


class Clock(Protocol):
    """Wall time. Incident time is computed from it and the incident's log, never read here."""

    def now(self) -> datetime:
        """Aware UTC."""


class Chance(Protocol):
    """Ids and tokens; a parameter, so that a test can tell them beforehand."""

    def new_id(self) -> str:
        """A new id that sorts by time of making: 32 hexadecimal digits (UUIDv7, RFC 9562)."""

    def new_token(self) -> str:
        """256 random bits, URL-safe."""

    def fraction(self) -> float:
        """A random number in [0, 1), for jitter."""


class Ciphers(Protocol):
    """Secrets under the installation's key."""

    def seal(self, plain: str, *, row: str) -> bytes:
        """AES-256-GCM, bound to the row it stands in (additional data), nonce in front."""

    def unseal(self, sealed: bytes, *, row: str) -> str:
        """Raises InvalidInput when the bytes were changed or belong to another row."""

    def index(self, plain: str, *, purpose: str) -> str:
        """A blind index (HMAC-SHA-256, hexadecimal): equal for equal text, tells nothing else."""

    def sign(self, text: str, *, purpose: str) -> str:
        """A URL-safe signature (HMAC-SHA-256) of a text for one purpose."""

    def verify(self, text: str, signature: str, *, purpose: str) -> bool:
        """Whether a signature fits, compared in constant time."""

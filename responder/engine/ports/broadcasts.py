"""What does the engine ask of the store about broadcasts?"""

from __future__ import annotations

from typing import Protocol

__all__ = ["BroadcastStore"]


class BroadcastStore(Protocol):
    """The rows of broadcasts, inside one transaction."""

"""What does the engine ask of the store about statements?"""

from __future__ import annotations

from typing import Protocol

__all__ = ["StatementStore"]


class StatementStore(Protocol):
    """The rows of statements, inside one transaction."""

"""What does the engine ask of the store about incidents?"""

from __future__ import annotations

from typing import Protocol

__all__ = ["IncidentStore"]


class IncidentStore(Protocol):
    """The rows of incidents, inside one transaction."""

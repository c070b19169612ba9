"""What does the engine ask of the store about people?"""

from __future__ import annotations

from typing import Protocol

__all__ = ["PeopleStore"]


class PeopleStore(Protocol):
    """The rows of people, inside one transaction."""

"""What does the engine ask of the store about contacts?"""

from __future__ import annotations

from typing import Protocol

__all__ = ["ContactStore"]


class ContactStore(Protocol):
    """The rows of contacts, inside one transaction."""

"""Where do playbooks, templates and catalogues come from, and how are they pinned?"""

from __future__ import annotations

from typing import Protocol

__all__ = ["Content", "ContentStore"]


class Content(Protocol):
    """Playbooks, message templates and locales on disk or in the wheel."""


class ContentStore(Protocol):
    """Bytes pinned by running incidents, by their SHA-256."""

    def keep(self, content: bytes) -> str:
        """Store bytes once; returns their SHA-256 in hexadecimal."""

    def fetch(self, digest: str) -> bytes:
        """Raises NotFound when nothing with that hash was kept."""

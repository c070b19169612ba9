"""Where do playbooks, templates and catalogues come from? Files on the content path, or pinned bytes."""

from __future__ import annotations

from responder.content.files import FileContent, PinnedContent, shipped_directory

__all__ = ["FileContent", "PinnedContent", "shipped_directory"]

"""Which catalogues are there? Every language of a domain, compiled in memory from its .po file."""

from __future__ import annotations

from responder.core.statement.po import CatalogueStatus, read_catalogue, status_of
from responder.engine.ports.contents import Content

__all__ = ["CatalogueStatus", "catalogues_in", "read_catalogue", "status_of"]


def catalogues_in(content: Content, domain: str = "broadcast") -> dict[str, bytes]:
    """Folder name of a language → the bytes of its catalogue of a domain (`broadcast`, `responder`)."""
    end = f"/LC_MESSAGES/{domain}.po"
    paths = [path for path in content.files("locales") if path.endswith(end)]
    return {path.removeprefix("locales/").removesuffix(end): content.read(path) for path in paths}

"""Where do playbooks, templates and catalogues come from, and how are they pinned?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from responder.core.playbook import SourceFile

__all__ = ["CITY_FILE", "Content", "ContentStore", "SourceFile", "pin_name"]

CITY_FILE = "city.yaml"
"""The path of the city file within the content."""


_LAYER = "~"


def pin_name(path: str, layer: int) -> str:
    """The name a file is pinned under: its path, with `~n` for the n-th below the nearest."""
    return f"{path}{_LAYER}{layer}" if layer else path


class Content(Protocol):
    """Playbooks, message templates and locales on disk or in the wheel.

    Paths are those of the shipped folders, with `/`: `playbooks/x.yaml`, `playbooks/modules/y.yaml`,
    `message_templates/holding/sms.txt.j2`, `locales/es/LC_MESSAGES/broadcast.po`, and `city.yaml`.
    Directories of the installation come before what is shipped.
    """

    def layers(self, path: str) -> tuple[SourceFile, ...]:
        """Every file at a path, nearest on the content path first; () when there is none."""

    def read(self, path: str) -> bytes:
        """The nearest file at a path. Raises NotFound."""

    def files(self, folder: str) -> tuple[str, ...]:
        """The paths of all files below a folder, sorted, each once."""

    def playbook(self, playbook: str) -> tuple[SourceFile, ...]:
        """The files of a playbook or module by its id, nearest first: the lookup that parsing wants."""

    def playbooks(self) -> tuple[str, ...]:
        """The ids of all playbooks, programmes and modules."""

    def pinned(self, pins: Mapping[str, str], fetch: Callable[[str], bytes]) -> Content:
        """The content as it was pinned: {path: SHA-256}, bytes from `fetch`.

        Catalogues (`locales/`) are not pinned and are still read here. What was not pinned is not there.
        """


class ContentStore(Protocol):
    """Bytes pinned by running incidents, by their SHA-256."""

    def keep(self, content: bytes) -> str:
        """Store bytes once; returns their SHA-256 in hexadecimal."""

    def fetch(self, digest: str) -> bytes:
        """Raises NotFound when nothing with that hash was kept."""

    def reviewed(self) -> Mapping[str, datetime]:
        """When each playbook was last reviewed (wall time); what was never reviewed is not in it."""

    def review(self, playbook: str, *, digest: str, by: str, at: datetime) -> None:
        """Note that somebody reviewed a playbook, and which bytes of it."""

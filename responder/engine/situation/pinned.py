"""Which playbook and city file does an incident run on? Those pinned when it was activated or moved."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from responder.core.city import City, parse_city
from responder.core.playbook import Playbook, parse_playbook
from responder.engine.ports import Ports, Work
from responder.engine.ports.contents import CITY_FILE

__all__ = ["Pinned", "pinned"]


@dataclass(frozen=True, slots=True)
class Pinned:
    """What an incident runs on."""

    playbook: Playbook
    city: City


_KEPT = 32
_read: dict[tuple[str, frozenset[tuple[str, str]]], Pinned] = {}


def pinned(ports: Ports, work: Work, *, playbook: str, pins: Mapping[str, str]) -> Pinned:
    """Read the pinned files from the database.

    Reading a playbook costs more than planning it, so the last few are kept: the key names every
    byte they were made from, so a kept one can not be out of date.
    """
    key = (playbook, frozenset((path, digest) for path, digest in pins.items() if _matters(path)))
    known = _read.get(key)
    if known is not None:
        return known
    content = ports.content.pinned(pins, work.contents.fetch)
    found = Pinned(parse_playbook(playbook, content.playbook), parse_city(content.read(CITY_FILE), CITY_FILE))
    if len(_read) >= _KEPT:
        _read.clear()
    _read[key] = found
    return found


def _matters(path: str) -> bool:
    return path == CITY_FILE or path.startswith("playbooks/")

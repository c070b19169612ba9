"""How is it written down what was done outside any incident?"""

from __future__ import annotations

from responder.engine.ports import Ports, Work
from responder.engine.ports.people import HouseNote, Person

__all__ = ["note"]


def note(ports: Ports, work: Work, by: Person, act: str, detail: str) -> None:
    """Counts and ids only, never an address."""
    work.people.note(HouseNote(ports.clock.now(), by.id, act, detail.strip()))

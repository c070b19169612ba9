"""How is a running broadcast held, let go on and stopped?"""

from __future__ import annotations

from responder.engine.ports import Ports
from responder.engine.ports.broadcasts import Progress
from responder.engine.ports.people import Person

__all__ = ["pause", "resume", "stop"]


def pause(ports: Ports, *, broadcast_id: str, by: Person, reason: str = "") -> Progress:
    """Hand nothing more over until it is resumed."""
    raise NotImplementedError


def resume(ports: Ports, *, broadcast_id: str, by: Person) -> Progress:
    """Go on where it was held."""
    raise NotImplementedError


def stop(ports: Ports, *, broadcast_id: str, by: Person, reason: str = "") -> Progress:
    """Stop for good: when this returns, no request of it starts in this process any more.

    Other nodes send at most what they had marked. Show `progress.on_the_wire` until it is 0.
    """
    raise NotImplementedError

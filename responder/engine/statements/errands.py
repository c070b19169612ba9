"""What is still to be done about the statements of an incident?"""

from __future__ import annotations

from responder.engine.ports import Ports
from responder.engine.situation.errands import Errand, ErrandKind, errands_in
from responder.engine.situation.incident import situate

__all__ = ["Errand", "ErrandKind", "errands"]


def errands(ports: Ports, *, incident_id: str) -> tuple[Errand, ...]:
    """The errands that are open now, oldest first."""
    with ports.store.read() as work:
        return errands_in(ports, work, situate(ports, work, incident_id))

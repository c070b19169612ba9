"""How does a signed-off statement become a broadcast? People release; nothing else does."""

from __future__ import annotations

from collections.abc import Sequence

from responder.core.broadcast import Broadcast
from responder.engine.ports import Ports
from responder.engine.ports.broadcasts import Preview
from responder.engine.ports.people import Person

__all__ = ["confirm", "preview", "release"]


def preview(
    ports: Ports, *, incident_id: str, statement_id: str, languages: Sequence[str] | None = None
) -> Preview:
    """Who would get it, in which language, and who would not, if it were released now."""
    raise NotImplementedError


def release(
    ports: Ports,
    *,
    incident_id: str,
    statement_id: str,
    by: Person,
    languages: Sequence[str] | None = None,
    expected_count: int | None = None,
) -> str:
    """Release a signed-off statement; returns the id of the broadcast.

    `languages` None = all that are signed off. Where it takes two people, the first proposes
    (state `draft`) and the second calls `confirm`. `expected_count` is the number that the person
    typed: raises Conflict when the audience has another size by now. Raises Refused when the
    statement is not signed off, its condition does not hold, or `by` may not release it.
    """
    raise NotImplementedError


def confirm(ports: Ports, *, broadcast_id: str, by: Person, expected_count: int | None = None) -> Broadcast:
    """A further person gives their word; with the last one needed it is released."""
    raise NotImplementedError

"""How are the texts of residents kept, each once?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session

from responder.db.tables.inbox import InboundTextRow
from responder.db.tally import upsert
from responder.engine.ports.inbox import InboundRow

__all__ = ["InboxRows"]

_TEXTS = InboundTextRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it while the class is made


class InboxRows:
    """The texts of residents, inside one transaction."""

    def __init__(self, session: Session) -> None:
        self._connection = session.connection()

    def keep(self, row: InboundRow) -> bool:
        adding = upsert(self._connection, _TEXTS).values(**asdict(row)).on_conflict_do_nothing()
        return self._connection.scalar(adding.returning(_TEXTS.c.id)) is not None

    def latest(self, *, before: datetime | None = None, limit: int = 50) -> Sequence[InboundRow]:
        wanted = select(_TEXTS).order_by(_TEXTS.c.arrived.desc(), _TEXTS.c.id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(_TEXTS.c.arrived < before)
        return [InboundRow(**row._mapping) for row in self._connection.execute(wanted)]

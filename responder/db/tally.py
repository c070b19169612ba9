"""How far is a broadcast? Counted as it moves, never by counting deliveries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from responder.db.tables.broadcasts import TallyRow
from responder.engine.ports.broadcasts import Moves

__all__ = ["TallyRows", "upsert"]

_tally = TallyRow.__table__  # type: ignore[attr-defined]  # SQLModel sets it while the class is made


class TallyRows:
    """The tally, inside one transaction. Each node adds to rows of its own, so none waits for another."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def count(self, broadcast_id: str, node: str, moves: Moves) -> None:
        rows = [
            {
                "broadcast": broadcast_id,
                "node": node,
                "channel": channel.value,
                "state": state.value,
                "count": count,
            }
            for (channel, state), count in sorted(moves.items())
            if count
        ]
        if not rows:
            return
        connection = self._session.connection()
        adding = upsert(connection, _tally)
        connection.execute(
            adding.on_conflict_do_update(
                index_elements=["broadcast", "node", "channel", "state"],
                set_={"count": _tally.c.count + adding.excluded["count"]},
            ),
            rows,
        )


def upsert(connection: Connection, table: Any) -> Any:  # two dialects, two types of insert
    """An INSERT that can say ON CONFLICT, in the dialect of the connection."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    return dialect.insert(table)

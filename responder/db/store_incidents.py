"""How are incidents, their logs, restricted names and calls kept?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update
from sqlmodel import Session

from responder.core.errors import Conflict, NotFound
from responder.core.incident import Event, EventLine, line_of, read_line
from responder.core.terms import Mode
from responder.db.bulk import table_of
from responder.db.tables.incidents import CallTableRow, EventRow, IncidentTableRow, RestrictedRow
from responder.engine.ports.incidents import CallRow, CallState, CarriedState, IncidentRow, IncidentState

__all__ = ["IncidentRows"]

_INCIDENTS = table_of(IncidentTableRow)
_EVENTS = table_of(EventRow)
_RESTRICTED = table_of(RestrictedRow)
_CALLS = table_of(CallTableRow)


class IncidentRows:
    """The rows of incidents, inside one transaction. See `responder.engine.ports.incidents`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def _connection(self) -> Connection:
        return self._session.connection()

    # --- incidents

    def create(self, row: IncidentRow, events: Sequence[Event]) -> None:
        self._connection.execute(insert(_INCIDENTS).values(**asdict(row)))
        self._write(row.id, events)

    def row(self, incident: str) -> IncidentRow:
        found = self._connection.execute(select(_INCIDENTS).where(_INCIDENTS.c.id == incident)).first()
        if found is None:
            raise _no_incident(incident)
        return _incident(found)

    def find(self, text: str) -> IncidentRow:
        like = _INCIDENTS.c.id.startswith(text.lower(), autoescape=True)
        found = self._connection.execute(select(_INCIDENTS).where(like).limit(2)).all() if text else []
        if len(found) > 1:
            raise NotFound(f"Several incidents begin with “{text}”.", mend="Write more of the id.")
        if not found:
            raise _no_incident(text)
        return _incident(found[0])

    def rows(self, *, state: IncidentState | None = None) -> tuple[IncidentRow, ...]:
        wanted = select(_INCIDENTS).order_by(_INCIDENTS.c.created.desc(), _INCIDENTS.c.id.desc())
        if state is not None:
            wanted = wanted.where(_INCIDENTS.c.state == state.value)
        return tuple(_incident(row) for row in self._connection.execute(wanted))

    def beating(self, wall: datetime) -> tuple[str, ...]:
        wanted = select(_INCIDENTS.c.id).where(_INCIDENTS.c.next_beat <= wall)
        return tuple(self._connection.execute(wanted.order_by(_INCIDENTS.c.next_beat)).scalars())

    def next_beat(self) -> datetime | None:
        found: datetime | None = self._connection.execute(select(func.min(_INCIDENTS.c.next_beat))).scalar()
        return found

    # --- the log

    def lines(self, incident: str) -> tuple[EventLine, ...]:
        return self._lines(incident, after=0)

    def events(self, incident: str, *, after: int = 0) -> tuple[Event, ...]:
        return tuple(read_line(line) for line in self._lines(incident, after=after))

    def append(self, row: IncidentRow, events: Sequence[Event], *, read: int) -> None:
        fields = {key: value for key, value in asdict(row).items() if key != "id"}
        here = and_(_INCIDENTS.c.id == row.id, _INCIDENTS.c.number == read)
        if not self._connection.execute(update(_INCIDENTS).where(here).values(**fields)).rowcount:
            raise Conflict("The log of this incident has grown.", mend="Read again and decide again.")
        self._write(row.id, events)

    def set_beat(self, incident: str, *, number: int, beat: datetime | None) -> None:
        here = and_(_INCIDENTS.c.id == incident, _INCIDENTS.c.number == number)
        self._connection.execute(update(_INCIDENTS).where(here).values(next_beat=beat))

    def _lines(self, incident: str, *, after: int) -> tuple[EventLine, ...]:
        columns = (_EVENTS.c.number, _EVENTS.c.line, _EVENTS.c.previous, _EVENTS.c.hash)
        wanted = select(*columns).where(_EVENTS.c.incident == incident, _EVENTS.c.number > after)
        rows = self._connection.execute(wanted.order_by(_EVENTS.c.number))
        return tuple(EventLine(row.number, row.line, row.previous, row.hash) for row in rows)

    def _write(self, incident: str, events: Sequence[Event]) -> None:
        rows = [
            {
                "incident": incident,
                "number": event.number,
                "kind": event.kind,
                "line": line_of(event),
                "previous": event.previous,
                "hash": event.hash,
            }
            for event in events
        ]
        if rows:
            self._connection.execute(insert(_EVENTS), rows)

    # --- restricted names

    def restrict(self, incident: str, hashes: Sequence[str]) -> int:
        new = [hash_ for hash_ in dict.fromkeys(hashes) if hash_ not in self.restricted(incident)]
        if new:
            rows = [{"incident": incident, "hash": hash_} for hash_ in new]
            self._connection.execute(insert(_RESTRICTED), rows)
        return len(new)

    def restricted(self, incident: str) -> frozenset[str]:
        wanted = select(_RESTRICTED.c.hash).where(_RESTRICTED.c.incident == incident)
        return frozenset(self._connection.execute(wanted).scalars())

    # --- calls

    def add_call(self, call: CallRow) -> bool:
        this = (
            _CALLS.c.incident == call.incident,
            _CALLS.c.occurrence == call.occurrence,
            _CALLS.c.rung == call.rung,
            _CALLS.c.person == call.person,
        )
        if self._connection.execute(select(_CALLS.c.id).where(*this)).first() is not None:
            return False
        self._connection.execute(insert(_CALLS).values(**asdict(call)))
        return True

    def call(self, call: str) -> CallRow:
        found = self._connection.execute(select(_CALLS).where(_CALLS.c.id == call)).first()
        if found is None:
            raise NotFound("There is no such call.", mend="Open the incident's board instead.")
        return _call(found)

    def call_by_token(self, token_hash: str) -> CallRow | None:
        found = self._connection.execute(select(_CALLS).where(_CALLS.c.token_hash == token_hash)).first()
        return None if found is None else _call(found)

    def calls(self, incident: str, *, occurrence: str | None = None) -> tuple[CallRow, ...]:
        wanted = select(_CALLS).where(_CALLS.c.incident == incident).order_by(_CALLS.c.made, _CALLS.c.id)
        if occurrence is not None:
            wanted = wanted.where(_CALLS.c.occurrence == occurrence)
        return tuple(_call(row) for row in self._connection.execute(wanted))

    def calls_of(self, person: str, *, state: CallState | None = None) -> tuple[CallRow, ...]:
        wanted = select(_CALLS).where(_CALLS.c.person == person)
        if state is not None:
            wanted = wanted.where(_CALLS.c.state == state.value)
        newest = wanted.order_by(_CALLS.c.wall.desc(), _CALLS.c.id.desc())
        return tuple(_call(row) for row in self._connection.execute(newest))

    def move_call(self, call: CallRow, *, was: CallState, attempt: int) -> bool:
        fields = {key: value for key, value in asdict(call).items() if key != "id"}
        here = and_(_CALLS.c.id == call.id, _CALLS.c.state == was.value, _CALLS.c.attempt == attempt)
        return bool(self._connection.execute(update(_CALLS).where(here).values(**fields)).rowcount)

    def calls_to_carry(self, wall: datetime) -> tuple[CallRow, ...]:
        left = and_(_CALLS.c.state == CallState.CARRYING.value, _CALLS.c.wall < wall)
        wanted = select(_CALLS).where(or_(_CALLS.c.state == CallState.WAITING.value, left))
        return tuple(_call(row) for row in self._connection.execute(wanted.order_by(_CALLS.c.wall)))


def _incident(row: Any) -> IncidentRow:  # a row of the table
    return IncidentRow(
        id=row.id,
        mode=Mode(row.mode),
        title=row.title,
        playbook=row.playbook,
        state=IncidentState(row.state),
        private=row.private,
        created=row.created,
        next_beat=row.next_beat,
        number=row.number,
        head=row.head,
    )


def _call(row: Any) -> CallRow:  # a row of the table
    return CallRow(
        id=row.id,
        incident=row.incident,
        mode=Mode(row.mode),
        occurrence=row.occurrence,
        rung=row.rung,
        role=row.role,
        person=row.person,
        state=CallState(row.state),
        made=row.made,
        wall=row.wall,
        token_hash=row.token_hash,
        sms=CarriedState(row.sms),
        email=CarriedState(row.email),
        attempt=row.attempt,
        answered=row.answered,
    )


def _no_incident(text: str) -> NotFound:
    return NotFound(f"There is no incident “{text}”.", mend="Look at: responder incident list.")

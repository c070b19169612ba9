"""How is a parcel worked through, so that nobody is lost and nobody gets it twice?

A round is one transaction: renew the lease under the token, look at the broadcast, write what came
back, mark the next rows, count. The provider is called between rounds, never inside one; a row is
marked before its request can start, so what a kill leaves in doubt is at most the window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from responder.core.broadcast import (
    Broadcast,
    BroadcastState,
    DeliveryState,
    Move,
    OutcomeKind,
    RetryDecision,
    decide,
    not_before,
    window,
)
from responder.core.calendar import Calendar
from responder.core.errors import Conflict, InvalidInput
from responder.core.terms import Mode
from responder.engine.broadcasts.asking import ask
from responder.engine.broadcasts.joining import Letterbook
from responder.engine.broadcasts.materialising import carrier_of
from responder.engine.ports import ExerciseCarrier, Line, LiveCarrier, Outcome, Outgoing, Ports, Work
from responder.engine.ports.broadcasts import Lease, Marked, Parcel, Settlement, Standing
from responder.engine.ports.contacts import AddressState, StopHow
from responder.engine.ports.queue import Job
from responder.engine.situation.incident import situate

__all__ = ["work_parcel"]

_GRACE_SECONDS = 20.0
_RENEW_SECONDS = 1.0
_ROOM_SECONDS = 0.25
_TRIES = 5
_HALTED_WAIT = timedelta(seconds=1)

_UNSENT = {
    BroadcastState.STOPPED: DeliveryState.STOPPED,
    BroadcastState.EXPIRED: DeliveryState.EXPIRED,
}
"""What becomes of rows that never started, by the state of their broadcast."""


def work_parcel(ports: Ports, job: Job) -> None:
    """Work one parcel through in rounds. `job.payload` = {"parcel": id, "generation": number}.

    Returns at once when somebody else has it, or it was opened again since the job was made.
    """
    opened = _open(ports, int(job.payload["parcel"]), int(job.payload["generation"]))
    if opened is None:
        return
    shift = _Shift(ports, *opened)
    line = shift.carrier.open(shift.halted)
    try:
        shift.run(line)
    finally:
        shift.leave(line)


def _open(ports: Ports, parcel_id: int, generation: int) -> tuple[Lease, Letterbook] | None:
    """Claim the parcel; None when it is not to be worked on now."""
    wall = ports.clock.now()
    until = wall + timedelta(seconds=ports.limits.lease_seconds)
    with ports.store.begin() as work:
        lease = work.broadcasts.claim(
            parcel_id, generation, token=ports.chance.new_token(), node=ports.limits.node, until=until
        )
        if lease is None:
            return None
        broadcast = work.broadcasts.get(lease.parcel.broadcast)
        standing = work.broadcasts.standing(broadcast.id)
        later = _later(ports, work, broadcast, lease.parcel)
        if standing.state is not BroadcastState.SENDING:
            _put_away(ports, work, lease, standing)
        elif later is not None:
            work.broadcasts.give_back(lease, not_before=later)
        else:
            return lease, Letterbook.of(broadcast, work.broadcasts.texts(broadcast.id))
    return None


def _later(ports: Ports, work: Work, broadcast: Broadcast, parcel: Parcel) -> datetime | None:
    """When the parcel may begin (wall time), if not now: quiet hours, or a provider that refuses us."""
    wall = ports.clock.now()
    blocked = ports.switchboard.blocked_until(_line_key(parcel))
    if blocked is not None and blocked > wall:
        return blocked
    if parcel.quiet is None:
        return None
    calendar = Calendar(ZoneInfo(broadcast.zone))
    if broadcast.mode is Mode.LIVE:
        return not_before(wall, parcel.quiet, calendar)
    situation = situate(ports, work, broadcast.incident_id)
    quiet_until = not_before(situation.now, parcel.quiet, calendar)
    clock = situation.incident.clock
    return None if quiet_until is None or clock is None else clock.wall(quiet_until)


def _line_key(parcel: Parcel) -> str:
    return f"{parcel.mode}:{parcel.channel}"


def _put_away(ports: Ports, work: Work, lease: Lease, standing: Standing) -> None:
    """The broadcast is not sending: sweep what is pending when it has ended, else keep it for later."""
    then = _UNSENT.get(standing.state)
    if then is None:
        work.broadcasts.give_back(lease, not_before=None)
        return
    moves = work.broadcasts.sweep(lease.parcel, then, wall=ports.clock.now())
    work.broadcasts.count(lease.parcel.broadcast, ports.limits.node, moves)
    work.broadcasts.finish(lease)


@dataclass(slots=True)
class _Shift:
    """One job on one parcel. `flight` are the marked rows, `back` the outcomes not written yet."""

    ports: Ports
    lease: Lease
    book: Letterbook
    flight: dict[str, Marked] = field(default_factory=dict)
    back: list[Outcome] = field(default_factory=list)
    more: bool = True
    fenced: bool = False
    over: bool = False
    wait_until: datetime | None = None

    @property
    def carrier(self) -> ExerciseCarrier | LiveCarrier:
        return carrier_of(self.ports, self.lease.parcel.mode, self.lease.parcel.channel)

    @property
    def key(self) -> str:
        return _line_key(self.lease.parcel)

    @property
    def size(self) -> int:
        return window(self.carrier.connections)

    def halted(self) -> bool:
        """Asked by the carrier before every request."""
        board = self.ports.switchboard
        return self.fenced or board.closing or board.halted(self.lease.parcel.broadcast)

    def run(self, line: Line) -> None:
        """Rounds until nothing more is to be marked and everything came back."""
        while not self.over:
            messages = self._round()
            if messages:
                line.give(messages)
            self.back += self._wait(line)

    def leave(self, line: Line) -> None:
        """Close the line and write what is known by then, also after an error or when fenced.

        Where even that fails, the lease lapses and what was marked becomes `unknown`.
        """
        self.back += list(line.close(grace=_GRACE_SECONDS))
        self.more = False
        try:
            if not self.over or self.fenced:
                self._commit(0)
        finally:
            self.ports.switchboard.give_back(self.key, len(self.flight))
            self.flight.clear()

    def _round(self) -> list[Outgoing]:
        """One transaction; returns the messages that may now be handed over."""
        board = self.ports.switchboard
        if board.closing or board.halted(self.lease.parcel.broadcast):
            self.more = False
            self.wait_until = self.ports.clock.now() + _HALTED_WAIT
        room = self._room()
        marked: Sequence[Marked] = ()
        try:
            marked = self._commit(room)
        finally:
            board.give_back(self.key, room - len(marked))
        self.flight |= {str(row.id): row for row in marked}
        return self._write(marked)

    def _room(self) -> int:
        if not self.more:
            return 0
        timeout = 0.0 if self.flight else _ROOM_SECONDS
        wanted = self.size - len(self.flight) + len(self.back)
        return self.ports.switchboard.take(self.key, wanted, size=self.size, timeout=timeout)

    def _commit(self, room: int) -> Sequence[Marked]:
        """The round itself; what another transaction changed under it is simply read again."""
        for _ in range(_TRIES):
            try:
                marked = self._transact(room)
            except Conflict:
                continue
            landed = [self.flight.pop(item.delivery) for item in self.back if item.delivery in self.flight]
            self.ports.switchboard.give_back(self.key, len(landed))
            self.back.clear()
            if self.over:
                self.ports.queue.nudge()
            return marked
        raise Conflict("The rows of a parcel do not hold still.", mend="Its lease lapses; it opens again.")

    def _transact(self, room: int) -> Sequence[Marked]:
        ports, parcel, wall = self.ports, self.lease.parcel, self.ports.clock.now()
        self.fenced = self.over = False
        with ports.store.begin() as work:
            rows = work.broadcasts
            if not rows.renew(self.lease, until=wall + timedelta(seconds=ports.limits.lease_seconds)):
                self.fenced = self.over = True
            standing = rows.standing(parcel.broadcast)
            if self.fenced or standing.state is not BroadcastState.SENDING or _useless(standing, wall):
                self.more = False
            moves = rows.settle(self.lease, self._settlements(work, standing, wall), wall=wall)
            marked: Sequence[Marked] = ()
            if self.more and room:
                marked, marking = rows.mark(self.lease, limit=room, wall=wall)
                moves.update(marking)
                self.more = bool(marked or marking)
            rows.count(parcel.broadcast, ports.limits.node, moves)
            if not (self.fenced or self.more or marked) and len(self.flight) <= self._landing():
                self._conclude(work, standing, wall)
        return marked

    def _landing(self) -> int:
        return sum(item.delivery in self.flight for item in self.back)

    def _settlements(self, work: Work, standing: Standing, wall: datetime) -> list[Settlement]:
        settlements = []
        for item in self.back:
            row = self.flight.get(item.delivery)
            if row is None or row.attempt != item.attempt:
                continue
            chance = self.ports.chance.fraction()
            made = decide(item.kind, item.attempt, chance=chance, retry_after=item.retry_after)
            self._react(work, row, item, made, wall)
            settlements.append(_settlement(row, item, made, standing, wall))
        return settlements

    def _react(self, work: Work, row: Marked, item: Outcome, made: RetryDecision, wall: datetime) -> None:
        if made.opt_out:
            key = (row.channel, row.address_index)
            work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.PROVIDER, wall=wall)
        if made.blocked and made.wait is not None:
            self.more = False
            self.wait_until = wall + made.wait
            self.ports.switchboard.block(self.key, until=self.wait_until)
            note = f"The provider refuses our account {item.code}".strip()
            work.broadcasts.note(self.lease.parcel.broadcast, note)

    def _conclude(self, work: Work, standing: Standing, wall: datetime) -> None:
        """Nothing is on the wire: finish the parcel, or give back what cannot go yet."""
        self.over = True
        broadcast_id = self.lease.parcel.broadcast
        if standing.state is not BroadcastState.SENDING:
            _put_away(self.ports, work, self.lease, standing)
            return
        pending, earliest = work.broadcasts.left(self.lease)
        if pending:
            later = max((item for item in (earliest, self.wait_until) if item), default=None)
            work.broadcasts.give_back(self.lease, not_before=later)
            return
        work.broadcasts.finish(self.lease)
        if not work.broadcasts.unfinished(broadcast_id):
            work.broadcasts.move(broadcast_id, Move.COMPLETE, wall=wall)
        elif not self.ports.switchboard.closing:
            ask(self.ports, work, broadcast_id=broadcast_id, limit=2)

    def _wait(self, line: Line) -> list[Outcome]:
        """Half a window back, or everything when nothing more will be marked; at most until a renewal."""
        if self.over or not self.flight or self.back:
            return []
        half = max(1, self.size // 2)
        wanted = min(len(self.flight), half) if self.more else len(self.flight)
        return list(line.take(at_least=wanted, timeout=_RENEW_SECONDS))

    def _write(self, marked: Sequence[Marked]) -> list[Outgoing]:
        """Make the messages. One whose address cannot be opened fails alone, in the next round."""
        wall = self.ports.clock.now()
        messages = []
        for row in marked:
            try:
                messages.append(self.book.write(self.ports, row, wall=wall))
            except InvalidInput:
                self.back.append(Outcome(str(row.id), row.attempt, OutcomeKind.REFUSED, code="unreadable"))
        return messages


def _useless(standing: Standing, wall: datetime) -> bool:
    return standing.expires is not None and standing.expires <= wall


def _settlement(
    row: Marked, item: Outcome, made: RetryDecision, standing: Standing, wall: datetime
) -> Settlement:
    """What is written for one outcome. What surely did not start ends with its broadcast."""
    state = made.state
    if state is DeliveryState.PENDING:
        state = _UNSENT.get(standing.state, state)
    waits = state is DeliveryState.PENDING and made.wait is not None
    return Settlement(
        delivery=row.id,
        attempt=item.attempt,
        state=state,
        reason=made.reason if state is made.state else "",
        provider_id=item.provider_id,
        code=item.code,
        not_before=wall + made.wait if waits and made.wait else None,
    )

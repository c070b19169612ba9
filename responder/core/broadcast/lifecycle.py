"""What may become of a broadcast? Its states, the legal moves and who makes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from responder.core.errors import Refused
from responder.core.terms import Channel, Mode, Urgency

__all__ = ["ACTIVE", "ENDED", "MOVES", "Broadcast", "BroadcastState", "Move", "Part", "states_before"]


class BroadcastState(StrEnum):
    """Where a broadcast stands."""

    DRAFT = "draft"
    """Proposed by one person; another one must give their word."""
    APPROVED = "approved"
    """Everybody whose word it takes has given it."""
    RELEASED = "released"
    """Released; until the undo window ends it can be taken back without a trace at anybody's phone."""
    MATERIALISING = "materialising"
    """Each delivery is being written down; nothing is sent yet."""
    SENDING = "sending"
    """Messages are being handed over."""
    PAUSED = "paused"
    """A person holds it; nothing more is handed over until it is resumed."""
    COMPLETING = "completing"
    """All are handed over; receipts are still coming in."""
    DONE = "done"
    """Nothing more will happen."""
    STOPPED = "stopped"
    """A person stopped it for good."""
    EXPIRED = "expired"
    """Its use ended before everybody had it."""


class Part(StrEnum):
    """Which part of one release a broadcast is."""

    WHOLE = "whole"
    """Everybody at once."""
    FIRST = "first"
    """Those who hear it first."""
    REST = "rest"
    """Everybody else, after the wait."""


class Move(StrEnum):
    """What is done to a broadcast."""

    APPROVE = "approve"
    RELEASE = "release"
    MATERIALISE = "materialise"
    SEND = "send"
    PAUSE = "pause"
    RESUME = "resume"
    COMPLETE = "complete"
    FINISH = "finish"
    STOP = "stop"
    EXPIRE = "expire"


_S = BroadcastState
MOVES: dict[Move, tuple[frozenset[BroadcastState], BroadcastState]] = {
    Move.APPROVE: (frozenset({_S.DRAFT}), _S.APPROVED),
    Move.RELEASE: (frozenset({_S.APPROVED}), _S.RELEASED),
    Move.MATERIALISE: (frozenset({_S.RELEASED}), _S.MATERIALISING),
    Move.SEND: (frozenset({_S.MATERIALISING}), _S.SENDING),
    Move.PAUSE: (frozenset({_S.SENDING}), _S.PAUSED),
    Move.RESUME: (frozenset({_S.PAUSED}), _S.SENDING),
    Move.COMPLETE: (frozenset({_S.SENDING}), _S.COMPLETING),
    Move.FINISH: (frozenset({_S.COMPLETING}), _S.DONE),
    Move.STOP: (
        frozenset({_S.DRAFT, _S.APPROVED, _S.RELEASED, _S.MATERIALISING, _S.SENDING, _S.PAUSED}),
        _S.STOPPED,
    ),
    Move.EXPIRE: (
        frozenset({_S.DRAFT, _S.APPROVED, _S.RELEASED, _S.MATERIALISING, _S.SENDING, _S.PAUSED}),
        _S.EXPIRED,
    ),
}
"""Each move: the states it may start from, and the one it leads to."""

ACTIVE = frozenset({_S.RELEASED, _S.MATERIALISING, _S.SENDING, _S.PAUSED, _S.COMPLETING})
ENDED = frozenset({_S.DONE, _S.STOPPED, _S.EXPIRED})


def states_before(move: Move) -> frozenset[BroadcastState]:
    """The states in which a move is legal; they go into the WHERE of the UPDATE that makes it."""
    return MOVES[move][0]


@dataclass(frozen=True, slots=True)
class Broadcast:
    """One sending out of one statement. All times are wall time, aware UTC.

    `languages` are those sent in full; readers of none of them get the notice in
    `source_language`. `starts` is the end of the undo window (and of the wait, for the rest of
    a release); `expires` is when the message loses its use, None = never. `digest` is the
    SHA-256 over everything that was frozen. `proposed_by` and `words` are ids of people.
    `supersedes` are broadcasts that stop with its release, `corrects` those whose error it mends,
    `twin` is the broadcast of those who hear it first, `wait_seconds` how long the rest waits,
    `zone` the city's, in which quiet hours are counted.
    """

    id: str
    incident_id: str
    statement_id: str
    occurrence: str
    mode: Mode
    state: BroadcastState
    urgency: Urgency
    part: Part
    channels: tuple[Channel, ...]
    languages: tuple[str, ...]
    source_language: str
    proposed_by: str
    proposed: datetime
    words: tuple[str, ...] = ()
    persons: int = 1
    digest: str = ""
    released: datetime | None = None
    starts: datetime | None = None
    expires: datetime | None = None
    ended: datetime | None = None
    supersedes: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    twin: str | None = None
    wait_seconds: int = 0
    zone: str = "UTC"
    reason: str = ""

    @property
    def unsent(self) -> bool:
        """Whether something of it may still be sent."""
        return self.state in states_before(Move.STOP)

    @property
    def begun(self) -> bool:
        """Whether it was let out: its undo window, and its wait if it has one, ended before it did."""
        if self.state in (BroadcastState.STOPPED, BroadcastState.EXPIRED):
            return self.starts is not None and self.ended is not None and self.ended >= self.starts
        return self.state not in (BroadcastState.DRAFT, BroadcastState.APPROVED, BroadcastState.RELEASED)

    def after(self, move: Move) -> BroadcastState:
        """The state that a move leads to. Raises Refused when it is not legal now."""
        before, then = MOVES[move]
        if self.state not in before:
            raise Refused(
                f"A broadcast that is {self.state} cannot {move}.",
                mend=f"That is possible while it is {', '.join(sorted(before))}.",
            )
        return then

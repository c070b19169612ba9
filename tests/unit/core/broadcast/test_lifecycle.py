"""What may become of a broadcast?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from responder.core.broadcast import ENDED, MOVES, Broadcast, BroadcastState, Move, Part, states_before
from responder.core.errors import Refused
from responder.core.terms import Channel, Mode, Urgency

NOW = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
BROADCAST = Broadcast(
    id="b",
    incident_id="i",
    statement_id="s",
    occurrence="update#1",
    mode=Mode.LIVE,
    state=BroadcastState.SENDING,
    urgency=Urgency.NORMAL,
    part=Part.WHOLE,
    channels=(Channel.SMS,),
    languages=("en",),
    source_language="en",
    proposed_by="bo",
    proposed=NOW,
)


def test_every_move_is_in_the_table() -> None:
    assert set(MOVES) == set(Move)


def test_what_has_ended_stays_ended() -> None:
    assert not [move for move in Move if states_before(move) & ENDED]


def test_every_state_but_the_first_is_reached_by_some_move() -> None:
    assert {then for _, then in MOVES.values()} == set(BroadcastState) - {BroadcastState.DRAFT}


def test_a_legal_move_gives_the_next_state() -> None:
    assert BROADCAST.after(Move.PAUSE) is BroadcastState.PAUSED


def test_an_illegal_move_is_refused_and_says_when_it_is_possible() -> None:
    with pytest.raises(Refused, match="paused"):
        BROADCAST.after(Move.RESUME)


@pytest.mark.parametrize("state", BroadcastState)
def test_what_may_still_be_sent_can_be_stopped(state: BroadcastState) -> None:
    late = (BroadcastState.COMPLETING, *ENDED)
    assert replace(BROADCAST, state=state).unsent is (state not in late)

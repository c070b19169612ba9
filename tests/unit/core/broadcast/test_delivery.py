"""What may become of a delivery?"""

from __future__ import annotations

from datetime import timedelta

import pytest

from responder.core.broadcast import (
    DELIVERY_MOVES,
    MOST_ATTEMPTS,
    REACHED,
    DeliveryState,
    OutcomeKind,
    can_become,
    decide,
    rank,
)

S = DeliveryState


def test_every_state_has_its_moves() -> None:
    assert set(DELIVERY_MOVES) == set(DeliveryState)


def test_unknown_never_becomes_pending_again_by_itself() -> None:
    assert not can_become(S.UNKNOWN, S.PENDING)
    assert not can_become(S.UNKNOWN, S.HANDING_OVER)


def test_a_row_is_marked_before_it_can_be_accepted() -> None:
    assert [state for state in S if can_become(state, S.HANDING_OVER)] == [S.PENDING]


@pytest.mark.parametrize("state", sorted(REACHED))
def test_who_may_have_read_it_never_stands_as_stopped_once_taken(state: DeliveryState) -> None:
    assert can_become(state, S.STOPPED) is (state is S.HANDING_OVER)


def test_a_confirmed_arrival_outranks_every_other_word() -> None:
    assert max((S.ACCEPTED, S.SENT, S.FAILED, S.DELIVERED, S.UNKNOWN), key=rank) is S.DELIVERED


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (OutcomeKind.ACCEPTED, S.ACCEPTED),
        (OutcomeKind.NOT_TAKEN, S.PENDING),
        (OutcomeKind.REFUSED, S.FAILED),
        (OutcomeKind.OPTED_OUT, S.FAILED),
        (OutcomeKind.BLOCKED, S.PENDING),
        (OutcomeKind.UNKNOWN, S.UNKNOWN),
        (OutcomeKind.NOT_STARTED, S.PENDING),
    ],
)
def test_each_outcome_leads_to_one_legal_state(outcome: OutcomeKind, state: DeliveryState) -> None:
    assert decide(outcome, 1).state is state
    assert can_become(S.HANDING_OVER, state)


def test_retries_wait_longer_each_time_and_never_more_than_five_minutes() -> None:
    waits = [decide(OutcomeKind.NOT_TAKEN, attempt).wait for attempt in range(1, MOST_ATTEMPTS)]
    assert waits[:4] == [timedelta(seconds=seconds) for seconds in (1, 2, 4, 8)]
    assert waits == sorted(waits, key=lambda wait: wait or timedelta())
    assert waits[-1] == timedelta(minutes=5)


def test_a_provider_that_names_a_time_is_not_asked_sooner() -> None:
    assert decide(OutcomeKind.NOT_TAKEN, 1, retry_after=40.0).wait == timedelta(seconds=40)


def test_nobody_is_tried_for_ever() -> None:
    assert decide(OutcomeKind.NOT_TAKEN, MOST_ATTEMPTS).state is S.FAILED


def test_a_provider_that_refuses_our_account_stops_the_parcel_not_the_people() -> None:
    decision = decide(OutcomeKind.BLOCKED, 1)
    assert (decision.state, decision.blocked) == (S.PENDING, True)

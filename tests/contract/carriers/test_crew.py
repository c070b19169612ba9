"""Does every message get its outcome, whatever the hands of a carrier do?"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator

import pytest

from responder.carriers._crew import Crew, Halted, Rest, outcome_of
from responder.carriers._loop import LoopThread
from responder.engine.ports.carriers import Outcome, OutcomeKind, Outgoing


class FakeHand:
    """A hand that does what `act` says; `hired` and `gone` count."""

    hired = 0
    gone = 0

    def __init__(self, act: Callable[[Outgoing], Outcome]) -> None:
        self._act = act
        FakeHand.hired += 1

    async def deliver(self, message: Outgoing, halted: Halted) -> Outcome:
        await asyncio.sleep(0)
        return self._act(message)

    async def close(self) -> None:
        FakeHand.gone += 1


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    FakeHand.hired = FakeHand.gone = 0
    running = LoopThread()
    yield running
    running.stop()


def accepted(message: Outgoing) -> Outcome:
    return outcome_of(message, OutcomeKind.ACCEPTED)


def messages(count: int, *, start: int = 0) -> list[Outgoing]:
    return [Outgoing(str(number), 1, "+12025550107", "Hello.") for number in range(start, start + count)]


def test_no_more_hands_are_hired_than_allowed(thread: LoopThread) -> None:
    crew = Crew(lambda: FakeHand(accepted), size=3, thread=thread)
    line = crew.open(lambda: False)
    line.give(messages(50))
    assert len(line.take(at_least=50, timeout=10)) == 50
    assert FakeHand.hired <= 3
    crew.close()
    assert FakeHand.gone == FakeHand.hired


def test_hands_without_work_go_home_and_others_come_back(thread: LoopThread) -> None:
    crew = Crew(lambda: FakeHand(accepted), size=1, idle_seconds=0.001, thread=thread)
    line = crew.open(lambda: False)
    for number in range(20):
        line.give(messages(1, start=number))
        assert len(line.take(at_least=1, timeout=10)) == 1


def test_a_hand_that_breaks_leaves_its_message_unknown_and_the_others_go_on(thread: LoopThread) -> None:
    def act(message: Outgoing) -> Outcome:
        if message.delivery == "3":
            raise ZeroDivisionError
        return accepted(message)

    crew = Crew(lambda: FakeHand(act), size=1, thread=thread)
    line = crew.open(lambda: False)
    line.give(messages(10))
    kinds = {item.delivery: item.kind for item in line.take(at_least=10, timeout=10)}
    assert kinds.pop("3") is OutcomeKind.UNKNOWN
    assert set(kinds.values()) == {OutcomeKind.ACCEPTED}


def test_lines_take_turns(thread: LoopThread) -> None:
    order: list[str] = []
    gate = threading.Event()

    def act(message: Outgoing) -> Outcome:
        gate.wait(10)
        order.append(message.delivery)
        return accepted(message)

    crew = Crew(lambda: FakeHand(act), size=1, thread=thread)
    long, short = crew.open(lambda: False), crew.open(lambda: False)
    long.give(messages(10))
    short.give(messages(1, start=100))
    gate.set()
    short.take(at_least=1, timeout=10)
    long.take(at_least=10, timeout=10)
    assert order.index("100") <= 3


def test_nothing_given_means_waiting_and_then_nothing(thread: LoopThread) -> None:
    line = Crew(lambda: FakeHand(accepted), size=1, thread=thread).open(lambda: False)
    assert line.take(at_least=1, timeout=0.001) == ()
    assert line.take(at_least=0, timeout=10) == ()
    assert line.close(grace=10) == ()


def test_a_late_outcome_of_a_closed_line_is_dropped(thread: LoopThread) -> None:
    gate = threading.Event()

    def act(message: Outgoing) -> Outcome:
        gate.wait(10)
        return accepted(message)

    crew = Crew(lambda: FakeHand(act), size=1, thread=thread)
    line = crew.open(lambda: False)
    line.give(messages(3))
    outcomes = line.close(grace=0.001)
    gate.set()
    assert len({item.delivery for item in outcomes}) == 3
    assert {item.kind for item in outcomes} <= {OutcomeKind.UNKNOWN, OutcomeKind.NOT_STARTED}
    assert line.take(at_least=0, timeout=0) == ()


def test_a_provider_that_lets_nobody_in_is_left_alone_for_a_moment() -> None:
    rest = Rest(seconds=1_000)
    first, second = messages(2)
    assert rest.answer(second) is None
    rest.begin(outcome_of(first, OutcomeKind.BLOCKED, code="20003", detail="sign-in-refused"))
    answer = rest.answer(second)
    assert answer is not None
    assert (answer.delivery, answer.kind, answer.code) == ("1", OutcomeKind.BLOCKED, "20003")
    rest.end()
    assert rest.answer(second) is None


def test_a_rest_that_is_over_is_forgotten() -> None:
    rest = Rest(seconds=-1)
    (message,) = messages(1)
    rest.begin(outcome_of(message, OutcomeKind.NOT_TAKEN, detail="no-connection"))
    assert rest.answer(message) is None

"""How much may be on the wire in one process?"""

from __future__ import annotations

from responder.engine.broadcasts.hearing import InboundWord, word_of
from responder.engine.ports import Inbound, Switchboard
from responder.testing.fakes import HandWoundClock


def test_a_line_gives_no_more_room_than_its_window() -> None:
    board = Switchboard()
    assert [board.take("sms", 6, size=10, timeout=0) for _ in range(3)] == [6, 4, 0]
    board.give_back("sms", 3)
    assert board.take("sms", 6, size=10, timeout=0) == 3


def test_lines_have_windows_of_their_own() -> None:
    board = Switchboard()
    board.take("sms", 10, size=10, timeout=0)
    assert board.take("email", 10, size=10, timeout=0) == 10


def test_a_halt_can_be_lifted() -> None:
    board = Switchboard()
    board.halt("one")
    assert board.halted("one")
    assert not board.halted("two")
    board.lift("one")
    assert not board.halted("one")


def _said(body: str, keyword: str = "") -> InboundWord:
    at = HandWoundClock().now()
    return word_of(Inbound("+12025550123", body, "+12025550100", "twilio", "SM1", at, keyword=keyword))


def test_stop_is_understood_in_several_languages() -> None:
    assert {_said(body) for body in (" Stop. ", "ALTO", "توقف", "unsubscribe")} == {InboundWord.STOP}


def test_a_sentence_with_the_word_stop_is_for_people() -> None:
    assert _said("Please stop the traffic at the bridge") is InboundWord.OTHER


def test_the_providers_own_reading_goes_first() -> None:
    assert _said("whatever", keyword="STOP") is InboundWord.STOP

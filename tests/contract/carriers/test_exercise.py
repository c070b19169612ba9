"""Does an exercise reach its mailbox, whole and counted, and nobody else?"""

from __future__ import annotations

from collections.abc import Sequence

from responder.carriers import MailboxCarrier
from responder.core.errors import NotFound, Unavailable
from responder.core.terms import Channel, Mode
from responder.engine.ports.carriers import OutcomeKind, Outgoing
from responder.engine.ports.mailbox import LINK_SLOT, Letter, MailboxCount
from responder.testing.fakes import HandWoundClock


class Shelf:
    """A mailbox in a list; `full` makes it unavailable."""

    def __init__(self, *, full: bool = False) -> None:
        self.letters: list[Letter] = []
        self.full = full

    def keep(self, letters: Sequence[Letter]) -> None:
        if self.full:
            raise Unavailable("The database is full.")
        self.letters.extend(letters)

    def latest(self, **_which: object) -> tuple[Letter, ...]:
        return tuple(reversed(self.letters))

    def open(self, number: int) -> Letter:
        raise NotFound(f"There is no letter {number}.")

    def count(self, **_which: object) -> MailboxCount:
        return MailboxCount(len(self.letters), len({item.delivery for item in self.letters}), {}, {})


def outgoing(number: int = 7, **given: object) -> Outgoing:
    fields: dict[str, object] = {
        "delivery": str(number),
        "attempt": 1,
        "to": "+12025550107",
        "text": "Hello.",
    }
    return Outgoing(**(fields | given))  # type: ignore[arg-type]


def carrier(shelf: Shelf, channel: Channel = Channel.SMS) -> MailboxCarrier:
    return MailboxCarrier(channel, shelf, HandWoundClock())


def test_what_is_given_is_kept_masked_and_accepted() -> None:
    shelf = Shelf()
    line = carrier(shelf).open(lambda: False)
    line.give([outgoing(1), outgoing(2, language="ar")])
    outcomes = line.take(at_least=2, timeout=0)
    assert [item.kind for item in outcomes] == [OutcomeKind.ACCEPTED] * 2
    assert [(item.delivery, item.to, item.language) for item in shelf.letters] == [
        ("1", "+1 ••• ••07", "en"),
        ("2", "+1 ••• ••07", "ar"),
    ]


def test_it_is_an_exercise_carrier_and_says_so() -> None:
    assert carrier(Shelf()).mode is Mode.EXERCISE
    assert carrier(Shelf()).name == "exercise"


def test_nothing_is_kept_once_it_was_stopped() -> None:
    shelf, stopped = Shelf(), False
    line = carrier(shelf).open(lambda: stopped)
    line.give([outgoing()])
    stopped = True
    assert [item.kind for item in line.take(at_least=1, timeout=0)] == [OutcomeKind.NOT_STARTED]
    assert shelf.letters == []


def test_closing_a_line_gives_back_what_was_never_started() -> None:
    line = carrier(Shelf()).open(lambda: False)
    line.give([outgoing()])
    assert [item.kind for item in line.close(grace=5)] == [OutcomeKind.NOT_STARTED]
    assert line.close(grace=5) == ()


def test_a_mailbox_that_cannot_be_written_has_surely_not_taken_it() -> None:
    line = carrier(Shelf(full=True)).open(lambda: False)
    line.give([outgoing()])
    (outcome,) = line.take(at_least=1, timeout=0)
    assert (outcome.kind, outcome.retry_after) == (OutcomeKind.NOT_TAKEN, 1.0)


def test_readers_share_one_text_although_each_has_a_link_of_their_own() -> None:
    shelf = Shelf()
    line = carrier(shelf, Channel.EMAIL).open(lambda: False)
    for number in (1, 2):
        link = f"https://alerts.example.org/u?d={number}&s=x"
        line.give(
            [
                outgoing(
                    number,
                    to="dara@example.com",
                    text=f"Leave: {link}",
                    html=f'<a href="https://alerts.example.org/u?d={number}&amp;s=x">Leave</a>',
                    headers=(("List-Unsubscribe", f"<{link}>, <mailto:leave@example.org>"),),
                )
            ]
        )
    line.take(at_least=2, timeout=0)
    assert {(item.text, item.html) for item in shelf.letters} == {
        (f"Leave: {LINK_SLOT}", f'<a href="{LINK_SLOT}">Leave</a>')
    }
    assert [item.link for item in shelf.letters] == [
        "https://alerts.example.org/u?d=1&s=x",
        "https://alerts.example.org/u?d=2&s=x",
    ]

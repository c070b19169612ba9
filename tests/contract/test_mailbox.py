"""Does the exercise mailbox keep every letter, each text once, on both databases?"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from responder.core.errors import NotFound
from responder.core.terms import Channel
from responder.db.bulk import table_of
from responder.db.store import SqlStore
from responder.db.store_mailbox import SqlMailbox
from responder.db.tables.mailbox import MailboxBodyRow
from responder.engine.ports.mailbox import LINK_SLOT, Letter

START = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)


def letter(number: int, **given: object) -> Letter:
    fields: dict[str, object] = {
        "delivery": f"call-{number}",
        "attempt": 1,
        "channel": Channel.SMS,
        "language": "en",
        "to": "+1 ••• ••07",
        "text": "EXERCISE. Hello.",
        "at": START + timedelta(seconds=number),
    }
    return Letter(**(fields | given))  # type: ignore[arg-type]


@pytest.fixture
def mailbox(store: SqlStore) -> SqlMailbox:
    return SqlMailbox(store)


def test_a_letter_comes_back_as_it_was_kept(mailbox: SqlMailbox) -> None:
    given = letter(
        1, channel=Channel.EMAIL, subject="تحديث", text="مرحبا", html="<p>مرحبا</p>", language="ar"
    )
    mailbox.keep([given])
    (kept,) = mailbox.latest()
    assert (kept.subject, kept.text, kept.html, kept.at) == (given.subject, given.text, given.html, given.at)
    assert mailbox.open(kept.number) == kept


def test_every_reader_finds_the_own_link_in_the_shared_text(mailbox: SqlMailbox, store: SqlStore) -> None:
    shared = {"text": f"Leave: {LINK_SLOT}", "html": f'<a href="{LINK_SLOT}">Leave</a>'}
    mailbox.keep([letter(n, link=f"https://alerts.example.org/u?d={n}&s=x", **shared) for n in (1, 2)])
    second, first = mailbox.latest()
    assert first.text == "Leave: https://alerts.example.org/u?d=1&s=x"
    assert second.html == '<a href="https://alerts.example.org/u?d=2&amp;s=x">Leave</a>'
    assert _bodies(store) == 1


def test_a_letter_that_came_twice_is_seen_twice(mailbox: SqlMailbox) -> None:
    mailbox.keep([letter(1)])
    mailbox.keep([letter(1)])
    count = mailbox.count()
    assert (count.letters, count.deliveries) == (2, 1)


def test_the_newest_come_first_and_pages_follow(mailbox: SqlMailbox) -> None:
    mailbox.keep([letter(number) for number in range(1, 8)])
    first = mailbox.latest(limit=3)
    second = mailbox.latest(limit=3, before=first[-1].number)
    assert [item.delivery for item in (*first, *second)] == [f"call-{n}" for n in (7, 6, 5, 4, 3, 2)]


def test_letters_are_found_by_language_channel_broadcast_and_incident(mailbox: SqlMailbox) -> None:
    mailbox.keep(
        [
            letter(1, language="es", broadcast="b1", incident="i1"),
            letter(2, language="ar", broadcast="b2", incident="i1", channel=Channel.EMAIL),
            letter(3, language="es", broadcast="b3", incident="i2"),
        ]
    )
    assert [item.delivery for item in mailbox.latest(language="es", incident="i1")] == ["call-1"]
    assert [item.delivery for item in mailbox.latest(channel=Channel.EMAIL)] == ["call-2"]
    assert [item.delivery for item in mailbox.latest(broadcast="b3")] == ["call-3"]
    count = mailbox.count(incident="i1")
    assert (count.letters, count.by_language, count.by_channel) == (
        2,
        {"es": 1, "ar": 1},
        {"sms": 1, "email": 1},
    )


def test_the_oldest_letters_leave_with_their_texts(store: SqlStore) -> None:
    mailbox = SqlMailbox(store, most=10)
    for number in range(1, 41):
        mailbox.keep([letter(number, text=f"EXERCISE {number}")])
    count = mailbox.count()
    assert 10 <= count.letters <= 20
    assert mailbox.latest()[0].delivery == "call-40"
    assert _bodies(store) <= 21


def test_a_text_that_is_still_used_stays_when_its_first_letters_leave(store: SqlStore) -> None:
    mailbox = SqlMailbox(store, most=5)
    for number in range(1, 41):
        mailbox.keep([letter(number)])
    assert mailbox.latest()[0].text == "EXERCISE. Hello."
    assert _bodies(store) == 1


def test_an_empty_batch_and_an_unknown_number_harm_nothing(mailbox: SqlMailbox) -> None:
    mailbox.keep([])
    assert mailbox.latest() == ()
    assert mailbox.count().letters == 0
    with pytest.raises(NotFound):
        mailbox.open(12345)


def _bodies(store: SqlStore) -> int:
    with store.read() as work:
        query = select(func.count()).select_from(table_of(MailboxBodyRow))
        return int(work.connection.execute(query).scalar_one())

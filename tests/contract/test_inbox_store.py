"""Is a text of a resident kept once, on every database, however often it is handed over?"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from responder.db.store import SqlStore
from responder.engine.ports import InboundRow

AT = datetime(2027, 3, 1, 8, 0, tzinfo=UTC)
ROW = InboundRow("a" * 32, "twilio", "SM1", b"sealed number", b"sealed body", "other", AT)


def test_what_the_provider_hands_over_twice_is_kept_once(store: SqlStore) -> None:
    with store.begin() as work:
        assert work.inbox.keep(ROW)
        assert not work.inbox.keep(replace(ROW, id="b" * 32))
    with store.read() as work:
        assert list(work.inbox.latest()) == [ROW]


def test_texts_without_an_id_of_the_provider_are_all_kept_and_the_newest_comes_first(store: SqlStore) -> None:
    first = replace(ROW, provider_id="")
    later = replace(first, id="c" * 32, arrived=AT + timedelta(minutes=1))
    with store.begin() as work:
        assert work.inbox.keep(first)
        assert work.inbox.keep(later)
    with store.read() as work:
        assert [row.id for row in work.inbox.latest()] == [later.id, first.id]
        assert [row.id for row in work.inbox.latest(before=later.arrived)] == [first.id]

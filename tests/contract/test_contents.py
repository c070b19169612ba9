"""How are pinned bytes kept, on every store?"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import pytest

from responder.core.errors import NotFound
from responder.db.store import SqlStore


def test_bytes_are_kept_once_and_found_by_their_hash(store: SqlStore) -> None:
    with store.begin() as work:
        digests = {work.contents.keep(b"\x00 some bytes") for _ in range(2)}
    assert digests == {hashlib.sha256(b"\x00 some bytes").hexdigest()}
    with store.read() as work:
        assert work.contents.fetch(digests.pop()) == b"\x00 some bytes"


def test_bytes_that_nobody_kept_are_not_found(store: SqlStore) -> None:
    with store.read() as work, pytest.raises(NotFound):
        work.contents.fetch("0" * 64)


def test_the_last_review_of_a_playbook_counts(store: SqlStore) -> None:
    first, last = datetime(2027, 1, 1, tzinfo=UTC), datetime(2027, 7, 1, tzinfo=UTC)
    for when in (first, last):
        with store.begin() as work:
            work.contents.review("flood", digest="0" * 64, by="bo", at=when)
    with store.read() as work:
        assert work.contents.reviewed() == {"flood": last}

"""Is a file of contacts taken once, on every database, also by two at once and after a fall?"""

from __future__ import annotations

import io
import threading

import pytest
from sqlalchemy import Engine

from responder.core.errors import Unavailable
from responder.db.ciphers import SecretCiphers
from responder.db.store import SqlStore
from responder.engine import contacts
from responder.engine.contacts import ImportReport, ImportRules
from responder.engine.people import OPERATOR
from responder.engine.ports import Limits, Ports
from responder.testing.contacts import Mix, make_contacts
from responder.testing.fakes import CountedChance, HandWoundClock, InlineQueue

RULES = ImportRules(
    country="US", lists={"news": "news"}, basis={"news": "consent"}, default_languages=("en",)
)
ROWS = [f"Person {number},+120255501{number:02},news" for number in range(60)]
FILE = ("name,phone,lists\n" + "\n".join(ROWS) + "\n").encode()


@pytest.fixture
def ports(database: Engine, ciphers: SecretCiphers) -> Ports:
    return Ports(
        store=SqlStore(database),
        content=None,  # type: ignore[arg-type]  # contacts need no content
        clock=HandWoundClock(),
        chance=CountedChance(),
        ciphers=ciphers,
        queue=InlineQueue(),
        live={},
        exercise={},
        limits=Limits(),
    )


class TornFile(io.BytesIO):
    """A file on a disk that goes away after some lines."""

    def __init__(self, content: bytes, lines: int) -> None:
        super().__init__(content)
        self._left = lines

    def readline(self, size: int | None = -1, /) -> bytes:
        self._left -= 1
        if self._left < 0:
            raise Unavailable("The disk is gone.")
        return super().readline(size)


def take(ports: Ports, stream: io.BytesIO) -> ImportReport:
    return contacts.import_contacts(ports, by=OPERATOR, stream=stream, rules=RULES, batch=7)


def count(ports: Ports) -> int:
    return contacts.count_contacts(ports, by=OPERATOR).contacts


def test_the_same_file_again_changes_nothing(ports: Ports) -> None:
    assert take(ports, io.BytesIO(FILE)).added == 60
    assert take(ports, io.BytesIO(FILE)).unchanged == 60
    assert count(ports) == 60


def test_two_who_read_the_same_file_at_once_take_each_row_once(ports: Ports) -> None:
    reports: list[ImportReport] = []
    threads = [
        threading.Thread(target=lambda: reports.append(take(ports, io.BytesIO(FILE)))) for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(report.added for report in reports) == 60
    assert count(ports) == 60


def test_an_import_that_broke_off_is_finished_by_the_next(ports: Ports) -> None:
    with pytest.raises(Unavailable):
        take(ports, TornFile(FILE, lines=30))
    assert 0 < count(ports) < 60
    take(ports, io.BytesIO(FILE))
    assert count(ports) == 60


def test_made_up_contacts_can_be_added_to_others(ports: Ports) -> None:
    take(ports, io.BytesIO(FILE))
    assert make_contacts(ports.store, ports.ciphers, 200, mix=Mix(lists=("news",))) == 61
    assert count(ports) == 260

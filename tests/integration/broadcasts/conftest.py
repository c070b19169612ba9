"""A house that sends, on SQLite in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit.sending import SendingHouse

from responder.content.files import FileContent
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all


@pytest.fixture
def house() -> Iterator[SendingHouse]:
    engine = make_engine("sqlite://")
    create_all(engine)
    made = SendingHouse(SqlStore(engine), SecretCiphers("only-for-tests-0123456789-abcdef"), FileContent())
    made.activate()
    yield made
    engine.dispose()

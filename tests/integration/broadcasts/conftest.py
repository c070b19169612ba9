"""A house that sends, on SQLite in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from kit.sending import SendingHouse, house_on

from responder.db.engine import make_engine
from responder.db.store import create_all


@pytest.fixture
def house() -> Iterator[SendingHouse]:
    engine = make_engine("sqlite://")
    create_all(engine)
    yield house_on(engine)
    engine.dispose()

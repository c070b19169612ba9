"""Do two nodes that beat at once do everything once?"""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

from responder.core.incident import verify
from responder.core.incident.event import EntryOpened, PersonCalled
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.engine.tick import beat_incident


def test_two_nodes_that_beat_at_once_open_and_call_once(house: Any, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'shared.db'}"
    first, second = make_engine(address), make_engine(address)
    create_all(first)
    one = type(house)(first, tmp_path)
    incident_id = one.activate()
    other = type(one.ports)(**{**_fields(one.ports), "store": SqlStore(second)})
    for _ in range(5):
        one.clock.wind(timedelta(hours=1))
        with ThreadPoolExecutor(4) as nodes:
            beats = [nodes.submit(beat_incident, ports, incident_id) for ports in (one.ports, other) * 2]
        assert [beat.result() for beat in beats] == [None] * 4
    incident = one.look(incident_id).incident
    opened = Counter(str(e.body.occurrence) for e in incident.events if isinstance(e.body, EntryOpened))
    called = Counter(
        (str(e.body.occurrence), e.body.rung, e.body.person)
        for e in incident.events
        if isinstance(e.body, PersonCalled)
    )
    assert opened["often#6"] == 1
    assert set(opened.values()) == {1}
    assert set(called.values()) == {1}
    with one.ports.store.read() as work:
        assert verify(work.incidents.lines(incident_id)).whole
    first.dispose()
    second.dispose()


def _fields(ports: Any) -> dict[str, Any]:
    return {name: getattr(ports, name) for name in type(ports).__dataclass_fields__}

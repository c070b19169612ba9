"""Can somebody at the command line take over a mended translation, and say that a text was used?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from kit.installed import cast_of, installed
from kit.night import begin
from kit.world import KEY
from typer.testing import CliRunner

from responder.app.cli import app
from responder.core.terms import Mode
from responder.engine import incidents, statements

RUN = CliRunner()


def test_what_was_copied_out_is_noted_and_nothing_is_offered_while_nothing_was_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with installed(tmp_path, {}) as house:
        cast = cast_of(house)
        incident = begin(house.ports, cast, mode=Mode.EXERCISE)
        key = incidents.open_entry(house.ports, incident_id=incident, entry="holding", by=cast["Bo"])
        statement = statements.draft(house.ports, incident_id=incident, occurrence=str(key), by=cast["Bo"])
    monkeypatch.setenv("RESPONDER_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("RESPONDER_SECRET_KEY", KEY)

    offered = RUN.invoke(app, ["statement", "mend", statement, "--as", "Bo", "--json"])
    assert json.loads(offered.stdout) == {"statement": statement, "offered": []}
    used = RUN.invoke(app, ["statement", "used", statement, "press", "--as", "Bo", "--json"])
    assert used.exit_code == 0, used.output
    with installed(tmp_path, {}) as house, house.ports.store.read() as work:
        assert {channel.value for channel in work.statements.get(statement).used_channels} == {"press"}

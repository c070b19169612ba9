"""Does every broken playbook give its problem at the right line and column, with a mend?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from responder.core.playbook import SourceFile, try_parse

BROKEN = sorted((Path(__file__).parents[2] / "broken").glob("*.yaml"))
EXPECTED = re.compile(rb"# expected (\d+):(\d+) ([a-z-]+)\n")


@pytest.mark.parametrize("file", BROKEN, ids=lambda file: file.stem)
def test_a_broken_playbook_names_the_place_and_the_mend(file: Path) -> None:
    data = file.read_bytes()
    found = EXPECTED.match(data)
    assert found is not None, "The first line says what is expected: # expected LINE:COLUMN RULE"
    source = (SourceFile(file.name, data),)

    parsed = try_parse(file.stem, lambda wanted: source if wanted == file.stem else ())

    problem = parsed.errors[0]
    said = (problem.place.line, problem.place.column, problem.rule)
    assert said == (int(found[1]), int(found[2]), found[3].decode()), [str(each) for each in parsed.errors]
    assert problem.place.file == file.name
    assert problem.message.endswith(".")
    assert problem.mend
    assert len(parsed.errors) == 1, [str(each) for each in parsed.errors]


def test_there_are_enough_broken_playbooks() -> None:
    assert len(BROKEN) >= 25

"""Do the examples in the how-to pages do what the pages say?"""

from __future__ import annotations

import re
from pathlib import Path

from responder.content.files import FileContent
from responder.core.playbook import try_parse
from responder.core.statement.checking import check_template

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


def _example(page: str, kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```", (HOW_TO / page).read_text(), re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def test_the_overlay_of_the_playbook_page_changes_three_tasks(tmp_path: Path) -> None:
    folder = tmp_path / "playbooks"
    folder.mkdir()
    (folder / "violent-hate-attack.yaml").write_text(_example("write-a-playbook.md", "yaml playbook"))
    parsed = try_parse("violent-hate-attack", FileContent((tmp_path,)).playbook)
    assert [str(problem) for problem in parsed.errors] == []
    assert parsed.playbook is not None
    tasks = parsed.playbook.tasks
    assert "harbour_master" in tasks
    assert "council_session" not in tasks
    assert str(tasks["tell_state"].at[0]) == "activated + 30min"
    assert "family_contact" in tasks


def test_the_template_page_makes_a_sound_template() -> None:
    files = {
        "template.yaml": _example("write-a-template.md", "yaml template").encode(),
        "sms.txt.j2": _example("write-a-template.md", "jinja").encode(),
    }
    assert [str(problem) for problem in check_template(files, {}, name="road_closed")] == []

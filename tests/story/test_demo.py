"""Does the demonstration play by itself, lose nobody and tell nobody twice?"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

KEYS = [
    "playbook",
    "tasks_opened",
    "tasks_done",
    "statements",
    "deliveries",
    "lost",
    "duplicated",
    "seconds",
]


def test_the_demonstration_plays_four_statements_in_three_languages_and_ends_by_itself(
    tmp_path: Path,
) -> None:
    responder = Path(sys.executable).with_name("responder")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RESPONDER_")}
    played = subprocess.run(
        [responder, "demo", "--auto", "--json", "--contacts", "600", "--port", "8720"],
        cwd=tmp_path,
        env=kept,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert played.returncode == 0, played.stderr
    said = json.loads(played.stdout)
    assert list(said) == KEYS
    assert said["playbook"] == "violent-hate-attack"
    assert said["statements"] == {"en": 4, "es": 4, "ar": 4}
    assert said["tasks_opened"] >= said["tasks_done"] > 40
    assert set(said["deliveries"]) <= {"accepted", "skipped"}
    assert (said["lost"], said["duplicated"]) == (0, 0)
    report = (tmp_path / "var" / "demo" / "report.md").read_text(encoding="utf-8")
    assert report.startswith("# EXERCISE: Attack at Harbour Hall")
    assert "Head of the chain" in report

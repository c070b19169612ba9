"""Do the commands of statement say what a text message costs before anybody signs it?"""

from __future__ import annotations

import json

from typer.testing import CliRunner

from responder.app.cli import app

RUN = CliRunner()


def test_the_size_of_a_text_is_one_json_object() -> None:
    done = RUN.invoke(app, ["statement", "sms", "á" * 71, "--json"])
    said = json.loads(done.stdout)
    assert (said["encoding"], said["segments"], said["units"]) == ("UCS-2", 2, 71)
    assert [part["units"] for part in said["parts"]] == [67, 4]


def test_a_smaller_version_is_shown_as_a_difference() -> None:
    done = RUN.invoke(app, ["statement", "sms", "--gsm", "It’s está"])
    assert "’ → '" in done.stdout
    assert "may change the meaning" in done.stdout


def test_a_text_may_come_from_standard_input() -> None:
    done = RUN.invoke(app, ["statement", "sms", "-", "--json"], input="Stay inside.\n")
    assert json.loads(done.stdout)["units"] == 12


def test_every_command_explains_itself() -> None:
    for group in ("statement", "i18n"):
        done = RUN.invoke(app, [group, "--help"])
        assert done.exit_code == 0

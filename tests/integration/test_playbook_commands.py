"""What does somebody at the command line see of a playbook?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from responder.app.cli import app
from responder.core.errors import InvalidInput, NotFound
from responder.db.engine import make_engine
from responder.db.migrations import upgrade
from responder.db.store import SqlStore

CITY = """\
name: Alderport
zone: Europe/London
country: GB
languages: {source: en, required: [en, es, xx], offered: [en, es]}
lists: {residents: {name: Residents}}
"""
TEMPLATE = """\
name: Short
kind: other
summary: A short text.
variables:
  place: {type: text, name: Place, source: fact.plase}
  count: {type: number, name: Count, source: fact.place}
  office: {type: block, name: Office, source: city.office}
blocks: [known]
channels: [sms]
"""
SMS = "{% block known %}{% trans %}Place: %(place)s{% endtrans %} {{ count }} {{ office }}{% endblock %}\n"
MESSAGE = """
messengers:
  city: {role: incident_lead}
audiences:
  everyone: {lists: [resident], areas: centre}
messages:
  short:
    owner: incident_lead
    phase: first_hours
    due: 1h
    template: %s
    purpose: inform
    messenger: city
    audiences: everyone
    channels: [sms, email]
    approval: {steps: duty_officer}
    languages: {required: [es, fr]}
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of one's own, with a city file and content in front of what is shipped."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RESPONDER_CONTENT_DIRS", str(tmp_path / "own"))
    monkeypatch.setenv("RESPONDER_DATA_DIR", str(tmp_path / "var"))
    return tmp_path


def run(*words: str, code: int = 0) -> Result:
    result = CliRunner().invoke(app, ["playbook", *words])
    assert result.exit_code == code, result.output
    return result


def test_a_new_playbook_is_written_and_checks_clean(here: Path) -> None:
    run("new", "flood", "--name", "Flood", "--in", "own/playbooks")
    assert (here / "own/playbooks/flood.yaml").is_file()
    said = json.loads(run("check", "own/playbooks/flood.yaml", "--json").stdout)[0]
    assert said["errors"] == []
    assert said["line"].startswith("reached 6 of 6, cut 0")
    assert run("check", "flood").output.splitlines()[-1] == said["line"]


def test_a_playbook_that_is_there_already_is_not_begun_again(here: Path) -> None:
    result = CliRunner().invoke(app, ["playbook", "new", "first-hour"])
    assert isinstance(result.exception, InvalidInput)
    result = CliRunner().invoke(app, ["playbook", "check", "no-such-thing"])
    assert isinstance(result.exception, NotFound)


def test_a_broken_playbook_exits_1_and_names_the_place(here: Path) -> None:
    file = Path(__file__).parents[1] / "broken" / "unknown-role.yaml"
    result = run("check", str(file), code=1)
    assert f"{file}:19:12: error: There is no role “leed”. Did you mean lead?" in result.output
    assert result.output.splitlines()[-1] == "not rehearsed: 1 error"


def test_advice_alone_exits_0_and_with_strict_1(here: Path) -> None:
    run("new", "flood", "--in", "own/playbooks")
    file = here / "own/playbooks/flood.yaml"
    file.write_text(file.read_text().replace("    due: 4h\n", ""))
    run("check", "flood")
    assert "never late" in run("check", "flood", "--strict", code=1).output


def test_what_the_city_and_the_templates_lack_is_told(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("new", "flood", "--in", "own/playbooks")
    file = here / "own/playbooks/flood.yaml"
    file.write_text(file.read_text() + MESSAGE % "short")
    (here / "city.yaml").write_text(CITY)
    monkeypatch.setenv("RESPONDER_CITY_FILE", str(here / "city.yaml"))
    folder = here / "own/message_templates/short"
    folder.mkdir(parents=True)
    (folder / "template.yaml").write_text(TEMPLATE)
    (folder / "sms.txt.j2").write_text(SMS)

    said = json.loads(run("check", "flood", "--json", code=1).stdout)[0]

    assert {each["rule"] for each in said["errors"]} >= {
        "city-without-list",
        "city-without-area",
        "city-without-language",
        "city-without-block",
        "no-catalogue",
        "template-without-channel",
        "unknown-variable",
        "wrong-variable",
    }
    assert said["rehearsal"] is None


def test_an_area_of_a_script_that_the_city_does_not_have_is_told_before_the_exercise(here: Path) -> None:
    shipped = Path(__file__).parents[2] / "playbooks" / "first-hour.yaml"
    file = here / "own/playbooks/first-hour.yaml"
    file.parent.mkdir(parents=True)
    file.write_text(shipped.read_text(encoding="utf-8").replace("- harbour", "- harbor"), encoding="utf-8")
    said = json.loads(run("check", "first-hour", "--json", code=1).stdout)[0]
    assert [each["rule"] for each in said["errors"]] == ["city-without-area"]
    assert said["errors"][0]["mend"] == "Did you mean harbour?"


def test_a_template_that_is_not_there_is_told_with_the_nearest(here: Path) -> None:
    run("new", "flood", "--in", "own/playbooks")
    file = here / "own/playbooks/flood.yaml"
    text = file.read_text() + (MESSAGE % "holdin").replace("[resident], areas: centre", "[residents]")
    file.write_text(text.replace("required: [es, fr]", "required: es"))
    assert "There is no template “holdin”. Did you mean holding?" in run("check", "flood", code=1).output


def test_the_shipped_playbooks_are_listed_and_shown(here: Path) -> None:
    listed = json.loads(run("list", "--json").stdout)
    assert {"first-hour", "violent-hate-attack", "vigil"} <= {each["id"] for each in listed}
    assert all(each["errors"] == 0 for each in listed)
    shown = json.loads(run("show", "first-hour", "--json").stdout)
    assert "F01" in {each["code"] for each in shown["entries"]}
    assert "F01" in run("show", "first-hour").output


def test_two_versions_are_compared(here: Path) -> None:
    run("new", "flood", "--in", "a")
    text = (here / "a/flood.yaml").read_text()
    (here / "b").mkdir()
    (here / "b/flood.yaml").write_text(text.replace("due: 4h", "due: 5h"))
    changes = json.loads(run("diff", "a/flood.yaml", "b/flood.yaml", "--json").stdout)
    assert changes == [
        {"path": "tasks.costs.due", "kind": "changed", "before": "opened + 4h", "after": "opened + 5h"}
    ]


def test_a_playbook_is_rehearsed_and_printed(here: Path) -> None:
    said = json.loads(run("rehearse", "first-hour", "--json", "--steps").stdout)
    assert said["summary"]["reached"] == said["summary"]["entries"]
    assert said["runs"][0]["steps"]
    assert run("rehearse", "first-hour").output.splitlines()[-1] == said["summary"]["line"]
    assert run("print", "first-hour").stdout.startswith("# The first hour")
    assert run("print", "first-hour", "--format", "html").stdout.startswith("<!doctype html>")


def test_the_schema_is_json_and_the_reference_markdown(here: Path) -> None:
    assert json.loads(run("schema").stdout)["title"].startswith("Responder playbook")
    assert "## Moments" in run("schema", "--reference").stdout


def test_with_the_city_empty_roles_are_told_and_a_review_is_noted(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESPONDER_SECRET_KEY", "a made-up key that only tests know")
    engine = make_engine(f"sqlite:///{here / 'var' / 'responder.db'}")
    upgrade(engine)
    run("new", "flood", "--in", "own/playbooks")
    said = json.loads(run("check", "flood", "--city", "--json").stdout)[0]
    assert {each["rule"] for each in said["advice"]} == {"role-empty", "nobody-acts", "review-due"}
    assert "flood was reviewed on" in run("review", "flood").output
    assert "review-due" not in run("check", "flood", "--city", "--json").stdout
    with SqlStore(engine).read() as work:
        assert list(work.contents.reviewed()) == ["flood"]
    engine.dispose()


def test_what_the_first_readers_get_is_checked_with_the_rest(here: Path) -> None:
    run("new", "flood", "--in", "own/playbooks")
    file = here / "own/playbooks/flood.yaml"
    message = (MESSAGE % "holding").replace("[resident], areas: centre", "[residents]")
    message = message.replace(
        "    approval:", "    first: {to: everyone, wait: 1h, template: short}\n    approval:"
    )
    file.write_text(file.read_text() + message.replace("channels: [sms, email]", "channels: [sms, web]"))
    folder = here / "own/message_templates/short"
    folder.mkdir(parents=True)
    other = TEMPLATE.replace(
        "place: {type: text, name: Place, source: fact.plase}", "as_of: {type: text, name: x}"
    )
    (folder / "template.yaml").write_text(other)
    (folder / "sms.txt.j2").write_text("{% block known %}{{ as_of }}{% endblock %}\n")

    said = json.loads(run("check", "flood", "--json", code=1).stdout)[0]["errors"]

    assert any("as_of” is another thing in “short” than in “holding”" in each["message"] for each in said)
    assert not [each for each in said if each["rule"] == "template-without-channel"]

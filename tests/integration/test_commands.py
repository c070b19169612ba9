"""Does the command line serve a stranger: from an empty folder on, and when something is not right?"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner, Result

from responder.app import cli
from responder.app.settings import KEY_FILE

Run = Callable[..., Result]

ACTS = {
    # what these do is said by their exit code, what they write is no list of findings
    *("init", "serve", "worker", "backup", "restore", "db upgrade", "playbook new", "playbook print"),
    *("playbook schema", "playbook review", "incident confirm", "incident fact", "incident anchor"),
    *("incident level", "incident role", "incident note", "incident restrict", "incident wind"),
    *("incident stand-down", "incident reopen", "task ack", "task done", "task skip", "decision answer"),
    *("gate answer", "contacts export", "i18n extract"),
}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`responder …` in an empty folder, with nothing set; errors become exit codes as they do for people."""
    monkeypatch.chdir(tmp_path)
    for name in ("RESPONDER_USER", "RESPONDER_DATA_DIR", "RESPONDER_SECRET_KEY", "RESPONDER_CONTENT_DIRS"):
        monkeypatch.delenv(name, raising=False)
    entrance = typer.Typer()

    @entrance.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
    def whole(context: typer.Context) -> None:
        with monkeypatch.context() as patched:
            patched.setattr("sys.argv", ["responder", *context.args])
            cli.main()

    def run(*words: str) -> Result:
        result = CliRunner().invoke(entrance, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def house(run: Run, tmp_path: Path) -> Path:
    """A folder in which `responder init` was done."""
    assert run("init").exit_code == 0
    return tmp_path


def test_every_command_that_reports_can_speak_json() -> None:
    reporting = {name for name, options in _commands() if "--json" not in options}
    assert reporting == ACTS


def test_init_makes_what_the_other_commands_need_and_keeps_what_is_there(house: Path, run: Run) -> None:
    assert (house / "var" / KEY_FILE).stat().st_mode & 0o777 == 0o600
    city = house / "playbooks" / "city.yaml"
    city.write_text(city.read_text().replace("Alderport", "Elmhaven"))
    key = (house / "var" / KEY_FILE).read_text()
    assert run("init").exit_code == 0
    assert (house / "var" / KEY_FILE).read_text() == key
    answers = {one["question"]: one for one in json.loads(run("doctor", "--json").stdout)}
    assert answers["City file"]["words"].startswith("Elmhaven")
    assert answers["Database"]["verdict"] == "ok"


def test_a_command_in_the_wrong_folder_makes_no_empty_database(run: Run, tmp_path: Path) -> None:
    for words in (("user", "list"), ("incident", "list"), ("report", "last"), ("worker",), ("publish", "x")):
        result = run(*words)
        assert result.exit_code == 1
        assert "responder init" in result.stderr
    assert [*tmp_path.iterdir()] == []


def test_the_doctor_answers_all_questions_where_nothing_is_set_up(run: Run, tmp_path: Path) -> None:
    result = run("doctor", "--json")
    verdicts = {one["question"]: one["verdict"] for one in json.loads(result.stdout)}
    assert (verdicts["Secret key"], verdicts["Database"], verdicts["City file"]) == ("broken", "broken", "ok")
    assert result.exit_code == 1
    assert [*tmp_path.iterdir()] == []


@pytest.mark.parametrize(
    ("name", "value", "question"),
    [
        ("RESPONDER_PORT", "many", "Settings"),
        ("RESPONDER_SECRET_KEY", "short", "Secret key"),
        ("RESPONDER_SMTP_URL", "carrier-pigeon://roof", "Mail server"),
        ("RESPONDER_SMTP_URL", "smtp://127.0.0.1:2525", "Mail server"),
        ("RESPONDER_TWILIO_ACCOUNT_SID", "ACx", "SMS"),
        ("RESPONDER_CITY_FILE", "nowhere.yaml", "City file"),
    ],
)
def test_the_doctor_names_the_setting_that_is_wrong(
    name: str, value: str, question: str, house: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    result = run("doctor", "--json")
    broken = [one for one in json.loads(result.stdout) if one["verdict"] == "broken"]
    assert (result.exit_code, [one["question"] for one in broken]) == (1, [question])
    assert broken[0]["mend"]


def test_the_doctor_tells_a_setting_that_nobody_reads(
    house: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RESPONDER_SMPT_URL", "smtp://127.0.0.1")
    (told,) = [one for one in json.loads(run("doctor", "--json").stdout) if one["question"] == "Settings"]
    assert "RESPONDER_SMPT_URL" in told["words"]
    assert told["mend"] == "Is it RESPONDER_SMTP_URL?"


def test_a_database_of_an_older_version_names_the_command(house: Path, run: Run) -> None:
    _tamper(house, "DELETE FROM alembic_version")
    result = run("incident", "list")
    assert (result.exit_code, "responder db upgrade" in result.stderr) == (1, True)


def test_a_database_of_a_newer_version_is_left_alone(house: Path, run: Run) -> None:
    _tamper(house, "UPDATE alembic_version SET version_num = '9999'")
    for words in (("user", "list"), ("db", "upgrade"), ("serve",)):
        result = run(*words)
        assert (result.exit_code, "newer version" in result.stderr) == (1, True)


def test_a_broken_city_file_is_named_as_people_find_it(house: Path, run: Run) -> None:
    (house / "playbooks" / "city.yaml").write_text("name: [")
    for words in (("serve",), ("incident", "activate", "first-hour", "--exercise")):
        result = run(*words)
        assert result.exit_code == 1
        assert "playbooks/city.yaml:" in result.stderr


def test_names_with_brackets_break_no_table(house: Path, run: Run) -> None:
    run("user", "add", "--name", "Amina [/b]")
    assert "Amina [/b]" in run("user", "list").stdout


def test_what_cannot_be_written_is_a_sentence(house: Path, run: Run) -> None:
    result = run("i18n", "extract", "--output", "nowhere/all.pot")
    assert result.exit_code == 1
    assert "nowhere/all.pot cannot be used: No such file or directory." in result.stderr


def test_half_an_order_is_a_matter_of_usage(house: Path, run: Run) -> None:
    assert run("incident", "activate", "first-hour").exit_code == 2
    assert run("contacts", "stop").exit_code == 2
    assert run("no-such-command").exit_code == 2


def test_who_may_not_is_refused_by_policy(house: Path, run: Run) -> None:
    run("user", "add", "--name", "Eve", "--permission", "viewer")
    assert run("incident", "activate", "first-hour", "--exercise", "--as", "Eve").exit_code == 3


def test_a_role_that_no_playbook_has_is_doubted(house: Path, run: Run) -> None:
    result = run("user", "add", "--name", "Amina", "--role", "mayr")
    assert (result.exit_code, "Is it mayor?" in result.stderr) == (0, True)


def test_the_report_takes_the_same_names_as_other_commands(house: Path, run: Run) -> None:
    run("user", "add", "--name", "Chen", "--role", "incident_lead", "--permission", "admin")
    run("incident", "activate", "first-hour", "--exercise", "--as", "Chen")
    assert run("report", "last").stdout.startswith("# ")
    assert json.loads(run("report", "last", "--json").stdout)


def test_public_pages_are_files_and_old_ones_go(house: Path, run: Run) -> None:
    site = house / "site"
    (site / "public" / "en" / "old").mkdir(parents=True)
    (site / "public" / "en" / "old" / "index.html").write_text("gone")
    (site / "robots.txt").write_text("kept")
    told = json.loads(run("publish", "site", "--json").stdout)
    assert {"public/index.html", "public/en/index.html", "public/ar/index.html"} <= set(told["files"])
    assert all((site / name).is_file() for name in told["files"])
    assert 'dir="rtl"' in (site / "public" / "ar" / "index.html").read_text()
    assert not (site / "public" / "en" / "old" / "index.html").exists()
    assert (site / "robots.txt").read_text() == "kept"


def test_a_copy_comes_back_and_what_stood_there_is_kept(house: Path, run: Run) -> None:
    run("user", "add", "--name", "Amina", "--role", "mayor")
    assert run("backup", "copy.db").exit_code == 0
    run("user", "add", "--name", "Bo")
    result = run("restore", "copy.db")
    assert (result.exit_code, "before-restore-1" in result.stderr) == (0, True)
    assert [one["name"] for one in json.loads(run("user", "list", "--json").stdout)["people"]] == ["Amina"]


def _tamper(house: Path, statement: str) -> None:
    with closing(sqlite3.connect(house / "var" / "responder.db")) as connection:
        connection.execute(statement)
        connection.commit()


def _commands() -> list[tuple[str, set[str]]]:
    """Every command with its options."""
    found: list[tuple[str, set[str]]] = []

    def walk(command: object, path: tuple[str, ...]) -> None:
        inner = getattr(command, "commands", None)
        if inner is None:
            found.append((" ".join(path), {word for one in command.params for word in one.opts}))  # type: ignore[attr-defined]  # click's commands have params
            return
        for name, below in inner.items():
            walk(below, (*path, name))

    walk(typer.main.get_command(cli.app), ())
    return found

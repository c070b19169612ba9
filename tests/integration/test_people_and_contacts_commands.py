"""Do the commands about people and contacts do what they say, from an empty folder on?"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from responder.app.cli import app
from responder.core.errors import NotFound, Refused
from responder.db.engine import make_engine
from responder.db.migrations import upgrade

Run = Callable[..., Result]

CONTACTS = (
    "name;phone;email;languages;lists\r\n"
    "Ana Reyes;+1 202 555 0101;;es;residents\r\n"
    "Bo;12;;;residents\r\n"
    "ANA REYES;+1 (202) 555-0101;ana@example.org;;residents\r\n"
)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`responder …` in an empty folder, on a database of its own."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RESPONDER_DATA_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("RESPONDER_SECRET_KEY", "a made-up key that only tests know")
    monkeypatch.delenv("RESPONDER_USER", raising=False)
    engine = make_engine(f"sqlite:///{tmp_path / 'var' / 'responder.db'}")
    upgrade(engine)
    engine.dispose()
    (tmp_path / "contacts.csv").write_text(CONTACTS, encoding="utf-8-sig", newline="")
    runner = CliRunner()

    def run(*words: str) -> Result:
        result = runner.invoke(app, words)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


def test_people_and_their_roles_are_added_and_listed(run: Run) -> None:
    made = run("user", "add", "--name", "Amina", "--email", "amina@example.org", "--phone", "+12025550101",
               "--role", "mayor", "--role", "admin", "--language", "ar", "--json")  # fmt: skip
    assert json.loads(made.stdout)["link"].startswith("http")
    run("user", "add", "--name", "Bo", "--role", "mayor")
    run("user", "role", "bo", "mayor", "--rank", "1")
    listed = json.loads(run("user", "list", "--json").stdout)
    amina, bo = listed["people"]
    assert (amina["permission"], amina["roles"], amina["languages"]) == ("admin", ["mayor"], ["ar"])
    assert (amina["email"], amina["phone"]) == ("a•••@e•••.org", "+1 ••• ••01")
    assert listed["roles"] == {"mayor": [bo["id"], amina["id"]]}
    run("user", "remove", "bo")
    assert [one["name"] for one in json.loads(run("user", "list", "--json").stdout)["people"]] == ["Amina"]


def test_a_token_is_shown_once_and_revoked(run: Run) -> None:
    made = json.loads(
        run("token", "add", "--role", "staff", "--expires", "30d", "--name", "dash", "--json").stdout
    )
    assert len(made["secret"]) >= 43
    (listed,) = json.loads(run("token", "list", "--json").stdout)
    assert (listed["permission"], listed["state"]) == ("staff", "living")
    assert made["secret"] not in json.dumps(listed)
    run("token", "revoke", "dash")
    assert json.loads(run("token", "list", "--json").stdout)[0]["state"] == "revoked"


def test_a_file_comes_in_once(run: Run) -> None:
    first = json.loads(run("contacts", "import", "contacts.csv", "--json").stdout)
    assert (first["added"], first["merged"], first["rejected"]) == (1, 1, 1)
    assert (first["problems"][0]["row"], first["problems"][0]["line"]) == (2, 3)
    again = json.loads(run("contacts", "import", "contacts.csv", "--json").stdout)
    assert (again["added"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert json.loads(run("contacts", "list", "--count", "--json").stdout)["contacts"] == 1


def test_a_strict_import_and_a_cut_file_exit_with_a_problem(run: Run, tmp_path: Path) -> None:
    assert run("contacts", "import", "contacts.csv").exit_code == 0
    assert run("contacts", "import", "contacts.csv", "--strict", "--rejected", "bad.csv").exit_code == 1
    assert "2,3,no,The phone number has too few digits." in (tmp_path / "bad.csv").read_text()
    (tmp_path / "contacts.csv").write_bytes(CONTACTS.encode()[:-30])
    cut = run("contacts", "import", "contacts.csv", "--json")
    assert cut.exit_code == 1
    assert json.loads(cut.stdout)["cut_at"] == 4


def test_an_export_is_masked_unless_a_named_admin_asks(run: Run) -> None:
    run("contacts", "import", "contacts.csv")
    assert "ana@example.org" not in run("contacts", "export").stdout
    with pytest.raises(Refused):
        run("contacts", "export", "--reveal")
    run("user", "add", "--name", "Amina", "--permission", "admin")
    assert "ana@example.org" in run("contacts", "export", "--reveal", "--as", "amina").stdout
    log = json.loads(run("user", "log", "--json").stdout)
    assert log[0]["act"] == "contacts exported"


def test_a_stop_is_kept(run: Run) -> None:
    run("contacts", "import", "contacts.csv")
    assert json.loads(run("contacts", "stop", "+1 202 555 0101", "--json").stdout) == {"stopped": 1}
    run("contacts", "import", "contacts.csv")
    (one,) = json.loads(run("contacts", "list", "--json").stdout)
    assert (one["phone_state"], one["email_state"]) == ("opted_out", "ok")


def test_nobody_of_that_name_is_told(run: Run) -> None:
    with pytest.raises(NotFound, match="nobody called “eve”"):
        run("user", "list", "--as", "eve")

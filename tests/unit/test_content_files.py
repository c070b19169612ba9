"""Where does content come from, and what does an incident run on when the files have changed?"""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from responder.content.files import FileContent
from responder.core.city import parse_city
from responder.core.errors import InvalidInput, NotFound, Unavailable, Unparsable
from responder.core.playbook import parse_playbook, try_parse
from responder.core.playbook.scaffold import scaffold
from responder.engine.ports.contents import CITY_FILE, pin_name
from responder.engine.situation.pinning import to_pin

CITY = "name: Alderport\nzone: Europe/London\ncountry: GB\n"


def write(root: Path, path: str, text: str) -> Path:
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def content(tmp_path: Path) -> FileContent:
    """What is shipped, and the city's own directory in front of it."""
    shipped, own = tmp_path / "shipped", tmp_path / "own"
    write(shipped, "playbooks/city.yaml", CITY)
    write(shipped, "playbooks/flood.yaml", scaffold("flood", "Flood"))
    write(shipped, "playbooks/modules/vigil.yaml", scaffold("vigil", "Vigil"))
    write(shipped, "message_templates/holding/template.yaml", "name: Shipped")
    write(shipped, "locales/es/LC_MESSAGES/broadcast.po", "")
    write(own, "message_templates/holding/template.yaml", "name: Own")
    write(
        own,
        "playbooks/flood.yaml",
        "id: flood\nversion: 2.0\nname: Flood here\nlanguage: en\nowner: incident_lead\nextends: flood\n",
    )
    return FileContent(directories=(own,), shipped=shipped)


def test_own_directories_come_before_what_is_shipped(content: FileContent) -> None:
    assert content.read("message_templates/holding/template.yaml") == b"name: Own"
    assert len(content.layers("message_templates/holding/template.yaml")) == 2
    assert content.playbooks() == ("flood", "vigil")
    assert content.files("message_templates") == ("message_templates/holding/template.yaml",)


def test_a_city_changes_a_shipped_playbook_by_extending_its_own_id(content: FileContent) -> None:
    playbook = parse_playbook("flood", content.playbook)
    assert (playbook.name, playbook.version) == ("Flood here", "2.0")
    assert "confirm" in playbook.tasks


def test_a_single_file_is_nearer_than_everything_else(content: FileContent, tmp_path: Path) -> None:
    file = write(tmp_path, "drafts/flood.yaml", scaffold("flood", "A draft"))
    draft = FileContent(content.directories, playbook_files=(file,), shipped=content.shipped)
    assert parse_playbook("flood", draft.playbook).name == "A draft"
    assert draft.playbook("flood")[0].label == str(file)


def test_an_overlay_given_by_its_path_is_not_its_own_parent(content: FileContent) -> None:
    own = content.directories[0] / "playbooks/flood.yaml"
    own.write_text(own.read_text() + "tasks:\n  costs:\n")
    given = FileContent(content.directories, playbook_files=(own,), shipped=content.shipped)
    parsed = try_parse("flood", given.playbook)
    assert parsed.errors == ()
    assert parsed.playbook is not None
    assert "costs" not in parsed.playbook.tasks


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "playbooks/../../x", "etc/passwd", ""])
def test_nothing_outside_the_content_folders_is_read(content: FileContent, path: str) -> None:
    with pytest.raises(InvalidInput):
        content.layers(path)


def test_what_is_not_there_is_said(content: FileContent) -> None:
    with pytest.raises(NotFound):
        content.read("message_templates/none/template.yaml")
    assert content.playbook("../flood") == ()
    assert content.playbook("none") == ()


def test_a_pinned_playbook_does_not_change_with_its_files(content: FileContent) -> None:
    files = to_pin(content, try_parse("flood", content.playbook))
    kept = {hashlib.sha256(data).hexdigest(): data for data in files.values()}
    pins = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    assert set(pins) == {CITY_FILE, "playbooks/flood.yaml", "playbooks/flood.yaml~1"}

    for root in (*content.directories, content.shipped):
        for file in root.rglob("*.yaml"):
            file.write_text("changed: everything\n", encoding="utf-8")

    pinned = content.pinned(pins, kept.__getitem__)
    assert parse_playbook("flood", pinned.playbook).name == "Flood here"
    assert parse_city(pinned.read(CITY_FILE)).name == "Alderport"
    assert pinned.playbooks() == ("flood",)
    with pytest.raises(NotFound):
        pinned.read("playbooks/other.yaml")


def test_pinned_bytes_that_were_changed_are_refused(content: FileContent) -> None:
    pinned = content.pinned({CITY_FILE: "0" * 64}, lambda _digest: b"name: Elsewhere\n")
    with pytest.raises(Unavailable):
        pinned.read(CITY_FILE)


def test_catalogues_are_read_as_they_are_now(content: FileContent) -> None:
    assert content.pinned({}, lambda _digest: b"").files("locales") == (
        "locales/es/LC_MESSAGES/broadcast.po",
    )


def test_layers_are_pinned_under_names_of_their_own() -> None:
    assert [pin_name("playbooks/x.yaml", layer) for layer in range(2)] == [
        "playbooks/x.yaml",
        "playbooks/x.yaml~1",
    ]


def test_a_city_file_tells_all_its_problems() -> None:
    with pytest.raises(Unparsable) as caught:
        parse_city(
            "name: A\nzone: Europe/Londn\ncountry: gb\nweekend: [sat, sonday]\nquiet: 22-7\nholiday: []\n"
        )
    found = [(each.place.line, each.place.column, each.rule) for each in caught.value.problems]
    assert found == [
        (2, 7, "unknown-zone"),
        (3, 10, "bad-value"),
        (4, 16, "bad-day"),
        (5, 8, "bad-hours"),
        (6, 1, "unknown-key"),
    ]


def test_a_city_block_speaks_each_language_or_one_text_for_all() -> None:
    city = parse_city(
        CITY + "blocks:\n  office: City\n  help:\n    text: {en: Help, es: Ayuda}\n    phone: '1'\n"
    )
    assert city.blocks["office"].in_language("ar") == "City"
    assert city.blocks["help"].in_language("es") == "Ayuda"
    assert city.blocks["help"].in_language("ar") is None

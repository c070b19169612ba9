"""Do the docs tell all that there is? A setting without a line, or a word without an entry, fails."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
import typer.main

import responder.core
from responder.app import cli
from responder.app.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *ROOT.glob("*.md")])


def test_every_setting_is_in_the_reference() -> None:
    text = (DOCS / "reference" / "environment.md").read_text(encoding="utf-8")
    missing = [name for name in Settings.model_fields if f"`RESPONDER_{name.upper()}`" not in text]
    assert not missing


def test_the_reference_names_no_setting_that_is_gone() -> None:
    text = (DOCS / "reference" / "environment.md").read_text(encoding="utf-8")
    named = {name.lower() for name in re.findall(r"`RESPONDER_([A-Z_]+)`", text)}
    known = {*Settings.model_fields, "user"}
    assert not {name for name in named if name not in known and name.removesuffix("_file") not in known}


def test_every_public_noun_of_the_core_is_in_the_glossary() -> None:
    glossary = (DOCS / "reference" / "glossary.md").read_text(encoding="utf-8").lower()
    words = set(re.findall(r"[a-z]+", glossary))
    missing = sorted(
        name for name in _public_classes() if not any(part.lower() in words for part in _parts(name))
    )
    assert not missing, f"In no part of their name are these in the glossary: {missing}"


def test_links_between_pages_lead_somewhere() -> None:
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:"):
                assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} → {target}"


def test_decisions_are_numbered_without_a_gap_and_every_page_is_listed() -> None:
    decisions = sorted(page.name for page in (DOCS / "adr").glob("*.md"))
    assert [name[:4] for name in decisions] == [f"{number:04}" for number in range(1, len(decisions) + 1)]
    listed = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [page.relative_to(DOCS).as_posix() for page in DOCS.rglob("*.md") if page.name != "README.md"]
    assert not [page for page in pages if f"]({page})" not in listed]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_commands_of_a_page_exist_with_their_options(page: Path) -> None:
    """In examples and between backticks: `responder noun verb --option`."""
    root = typer.main.get_command(cli.app)
    for line in re.findall(
        r"(?:^|`|\$ )responder ((?:[^`\n#|]|\\\n)+)", page.read_text(encoding="utf-8"), re.M
    ):
        words, command = line.split(), root
        while words and words[0] in getattr(command, "commands", {}):
            command = command.commands[words.pop(0)]
        group = isinstance(getattr(command, "commands", None), dict)
        assert not group or not words or words[0].startswith(("…", "-")), f"{page.name}: responder {line}"
        known = {word for one in command.params for word in (*one.opts, *one.secondary_opts)} | {"--help"}
        used = set(re.findall(r"(?<!\S)--[a-z-]+", line))
        assert used <= known, f"{page.name}: responder {line}: {used - known}"


def _public_classes() -> set[str]:
    names: set[str] = set()
    for module in pkgutil.walk_packages(responder.core.__path__, "responder.core."):
        loaded = importlib.import_module(module.name)
        for name in getattr(loaded, "__all__", ()):
            if isinstance(getattr(loaded, name, None), type):
                names.add(name)
    return names


def _parts(name: str) -> list[str]:
    return re.findall(r"[A-Z][a-z]+", name) or [name]

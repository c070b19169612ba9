"""Do the docs tell all that there is? A setting without a line, or a word without an entry, fails."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import responder.core
from responder.app.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


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

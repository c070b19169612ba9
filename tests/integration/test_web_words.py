"""Is every text of the pages there in each language, with the same blanks, and marked as what it is?"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from responder.content.files import FileContent
from responder.web.words import autonym, best_language, load_words, offered_languages

ROOT = Path(__file__).parents[2]
WEB = ROOT / "responder" / "web"
LANGUAGES = ("es", "ar")
KEYWORDS = {"_": None, "words": None, "self": None, "many": (1, 2), "gettext": None, "ngettext": (1, 2)}
BLANK = re.compile(r"%\(\w+\)s")
ZONE = ZoneInfo("Europe/London")


@cache
def _texts() -> frozenset[str | tuple[str, ...]]:
    found = extract_from_dir(
        WEB,
        method_map=[("**.py", "python"), ("templates/**.html", "jinja2")],
        options_map={"templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true"}},
        keywords=KEYWORDS,
    )
    return frozenset(message for _, _, message, _, _ in found)


def _catalogue(language: str) -> Catalog:
    path = ROOT / "locales" / language / "LC_MESSAGES" / "responder.po"
    with path.open("rb") as source:
        return read_po(source, locale=language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_of_the_pages_is_left_untranslated(language: str) -> None:
    catalogue = _catalogue(language)
    missing = []
    for text in _texts():
        message = catalogue.get(text[0] if isinstance(text, tuple) else text)
        strings = (
            message.string if message and isinstance(message.string, tuple) else (message and message.string,)
        )
        if not message or message.fuzzy or not all(strings):
            missing.append(text)
    assert not missing, f"Run scripts/words, then translate: {missing}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_translation_keeps_the_blanks_of_its_source(language: str) -> None:
    for message in _catalogue(language):
        if message.id and isinstance(message.id, str):
            assert sorted(BLANK.findall(message.id)) == sorted(BLANK.findall(str(message.string))), message.id


def test_the_shipped_languages_are_offered() -> None:
    assert offered_languages(FileContent()) == ("en", "ar", "es")


def test_counts_follow_the_plural_rules_of_arabic() -> None:
    words = load_words("ar", content=FileContent(), zone=ZONE)
    said = [words.many("%(num)s part", "%(num)s parts", count) for count in (1, 2, 3, 11, 100)]
    assert said == ["جزء واحد", "جزءان", "3 أجزاء", "11 جزءًا", "100 جزء"]


def test_a_language_is_found_by_its_base() -> None:
    assert best_language(["es-MX", "en"], ("en", "es", "ar")) == "es"
    assert best_language(["xx"], ("en", "es")) == "en"
    assert autonym("es") == "Español"

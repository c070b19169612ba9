"""Is a name that must not be said found in any spelling that looks or sounds the same?"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from responder.db.ciphers import SecretCiphers
from responder.engine.situation.restricted import normalised_name, restricted_hashes, restricted_spans


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Jon Doe", "JÓN  DOE"),
        ("Jon Doe", "Jo\u0301n Doe"),
        ("Ivanov", "Иванов"),
        ("Papadopoylos", "Παπαδόπουλος"),
        ("محمد علي", "مُحَمَّد عليّ"),
        ("O'Neill", "O’Neill"),
        ("Øst", "Ost"),
        ("Doe", "Ｄｏｅ"),
    ],
)
def test_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert normalised_name(one) == normalised_name(other)


def test_different_names_stay_different() -> None:
    assert normalised_name("Jon Doe") != normalised_name("Jan Doe")


def _found(text: str, *names: str) -> bool:
    ports: Any = SimpleNamespace(ciphers=SecretCiphers("only-for-tests-0123456789-abcdef"))
    hashes = frozenset(one for name in names for one in restricted_hashes(ports, "i", name))
    return bool(tuple(restricted_spans(ports, "i", hashes, text)))


@pytest.mark.parametrize(
    "text",
    [
        "Police spoke to Jon Doe.",
        "Jon\nDoe was seen",
        "JON DOE",
        "Jon Doe's house",
        "Jon Doe’s house",
        "Jo\u00adn D\u200boe",
        "J\u200eo\u200fn \u202bDoe\u202c",
        "\ufeffJo\u2060n Do\u034fe",
        "J<b>o</b>n D<i class='x'>oe</i>",
        "J o n D o e",
        "J.o.n D.o.e.",
        "J-o-n D-o-e",
        "#JonDoe",
        "@jon_doe",
        "Jon-Doe-like",
        "Jоn Dое",  # Cyrillic o and e
        "J0n D0e",
        "Ｊｏｎ Ｄｏｅ",
        "Jón Döe",
        "Джон",
    ],
)
def test_a_name_is_found_however_it_is_hidden(text: str) -> None:
    assert _found(text, "Jon Doe", "Dzhon")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Müller", "said Mueller"),
        ("Mueller", "said Müller"),
        ("محمد علي", "قال ومحمد علي"),
        ("محمد علي", "إلى لمحمـد عليّ"),
        ("O'Neill", "the O Neill family"),
        ("ΠΑΠΑΔΟΠΟΥΛΟΣ", "Papadopoylos"),
    ],
)
def test_a_name_is_found_in_the_spellings_of_its_language(name: str, text: str) -> None:
    assert _found(text, name)


@pytest.mark.parametrize("text", ["Jan Doe came", "Jon: do every drill", "Doe is a deer", "on Jon Street"])
def test_other_words_are_left_alone(text: str) -> None:
    assert not _found(text, "Jon Doe")

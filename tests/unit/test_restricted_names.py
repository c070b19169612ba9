"""Is a name that must not be said found in any spelling that looks or sounds the same?"""

from __future__ import annotations

import pytest

from responder.engine.situation.restricted import normalised_name


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

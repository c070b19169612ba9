"""Does a text hold a name that must not be said? Normalised names as keyed hashes, compared word by word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from responder.core.errors import InvalidInput
from responder.engine.ports import Ports

__all__ = ["LONGEST_NAME", "normalised_name", "restricted_hash", "restricted_spans"]

LONGEST_NAME = 5
"""How many words a restricted name may have."""

_MARKS = "\u0300-\u036f\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u200c\u200d"
"""Accents, vowel signs and joiners: inside a word they part nothing."""
_WORD = re.compile(rf"[^\W_](?:[{_MARKS}]*['’`.\-]?[^\W_])*[{_MARKS}]*")
_CYRILLIC_LETTERS = "абвгґдеєжзиіклмнопрстуфхцчшщъыьэюя"
_CYRILLIC_SOUNDS = "a b v g g d e ye zh z i i k l m n o p r s t u f kh ts ch sh shch . y . e yu ya"
_GREEK_LETTERS = "αβγδεζηθικλμνξοπρσςτυφχψω"
_GREEK_SOUNDS = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
_SOUNDS = f"{_CYRILLIC_SOUNDS} {_GREEK_SOUNDS}".replace(".", "").split(" ")
_LATIN = dict(zip(_CYRILLIC_LETTERS + _GREEK_LETTERS, _SOUNDS, strict=True))
_ALIKE = str.maketrans(
    {**_LATIN, "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i"}
)


def normalised_name(name: str) -> str:
    """A name without case, accents, vowel signs, joiners, hyphens and apostrophes; words by one space.

    Cyrillic and Greek letters are written in Latin ones, so that a name is found in either script.

    Compatibility forms are taken apart (NFKD of Unicode Standard Annex 15), so full-width letters and
    Arabic presentation forms are the letters they look like.
    """
    return " ".join(filter(None, (_plain(word) for word in _WORD.findall(name))))


def restricted_hash(ports: Ports, incident_id: str, name: str) -> str:
    """The keyed hash of a name for one incident. Raises InvalidInput for no letters or too many words."""
    plain = normalised_name(name)
    if not plain:
        raise InvalidInput("A name without letters can not be restricted.", mend="Write the name itself.")
    if len(plain.split()) > LONGEST_NAME:
        raise InvalidInput("A name of so many words is not found in texts.", mend="Write the shorter name.")
    return ports.ciphers.index(f"{incident_id}\n{plain}", purpose="incident")


def restricted_spans(
    ports: Ports, incident_id: str, hashes: frozenset[str], text: str
) -> Iterator[tuple[int, int]]:
    """Where in a text a restricted name stands, as spans of characters."""
    if not hashes:
        return
    words = list(_WORD.finditer(text))
    for first, begin in enumerate(words):
        for last in range(first, min(first + LONGEST_NAME, len(words))):
            span = (begin.start(), words[last].end())
            plain = normalised_name(text[span[0] : span[1]])
            if plain and ports.ciphers.index(f"{incident_id}\n{plain}", purpose="incident") in hashes:
                yield span


def _plain(word: str) -> str:
    apart = unicodedata.normalize("NFKD", word.casefold()).translate(_ALIKE)
    return "".join(char for char in apart if char.isalnum())

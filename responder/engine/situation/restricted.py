"""Does a text hold a name that must not be said? Normalised names as keyed hashes, compared word by word."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from responder.core.errors import InvalidInput
from responder.engine.ports import Ports

__all__ = ["LONGEST_NAME", "normalised_name", "restricted_hash", "restricted_hashes", "restricted_spans"]

LONGEST_NAME = 8
"""How many words a restricted name may have; O'Neill and Jean-Luc are two each."""
_LONGEST_SPELLED = 40
"""How many letters in a row are read as one word: J o n."""
_MOST_LETTERS = 80

_TATWEEL = "\u0640"
_TAG = re.compile(r"</?[A-Za-z!][^<>]*>")
_CYRILLIC_LETTERS = "абвгґдеєжзиіклмнопрстуфхцчшщъыьэюя"
_CYRILLIC_SOUNDS = "a b v g g d e ye zh z i i k l m n o p r s t u f kh ts ch sh shch . y . e yu ya"
_GREEK_LETTERS = "αβγδεζηθικλμνξοπρσςτυφχψω"
_GREEK_SOUNDS = "a v g d e z i th i k l m n x o p r s s t y f ch ps o"
_SOUNDS = f"{_CYRILLIC_SOUNDS} {_GREEK_SOUNDS}".replace(".", "").split(" ")
_LATIN = dict(zip(_CYRILLIC_LETTERS + _GREEK_LETTERS, _SOUNDS, strict=True))
_ODD = {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ى": "ي", "ة": "ه"}
_SOUNDING = str.maketrans({**_LATIN, **_ODD})
_LOOKS = dict(
    zip("авеёзікмнорстухјѕԁһαβεηικνορτυχγ01345", "abeezikmhopctyxjsdhabenikvoptuxyoleas", strict=True)
)
_LOOKING = str.maketrans({**_ODD, **_LOOKS})
_WRITTEN_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe"})
_ATTACHED = re.compile(r"^[وف]?[بلك]?(?=\w{3})")
"""And, so, with, for, like: written as one with the Arabic word that follows."""


@dataclass(frozen=True, slots=True)
class _Word:
    """Letters that stand together, without what nobody sees between them, and where they stand."""

    letters: str
    start: int
    end: int


def normalised_name(name: str) -> str:
    """A name as it sounds: no case, accents, vowel signs, spaces, hyphens, apostrophes.

    Cyrillic and Greek letters are written in Latin ones, so that a name is found in either script.
    Compatibility forms are taken apart (NFKD of Unicode Standard Annex 15), so full-width letters and
    Arabic presentation forms are the letters they look like.
    """
    return _sounding("".join(word.letters for word in _words(name)))


def restricted_hash(ports: Ports, incident_id: str, name: str) -> str:
    """The keyed hash of a name as it sounds. Raises InvalidInput for no letters or too many words."""
    words = _words(name)
    plain = normalised_name(name)
    if not plain:
        raise InvalidInput("A name without letters can not be restricted.", mend="Write the name itself.")
    if len(words) > LONGEST_NAME or len(plain) > _MOST_LETTERS:
        raise InvalidInput("A name of so many words is not found in texts.", mend="Write the shorter name.")
    return _keyed(ports, incident_id, plain)


def restricted_hashes(ports: Ports, incident_id: str, name: str) -> tuple[str, ...]:
    """The keyed hashes of every spelling of a name, the usual one first. Raises InvalidInput as above."""
    usual = restricted_hash(ports, incident_id, name)
    others = _spellings("".join(word.letters for word in _words(name)))
    return tuple(dict.fromkeys((usual, *(_keyed(ports, incident_id, one) for one in others))))


def restricted_spans(
    ports: Ports, incident_id: str, hashes: frozenset[str], text: str
) -> Iterator[tuple[int, int]]:
    """Where in a text a restricted name stands, as spans of characters.

    1. The text becomes words; signs that nobody sees (marks of direction, joiners, soft hyphens, tags)
       part nothing.
    2. Every row of a few words, and longer rows of single letters, is put together without spaces.
    3. Each spelling of it is compared: as it sounds, as it looks, with ä written ae.
    """
    if not hashes:
        return
    words = _words(text)
    known: dict[str, bool] = {}
    for first in range(len(words)):
        for last, letters in _rows(words, first):
            if letters not in known:
                found = (_keyed(ports, incident_id, one) in hashes for one in _spellings(letters))
                known[letters] = any(found)
            if known[letters]:
                yield words[first].start, words[last].end


def _rows(words: tuple[_Word, ...], first: int) -> Iterator[tuple[int, str]]:
    letters, single = "", True
    for last in range(first, min(first + _LONGEST_SPELLED, len(words))):
        letters += words[last].letters
        single = single and len(words[last].letters) == 1
        if len(letters) > _MOST_LETTERS or (last - first >= LONGEST_NAME and not single):
            return
        yield last, letters


def _words(text: str) -> tuple[_Word, ...]:
    found: list[_Word] = []
    letters, start, end, at = "", 0, 0, 0
    while at < len(text):
        char = text[at]
        tag = _TAG.match(text, at) if char == "<" else None
        kind = unicodedata.category(char)
        if tag is not None:
            at = tag.end()
            continue
        if kind[0] in "LN" and char != _TATWEEL:
            start = start if letters else at
            letters, end = letters + char, at + 1
        elif kind in ("Mn", "Me", "Mc"):
            letters, end = (letters + char, at + 1) if letters else (letters, end)
        elif kind != "Cf" and char != _TATWEEL and letters:
            found.append(_Word(letters, start, end))
            letters = ""
        at += 1
    return (*found, _Word(letters, start, end)) if letters else tuple(found)


@lru_cache(maxsize=4096)
def _spellings(letters: str) -> tuple[str, ...]:
    whole = unicodedata.normalize("NFC", letters.casefold())
    forms = [_sounding(whole), _sounding(whole.translate(_WRITTEN_OUT))]
    if not whole.isascii() or not whole.isalpha():
        forms.append(_bare(_apart(whole).translate(_LOOKING)))
    forms.append(_ATTACHED.sub("", forms[0]))
    return tuple(form for form in dict.fromkeys(forms) if form)


def _sounding(letters: str) -> str:
    return _bare(_apart(letters).translate(_SOUNDING))


def _apart(letters: str) -> str:
    return unicodedata.normalize("NFKD", letters.casefold())


def _bare(letters: str) -> str:
    return "".join(char for char in letters if char.isalnum())


def _keyed(ports: Ports, incident_id: str, plain: str) -> str:
    return ports.ciphers.index(f"{incident_id}\n{plain}", purpose="incident")

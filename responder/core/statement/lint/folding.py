"""How are words found in a text, whatever its case, accents, digits or script?"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["figures", "find_words", "fold", "sentence_around"]

Span = tuple[int, int]

_ALIKE = {
    "ı": "i",
    "İ": "i",
    "ß": "ss",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "æ": "ae",
    "œ": "oe",
    "ى": "ي",
    "ة": "ه",
}
_TATWEEL = "\u0640"
_MIXED = re.compile(r"\b(?=\w*[a-z])(?=\w*[\u0370-\u03ff\u0400-\u052f])\w+", re.IGNORECASE)
_LOOKS = str.maketrans(
    "авеёзікмнорстухјѕԁһαβεηικνορτυχγАВЕЗІКМНОРСТУХЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "abeezikmhopctyxjsdhabenikvoptuxyABEZIKMHOPCTYXJSABEZHIKMNOPTYX",
)
"""Letters that look like Latin ones; looked through only in a word that also has Latin letters."""
_ATTACHED = {"ar": "(?:و|ف)?(?:ب|ل|ك)?(?:ال|لل)?", "he": "[והבלכמש]{0,3}"}
_NO_SPACES = frozenset({"zh", "ja", "th", "km", "lo", "my"})
_SENTENCE_END = re.compile(r"[.!?؟。！？\n]+(?:\s|$)|\n")
_FIGURE = re.compile(r"\d+(?:[.,:\u066b\u066c]?\d+)*")


class Folded:
    """A text made comparable: small letters, no accents, plain digits; and where each letter came from."""

    __slots__ = ("_places", "text")

    def __init__(self, original: str) -> None:
        pieces: list[str] = []
        places: list[int] = []
        for at, char in enumerate(_MIXED.sub(lambda word: word[0].translate(_LOOKS), original)):
            plain = _plain(char)
            pieces.append(plain)
            places += [at] * len(plain)
        self.text = "".join(pieces)
        self._places = [*places, len(original)]

    def span(self, start: int, end: int) -> Span:
        """The span in the original text."""
        last = self._places[end - 1] + 1 if end > start else self._places[start]
        return self._places[start], last


@lru_cache(maxsize=512)
def fold(text: str) -> Folded:
    """Fold a text; the last few hundred are remembered."""
    return Folded(text)


def find_words(text: str, words: tuple[str, ...], language: str) -> Iterator[Span]:
    """Where words or phrases of a list stand, as whole words."""
    if not words:
        return
    folded = fold(text)
    for match in _pattern(words, language.split("-")[0]).finditer(folded.text):
        yield folded.span(match.start(), match.end())


def figures(text: str) -> Iterator[tuple[str, Span]]:
    """Numbers in digits of any script: plain digits, with what joins them (1,200 · 18:40), and their span."""
    folded = fold(text)
    for match in _FIGURE.finditer(folded.text):
        yield match[0], folded.span(match.start(), match.end())


def sentence_around(text: str, span: Span) -> Span:
    """The sentence or line in which a span stands."""
    start = 0
    for match in _SENTENCE_END.finditer(text):
        if match.end() > span[0]:
            return start, max(match.start(), span[1])
        start = match.end()
    return start, len(text)


@lru_cache(maxsize=4096)
def _plain(char: str) -> str:
    if char in _ALIKE:
        return _ALIKE[char]
    if char == _TATWEEL or unicodedata.category(char) == "Cf":
        return ""
    digit = unicodedata.decimal(char, None)
    if digit is not None:
        return str(digit)
    if char.isspace():
        return "\n" if char == "\n" else " "
    apart = unicodedata.normalize("NFKD", char.casefold())
    return "".join(_ALIKE.get(one, one) for one in apart if not unicodedata.combining(one))


@lru_cache(maxsize=256)
def _pattern(words: tuple[str, ...], language: str) -> re.Pattern[str]:
    folded = sorted({fold(word).text.strip() for word in words} - {""}, key=len, reverse=True)
    said = "|".join(re.escape(word).replace(r"\ ", r"\s+") for word in folded)
    if language in _NO_SPACES:
        return re.compile(said)
    return re.compile(rf"(?<!\w){_ATTACHED.get(language, '')}(?:{said})(?!\w)")

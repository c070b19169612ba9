"""How large is a text message, where is it cut, and how could it become smaller?

Two encodings (3GPP TS 23.038): the GSM 7-bit default alphabet with its extension table, and
UCS-2 as soon as one character stands outside of it. A text that does not fit into one message
is cut into parts, and each part loses room to its user data header (3GPP TS 23.040 §9.2.3.24).
"""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

__all__ = [
    "LONGEST",
    "Change",
    "GsmProposal",
    "Part",
    "SmsSize",
    "gsm_safe",
    "measure",
    "outside_gsm",
    "parts",
]

Encoding = Literal["GSM-7", "UCS-2"]

LONGEST = 1_600
"""The most characters that providers take in one request; they refuse what is longer."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")
_ROOM: dict[Encoding, tuple[int, int]] = {"GSM-7": (160, 153), "UCS-2": (70, 67)}


@dataclass(frozen=True, slots=True)
class SmsSize:
    """The size of a text as a provider counts it.

    `units` are septets (GSM-7) or 16-bit code units (UCS-2), without headers. An empty text
    is one segment.
    """

    encoding: Encoding
    segments: int
    units: int


@dataclass(frozen=True, slots=True)
class Part:
    """One part as a phone gets it: `text[start:end]` and its size."""

    start: int
    end: int
    units: int


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement that a proposal would make: `before` at `start` becomes `after`."""

    start: int
    before: str
    after: str
    loses_meaning: bool


@dataclass(frozen=True, slots=True)
class GsmProposal:
    """A text that would fit the GSM alphabet, to be looked at by a person and never applied unasked.

    `changes` is the difference, `left` are the characters for which no honest replacement is
    known: they stay as they are, and while there is one the text stays UCS-2.
    """

    text: str
    changes: tuple[Change, ...]
    left: tuple[str, ...]
    before: SmsSize
    after: SmsSize


@lru_cache(maxsize=512)
def measure(text: str) -> SmsSize:
    """The exact size of a text."""
    encoding = _encoding(text)
    cut = _cut(text, encoding)
    return SmsSize(encoding=encoding, segments=len(cut), units=sum(part.units for part in cut))


def parts(text: str) -> tuple[Part, ...]:
    """Where the text is cut. No part splits an escape or surrogate pair or a character from its marks."""
    return tuple(_cut(text, _encoding(text)))


def outside_gsm(text: str) -> tuple[str, ...]:
    """The characters that force UCS-2, each once, in their order."""
    return tuple(dict.fromkeys(char for char in text if not _is_gsm(char)))


def gsm_safe(text: str) -> GsmProposal:
    """Propose a version in the GSM alphabet.

    Typographic signs become plain ones. A letter loses an accent only if no plain letter of
    the alphabet carries it, and such a change says that it loses meaning (Spanish "año",
    Turkish "ı"). Letters of other scripts stay. Nothing ever becomes a question mark.
    """
    changes: list[Change] = []
    written: list[str] = []
    for start, cluster in _clusters(text):
        after = _replacement(cluster)
        written.append(after)
        if after != cluster:
            changes.append(Change(start, cluster, after, loses_meaning=_letters(cluster)))
    safe = "".join(written)
    return GsmProposal(safe, tuple(changes), outside_gsm(safe), measure(text), measure(safe))


def difference(before: str, after: str) -> tuple[tuple[str, str, str], ...]:
    """Two texts side by side: (`equal` | `replace` | `insert` | `delete`, old piece, new piece)."""
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    return tuple((tag, before[a:b], after[c:d]) for tag, a, b, c, d in matcher.get_opcodes())


def _is_gsm(char: str) -> bool:
    return char in _BASIC or char in _EXTENSION


def _encoding(text: str) -> Encoding:
    return "GSM-7" if all(map(_is_gsm, text)) else "UCS-2"


def _units(cluster: str, encoding: Encoding) -> int:
    if encoding == "GSM-7":
        return sum(2 if char in _EXTENSION else 1 for char in cluster)
    return sum(2 if ord(char) > 0xFFFF else 1 for char in cluster)


def _cut(text: str, encoding: Encoding) -> list[Part]:
    single, joined = _ROOM[encoding]
    total = _units(text, encoding)
    if total <= single:
        return [Part(0, len(text), total)]
    found: list[Part] = []
    start = units = 0
    for at, piece in _pieces(text, encoding, joined):
        size = _units(piece, encoding)
        if units + size > joined:
            found.append(Part(start, at, units))
            start, units = at, 0
        units += size
    found.append(Part(start, len(text), units))
    return found


def _pieces(text: str, encoding: Encoding, room: int) -> Iterator[tuple[int, str]]:
    """What stays together. A cluster too large for any part falls into its characters."""
    if encoding == "GSM-7":
        yield from enumerate(text)
        return
    for start, cluster in _clusters(text):
        if _units(cluster, encoding) <= room:
            yield start, cluster
        else:
            yield from enumerate(cluster, start)


_JOINERS = "\u200c\u200d"
_BREAKING = frozenset({"Cc", "Cf", "Zl", "Zp"})


def _clusters(text: str) -> Iterator[tuple[int, str]]:
    """What a reader takes for one character (near to Unicode UAX #29, without its tables)."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _stays(text, start, at):
            yield start, text[start:at]
            start = at


def _stays(text: str, start: int, at: int) -> bool:
    char, before = text[at], text[at - 1]
    if char in "\r\n" or (before not in _JOINERS and unicodedata.category(before) in _BREAKING):
        return False
    if _extends(char):
        return True
    if before == "\u200d":
        return unicodedata.category(char) == "So" and unicodedata.category(text[start]) in ("So", "Sm")
    if _is_flag_letter(char) and _is_flag_letter(before):
        return (at - start) % 2 == 1
    return _joins_hangul(before, char)


def _extends(char: str) -> bool:
    if char in "\u200d\u200c" or "\U0001f3fb" <= char <= "\U0001f3ff" or "\U000e0020" <= char <= "\U000e007f":
        return True
    return char in "\u0e33\u0eb3" or unicodedata.category(char) in ("Mn", "Me", "Mc")


def _is_flag_letter(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"


def _joins_hangul(before: str, char: str) -> bool:
    lead, vowel, tail = (
        "\u1100" <= before <= "\u115f",
        "\u1160" <= char <= "\u11a7",
        "\u11a8" <= char <= "\u11ff",
    )
    open_syllable = "\uac00" <= before <= "\ud7a3" and (ord(before) - 0xAC00) % 28 == 0
    if lead:
        return vowel or "\u1100" <= char <= "\u115f" or "\uac00" <= char <= "\ud7a3"
    if open_syllable or "\u1160" <= before <= "\u11a7":
        return vowel or tail
    return tail and ("\uac00" <= before <= "\ud7a3" or "\u11a8" <= before <= "\u11ff")


_SIGNS = {
    "‘": "'",
    "’": "'",
    "‚": "'",
    "‛": "'",
    "′": "'",
    "`": "'",
    "´": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "‟": '"',
    "″": '"',
    "«": '"',
    "»": '"',
    "‹": "'",
    "›": "'",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "-",
    "―": "-",
    "−": "-",
    "…": "...",
    "•": "-",
    "·": "-",
    "\u00a0": " ",
    "\u2002": " ",
    "\u2003": " ",
    "\u2009": " ",
    "\u202f": " ",
    "\u3000": " ",
    "\t": " ",
    "\u2028": "\n",
    "\u200b": "",
    "\u2060": "",
    "\ufeff": "",
    "\u00ad": "",
    "×": "x",
    "№": "No.",
    "™": "(TM)",
    "©": "(c)",
    "®": "(R)",
    "½": "1/2",
    "¼": "1/4",
    "¾": "3/4",
    "⁄": "/",
}
_LETTERS = {
    "ç": "c",
    "ı": "i",
    "İ": "I",
    "ł": "l",
    "Ł": "L",
    "đ": "d",
    "Đ": "D",
    "œ": "oe",
    "Œ": "OE",
    "þ": "th",
}


def _replacement(cluster: str) -> str:
    if all(map(_is_gsm, cluster)):
        return cluster
    composed = unicodedata.normalize("NFC", cluster)
    if all(map(_is_gsm, composed)):
        return composed
    if composed in _LETTERS:
        return _LETTERS[composed]
    if composed in _SIGNS:
        return _SIGNS[composed]
    base = unicodedata.normalize("NFD", composed)[0]
    return base if base.isascii() and base.isalpha() else cluster


def _letters(cluster: str) -> bool:
    composed = unicodedata.normalize("NFC", cluster)
    return any(char.isalpha() for char in composed) and not all(map(_is_gsm, composed))

"""By which rules is a file of contacts read? The city's lists, areas, languages and country."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from responder.core.city import City
from responder.core.errors import InvalidInput
from responder.core.terms import Channel, babel_name, language_tag

__all__ = ["ImportRules", "rules_of"]

_CHANNEL_WORDS = {
    "sms": Channel.SMS,
    "text": Channel.SMS,
    "phone": Channel.SMS,
    "mobile": Channel.SMS,
    "email": Channel.EMAIL,
    "e-mail": Channel.EMAIL,
    "mail": Channel.EMAIL,
}
_TAG = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_SIGNS = re.compile(r"[;,|\n]")


@dataclass(frozen=True, slots=True)
class ImportRules:
    """What a file may name. Words are looked up in small letters; ids and names of the city both count.

    `basis` is the lawful basis of each list, for rows that name none. `add_lists` are given to every
    row; `default_languages` to a new contact whose row names no language.
    """

    country: str = ""
    lists: Mapping[str, str] = field(default_factory=dict)
    areas: Mapping[str, str] = field(default_factory=dict)
    languages: Mapping[str, str] = field(default_factory=dict)
    basis: Mapping[str, str] = field(default_factory=dict)
    add_lists: tuple[str, ...] = ()
    add_basis: str = ""
    default_languages: tuple[str, ...] = ()
    source: str = ""

    def read_lists(self, text: str) -> tuple[str, ...]:
        """Ids of lists. Raises InvalidInput for one that the city does not have."""
        return _looked_up(text, self.lists, "list")

    def read_areas(self, text: str) -> tuple[str, ...]:
        return _looked_up(text, self.areas, "area")

    def read_languages(self, text: str) -> tuple[str, ...]:
        """BCP 47 tags in order of preference, from tags or names. Raises InvalidInput."""
        words = _parts(text)
        if len(words) == 1 and words[0].casefold() not in self.languages and " " in words[0]:
            words = words[0].split()
        return tuple(dict.fromkeys(self._language(word) for word in words))

    def read_channels(self, text: str) -> frozenset[Channel]:
        """The channels that somebody wants; empty when nothing is said. Raises InvalidInput."""
        words = [word for part in _parts(text) for word in part.casefold().split()]
        unknown = next((word for word in words if word not in _CHANNEL_WORDS), None)
        if unknown is not None:
            raise InvalidInput(
                f"There is no channel “{_short(unknown)}”.", mend="Channels are sms and email."
            )
        return frozenset(_CHANNEL_WORDS[word] for word in words)

    def _language(self, word: str) -> str:
        known = self.languages.get(word.casefold())
        if known is None and _TAG.fullmatch(word) and _is_language(word):
            known = language_tag(word)
        if known is None:
            mend = "Write its BCP 47 tag: en, es, ar, zh-Hans."
            raise InvalidInput(f"“{_short(word)}” is not a language.", mend=mend)
        return known


def rules_of(
    city: City, *, add_lists: tuple[str, ...] = (), basis: str = "", source: str = ""
) -> ImportRules:
    """The rules of a city file. `add_lists` go to every row, with `basis`. Raises InvalidInput."""
    tags = dict.fromkeys((city.languages.source, *city.languages.required, *city.languages.offered))
    lists = {word.casefold(): one.id for one in city.lists.values() for word in (one.name, one.id)}
    rules = ImportRules(
        country=city.country,
        lists=lists,
        areas={word.casefold(): area for area, name in city.areas.items() for word in (name, area)},
        languages={word: tag for tag in tags for word in _names(tag)},
        basis={one.id: one.basis for one in city.lists.values()},
        add_basis=basis,
        default_languages=(city.languages.source,),
        source=source,
    )
    named = tuple(one for text in add_lists for one in rules.read_lists(text))
    return replace(rules, add_lists=named)


def _names(tag: str) -> tuple[str, ...]:
    """The tag, its name in English and its own name for itself."""
    try:
        locale = Locale.parse(babel_name(tag))
    except (UnknownLocaleError, ValueError):
        return (tag.casefold(),)
    names = (locale.get_display_name("en"), locale.get_display_name())
    return (tag.casefold(), *(name.casefold() for name in names if name))


@lru_cache(maxsize=1_024)
def _is_language(tag: str) -> bool:
    """Whether it names a language that CLDR knows; the region need not be known with it."""
    return language_tag(tag).split("-")[0] in Locale("en").languages


def _looked_up(text: str, known: Mapping[str, str], noun: str) -> tuple[str, ...]:
    found = []
    for word in _parts(text):
        one = known.get(word.casefold())
        if one is None:
            raise InvalidInput(
                f"The city has no {noun} “{_short(word)}”.", mend=_did_you_mean(word, known, noun)
            )
        found.append(one)
    return tuple(dict.fromkeys(found))


def _did_you_mean(word: str, known: Mapping[str, str], noun: str) -> str:
    close = difflib.get_close_matches(word.casefold(), list(known), n=1)
    return f"Did you mean “{known[close[0]]}”?" if close else f"The city file names each {noun}."


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SIGNS.split(text) if part.strip()]


def _short(word: str) -> str:
    return word if len(word) <= 40 else f"{word[:40]}…"

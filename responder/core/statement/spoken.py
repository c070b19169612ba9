"""How is a value said in a language? Dates, numbers, lists and blocks as a template sees them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton
from babel.lists import format_list
from babel.numbers import format_decimal
from jinja2 import Undefined
from jinja2.exceptions import UndefinedError
from markupsafe import Markup, escape

from responder.core.city import Block, City
from responder.core.facts import FactValue
from responder.core.statement.catalogue import Catalogue, MissingTranslation
from responder.core.statement.slots import strip_slots
from responder.core.statement.sms import outside_gsm
from responder.core.statement.template import Variable, VariableType
from responder.core.terms import Channel, babel_name

__all__ = ["Absent", "Spoken", "clean", "locale_of", "say_moment"]

_ODD_SPACES = str.maketrans({"\u202f": " ", "\u00a0": " ", "\u2009": " "})
_INVISIBLE = frozenset("\u200b\u2060\ufeff\u00ad\u180e")
_JOINERS = frozenset("\u200c\u200d")


@lru_cache(maxsize=2048)
def clean(text: str) -> str:
    """A value in one line, without what could change the text around it.

    Line breaks become spaces (a value cannot forge a header or a line of its own); control
    characters, direction overrides and isolates (Unicode UAX #9) and slots go away. Joiners stay:
    Persian and emoji need them.
    """
    kept = [_kept(char) for char in strip_slots(unicodedata.normalize("NFC", text))]
    return " ".join("".join(kept).split())


def _kept(char: str) -> str:
    if char in _JOINERS:
        return char
    if char.isspace() or char in "\u2028\u2029\u0085":
        return " "
    if char in _INVISIBLE or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn"):
        return ""
    return char


@lru_cache(maxsize=256)
def locale_of(language: str, country: str = "") -> Locale:
    """Babel's locale: the language as the city's country writes it, else the language alone."""
    base = babel_name(language)
    for name in (f"{base}_{country}", base, base.split("_")[0], "en"):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


def say_moment(moment: datetime, city: City, language: str, *, short: bool = False) -> str:
    """A moment in the city's zone: weekday, date, 24-hour time and the zone's own short name."""
    there = city.calendar.local(moment)
    locale = locale_of(language, city.country)
    day = _short_day(there, locale) if short else format_date(there, "full", locale)
    name = there.tzname() or "UTC"
    zone = f"UTC{name}" if name[:1] in "+-" else name
    joined = str(locale.datetime_formats["medium"]).format(f"{there:%H:%M}", day)
    return f"{joined} {zone}".translate(_ODD_SPACES)


def _short_day(day: date, locale: Locale) -> str:
    """Weekday and date; without the weekday where only that leaves GSM-7 (“sáb” doubles a Spanish SMS)."""
    whole = format_skeleton("MMMEd", day, fuzzy=True, locale=locale)
    plain = format_skeleton("MMMd", day, fuzzy=True, locale=locale)
    return plain if outside_gsm(whole) and not outside_gsm(plain) else whole


class Absent(Undefined):
    """An optional variable without a value: false, empty, and an error when it is written out."""

    __slots__ = ()

    def __str__(self) -> str:
        raise UndefinedError(f"“{self._undefined_name}” has no value; ask for it with if")


class SpokenNumber(int):
    """A count: plural forms go by its value, readers see it written their way."""

    said: str

    def __new__(cls, value: int, said: str) -> SpokenNumber:
        number = super().__new__(cls, value)
        number.said = said
        return number

    def __str__(self) -> str:
        return self.said

    def __format__(self, spec: str) -> str:
        return self.said


class SpokenNames:
    """Several names: in a sentence they are joined as the language joins them."""

    __slots__ = ("_names", "_said")

    def __init__(self, names: tuple[str, ...], said: str) -> None:
        self._names = names
        self._said = said

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def __str__(self) -> str:
        return self._said

    def __html__(self) -> str:
        return str(escape(self._said))


class SpokenChoice(str):
    """One of several options: compared by its id, read by its label in the language."""

    __slots__ = ("_label", "_speaker")
    _label: str
    _speaker: Speaker

    def __new__(cls, option: str, label: str, speaker: Speaker) -> SpokenChoice:
        found = super().__new__(cls, option)
        found._label = label
        found._speaker = speaker
        return found

    @property
    def label(self) -> str:
        return self._speaker.translated(self._label)


class SpokenBlock:
    """A piece of the city file in one language: itself is its text, its parts are by name."""

    __slots__ = ("_parts",)

    def __init__(self, parts: Mapping[str, str]) -> None:
        self._parts = parts

    def __getitem__(self, key: str) -> str:
        return self._parts[key]

    def __str__(self) -> str:
        return self._parts["text"]

    def __html__(self) -> Markup:
        return escape(str(self))


Spoken = str | bool | float | SpokenNumber | SpokenNames | SpokenChoice | SpokenBlock | Absent


@dataclass(frozen=True, slots=True)
class Speaker:
    """Says values in one language for one channel; SMS gets the short forms."""

    city: City
    language: str
    channel: Channel
    catalogue: Catalogue

    def say(self, variable: Variable, value: FactValue | None) -> Spoken:
        """A value as the template sees it. Raises MissingTranslation when the city has no such text."""
        if value is None:
            return Absent(name=variable.id)
        if variable.type is VariableType.BLOCK and isinstance(value, str) and value in self.city.blocks:
            return self._block(self.city.blocks[value])
        if variable.type in (VariableType.AREAS, VariableType.LIST):
            return self._names(variable, value)
        if isinstance(value, str) and value in self.city.blocks and variable.source == f"city.{value}":
            return self._block(self.city.blocks[value])
        if variable.type is VariableType.CHOICE:
            option = clean(str(value))
            return SpokenChoice(option, variable.options.get(option, option), self)
        return self._plain(value)

    def translated(self, label: str) -> str:
        return self.catalogue.one(label)

    def _plain(self, value: FactValue) -> Spoken:
        if isinstance(value, bool):
            return value
        if isinstance(value, datetime):
            return say_moment(value, self.city, self.language, short=self._short)
        if isinstance(value, date):
            return self._day(value)
        if isinstance(value, int | float):
            return self._number(value)
        if isinstance(value, tuple):
            return self._joined(tuple(clean(one) for one in value))
        return clean(value)

    @property
    def _short(self) -> bool:
        return self.channel is Channel.SMS

    def _day(self, value: date) -> str:
        locale = locale_of(self.language, self.city.country)
        if self._short:
            noon = datetime.combine(value, time(12), tzinfo=self.city.calendar.zone)
            return _short_day(noon, locale).translate(_ODD_SPACES)
        return format_date(value, "full", locale=locale).translate(_ODD_SPACES)

    def _number(self, value: float) -> Spoken:
        said = format_decimal(value, locale=locale_of(self.language, self.city.country))
        plain = said.translate(_ODD_SPACES)
        return SpokenNumber(value, plain) if isinstance(value, int) else plain

    def _names(self, variable: Variable, value: FactValue) -> SpokenNames:
        names = value if isinstance(value, tuple) else (str(value),)
        if variable.type is VariableType.AREAS:
            names = tuple(self.city.areas.get(one, one) for one in names)
        return self._joined(tuple(clean(one) for one in names if clean(one)))

    def _joined(self, names: tuple[str, ...]) -> SpokenNames:
        return SpokenNames(names, format_list(names, locale=locale_of(self.language)) if names else "")

    def _block(self, block: Block) -> SpokenBlock:
        text = block.in_language(self.language)
        if text is None and block.text:
            raise MissingTranslation(self.language, f"city.yaml: blocks.{block.id}")
        parts = {"text": clean(text or block.url or block.phone)}
        if block.phone:
            parts["phone"] = clean(block.phone)
        if block.url:
            parts["url"] = clean(block.url)
        if block.hours:
            hours = block.hours.get(self.language, block.hours.get(""))
            if hours is None:
                raise MissingTranslation(self.language, f"city.yaml: blocks.{block.id}.hours")
            parts["hours"] = clean(hours)
        if block.languages:
            parts["languages"] = self._language_names(block.languages)
        return SpokenBlock(parts)

    def _language_names(self, tags: tuple[str, ...]) -> str:
        here = locale_of(self.language)
        names = [locale_of(tag).get_display_name(here) or tag for tag in tags]
        return format_list(names, locale=here)

"""In which language does a page speak, and how does it write times, numbers and lists?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_datetime, format_time
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from responder.core.terms import babel_name, direction, language_tag
from responder.engine.ports import Content

__all__ = ["SOURCE", "Words", "autonym", "best_language", "load_words", "offered_languages"]

SOURCE = "en"
DOMAIN = "responder"


@dataclass(frozen=True, slots=True)
class Words:
    """The texts of the pages in one language. `translations` falls back to English sentence by sentence."""

    tag: str
    translations: NullTranslations
    zone: ZoneInfo

    @property
    def dir(self) -> str:
        return direction(self.tag)

    def __call__(self, sentence: str, **values: object) -> str:
        """The sentence in this language, its `%(name)s` blanks filled."""
        text = self.translations.gettext(sentence)
        return text % values if values else text

    def many(self, one: str, several: str, count: int, **values: object) -> str:
        """The form for this count; `%(num)s` is the count, written as this language writes numbers."""
        text = self.translations.ngettext(one, several, count)
        return text % {"num": self.number(count), **values}

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self._locale)

    def listed(self, items: Iterable[str]) -> str:
        return format_list(list(items), locale=self._locale)

    def clock(self, moment: datetime) -> str:
        """Hours and minutes, 24 h, in the city's zone."""
        return format_time(moment.astimezone(self.zone), "HH:mm", locale=self._locale)

    def seconds(self, moment: datetime) -> str:
        return format_time(moment.astimezone(self.zone), "HH:mm:ss", locale=self._locale)

    def day(self, moment: datetime) -> str:
        return format_date(moment.astimezone(self.zone), "EEEE d MMMM", locale=self._locale)

    def date(self, moment: datetime) -> str:
        return format_date(moment.astimezone(self.zone), "d MMM yyyy", locale=self._locale)

    def full(self, moment: datetime) -> str:
        return format_datetime(moment.astimezone(self.zone), "EEEE d MMMM yyyy, HH:mm", locale=self._locale)

    def near(self, moment: datetime, now: datetime) -> str:
        """The clock on the same local day, else day and clock; beyond two months the date alone."""
        there, here = moment.astimezone(self.zone), now.astimezone(self.zone)
        if there.date() == here.date():
            return self.clock(moment)
        if abs(there - here) < timedelta(days=60):
            return format_datetime(there, "d MMM, HH:mm", locale=self._locale)
        return self.date(moment)

    def span(self, length: timedelta) -> str:
        """A length of time in at most two units; a minute is the smallest, save below one minute."""
        seconds = int(abs(length).total_seconds())
        if seconds < 60:
            return self("%(count)s s", count=self.number(seconds))
        minutes, hours, days = seconds // 60, seconds // 3600, seconds // 86400
        if hours < 1:
            return self("%(count)s min", count=self.number(minutes))
        if days < 2:
            rest = minutes - 60 * hours
            whole = self("%(count)s h", count=self.number(hours))
            return whole if not rest else f"{whole} " + self("%(count)s min", count=self.number(rest))
        return self.many("%(num)s day", "%(num)s days", days)

    def relative(self, moment: datetime, now: datetime) -> str:
        """“in 4 min”, “9 min ago”; never alone, always beside the absolute time."""
        if moment >= now:
            return self("in %(span)s", span=self.span(moment - now))
        return self("%(span)s ago", span=self.span(now - moment))

    def name_of(self, tag: str) -> str:
        """What this language calls another one."""
        try:
            return Locale.parse(babel_name(tag)).get_display_name(self._locale) or tag
        except (UnknownLocaleError, ValueError):
            return tag

    @property
    def _locale(self) -> Locale:
        return _locale(self.tag)


def load_words(tag: str, *, content: Content, zone: ZoneInfo) -> Words:
    """The words of one language, compiled in memory; fuzzy entries are never used."""
    return Words(tag, _catalogue(tag, content), zone)


def offered_languages(content: Content) -> tuple[str, ...]:
    """English, and every language whose `responder.po` is there."""
    found = {
        language_tag(path.split("/")[1])
        for path in content.files("locales")
        if path.endswith(f"/LC_MESSAGES/{DOMAIN}.po")
    }
    return (SOURCE, *sorted(found - {SOURCE}))


def best_language(wanted: Iterable[str], offered: Sequence[str]) -> str:
    """The first wanted language that is offered, by its base if the region is not."""
    for tag in wanted:
        exact = language_tag(tag)
        if exact in offered:
            return exact
        base = exact.split("-")[0]
        if base in offered:
            return base
    return SOURCE


def autonym(tag: str) -> str:
    """A language by its own name."""
    try:
        name = Locale.parse(babel_name(tag)).get_language_name(babel_name(tag)) or tag
    except (UnknownLocaleError, ValueError):
        return tag
    return name[:1].upper() + name[1:]


@cache
def _locale(tag: str) -> Locale:
    # Digits stay 0 to 9 in every language: a time or a telephone number is read aloud and typed.
    try:
        return Locale.parse(babel_name(tag))
    except (UnknownLocaleError, ValueError):
        return Locale.parse(SOURCE)


def _catalogue(tag: str, content: Content) -> NullTranslations:
    path = f"locales/{babel_name(tag)}/LC_MESSAGES/{DOMAIN}.po"
    if tag == SOURCE or not content.layers(path):
        return NullTranslations()
    catalogue = read_po(BytesIO(content.read(path)), locale=babel_name(tag), domain=DOMAIN)
    compiled = BytesIO()
    write_mo(compiled, catalogue, use_fuzzy=False)
    compiled.seek(0)
    return GNUTranslations(compiled)

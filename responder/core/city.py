"""What does a city say of itself? Its zone, languages, areas, lists, blocks: the city file as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from responder.core.calendar import DAY_NAMES, Calendar
from responder.core.reading import Day, Form, Id, Keyed, Language, Many, Quiet, build, read, text_of, wrong

__all__ = ["Block", "City", "CityLanguages", "GlossaryTerm", "MailingList", "WordChanges", "parse_city"]


@dataclass(frozen=True, slots=True)
class CityLanguages:
    """`source` is written in, `required` must be ready for a release, `offered` may be chosen (BCP 47)."""

    source: str = "en"
    required: tuple[str, ...] = ()
    offered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailingList:
    """A list people are on by their own choice or their office; `basis` is the lawful basis in words."""

    id: str
    name: str
    basis: str = ""
    topics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Block:
    """A text of the city that messages use: values, help line, services. Texts by language.

    A text that is the same in every language stands under the empty language "".
    """

    id: str
    text: Mapping[str, str] = field(default_factory=dict)
    hours: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""
    url: str = ""
    languages: tuple[str, ...] = ()
    expires: date | None = None

    def in_language(self, tag: str) -> str | None:
        """The text in a language, or None when it has none there."""
        return self.text.get(tag, self.text.get(""))


@dataclass(frozen=True, slots=True)
class GlossaryTerm:
    """A word the city prefers, and those it avoids."""

    prefer: str
    avoid: tuple[str, ...] = ()
    why: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class WordChanges:
    """What a city adds to and removes from one shipped word list."""

    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class City:
    """The city file as values."""

    name: str
    zone: str
    country: str
    languages: CityLanguages = CityLanguages()
    language_lead: str | None = None
    two_from: int = 1_000
    weekend: frozenset[int] = frozenset({5, 6})
    holidays: frozenset[date] = frozenset()
    quiet: str | None = None
    areas: Mapping[str, str] = field(default_factory=dict)
    lists: Mapping[str, MailingList] = field(default_factory=dict)
    registers: Mapping[str, tuple[Mapping[str, tuple[str, ...]], ...]] = field(default_factory=dict)
    """Register: items, each field as the texts of the file."""
    blocks: Mapping[str, Block] = field(default_factory=dict)
    brand: Mapping[str, str] = field(default_factory=dict)
    emergency_number: str = "112"
    domains: tuple[str, ...] = ()
    senders: Mapping[str, str] = field(default_factory=dict)
    glossary: tuple[GlossaryTerm, ...] = ()
    words: Mapping[str, Mapping[str, WordChanges]] = field(default_factory=dict)
    """Language: list: changes."""

    @property
    def calendar(self) -> Calendar:
        return _calendar(self.zone, self.weekend, self.holidays)


def parse_city(text: str | bytes, file: str = "city.yaml") -> City:
    """Read a city file. Raises Unparsable with all problems."""
    return _city(build(CityForm, read(text, file)))


@lru_cache(maxsize=32)
def _calendar(zone: str, weekend: frozenset[int], holidays: frozenset[date]) -> Calendar:
    return Calendar(ZoneInfo(zone), weekend, holidays)


def _weekday(value: object) -> int:
    text = text_of(value, "A day")
    if text in DAY_NAMES:
        return DAY_NAMES.index(text)
    raise wrong("bad-day", f"“{text}” is not a day.", f"Days are {', '.join(DAY_NAMES)}.")


def _zone(value: object) -> str:
    text = text_of(value, "A zone")
    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        mend = "Write its name in the IANA list, such as Europe/London."
        raise wrong("unknown-zone", f"“{text}” is not a time zone.", mend) from None


def _days(value: Any) -> Any:  # whatever the file held
    """Holidays may be a list of dates, or dates with their names."""
    return tuple(value) if isinstance(value, dict) else value


def _texts(value: Any) -> Any:  # whatever the file held
    return {"": value} if isinstance(value, str) else value


def _block(value: Any) -> Any:  # whatever the file held
    return {"text": value} if isinstance(value, str) else value


Weekday = Annotated[
    int, PlainValidator(_weekday), WithJsonSchema({"type": "string", "enum": list(DAY_NAMES)})
]
Zone = Annotated[str, PlainValidator(_zone), WithJsonSchema({"type": "string", "title": "IANA time zone"})]
ByLanguage = Annotated[dict[str, str], BeforeValidator(_texts)]


class LanguagesForm(Form):
    source: Language = Field("en", description="The language texts are written in first.")
    required: Annotated[tuple[Language, ...], Many] = Field((), description="Must be ready for a release.")
    offered: Annotated[tuple[Language, ...], Many] = Field((), description="May be chosen by readers.")


class ListForm(Form):
    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field(description="What people read.")
    basis: str = Field("", description="The lawful basis, in words.")
    topics: Annotated[tuple[Id, ...], Many] = Field((), description="Topics people may choose.")


class BlockForm(Form):
    text: ByLanguage = Field(default_factory=dict, description="One text, or a text for each language.")
    hours: ByLanguage = Field(default_factory=dict, description="When it is open.")
    phone: str = Field("", description="A number, in E.164.")
    url: str = Field("", description="An address.")
    languages: Annotated[tuple[Language, ...], Many] = Field((), description="Languages spoken there.")
    expires: Day | None = Field(None, description="Not used after this day.")


class GlossaryForm(Form):
    prefer: str = Field(description="The word the city prefers.")
    avoid: Annotated[tuple[str, ...], Many] = Field((), description="Words it avoids.")
    why: str = Field("", description="Why.")
    language: Language | None = Field(None, description="Without it: every language.")


class WordsForm(Form):
    add: Annotated[tuple[str, ...], Many] = Field((), description="Added to the shipped list.")
    remove: Annotated[tuple[str, ...], Many] = Field((), description="Removed from it.")


class CityForm(Form):
    """The city file, key by key."""

    name: str = Field(description="The name of the city.")
    zone: Zone = Field(description="Its time zone.")
    country: str = Field(pattern="^[A-Z]{2}$", description="ISO 3166-1, two letters.")
    languages: LanguagesForm = Field(default_factory=LanguagesForm, description="What it writes and offers.")
    language_lead: Id | None = Field(None, description="The role that looks after missing languages.")
    two_from: int = Field(1_000, ge=1, description="From this many readers a release takes two people.")
    weekend: Annotated[tuple[Weekday, ...], Many] = Field((5, 6), description="Days of rest.")
    holidays: Annotated[tuple[Day, ...], Many, BeforeValidator(_days)] = Field((), description="Local dates.")
    quiet: Quiet | None = Field(None, description="HH:MM-HH:MM when nothing but urgent messages is sent.")
    areas: dict[Id, str] = Field(default_factory=dict, description="Areas: id and name.")
    lists: Annotated[dict[Id, ListForm], Keyed] = Field(default_factory=dict, description="Mailing lists.")
    registers: dict[Id, tuple[dict[Id, Annotated[tuple[str, ...], Many]], ...]] = Field(
        default_factory=dict, description="Lists that prefill registers of playbooks."
    )
    blocks: dict[Id, Annotated[BlockForm, BeforeValidator(_block)]] = Field(
        default_factory=dict, description="Texts and services that messages use."
    )
    brand: dict[Id, str] = Field(default_factory=dict, description="Colour, signature and the like.")
    emergency_number: str = Field("112", description="Whom to call in danger.")
    domains: Annotated[tuple[str, ...], Many] = Field((), description="The city's own internet names.")
    senders: dict[Id, str] = Field(default_factory=dict, description="Channel: who it comes from.")
    glossary: Annotated[tuple[GlossaryForm, ...], Many] = Field((), description="Preferred words.")
    words: dict[Language, dict[str, WordsForm]] = Field(
        default_factory=dict, description="Language: list: words added and removed."
    )


def _city(form: CityForm) -> City:
    plain = ("name", "zone", "country", "language_lead", "two_from", "quiet", "areas", "registers", "brand")
    more = ("emergency_number", "domains", "senders")
    return City(
        **{key: getattr(form, key) for key in (*plain, *more)},
        languages=CityLanguages(form.languages.source, form.languages.required, form.languages.offered),
        weekend=frozenset(form.weekend),
        holidays=frozenset(form.holidays),
        lists={key: MailingList(key, each.name, each.basis, each.topics) for key, each in form.lists.items()},
        blocks={key: Block(key, **dict(each)) for key, each in form.blocks.items()},
        glossary=tuple(GlossaryTerm(e.prefer, e.avoid, e.why, e.language or "") for e in form.glossary),
        words={
            tag: {key: WordChanges(w.add, w.remove) for key, w in lists.items()}
            for tag, lists in form.words.items()
        },
    )

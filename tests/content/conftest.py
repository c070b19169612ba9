"""What do the tests of shipped content read? The content, its city, and facts at their best and worst."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import product

import pytest

from responder.content.files import FileContent
from responder.core.city import City, parse_city
from responder.core.facts import Fact, FactValue
from responder.core.statement.catalogue import Catalogue, source_catalogue
from responder.core.statement.po import read_catalogue
from responder.core.statement.render import Rendering, Voice, render
from responder.core.statement.template import Template, Variable, VariableType, parse_template
from responder.core.statement.values import Filled, Known, fill
from responder.core.statement.words import Words, parse_words
from responder.core.terms import Mode

CONTENT = FileContent()
LANGUAGES = ("en", "es", "ar")
TEMPLATES = tuple(sorted({path.split("/")[1] for path in CONTENT.files("message_templates")}))
NOW = datetime(2026, 9, 23, 15, 30, tzinfo=UTC)
"""A Wednesday in September: the longest weekday and month in all three languages."""

SHORT, LONG = "Harbour Hall", "Riverside Sports Centre"
SENTENCES = {
    "rumour_truth": ("Tap water is safe.", "The water was tested at noon; it is safe to drink."),
    "error_right": ("It is Mill Street.", "The reception is at Mill Hill School, Mill Street."),
    "rumour_claim": ("The water is bad", "The water in Riverside is poisoned"),
    "error_said": ("It is Hill Street", "It is at the Central Library"),
    "evidence_url": ("https://alderport.example.org/water",) * 2,
    "figures_source": ("Police", "City hospital and police"),
}
LINES = ("The road is open.",), ("Tram line four and Harbour Road stay closed until further notice.",) * 5
AREAS = ("harbour",), ("harbour", "southfields")
COUNTS = (0, 1, 2, 3, 11, 100)
"""One number for each plural category of Arabic."""


@dataclass(frozen=True)
class Case:
    """One template with one set of facts."""

    template: Template
    filled: Filled
    name: str

    def __str__(self) -> str:
        return self.name


@cache
def city() -> City:
    return parse_city(CONTENT.read("playbooks/city.yaml"))


@cache
def template(name: str) -> Template:
    folder = f"message_templates/{name}"
    return parse_template({p.split("/")[-1]: CONTENT.read(p) for p in CONTENT.files(folder)}, name=name)


@cache
def catalogue(language: str) -> Catalogue:
    if language == "en":
        return source_catalogue("en")
    return read_catalogue(CONTENT.read(f"locales/{language}/LC_MESSAGES/broadcast.po"), language)


@cache
def words(language: str) -> Words:
    return parse_words(CONTENT.read(f"locales/{language}/words.yaml"), f"{language}/words.yaml")


def voice(language: str, mode: Mode) -> Voice:
    return Voice(city(), catalogue(language), words(language), mode)


_SAID: dict[tuple[str, str, Mode], Rendering] = {}


def say(case: Case, language: str, mode: Mode) -> Rendering:
    key = (case.name, language, mode)
    if key not in _SAID:
        _SAID[key] = _say(case, language, mode)
    return _SAID[key]


def _say(case: Case, language: str, mode: Mode) -> Rendering:
    return render(case.template, case.filled, voice(language, mode), case.template.channels)


def cases(name: str) -> Iterator[Case]:
    """Every choice at its best (what is required, short) and at its worst (everything, long), every count."""
    found = template(name)
    choices = [one for one in found.variables.values() if one.type is VariableType.CHOICE]
    for picked in product(*([(one.id, option) for option in one.options] for one in choices)):
        for worst in (0, 1):
            values = _values(found, worst) | dict(picked)
            label = "-".join((name, ("best", "worst")[worst], *(option for _, option in picked)))
            yield Case(found, _filled(found, values), label)
    for variable in found.variables.values():
        if variable.type is VariableType.NUMBER:
            for count in COUNTS:
                values = _values(found, 1) | {variable.id: count}
                yield Case(found, _filled(found, values), f"{name}-{variable.id}-{count}")


def _values(found: Template, worst: int) -> dict[str, FactValue]:
    wanted = (one for one in found.variables.values() if worst or one.required)
    made = {one.id: _value(one, worst) for one in wanted if not (one.source or "").startswith("city.")}
    return {name: value for name, value in made.items() if value is not None}


def _value(variable: Variable, worst: int) -> FactValue | None:
    made: Mapping[VariableType, FactValue | None] = {
        VariableType.TEXT: SENTENCES.get(variable.id, (SHORT, LONG))[worst],
        VariableType.NUMBER: (1, 100)[worst],
        VariableType.FLAG: bool(worst),
        VariableType.CHOICE: next(iter(variable.options), ""),
        VariableType.DATETIME: NOW - timedelta(hours=1) if variable.id == "incident_start" else NOW,
        VariableType.AREAS: AREAS[worst],
        VariableType.LIST: LINES[worst],
        VariableType.DATE: NOW.date(),
        VariableType.BLOCK: None,
    }
    value = made[variable.type]
    return None if variable.id in ("as_of", "next_update_at") else value


def _filled(found: Template, values: Mapping[str, FactValue]) -> Filled:
    said = Fact(value="", since=NOW, source="Police duty desk", said_by="bo", verified_by="chen")
    facts = {name: replace(said, value=value) for name, value in values.items()}
    known = Known(
        city=city(), now=NOW, facts=facts, item=values, typed=values, next_update_at=NOW + timedelta(hours=2)
    )
    return fill(found, known)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """`name` is every template, `case` every set of facts of every template, `language` every language."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", TEMPLATES)
    if "case" in metafunc.fixturenames:
        every = [case for name in TEMPLATES for case in cases(name)]
        metafunc.parametrize("case", every, ids=str)
    if "language" in metafunc.fixturenames:
        metafunc.parametrize("language", LANGUAGES)
    if "translation" in metafunc.fixturenames:
        metafunc.parametrize("translation", LANGUAGES[1:])


@pytest.fixture
def live(case: Case, language: str) -> Rendering:
    return say(case, language, Mode.LIVE)


@pytest.fixture
def exercise(case: Case, language: str) -> Rendering:
    return say(case, language, Mode.EXERCISE)


@pytest.fixture
def stop_line(language: str) -> str:
    return (words(language).line("stop") or "").format(word="STOP")


@pytest.fixture
def shipped() -> FileContent:
    return CONTENT


@pytest.fixture
def template_named() -> Callable[[str], Template]:
    return template


@pytest.fixture
def words_in() -> Callable[[str], Words]:
    return words


@pytest.fixture
def catalogue_in() -> Callable[[str], Catalogue]:
    return catalogue


@pytest.fixture
def said() -> Callable[[Case, str, Mode], Rendering]:
    return say


@pytest.fixture
def shipped_city() -> City:
    return city()


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def languages() -> tuple[str, ...]:
    return LANGUAGES


@pytest.fixture
def case_of() -> Callable[[str], Case]:
    every = {case.name: case for name in TEMPLATES for case in cases(name)}
    return every.__getitem__

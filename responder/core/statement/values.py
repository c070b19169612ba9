"""With what are a template's variables filled? Each by name: item, fact, city, derived, else asked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from math import isfinite

from responder.core.city import City
from responder.core.errors import InvalidInput
from responder.core.facts import Fact, FactValue
from responder.core.statement.template import Template, Variable, VariableType

__all__ = ["DERIVED", "Filled", "Known", "fill", "read_value"]

DERIVED = ("as_of", "next_update_at", "exercise_prefix", "language", "direction")
"""What every template may use without naming where it comes from."""

Origin = str
"""`item`, `fact`, `city`, `derived` or `typed`."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that can fill a variable. `now` and the promise are incident time, aware UTC."""

    city: City
    now: datetime
    facts: Mapping[str, Fact] = field(default_factory=dict)
    item: Mapping[str, FactValue] = field(default_factory=dict)
    typed: Mapping[str, FactValue] = field(default_factory=dict)
    next_update_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filled:
    """The values of a template's variables.

    `origins` says where each came from, `verified` which of them somebody has verified, `asked`
    which required ones the drafter still has to give. A city block is a value by its id.
    """

    values: Mapping[str, FactValue | None]
    origins: Mapping[str, Origin]
    verified: frozenset[str]
    asked: tuple[str, ...]
    facts: Mapping[str, Fact] = field(default_factory=dict)


def fill(template: Template, known: Known) -> Filled:
    """Fill every variable.

    1. By its own name, or by the name that its `source` gives: item field, else fact, else city.
    2. Else derived: `as_of`, `next_update_at`, `exercise_prefix`.
    3. Else what the drafter typed, which is not verified.
    4. Else it is asked for when it is required; an optional one is left out. Numbers never
       default to 0.
    """
    values: dict[str, FactValue | None] = {}
    origins: dict[str, Origin] = {}
    verified: set[str] = set()
    said: dict[str, Fact] = {}
    for variable in template.variables.values():
        found = _found(variable, known)
        if found is None:
            values[variable.id] = None
            continue
        value, origin, fact = found
        values[variable.id] = value
        origins[variable.id] = origin
        if fact is not None:
            said[variable.id] = fact
        if origin in ("city", "derived") or (fact is not None and fact.verified):
            verified.add(variable.id)
    asked = tuple(one.id for one in template.variables.values() if one.required and values[one.id] is None)
    return Filled(values, origins, frozenset(verified), asked, said)


def _found(variable: Variable, known: Known) -> tuple[FactValue, Origin, Fact | None] | None:
    room, _, name = (variable.source or f".{variable.id}").partition(".")
    if room in ("", "item") and name in known.item:
        return known.item[name], "item", None
    fact = known.facts.get(name) if room in ("", "fact") else None
    if fact is not None and fact.holds_at(known.now):
        return fact.value, "fact", fact
    if room in ("", "city"):
        value = _of_city(name, variable, known)
        if value is not None:
            return value, "city", None
    if variable.id == "as_of":
        return known.now, "derived", None
    if variable.id in known.typed:
        return known.typed[variable.id], "typed", None
    if variable.id == "next_update_at" and known.next_update_at is not None:
        return known.next_update_at, "derived", None
    return None


def _of_city(name: str, variable: Variable, known: Known) -> FactValue | None:
    city = known.city
    if name in city.blocks:
        block = city.blocks[name]
        return None if _over(block.expires, known) and not variable.required else name
    plain = {"city_name": city.name, "emergency_number": city.emergency_number}
    if variable.type is VariableType.AREAS and name == "areas":
        return tuple(city.areas)
    return plain.get(name)


def _over(expires: date | None, known: Known) -> bool:
    return expires is not None and known.city.calendar.local(known.now).date() > expires


def read_value(variable: Variable, said: FactValue, city: City) -> FactValue:
    """What somebody typed, as the variable's type has it. Raises InvalidInput, naming the mend.

    A moment without a zone is the city's local time. Lists and areas are split at line breaks and
    semicolons. What is not text already has its type.
    """
    if not isinstance(said, str):
        return said
    text = said.strip()
    readers: Mapping[VariableType, Callable[[Variable, str, City], FactValue]] = {
        VariableType.NUMBER: _number,
        VariableType.FLAG: _flag,
        VariableType.CHOICE: _choice,
        VariableType.DATE: _date,
        VariableType.DATETIME: _moment,
        VariableType.AREAS: _areas,
        VariableType.LIST: _list,
    }
    reader = readers.get(variable.type)
    return reader(variable, text, city) if reader else text


def _wrong(variable: Variable, text: str, mend: str) -> InvalidInput:
    return InvalidInput(f"“{text}” does not fit {variable.name or variable.id}.", mend=mend)


def _number(variable: Variable, text: str, city: City) -> FactValue:  # noqa: ARG001  # one shape for all
    try:
        return int(text)
    except ValueError:
        pass
    try:
        found = float(text)
    except ValueError:
        raise _wrong(variable, text, "Write digits.") from None
    if not isfinite(found):
        raise _wrong(variable, text, "Write digits.")
    return found


def _flag(variable: Variable, text: str, city: City) -> FactValue:  # noqa: ARG001  # one shape for all
    words = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    if text.casefold() not in words:
        raise _wrong(variable, text, "Write yes or no.")
    return words[text.casefold()]


def _choice(variable: Variable, text: str, city: City) -> FactValue:  # noqa: ARG001  # one shape for all
    if variable.options and text not in variable.options:
        raise _wrong(variable, text, f"Write one of {', '.join(variable.options)}.")
    return text


def _date(variable: Variable, text: str, city: City) -> FactValue:  # noqa: ARG001  # one shape for all
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _wrong(variable, text, "Write YYYY-MM-DD.") from None


def _moment(variable: Variable, text: str, city: City) -> FactValue:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise _wrong(variable, text, "Write YYYY-MM-DD HH:MM, in the city's time.") from None
    if found.tzinfo is None:
        return city.calendar.instant(found.date(), found.time())
    return found.astimezone(UTC)


def _areas(variable: Variable, text: str, city: City) -> FactValue:
    names = {name.casefold(): key for key, name in city.areas.items()}
    found = tuple(names.get(one.casefold(), one) for one in _split(text, ",;\n"))
    unknown = [one for one in found if one not in city.areas]
    if unknown:
        raise _wrong(variable, ", ".join(unknown), f"Areas are {', '.join(city.areas)}.")
    return found


def _list(variable: Variable, text: str, city: City) -> FactValue:  # noqa: ARG001  # one shape for all
    return _split(text, ";\n")


def _split(text: str, marks: str) -> tuple[str, ...]:
    for mark in marks:
        text = text.replace(mark, "\n")
    return tuple(piece.strip() for piece in text.split("\n") if piece.strip())

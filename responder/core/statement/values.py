"""With what are a template's variables filled? Each by name: item, fact, city, derived, else asked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from responder.core.city import City
from responder.core.facts import Fact, FactValue
from responder.core.statement.template import Template, Variable, VariableType

__all__ = ["DERIVED", "Filled", "Known", "Origin", "fill"]

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

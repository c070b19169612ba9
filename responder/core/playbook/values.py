"""What is a fact worth? Texts, as people and files write them, become values of the fact's type."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, date, datetime

from responder.core.calendar import Calendar
from responder.core.errors import InvalidInput
from responder.core.facts import FactType, FactValue
from responder.core.playbook.model import FactDefinition
from responder.core.reading import did_you_mean

__all__ = ["fact_value"]

_YES = frozenset({"true", "yes", "on", "1"})
_NO = frozenset({"false", "no", "off", "0"})


def fact_value(
    definition: FactDefinition,
    texts: str | Iterable[str],
    calendar: Calendar,
    *,
    areas: Collection[str] | None = None,
) -> FactValue:
    """The value of a fact. A datetime without a zone is the city's local time.

    `areas` are those of the city; None takes any area. Raises InvalidInput, naming the mend.
    """
    parts = (texts,) if isinstance(texts, str) else tuple(texts)
    if definition.type is FactType.AREAS and areas is not None:
        parts = tuple(dict.fromkeys(_area(definition.id, part.strip(), areas) for part in parts))
    if definition.type in (FactType.LIST, FactType.AREAS):
        return parts
    if len(parts) != 1:
        raise InvalidInput(f"“{definition.id}” takes one value, {len(parts)} were given.", mend="Give one.")
    return _single(definition, parts[0].strip(), calendar)


def _single(definition: FactDefinition, text: str, calendar: Calendar) -> FactValue:
    kind = definition.type
    if kind is FactType.NUMBER:
        return _number(definition.id, text)
    if kind is FactType.FLAG:
        return _flag(definition.id, text)
    if kind is FactType.CHOICE and text not in definition.options:
        options = ", ".join(definition.options)
        raise InvalidInput(f"“{text}” is not an option of “{definition.id}”.", mend=f"Options are {options}.")
    if kind is FactType.DATE:
        return _date(definition.id, text)
    if kind is FactType.DATETIME:
        return _datetime(definition.id, text, calendar)
    return text


def _area(name: str, text: str, areas: Collection[str]) -> str:
    if text in areas:
        return text
    mend = did_you_mean(text, areas) or f"The areas of the city: {', '.join(areas) or 'none'}."
    raise InvalidInput(f"“{text}” is not an area of the city, which “{name}” names.", mend=mend)


def _number(name: str, text: str) -> int | float:
    try:
        return int(text) if text.lstrip("+-").isdigit() else float(text)
    except ValueError:
        raise InvalidInput(f"“{text}” is not a number, which “{name}” is.", mend="Write digits.") from None


def _flag(name: str, text: str) -> bool:
    if text.lower() in _YES:
        return True
    if text.lower() in _NO:
        return False
    raise InvalidInput(f"“{text}” is neither yes nor no, which “{name}” is.", mend="Write yes or no.")


def _date(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text}” is not a date, which “{name}” is.", mend="Write YYYY-MM-DD.") from None


def _datetime(name: str, text: str, calendar: Calendar) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        mend = "Write YYYY-MM-DD HH:MM, local time."
        raise InvalidInput(f"“{text}” is not a date and hour, which “{name}” is.", mend=mend) from None
    if moment.tzinfo is None:
        return calendar.instant(moment.date(), moment.time())
    return moment.astimezone(UTC)

"""How does text from a file become a value? The field types that every kind of file shares."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from responder.core.calendar import Duration, parse_duration
from responder.core.errors import InvalidInput
from responder.core.terms import language_tag

__all__ = [
    "Day",
    "Form",
    "Id",
    "Keyed",
    "Language",
    "Length",
    "Many",
    "Quiet",
    "keyed",
    "one_is_a_list",
    "text_of",
    "wrong",
]


class Form(BaseModel):
    """What every part of a file shares: frozen, and no key it does not know.

    Keys that are words of Python have another name in code (`if` is `conditions`, `with` is `helpers`, …):
    from a file only the alias is accepted, in code only the field's own name.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, str_strip_whitespace=True
    )


_ID = re.compile(r"[a-z][a-z0-9_]*")
_QUIET = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


def wrong(rule: str, message: str, mend: str = "", *, at: int = 0) -> PydanticCustomError:
    """A problem with one field: its rule, its sentence, its mend, and the offset inside the text.

    Raise it from a validator; `build` turns it into a Problem at its place in the file.
    """
    return PydanticCustomError(rule, "{said}", {"said": message, "mend": mend, "at": at})


def text_of(value: object, what: str) -> str:
    """The text of a scalar; a list or a map is a problem that says `what` was expected."""
    if isinstance(value, str):
        return value
    raise wrong("wrong-type", f"{what} is expected here.", "Write one value, no list and no keys.")


def one_is_a_list(value: Any) -> Any:  # whatever the file held
    """A single value where a list is expected is a list of one; nothing is an empty list."""
    if value is None:
        return ()
    return tuple(value) if isinstance(value, list | tuple) else (value,)


def keyed(value: Any) -> Any:  # whatever the file held
    """Give each entry of a map its key as its id (alias `(id)`), so that a value knows its own name."""
    if not isinstance(value, dict):
        return value
    return {key: {**inner, "(id)": key} if isinstance(inner, dict) else inner for key, inner in value.items()}


def _id(value: object) -> str:
    text = text_of(value, "An id")
    if _ID.fullmatch(text):
        return text
    raise wrong("bad-id", f"“{text}” is not an id.", "Ids are small letters, digits and _, a letter first.")


def _length(value: object) -> Duration:
    if isinstance(value, Duration):
        return value
    try:
        return parse_duration(text_of(value, "A duration"))
    except InvalidInput as error:
        raise wrong("bad-duration", error.message, error.mend) from None


def _quiet(value: object) -> str:
    text = text_of(value, "A pair of hours")
    if _QUIET.fullmatch(text):
        return text
    raise wrong("bad-hours", f"“{text}” are not quiet hours.", "Write HH:MM-HH:MM, such as 22:00-07:00.")


def _language(value: object) -> str:
    text = text_of(value, "A language")
    if _LANGUAGE.fullmatch(text):
        return language_tag(text)
    raise wrong(
        "bad-language", f"“{text}” is not a language.", "Write its BCP 47 code, such as es or zh-Hans."
    )


def _day(value: object) -> date:
    if isinstance(value, date):
        return value
    text = text_of(value, "A date")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise wrong("bad-date", f"“{text}” is not a date.", "Write YYYY-MM-DD.") from None


Id = Annotated[str, PlainValidator(_id), WithJsonSchema({"type": "string", "pattern": f"^{_ID.pattern}$"})]
Length = Annotated[
    Duration,
    PlainValidator(_length),
    WithJsonSchema({"type": "string", "title": "duration", "pattern": r"^\d+(min|h|d|wd|w|mo|y)$"}),
]
Quiet = Annotated[
    str, PlainValidator(_quiet), WithJsonSchema({"type": "string", "pattern": f"^{_QUIET.pattern}$"})
]
Language = Annotated[
    str, PlainValidator(_language), WithJsonSchema({"type": "string", "title": "BCP 47 language"})
]
Day = Annotated[date, PlainValidator(_day), WithJsonSchema({"type": "string", "format": "date"})]
Keyed = BeforeValidator(keyed)
Many = BeforeValidator(one_is_a_list)

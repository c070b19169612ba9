"""Which keys has the language, and what do they mean? The reference page, made from the models."""

from __future__ import annotations

import types
from collections.abc import Iterator
from enum import Enum, StrEnum
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from responder.core.calendar import Duration
from responder.core.facts import FactType
from responder.core.playbook import entries, exercise, model
from responder.core.playbook.condition import Condition, NameKind
from responder.core.playbook.moment import BaseKind, Moment
from responder.core.playbook.shape import RESERVED
from responder.core.reading.yaml import MAX_ALIASES, MAX_LEVELS

__all__ = ["as_reference"]

_CHAPTERS: tuple[tuple[str, tuple[type[BaseModel], ...]], ...] = (
    ("The file", (model.Playbook, model.Review)),
    ("What can be known", (model.FactDefinition, model.Register)),
    ("Activation", (model.Activation, model.Proposal)),
    ("People and voices", (model.Role, model.Messenger, model.Audience)),
    ("Dates and windows", (model.Anchor, model.Phase, model.Closing)),
    ("Entries", (entries.Entry, entries.Task, entries.Gate, entries.Decision, entries.Message)),
    (
        "Parts of entries",
        (entries.Leg, entries.Rung, entries.First, entries.Languages, entries.Release),
    ),
    ("Approvals", (entries.Approval, entries.Step)),
    ("Exercises", (exercise.Exercise, exercise.Start, exercise.Inject)),
    ("Measures and the report", (model.Metric, model.AfterAction)),
)


def as_reference() -> str:
    """The reference of the playbook language, as Markdown."""
    parts = [_HEAD.format(levels=MAX_LEVELS, aliases=MAX_ALIASES)]
    for title, models in _CHAPTERS:
        parts.append(f"## {title}\n")
        parts.extend(_section(each) for each in models)
    parts.append(_moments())
    parts.append(_conditions())
    return "\n".join(parts)


def _section(each: type[BaseModel]) -> str:
    rows = "\n".join(_rows(each))
    about = (each.__doc__ or "").strip().split("\n\n")[0].replace("\n", " ")
    return f"### {_title(each)}\n\n{about}\n\n| key | type | default | meaning |\n|---|---|---|---|\n{rows}\n"


def _rows(each: type[BaseModel]) -> Iterator[str]:
    shared = set(entries.Entry.model_fields) if issubclass(each, entries.Entry) else set()
    for name, info in each.model_fields.items():
        key = info.alias or name
        if key.startswith("(") or (each is not entries.Entry and name in shared):
            continue
        meaning = (info.description or "").replace("|", "\\|")
        yield f"| `{key}` | {_type(info.annotation)} | {_default(info)} | {meaning} |"


def _title(each: type[BaseModel]) -> str:
    words = "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in each.__name__)
    return words.strip().capitalize()


_SIMPLE = {
    str: "text",
    int: "number",
    float: "number",
    bool: "true or false",
    Duration: "duration",
    Moment: "moment",
    Condition: "condition",
}


def _type(annotation: Any) -> str:
    """The type in words: `list of moment`, `map of task`, or the values it can take."""
    origin, inner = get_origin(annotation), [each for each in get_args(annotation) if each is not type(None)]
    if annotation in _SIMPLE:
        return _SIMPLE[annotation]
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return " · ".join(f"`{each.value}`" for each in annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _title(annotation).lower()
    if origin is tuple:
        return f"list of {_type(inner[0])}"
    if origin is dict:
        return f"map of {_type(inner[1])}"
    if origin in (Union, types.UnionType):
        return " or ".join(_type(each) for each in inner)
    return _type(inner[0]) if inner and hasattr(annotation, "__metadata__") else "`1`"


def _default(info: FieldInfo) -> str:
    if info.is_required():
        return "**required**"
    default = info.default
    if default in (None, "", (), {}, PydanticUndefined):
        return "–"
    if isinstance(default, bool):
        return "true" if default else "false"
    if isinstance(default, tuple):
        return ", ".join(f"`{each}`" for each in default)
    return f"`{default.value if isinstance(default, Enum) else default}`"


def _moments() -> str:
    bases = ", ".join(f"`{_base(kind)}`" for kind in BaseKind)
    return _MOMENTS.format(bases=bases)


def _base(kind: BaseKind) -> str:
    plain = {BaseKind.ANCHOR: "anchor_id", BaseKind.DATE: "2027-01-15", BaseKind.FACT: "fact.X"}
    if kind in plain:
        return plain[kind]
    head, _, tail = kind.value.partition(".")
    return kind.value if not tail or head == "item" else f"{head}.X.{tail}"


def _conditions() -> str:
    names = ", ".join(f"`{kind.value}`" for kind in NameKind)
    reserved = ", ".join(f"`{word}`" for word in sorted(RESERVED))
    kinds = ", ".join(f"`{kind}`" for kind in FactType)
    return _CONDITIONS.format(names=names, reserved=reserved, kinds=kinds)


_HEAD = """\
<!-- Made from the models by scripts/reference. Change responder/core/playbook, then run it again. -->
# The playbook language, version 1

A playbook is one YAML 1.2 file. Every scalar is read as text, and its key gives it its type: `no`, `22:00`,
`1.10` and `2027-01-15` are what they look like. `null`, `~` and nothing mean *not given*. Where a list is
expected one value is a list of one. Duplicate keys, unknown keys, tabs, tags, more than 1 MiB, more than
{levels} levels or {aliases} aliases are errors. Ids are small letters, digits and `_`, a letter first; the id
of a playbook has `-` instead of `_` and is the name of its file.

`responder playbook check FILE` finds every problem with its line, column and mend;
`responder playbook schema` prints the JSON Schema for editors.

A file may extend others: maps merge by key, everything else is replaced, `null` deletes. A file that extends
its own id builds on the next one down the content path, which is how a city changes a shipped playbook.
"""

_MOMENTS = """\
## Moments

`base [+ or - duration …] [@HH:MM] [on days]`, such as `activated + 2h`, `vigil - 1d @09:00 on workdays`,
`message.holding.sent + 30min`.

Bases: {bases}.

Durations: `min` and `h` elapse; `d`, `w`, `mo` and `y` keep the local hour of the city; `wd` counts days that
are neither weekend nor holiday. Offsets apply from left to right, then `@` sets the hour on that date, then
`on` moves to a day that fits: earlier if the last sign was `-`, later otherwise. Days are `workdays`,
`weekdays`, or `mon,tue,…`. Month ends clamp. A local time that does not exist moves forward by the gap; one
that comes twice is the first. In `due` a duration may stand alone and counts from `opened`.

A moment whose base is not known yet waits; it is never late.
"""

_CONDITIONS = """\
## Conditions

Comparisons with `== != < <= > >=`, joined by `and`, `or`, `not` and brackets. Text stands in quotes. Names:
{names}. An entry of a register is named from outside within `every(…)` or `some(…)`.

There are three values. What nobody knows yet is *unknown*, and the entry waits; *false* means not needed
now. `unknown or true` is true, `unknown and false` is false. A decision that was not needed equals nothing.
`every` over no items is unknown, so consent is never assumed.

Facts are of type {kinds}. These words cannot name an anchor: {reserved}.
"""

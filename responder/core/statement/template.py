"""What can be said, and with which variables? A template: template.yaml and one Jinja file a channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from responder.core.statement.state import Kind
from responder.core.terms import Channel

__all__ = ["Limit", "Template", "Variable", "VariableType"]


class VariableType(StrEnum):
    """What a variable holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    DATE = "date"
    DATETIME = "datetime"
    AREAS = "areas"
    LIST = "list"
    BLOCK = "block"
    """A piece of the city file: a help line, a centre, a list of services."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `verified`: its value must have been verified before it is said. `sensitive`:
    it is shown to few and never proposed. `source` names where it comes from instead of its own
    name: `city.<key>` or `fact.<id>` or `item.<field>`.
    """

    id: str
    type: VariableType
    name: str
    required: bool = True
    verified: bool = False
    sensitive: bool = False
    source: str | None = None
    options: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a channel's text may be: SMS segments, characters of text, title and subject."""

    segments: int | None = None
    characters: int | None = None
    title: int | None = None
    subject: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template as read. `sources` are the Jinja texts by file name, `digest` covers all its bytes."""

    name: str
    kind: Kind
    summary: str
    variables: Mapping[str, Variable]
    blocks: tuple[str, ...]
    channels: tuple[Channel, ...]
    limits: Mapping[Channel, Limit]
    sources: Mapping[str, str] = field(repr=False)
    digest: str = ""
    required_blocks: tuple[str, ...] = ()

    def files_of(self, channel: Channel) -> tuple[str, ...]:
        """The Jinja files of a channel: its text, and its HTML where there is one."""
        names = (f"{channel.value}.txt.j2", f"{channel.value}.html.j2")
        return tuple(name for name in names if name in self.sources)

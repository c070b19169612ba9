"""How does a command show what it found? Data on stdout, words for people on stderr."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Annotated, Any

import typer
from rich.console import Console

from responder.core.errors import Refused, ResponderError

__all__ = ["AsJson", "complain", "out", "plain", "progress", "show_json"]

_ON_PAPER = 200
"""How wide a table is when nobody looks at it in a terminal: its ids are cut out by other programs."""

# No markup: a person or an incident called “[/b]” is shown as such, and breaks no table.
out = Console(highlight=False, markup=False, soft_wrap=True, width=None if sys.stdout.isatty() else _ON_PAPER)
progress = Console(stderr=True, highlight=False, markup=False, soft_wrap=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON value instead of words.")]


def show_json(value: object) -> None:
    """One JSON value on stdout."""
    sys.stdout.write(json.dumps(plain(value), ensure_ascii=False, indent=2) + "\n")


def plain(value: object) -> Any:  # JSON has no narrower type
    """The JSON form of a value: dataclasses become objects, moments ISO 8601, lengths seconds."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in dataclasses.fields(value)}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        return [plain(item) for item in value]
    return value


def complain(error: ResponderError) -> int:
    """Say what went wrong on stderr; returns the exit code."""
    progress.print(str(error), markup=False, style="red")
    if isinstance(error, Refused):
        return 3
    return 1

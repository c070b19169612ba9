"""What changed from one version of a playbook to another? Key by key, as people would say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from pydantic import BaseModel

from responder.core.playbook.model import Playbook

__all__ = ["Change", "ChangeKind", "compare"]


class ChangeKind(StrEnum):
    """What happened to a key."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """One difference. `path` is dotted, as in `tasks.call_leaders.due`; a whole thing that came or went
    is one change, with its name as its value."""

    path: str
    kind: ChangeKind
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        if self.kind is ChangeKind.CHANGED:
            return f"{self.path}: {self.before} → {self.after}"
        sign, value = ("+", self.after) if self.kind is ChangeKind.ADDED else ("-", self.before)
        return f"{sign} {self.path}: {value}" if value else f"{sign} {self.path}"


def compare(old: Playbook, new: Playbook) -> tuple[Change, ...]:
    """Every difference of meaning, in the order of the keys; spelling, order and comments make none."""
    return tuple(_differences(_plain(old), _plain(new), ()))


def _differences(old: object, new: object, path: tuple[str, ...]) -> Iterator[Change]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _one(old, new, key, path)
    elif old != new:
        yield Change(".".join(path), ChangeKind.CHANGED, _said(old), _said(new))


def _one(
    old: Mapping[str, object], new: Mapping[str, object], key: str, path: tuple[str, ...]
) -> Iterator[Change]:
    here = (*path, key)
    if not path and isinstance(old.get(key, new.get(key)), dict):
        yield from _differences(old.get(key, {}), new.get(key, {}), here)
    elif key not in new:
        yield Change(".".join(here), ChangeKind.REMOVED, before=_said(old[key]))
    elif key not in old:
        yield Change(".".join(here), ChangeKind.ADDED, after=_said(new[key]))
    else:
        yield from _differences(old[key], new[key], here)


def _plain(value: object) -> object:
    """Maps, lists and texts; what stands at its default, or is empty, is left out."""
    if isinstance(value, BaseModel):
        fields = type(value).model_fields
        shown = {
            info.alias or name: _plain(getattr(value, name))
            for name, info in fields.items()
            if name != "id" or isinstance(value, Playbook)
        }
        return {key: inner for key, inner in shown.items() if inner not in (None, "", (), {})}
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple):
        return tuple(_plain(inner) for inner in value)
    if isinstance(value, Enum):
        return str(value.value)
    return None if value is None else str(value)


def _said(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("question") or "")
    if isinstance(value, tuple):
        return ", ".join(_said(inner) or "…" for inner in value)
    return str(value)

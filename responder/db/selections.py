"""How is a selection kept in a JSON column? Lists, areas and organisations; never people."""

from __future__ import annotations

from typing import Any

from responder.core.broadcast import Selection, SelectionKind, Wave
from responder.core.terms import AudienceDefinition, Channel

__all__ = ["selection_from", "selection_rows"]


def selection_rows(selection: Selection) -> dict[str, Any]:
    """The JSON form of a selection."""
    return {
        "kind": selection.kind.value,
        "waves": [_wave_row(wave) for wave in selection.waves],
        "channels": [channel.value for channel in selection.channels],
        "earlier": list(selection.earlier),
        "without": list(selection.without),
        "read": list(selection.read),
    }


def selection_from(rows: dict[str, Any]) -> Selection:
    """The selection that `selection_rows` wrote."""
    return Selection(
        kind=SelectionKind(rows["kind"]),
        waves=tuple(_wave(row) for row in rows["waves"]),
        channels=_channels(rows["channels"]),
        earlier=tuple(rows["earlier"]),
        without=tuple(rows["without"]),
        read=tuple(rows["read"]),
    )


def _wave_row(wave: Wave) -> dict[str, Any]:
    audience = wave.audience
    return {
        "id": audience.id,
        "name": audience.name,
        "lists": list(audience.lists),
        "organisations": list(audience.organisations),
        "areas": list(audience.areas),
        "private": audience.private,
        "channels": [channel.value for channel in wave.channels],
        "quiet": wave.quiet,
    }


def _wave(row: dict[str, Any]) -> Wave:
    audience = AudienceDefinition(
        id=row["id"],
        name=row["name"],
        lists=tuple(row["lists"]),
        organisations=tuple(row["organisations"]),
        areas=tuple(row["areas"]),
        private=row["private"],
    )
    return Wave(audience, channels=_channels(row["channels"]), quiet=row["quiet"])


def _channels(names: list[str]) -> tuple[Channel, ...]:
    return tuple(Channel(name) for name in names)

"""Who gets it, and in which language? The rules of selection as values; the ledger carries them out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from responder.core.terms import AudienceDefinition, Channel, language_tag

__all__ = [
    "Selection",
    "SelectionKind",
    "Wave",
    "notice_key",
    "serving",
    "waves_of",
]


class SelectionKind(StrEnum):
    """By what people are chosen."""

    AUDIENCES = "audiences"
    """Lists, areas and organisations."""
    GOT_NOTICE = "got_notice"
    """Those who got only the notice of this statement, and read a language that is ready now."""
    GOT_ERROR = "got_error"
    """Exactly those who may have read what is corrected, on the same channels."""


@dataclass(frozen=True, slots=True)
class Wave:
    """One audience of a broadcast with its channels and its quiet hours (None: never quiet)."""

    audience: AudienceDefinition
    channels: tuple[Channel, ...]
    quiet: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Who gets a broadcast.

    `waves` are walked in order; who is in several is in the first only. `earlier` are broadcasts
    that a notice or an error came by. `without` are broadcasts whose people are left out (those
    who hear it first). `read` are broadcasts of the same statement: who got its full text there
    gets no second one.
    """

    kind: SelectionKind
    waves: tuple[Wave, ...] = ()
    channels: tuple[Channel, ...] = ()
    earlier: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    read: tuple[str, ...] = ()

    def leaving_out(self, broadcast_id: str) -> Selection:
        """The same without those who are in another broadcast."""
        return replace(self, without=(*self.without, broadcast_id))

    def all_channels(self) -> tuple[Channel, ...]:
        """Every channel that somebody may get it on, each once."""
        named = (*self.channels, *(channel for wave in self.waves for channel in wave.channels))
        return tuple(dict.fromkeys(named))


def waves_of(
    audiences: Sequence[AudienceDefinition], channels: Sequence[Channel], *, quiet: str | None
) -> tuple[Wave, ...]:
    """One wave an audience. `quiet` is the city's default; an audience's own goes before it.

    An audience that names channels of its own gets the message only on those of them that the
    message has.
    """
    return tuple(
        Wave(
            audience=replace(audience, name=audience.name or audience.id),
            channels=tuple(item for item in channels if not audience.channels or item in audience.channels),
            quiet=audience.quiet or quiet,
        )
        for audience in audiences
    )


def serving(wanted: Iterable[str], ready: Sequence[str]) -> dict[str, str]:
    """For each language that readers name, the text that serves it; absent where none does.

    An exact text goes first, then the text of the bare language (a reader of `es-MX` is served
    by `es`). A text in one region's spelling never serves another region's readers.
    """
    texts = {language_tag(tag): tag for tag in ready}
    served: dict[str, str] = {}
    for tag in wanted:
        exact = texts.get(language_tag(tag))
        bare = texts.get(language_tag(tag).split("-")[0])
        if exact or bare:
            served[tag] = exact or bare or ""
    return served


def notice_key(wanted: str) -> str:
    """The key of the notice for readers of a language: the source text with their own line."""
    return f"notice-{language_tag(wanted)}" if wanted else "notice"

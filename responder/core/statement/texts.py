"""What is a statement's text, and by which hash is it known?

Hashes are SHA-256 over canonical JSON: keys sorted, no spaces, UTF-8. One changed byte of any
text gives another hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from responder.core.terms import AudienceDefinition, Channel, LanguagePolicy, Urgency

__all__ = [
    "FRAME",
    "ChannelText",
    "Digests",
    "Edition",
    "Frame",
    "Texts",
    "digests_of",
    "entry_digest",
    "frame_digest",
    "review_digest",
    "text_digest",
]

FRAME = "frame"
"""The scope of a signature that stands for the source text and the frame."""


@dataclass(frozen=True, slots=True)
class ChannelText:
    """The text of one channel in one language. `subject` is email's, on the web the title."""

    text: str
    subject: str = ""
    html: str = ""


Said = Mapping[Channel, ChannelText]
"""All channel texts of one language."""

Texts = Mapping[str, Said]
"""Language (BCP 47) → channel → text."""


class Edition(StrEnum):
    """Whom a text of a statement is written for. All editions are signed together."""

    MAIN = "main"
    """Everybody; the rest, where some hear it first in words of their own."""
    FIRST = "first"
    """Those who hear it first, where the message has a template of its own for them."""


@dataclass(frozen=True, slots=True)
class Frame:
    """To whom, by what and under which rules a statement goes: never the people themselves."""

    audiences: tuple[AudienceDefinition, ...]
    channels: tuple[Channel, ...]
    policy: LanguagePolicy
    urgency: Urgency = Urgency.NORMAL
    messengers: tuple[str, ...] = ()
    corrects: tuple[str, ...] = ()
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digests:
    """The hashes a statement is known by now.

    `frame` is what the chain signs (source text and frame). `languages` holds, for every
    language but the source, what its reviewer signs (source text and translation).
    """

    source: str
    frame: str
    languages: Mapping[str, str]

    def of(self, scope: str) -> str | None:
        """The hash that a signature of this scope must carry now; None when there is no such text."""
        if scope in (FRAME, self.source):
            return self.frame
        return self.languages.get(scope)


def text_digest(texts: Said, first: Said | None = None) -> str:
    """The hash over all channel texts of one language; over those for its first readers too, if any."""
    rows: dict[str, object] = _rows(texts)
    return _sha256({**rows, Edition.FIRST.value: _rows(first)} if first else rows)


def frame_digest(source: Said, frame: Frame, first: Said | None = None) -> str:
    """The hash over the source text (`first`: for the first readers) and the frame: what the chain signs."""
    return _sha256({"source": text_digest(source, first), "frame": _frame_rows(frame)})


def review_digest(source: Said, translation: Said, first: tuple[Said, Said] | None = None) -> str:
    """The hash over source and translation: what the reviewer of a language signs.

    `first` holds source and translation for the first readers.
    """
    heard, translated = first or (None, None)
    return _sha256(
        {"source": text_digest(source, heard), "translation": text_digest(translation, translated)}
    )


def entry_digest(source: str, translation: str) -> str:
    """The hash of one catalogue entry in the review ledger."""
    return hashlib.sha256(f"{source}\x00{translation}".encode()).hexdigest()


def digests_of(texts: Texts, frame: Frame, source: str, first: Texts | None = None) -> Digests:
    """All hashes of a statement; `source` is its source language, `first` what the first readers get."""
    original, heard = texts.get(source, {}), (first or {}).get(source, {})
    others = {
        tag: review_digest(original, said, (heard, (first or {}).get(tag, {})))
        for tag, said in texts.items()
        if tag != source
    }
    return Digests(source=source, frame=frame_digest(original, frame, heard), languages=others)


def _rows(texts: Said) -> dict[str, object]:
    return {channel.value: [text.subject, text.text, text.html] for channel, text in texts.items()}


def _frame_rows(frame: Frame) -> object:
    return {
        "audiences": [_audience_row(audience) for audience in frame.audiences],
        "channels": sorted(channel.value for channel in frame.channels),
        "policy": [
            sorted(frame.policy.required),
            frame.policy.others.value,
            str(frame.policy.wait),
            frame.policy.unreviewed.value,
        ],
        "urgency": frame.urgency.value,
        "messengers": list(frame.messengers),
        "corrects": sorted(frame.corrects),
        "first": list(frame.first),
    }


def _audience_row(audience: AudienceDefinition) -> object:
    return {
        "id": audience.id,
        "lists": sorted(audience.lists),
        "organisations": sorted(audience.organisations),
        "areas": sorted(audience.areas),
        "topics": sorted(audience.topics),
        "channels": sorted(channel.value for channel in audience.channels),
        "quiet": audience.quiet,
        "daily_cap": audience.daily_cap,
        "private": audience.private,
    }


def _sha256(rows: object) -> str:
    canonical = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()

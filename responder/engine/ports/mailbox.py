"""Where do the messages of an exercise go? Into a mailbox that people can open on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from responder.core.terms import Channel

__all__ = ["LINK_SLOT", "Letter", "Mailbox", "MailboxCount"]

LINK_SLOT = "\ue0f0"
"""Stands in the texts of a kept letter for its `link`, so that all readers share one text."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One message as the exercise carrier was given it.

    `to` is masked. `at` is wall time. `link` is the reader's own unsubscribe address, or ""; in the
    texts LINK_SLOT stands for it while the letter is being kept, and the address when it is read.
    `number` is its place in the mailbox, 0 while it is not kept; newer letters have higher ones.
    `incident` and `broadcast` are filled when it is read, "" where the delivery is not known.
    """

    delivery: str
    attempt: int
    channel: Channel
    language: str
    to: str
    text: str
    at: datetime
    subject: str = ""
    html: str = ""
    link: str = ""
    number: int = 0
    incident: str = ""
    broadcast: str = ""


@dataclass(frozen=True, slots=True)
class MailboxCount:
    """How many letters were kept, for how many deliveries: more letters than deliveries = doubled."""

    letters: int
    deliveries: int
    by_language: Mapping[str, int]
    by_channel: Mapping[str, int]


class Mailbox(Protocol):
    """The exercise mailbox. It commits by itself: it stands for a provider, outside our transactions."""

    def keep(self, letters: Sequence[Letter]) -> None:
        """Keep a batch, every one of them, also a second one for the same delivery.

        The oldest letters leave when the mailbox is full. Raises Unavailable as the store does.
        """

    def latest(
        self,
        *,
        incident: str | None = None,
        broadcast: str | None = None,
        language: str | None = None,
        channel: Channel | None = None,
        before: int | None = None,
        limit: int = 50,
    ) -> tuple[Letter, ...]:
        """The newest letters first; `before` is the number of the last one already seen."""

    def open(self, number: int) -> Letter:
        """One letter, whole. Raises NotFound."""

    def count(self, *, incident: str | None = None, broadcast: str | None = None) -> MailboxCount:
        """All that were kept and not yet dropped, in total, by language and by channel."""

"""Where do the messages of an exercise end? In a mailbox of our own; nothing leaves this machine."""

from __future__ import annotations

import html
import re
import threading
from collections import deque
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from responder.carriers._crew import outcome_of
from responder.core.errors import Unavailable
from responder.core.terms import Channel, Mode
from responder.engine.ports.carriers import Outcome, OutcomeKind, Outgoing
from responder.engine.ports.mailbox import LINK_SLOT, Letter, Mailbox
from responder.engine.ports.outside import Clock
from responder.engine.situation.addresses import mask

__all__ = ["MailboxCarrier"]

_UNSUBSCRIBE = re.compile(r"<(https?://[^>\s]+)>")
_BATCH = 500
_AGAIN_AFTER = 1.0


class MailboxCarrier:
    """Takes what an exercise sends on one channel and keeps it in the mailbox, at once."""

    name: Literal["exercise"] = "exercise"
    mode: Literal[Mode.EXERCISE] = Mode.EXERCISE

    def __init__(self, channel: Channel, mailbox: Mailbox, clock: Clock, *, connections: int = 32) -> None:
        self.channel = channel
        self.connections = connections
        self._mailbox = mailbox
        self._clock = clock

    def open(self, halted: Callable[[], bool]) -> MailboxLine:
        return MailboxLine(self, halted)

    def close(self) -> None:
        """There is no connection to let go of."""

    def keep(self, messages: Sequence[Outgoing]) -> tuple[Outcome, ...]:
        """Keep a batch; returns when it is committed. Raises Unavailable when it could not be."""
        at = self._clock.now()
        self._mailbox.keep([self._letter(message, at) for message in messages])
        return tuple(
            Outcome(
                message.delivery,
                message.attempt,
                OutcomeKind.ACCEPTED,
                provider_id=f"exercise-{message.delivery}.{message.attempt}",
            )
            for message in messages
        )

    def _letter(self, message: Outgoing, at: datetime) -> Letter:
        link = _own_link(message)
        return Letter(
            delivery=message.delivery,
            attempt=message.attempt,
            channel=self.channel,
            language=message.language,
            to=mask(self.channel, message.to),
            text=_without(message.text, link),
            at=at,
            subject=message.subject,
            html=_without(message.html, link),
            link=link,
        )


class MailboxLine:
    """A line to the mailbox. What is given waits here; `take` keeps it, a batch in one commit."""

    def __init__(self, carrier: MailboxCarrier, halted: Callable[[], bool]) -> None:
        self._carrier = carrier
        self._halted = halted
        self._waiting: deque[Outgoing] = deque()

    def give(self, messages: Sequence[Outgoing]) -> None:
        self._waiting.extend(messages)

    def take(self, *, at_least: int, timeout: float) -> tuple[Outcome, ...]:
        done: list[Outcome] = []
        while self._waiting and len(done) < max(at_least, 1):
            batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
            done.extend(self._keep(batch))
        if not done and at_least:
            threading.Event().wait(timeout)  # nothing is on the wire: the port's promise is to wait
        return tuple(done)

    def close(self, *, grace: float) -> tuple[Outcome, ...]:  # noqa: ARG002  # nothing is ever on the wire
        rest = tuple(outcome_of(message, OutcomeKind.NOT_STARTED) for message in self._waiting)
        self._waiting.clear()
        return rest

    def _keep(self, batch: Sequence[Outgoing]) -> Sequence[Outcome]:
        if self._halted():
            return [outcome_of(message, OutcomeKind.NOT_STARTED) for message in batch]
        try:
            return self._carrier.keep(batch)
        except Unavailable:
            return [
                outcome_of(
                    message,
                    OutcomeKind.NOT_TAKEN,
                    detail="mailbox-not-available",
                    retry_after=_AGAIN_AFTER,
                )
                for message in batch
            ]


def _own_link(message: Outgoing) -> str:
    """The reader's own unsubscribe address (RFC 8058), from the headers."""
    for name, value in message.headers:
        if name.lower() == "list-unsubscribe" and (found := _UNSUBSCRIBE.search(value)):
            return found[1]
    return ""


def _without(text: str, link: str) -> str:
    """The text that all readers of a language share: their own link stands as a slot."""
    if not link:
        return text
    return text.replace(link, LINK_SLOT).replace(html.escape(link), LINK_SLOT)

"""Where do the messages of an exercise end? In a mailbox of our own; nothing leaves this machine."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Sequence
from typing import Literal

from responder.core.terms import Channel, Mode
from responder.engine.ports.carriers import Outcome, OutcomeKind, Outgoing
from responder.engine.ports.mailbox import Letter, Mailbox
from responder.engine.ports.outside import Clock

__all__ = ["MailboxCarrier", "masked"]

_UNSUBSCRIBE = re.compile(r"<(https?://[^>\s]+)>")
_BATCH = 500


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

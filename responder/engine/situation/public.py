"""Which messages speak to everybody, so that they make and keep the promise of a next update?"""

from __future__ import annotations

from responder.core.playbook import Playbook
from responder.core.playbook.entries import Message
from responder.core.statement import Statement
from responder.core.terms import Channel

__all__ = ["is_public", "is_public_message"]

_FOR_EVERYBODY = frozenset({Channel.WEB, Channel.PRESS, Channel.SOCIAL, Channel.RADIO, Channel.POSTER})


def is_public(statement: Statement) -> bool:
    """Whether a statement is made for everybody: on an open channel, and no audience is private."""
    frame = statement.frame
    return bool(_FOR_EVERYBODY & set(frame.channels)) and not any(one.private for one in frame.audiences)


def is_public_message(playbook: Playbook, message: Message) -> bool:
    """The same of a message that is not drafted yet. A correction speaks where the error stood."""
    if message.corrects and not message.channels:
        return True
    heard_by = [playbook.audiences[name] for name in message.audiences if name in playbook.audiences]
    return bool(_FOR_EVERYBODY & set(message.channels)) and not any(one.private for one in heard_by)

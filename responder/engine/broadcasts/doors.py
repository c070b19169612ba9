"""What comes in from outside: receipts, words of residents, unsubscribe links."""

from __future__ import annotations

from enum import StrEnum

from responder.engine.ports import Ports
from responder.engine.ports.carriers import Inbound, Receipt
from responder.engine.ports.queue import Job

__all__ = ["InboundWord", "apply_receipts", "heard", "receive", "unsubscribe", "unsubscribe_address"]


class InboundWord(StrEnum):
    """What a resident meant by a text to the city."""

    STOP = "stop"
    """No more messages, please."""
    START = "start"
    """Messages again, please."""
    HELP = "help"
    """Who are you, and how do I stop this?"""
    OTHER = "other"
    """Words for people, not for the machine."""


def receive(ports: Ports, *receipts: Receipt) -> int:
    """Keep what carriers reported, in one transaction; returns how many were new. Answer 204 after it."""
    raise NotImplementedError


def apply_receipts(ports: Ports, job: Job) -> None:
    """Let what is in the inbox change the deliveries, monotonically."""
    raise NotImplementedError


def heard(ports: Ports, inbound: Inbound) -> InboundWord:
    """A text came in: STOP and its like suppress the number, START lifts it. The caller answers HELP."""
    raise NotImplementedError


def unsubscribe_address(ports: Ports, *, delivery: str) -> str:
    """The address of the one-click page of one delivery (RFC 8058), signed."""
    raise NotImplementedError


def unsubscribe(ports: Ports, *, token: str) -> bool:
    """Suppress the address that a signed link belongs to; False when the link was changed."""
    raise NotImplementedError

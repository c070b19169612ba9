"""How does a reader leave? By a signed link of their own delivery."""

from __future__ import annotations

from responder.core.errors import NotFound
from responder.engine.ports import Ports
from responder.engine.ports.contacts import AddressState, StopHow

__all__ = ["unsubscribe", "unsubscribe_address"]

_PURPOSE = "unsubscribe"


def unsubscribe_address(ports: Ports, *, delivery: str) -> str:
    """The address of the one-click page of one delivery (RFC 8058): a POST there suppresses its address."""
    token = f"{delivery}.{ports.ciphers.sign(delivery, purpose=_PURPOSE)}"
    return f"{ports.limits.public_url}/u/{token}"


def unsubscribe(ports: Ports, *, token: str) -> bool:
    """Suppress the address that a signed link belongs to; False when the link is not one of ours.

    Safe to repeat. The page says the same whether the address was known or not.
    """
    delivery, _, signature = token.partition(".")
    if not delivery.isdecimal() or not ports.ciphers.verify(delivery, signature, purpose=_PURPOSE):
        return False
    with ports.store.begin() as work:
        try:
            key = work.broadcasts.address_of(int(delivery))
        except NotFound:
            return False
        work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.LINK, wall=ports.clock.now())
    return True

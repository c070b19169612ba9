"""What comes in from outside: receipts and the words of residents."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from responder.core.broadcast import RECEIPTS_FOR
from responder.core.terms import Channel
from responder.engine.ports import Ports
from responder.engine.ports.carriers import Inbound, Receipt
from responder.engine.ports.contacts import AddressState, StopHow
from responder.engine.ports.queue import Job
from responder.engine.situation.addresses import address_index

__all__ = ["WORDS", "InboundWord", "apply_receipts", "drain_inbox", "heard", "receive", "word_of"]

_BATCH = 500


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


WORDS: Mapping[InboundWord, frozenset[str]] = {
    InboundWord.STOP: frozenset(
        {
            *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
            *("alto", "parar", "pare", "basta", "cancelar", "baja"),
            *("stopp", "abmelden", "arrêt", "arret", "désabonner", "dur", "iptal", "стоп", "зупинити"),
            *("قف", "توقف", "إيقاف", "ايقاف", "إلغاء", "الغاء"),
        }
    ),
    InboundWord.START: frozenset(
        {*("start", "unstop", "yes", "subscribe"), *("alta", "comenzar", "iniciar", "ابدأ", "ابدا", "اشترك")}
    ),
    InboundWord.HELP: frozenset({*("help", "info"), *("ayuda", "hilfe", "aide", "مساعدة", "معلومات")}),
}
"""The provider's own English words (Twilio's default opt-out keywords) and those of the shipped languages."""


def word_of(inbound: Inbound) -> InboundWord:
    """The meaning of a text: the provider's own reading first, else the whole text as one word."""
    if inbound.keyword:
        return _MEANT.get(inbound.keyword.casefold(), InboundWord.OTHER)
    said = " ".join(inbound.body.casefold().split()).strip(" .!,؛،。\"'")
    return _MEANT.get(said, InboundWord.OTHER)


_MEANT = {word: meaning for meaning, words in WORDS.items() for word in words}


def receive(ports: Ports, *receipts: Receipt) -> int:
    """Keep what carriers reported, in one transaction; returns how many. Answer 204 after it.

    They are applied by a job, one a second at most, so that a storm of receipts waits in one small
    table and not on the rows of a running broadcast; what a job misses, the next beat applies.
    """
    second = int(ports.clock.now().timestamp())
    with ports.store.begin() as work:
        kept = work.broadcasts.keep_receipts(receipts)
        if kept:
            ports.queue.enqueue(work.connection, "receipts", f"receipts:{second}", {})
    ports.queue.nudge()
    return kept


def apply_receipts(ports: Ports, job: Job) -> None:
    """Let what is in the inbox change the deliveries, monotonically, 500 a transaction."""
    del job  # whatever is there is applied, by whichever job comes first
    drain_inbox(ports)


def drain_inbox(ports: Ports) -> None:
    """Apply everything that waits in the inbox of receipts."""
    taken = _BATCH
    while taken == _BATCH:
        wall = ports.clock.now()
        with ports.store.begin() as work:
            done = work.broadcasts.apply_receipts(limit=_BATCH, node=ports.limits.node, wall=wall)
            for key in done.opted_out:
                work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.PROVIDER, wall=wall)
            taken = done.taken
            if done.orphans:
                work.broadcasts.forget_receipts(before=wall - RECEIPTS_FOR)


def heard(ports: Ports, inbound: Inbound) -> InboundWord:
    """A text came in: STOP and its like suppress the number, START lifts it. The caller answers HELP."""
    word = word_of(inbound)
    key = (Channel.SMS, address_index(ports.ciphers, Channel.SMS, inbound.sender))
    if word is InboundWord.STOP:
        with ports.store.begin() as work:
            work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.WORD, wall=ports.clock.now())
    if word is InboundWord.START:
        with ports.store.begin() as work:
            work.contacts.start(key)
    return word

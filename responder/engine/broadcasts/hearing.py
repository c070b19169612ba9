"""What did a resident mean by a text to the city, and what are they answered, in which language?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from responder.core.city import City, parse_city
from responder.core.errors import InvalidInput, ResponderError
from responder.core.terms import Channel
from responder.engine.ports import Ports, Work
from responder.engine.ports.carriers import Inbound
from responder.engine.ports.contacts import AddressKey, AddressState, StopHow
from responder.engine.ports.contents import CITY_FILE
from responder.engine.ports.inbox import InboundRow
from responder.engine.ports.people import Person
from responder.engine.situation.addresses import address_index, mask
from responder.engine.situation.people import Act, require
from responder.engine.situation.wording import words_in

__all__ = ["Heard", "InboundText", "InboundWord", "heard", "inbox", "reply_to", "word_of"]


class InboundWord(StrEnum):
    """What a resident meant by a text to the city."""

    STOP = "stop"
    """No more messages, please."""
    START = "start"
    """Messages again, please."""
    HELP = "help"
    """Who are you, and how do I stop this?"""
    ANSWER = "answer"
    """A role holder has heard a call."""
    OTHER = "other"
    """Words for people, not for the machine."""


_PROVIDER = ""
_SAID: Mapping[str, Mapping[InboundWord, tuple[str, ...]]] = {
    _PROVIDER: {
        InboundWord.STOP: (
            *("stop", "stopall", "stop all", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"),
        ),
        InboundWord.START: ("start", "unstop", "yes", "subscribe"),
        InboundWord.HELP: ("help", "info"),
    },
    "ar": {
        InboundWord.STOP: ("قف", "توقف", "إيقاف", "ايقاف", "إلغاء", "الغاء"),
        InboundWord.START: ("ابدأ", "ابدا", "اشترك"),
        InboundWord.HELP: ("مساعدة", "معلومات"),
    },
    "de": {InboundWord.STOP: ("stopp", "abmelden"), InboundWord.HELP: ("hilfe",)},
    "es": {
        InboundWord.STOP: ("alto", "parar", "pare", "basta", "cancelar", "baja"),
        InboundWord.START: ("alta", "comenzar", "iniciar"),
        InboundWord.HELP: ("ayuda",),
    },
    "fr": {InboundWord.STOP: ("arrêt", "arret", "désabonner"), InboundWord.HELP: ("aide",)},
    "tr": {InboundWord.STOP: ("dur", "iptal")},
    "uk": {InboundWord.STOP: ("стоп", "зупинити")},
}
"""By language. Those without one are the provider's own (Twilio's default opt-out keywords)."""

_MEANT = {
    word: (meaning, language)
    for language, meanings in _SAID.items()
    for meaning, words in meanings.items()
    for word in words
}
_LINES = {
    InboundWord.STOP: "reply_stop",
    InboundWord.START: "reply_start",
    InboundWord.HELP: "reply_help",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was understood. `languages` are those of the sender's contact, then that of the word itself."""

    word: InboundWord
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InboundText:
    """A text as people may read it: the number is masked. `at` is wall time."""

    id: str
    sender: str
    body: str = field(repr=False)
    word: InboundWord
    at: datetime


def word_of(inbound: Inbound) -> InboundWord:
    """The meaning of a text: the provider's own reading first, else the whole text as one word."""
    return _understood(inbound)[0]


def heard(ports: Ports, inbound: Inbound, *, word: InboundWord | None = None) -> Heard:
    """A text came in: it is kept sealed, STOP and its like suppress the number, START lifts it.

    A request that comes twice is known by the provider's id and changes nothing: a START that somebody
    recorded cannot undo a later STOP. `word` is given when somebody else has understood it already.
    """
    meaning, language = (word, _PROVIDER) if word else _understood(inbound)
    key = (Channel.SMS, address_index(ports.ciphers, Channel.SMS, inbound.sender))
    with ports.store.begin() as work:
        if not work.inbox.keep(_sealed(ports, inbound, meaning)):
            return Heard(InboundWord.OTHER)
        if meaning is InboundWord.STOP:
            work.contacts.stop(key, AddressState.OPTED_OUT, how=StopHow.WORD, wall=ports.clock.now())
        if meaning is InboundWord.START:
            work.contacts.start(key)
        read = _languages_of(work, key)
    return Heard(meaning, tuple(dict.fromkeys((*read, language))) if language else read)


def reply_to(ports: Ports, said: Heard) -> str:
    """What is answered, in the first of the sender's languages that has the line; "" = nothing.

    Else in the city's source language. A city file that cannot be read costs only its name.
    """
    line = _LINES.get(said.word)
    if line is None:
        return ""
    try:
        city = parse_city(ports.content.read(CITY_FILE), CITY_FILE)
    except ResponderError:
        return ""
    for tag in (*said.languages, city.languages.source):
        text = words_in(ports.content, city, tag).line(line)
        if text:
            return text.replace("{city}", _name_in(city, tag))
    return ""


def inbox(
    ports: Ports, *, by: Person, before: datetime | None = None, limit: int = 50
) -> tuple[InboundText, ...]:
    """The newest texts of residents. One sealed under another key is shown empty."""
    require(by, Act.READ_CONTACTS)
    with ports.store.read() as work:
        rows = work.inbox.latest(before=before, limit=limit)
    return tuple(
        InboundText(
            id=row.id,
            sender=mask(Channel.SMS, _opened(ports, row.number, row=f"inbound/{row.id}/number")),
            body=_opened(ports, row.body, row=f"inbound/{row.id}/body"),
            word=InboundWord(row.word),
            at=row.arrived,
        )
        for row in rows
    )


def _understood(inbound: Inbound) -> tuple[InboundWord, str]:
    if inbound.keyword:
        said = inbound.keyword.casefold()
    else:
        said = " ".join(inbound.body.casefold().split()).strip(" .!,؛،。\"'")
    return _MEANT.get(said, (InboundWord.OTHER, _PROVIDER))


def _sealed(ports: Ports, inbound: Inbound, word: InboundWord) -> InboundRow:
    row = ports.chance.new_id()
    return InboundRow(
        id=row,
        carrier=inbound.carrier,
        provider_id=inbound.provider_id,
        number=ports.ciphers.seal(inbound.sender, row=f"inbound/{row}/number"),
        body=ports.ciphers.seal(inbound.body, row=f"inbound/{row}/body"),
        word=word.value,
        arrived=inbound.at,
    )


def _languages_of(work: Work, key: AddressKey) -> tuple[str, ...]:
    """The languages of everybody on this number, the first person's first."""
    people = work.contacts.find([key]).get(key, ())
    records = work.contacts.load(people)
    read = (tag for person in people if person in records for tag in records[person].languages)
    return tuple(dict.fromkeys(read))


def _name_in(city: City, language: str) -> str:
    block = city.blocks.get("city_name")
    return (block.in_language(language) if block else None) or city.name


def _opened(ports: Ports, sealed: bytes, *, row: str) -> str:
    try:
        return ports.ciphers.unseal(sealed, row=row)
    except InvalidInput:
        return ""

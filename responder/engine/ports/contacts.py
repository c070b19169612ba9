"""What does the engine ask of the store about contacts?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from responder.core.terms import Channel

__all__ = [
    "AddressKey",
    "AddressRecord",
    "AddressState",
    "ContactCounts",
    "ContactKind",
    "ContactRecord",
    "ContactStore",
    "ListMembership",
    "StopHow",
]

AddressKey = tuple[Channel, str]
"""A channel and the blind index of an address."""


class ContactKind(StrEnum):
    """Whom a contact stands for."""

    PERSON = "person"
    ORGANISATION = "organisation"


class AddressState(StrEnum):
    """Whether an address may be used."""

    OK = "ok"
    OPTED_OUT = "opted_out"
    """Its reader said stop, by word or link; holds on every list."""
    INVALID = "invalid"
    """The provider says that it does not exist."""
    SUSPENDED = "suspended"
    """A bounce, or a person of the city put it to rest; nobody is told why."""


class StopHow(StrEnum):
    """By what an address came to rest."""

    WORD = "word"
    LINK = "link"
    PROVIDER = "provider"
    BOUNCE = "bounce"
    PERSON = "person"
    BEREAVED = "bereaved"


@dataclass(frozen=True, slots=True)
class ListMembership:
    """One list that a contact chose, with its basis in law and since when (wall time, UTC)."""

    list: str
    basis: str
    since: datetime


@dataclass(frozen=True, slots=True)
class AddressRecord:
    """A sealed address. Its row name is `responder.engine.situation.addresses.address_row`."""

    channel: Channel
    index: str
    sealed: bytes = field(repr=False)
    state: AddressState = AddressState.OK

    @property
    def key(self) -> AddressKey:
        return (self.channel, self.index)


@dataclass(frozen=True, slots=True)
class ContactRecord:
    """A contact as the store keeps it; the name is sealed under `contact/{id}/name`."""

    id: int
    kind: ContactKind = ContactKind.PERSON
    name: bytes | None = field(default=None, repr=False)
    organisation: str | None = None
    languages: tuple[str, ...] = ()
    lists: tuple[ListMembership, ...] = ()
    areas: tuple[str, ...] = ()
    addresses: tuple[AddressRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class ContactCounts:
    """How many there are. `by_language` counts first preferences."""

    contacts: int
    by_list: Mapping[str, int]
    by_language: Mapping[str, int]
    by_area: Mapping[str, int]
    by_state: Mapping[tuple[Channel, AddressState], int]


class ContactStore(Protocol):
    """The rows of contacts, inside one transaction."""

    def first_free_id(self) -> int:
        """The next id. Others who add contacts wait until this transaction ends."""

    def find(self, keys: Collection[AddressKey]) -> dict[AddressKey, tuple[int, ...]]:
        """Whose addresses these are."""

    def load(self, ids: Collection[int]) -> dict[int, ContactRecord]:
        """Contacts by id; those that are not there are left out."""

    def page(
        self, *, after: int = 0, limit: int = 100, list_id: str | None = None, language: str | None = None
    ) -> tuple[ContactRecord, ...]:
        """Contacts in order of id, from the one after `after`."""

    def counts(self) -> ContactCounts: ...

    def add(self, contacts: Sequence[ContactRecord], *, wall: datetime, source: str = "") -> None:
        """Insert new contacts with all that hangs on them."""

    def replace(self, pairs: Iterable[tuple[ContactRecord, ContactRecord]], *, wall: datetime) -> None:
        """Write the difference between what a contact was and what it shall be."""

    def stops(self, keys: Collection[AddressKey]) -> dict[AddressKey, AddressState]:
        """Which of these addresses get nothing more."""

    def stop(self, key: AddressKey, state: AddressState, *, how: StopHow, wall: datetime) -> int:
        """Put an address to rest for all its contacts and for imports to come; rows touched."""

    def start(self, key: AddressKey) -> int:
        """The reader of an opted-out address wants messages again. Other states stay; rows touched."""

    def forget(self, contact_id: int) -> None:
        """Empty a contact: name, addresses, lists, languages, areas. Stops stay. Raises NotFound."""

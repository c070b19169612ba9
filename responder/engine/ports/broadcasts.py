"""What does the engine ask of the store about broadcasts, and what do the edges hand in?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from responder.core.broadcast import Broadcast, BroadcastState, DeliveryState, Move, Selection
from responder.core.terms import Channel, Mode
from responder.engine.ports.carriers import Receipt
from responder.engine.ports.previews import Preview, PreviewCount, PreviewLine, Readers

__all__ = [
    "AppliedReceipts",
    "BroadcastStore",
    "DeliveryRow",
    "FrozenText",
    "LanguageReach",
    "Lease",
    "Marked",
    "Moves",
    "Parcel",
    "Preview",
    "PreviewCount",
    "PreviewLine",
    "Progress",
    "Readers",
    "Settlement",
    "Standing",
]


@dataclass(frozen=True, slots=True)
class AppliedReceipts:
    """What a batch of receipts did: rows moved, addresses that opted out, receipts without a delivery."""

    taken: int
    moved: int
    orphans: int
    opted_out: tuple[tuple[Channel, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a broadcast is, from the tally. `tally`: channel → state → number of rows."""

    broadcast: Broadcast
    tally: Mapping[Channel, Mapping[DeliveryState, int]]

    def of(self, *states: DeliveryState) -> int:
        """Rows in these states, over all channels."""
        return sum(counts.get(state, 0) for counts in self.tally.values() for state in states)

    @property
    def total(self) -> int:
        return self.of(*DeliveryState)

    @property
    def on_the_wire(self) -> int:
        """Rows whose request may be under way: what “stopping” waits for."""
        return self.of(DeliveryState.HANDING_OVER)

    @property
    def waiting(self) -> int:
        return self.of(DeliveryState.PENDING)

    @property
    def stopping(self) -> bool:
        return self.broadcast.state is BroadcastState.STOPPED and self.on_the_wire > 0


@dataclass(frozen=True, slots=True)
class LanguageReach:
    """How many got a text: `language` of the text, `wanted` the reader's own first language."""

    channel: Channel
    language: str
    wanted: str
    notice: bool
    state: DeliveryState
    count: int


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery as a page may show it: no address, no text."""

    id: int
    broadcast: str
    contact: int
    channel: Channel
    state: DeliveryState
    reason: str
    language: str
    notice: bool
    attempt: int
    changed: datetime


@dataclass(frozen=True, slots=True)
class FrozenText:
    """One text of a broadcast as it was signed off. `language` is a tag, or the key of a notice."""

    channel: Channel
    language: str
    text: str
    subject: str = ""
    html: str = ""
    stop_line: str = ""
    segments: int = 1


@dataclass(frozen=True, slots=True)
class Parcel:
    """About a thousand deliveries of one broadcast and channel. Times are wall time.

    `generation` grows whenever it is opened again; a job names the generation it was made for.
    Its rows are those of its broadcast and channel with ids from `first_id` to `last_id`.
    """

    id: int
    broadcast: str
    mode: Mode
    channel: Channel
    carrier: str
    generation: int
    first_id: int
    last_id: int
    quiet: str | None = None


@dataclass(frozen=True, slots=True)
class Lease:
    """The hold of one job on one parcel: only who has the token may mark and settle its rows."""

    parcel: Parcel
    token: str
    node: str


@dataclass(frozen=True, slots=True)
class Marked:
    """A row that was just marked `handing_over`, with all it takes to make the message."""

    id: int
    attempt: int
    channel: Channel
    address_index: str
    sealed: bytes = field(repr=False)
    language: str
    wanted: str
    notice: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of one marked row."""

    delivery: int
    attempt: int
    state: DeliveryState
    reason: str = ""
    provider_id: str = ""
    code: str = ""
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a round must know of its broadcast before it marks more."""

    state: BroadcastState
    expires: datetime | None


Moves = Counter[tuple[Channel, DeliveryState]]
"""How many rows entered (or, below zero, left) a state, by channel: what the tally is made of."""


class BroadcastStore(Protocol):
    """The rows of broadcasts, inside one transaction."""

    # What people see

    def get(self, broadcast_id: str) -> Broadcast:
        """Raises NotFound."""

    def find(self, text: str) -> str:
        """The id that begins or ends so. Raises NotFound, InvalidInput when several do."""

    def newest(self, incident_id: str | None, *, limit: int) -> Sequence[str]:
        """Ids, the newest first."""

    def of_incident(self, incident_id: str) -> Sequence[Broadcast]:
        """Oldest first."""

    def of_statement(self, statement_id: str) -> Sequence[Broadcast]:
        """Oldest first."""

    def progress(self, broadcast_id: str) -> Progress:
        """From the tally, never by counting deliveries. Raises NotFound."""

    def reach(self, broadcast_id: str) -> Sequence[LanguageReach]:
        """Counted over the deliveries: for reports, not for pages that refresh."""

    def deliveries(
        self, broadcast_id: str, *, state: DeliveryState | None = None, after: int = 0, limit: int = 100
    ) -> Sequence[DeliveryRow]:
        """A page of rows by id."""

    def address_of(self, delivery_id: int) -> tuple[Channel, str]:
        """Channel and blind index of the address a delivery goes to. Raises NotFound."""

    def preview(
        self, parts: Sequence[Selection], *, served: Mapping[str, str], source_language: str
    ) -> Readers:
        """Counts people as a release of these parts would find them now, one part after the other."""

    def languages_in_use(self) -> Sequence[str]:
        """Every language that a contact names."""

    # What people do

    def add(self, broadcast: Broadcast, selection: Selection, texts: Sequence[FrozenText]) -> None:
        """Write a broadcast with its frozen texts; `persons` and `words` with it."""

    def give_word(self, broadcast_id: str, person: str, *, wall: datetime) -> Sequence[str]:
        """Note a person's word once; returns everybody who gave theirs, the earliest first."""

    def move(
        self,
        broadcast_id: str,
        move: Move,
        *,
        wall: datetime,
        reason: str = "",
        starts: datetime | None = None,
        expires: datetime | None = None,
    ) -> bool:
        """One compare-and-set from the states before the move; False when it stood elsewhere."""

    def note(self, broadcast_id: str, reason: str) -> None:
        """Say beside the state what people must know, for instance that a provider refuses us."""

    # Materialising

    def due_to_materialise(self, *, wall: datetime) -> Sequence[Broadcast]:
        """Released ones whose undo window has ended."""

    def bring_forward(self, broadcast_id: str, *, starts: datetime) -> None:
        """The clock of its exercise was wound: it starts sooner."""

    def stalled(self, *, before: datetime) -> Sequence[Broadcast]:
        """Materialising ones that nobody has touched since then."""

    def next_round(self, broadcast_id: str, *, wall: datetime) -> int:
        """The number under which its materialising is asked for again."""

    def hold_for_writing(self, broadcast_id: str, *, wall: datetime) -> bool:
        """Lock a materialising broadcast for one chunk; False when it is not materialising any more."""

    def last_contact(self) -> int:
        """The highest id of a contact, 0 when there is none."""

    def steps(self, broadcast_id: str) -> int:
        """How many steps a chunk takes: one for each audience and channel."""

    def write_chunk(
        self,
        broadcast_id: str,
        step: int,
        *,
        after: int,
        upto: int,
        served: Mapping[str, str],
        carriers: Mapping[Channel, str],
        parcel_size: int,
        wall: datetime,
    ) -> Moves:
        """Write rows and parcels of one step of one chunk; returns what was new."""

    # Parcels

    def parcels_to_ask(
        self, *, wall: datetime, limit: int, broadcast_id: str | None = None
    ) -> Sequence[Parcel]:
        """Open parcels of sending broadcasts for which no job was enqueued in this generation."""

    def asked(self, parcels: Sequence[Parcel], *, wall: datetime) -> None:
        """A job was enqueued for each."""

    def claim(
        self, parcel_id: int, generation: int, *, token: str, node: str, until: datetime
    ) -> Lease | None:
        """One compare-and-set; None when somebody has it or it was opened again since."""

    def renew(self, lease: Lease, *, until: datetime) -> bool:
        """False: fenced, the parcel belongs to somebody else by now."""

    def standing(self, broadcast_id: str) -> Standing:
        """State and expiry, held until the end of the transaction."""

    def settle(self, lease: Lease, settlements: Sequence[Settlement], *, wall: datetime) -> Moves:
        """Write outcomes of rows that were marked."""

    def mark(self, lease: Lease, *, limit: int, wall: datetime) -> tuple[Sequence[Marked], Moves]:
        """Mark the next rows; addresses that may not be used any more are skipped on the way."""

    def left(self, lease: Lease) -> tuple[int, datetime | None]:
        """How many rows of the parcel are pending, and when the first may go (None: at once)."""

    def sweep(self, parcel: Parcel, state: DeliveryState, *, wall: datetime) -> Moves:
        """Every pending row of a parcel becomes stopped or expired."""

    def finish(self, lease: Lease) -> None:
        """Nothing of the parcel is open any more."""

    def held_until(self, broadcast_id: str, *, wall: datetime) -> datetime | None:
        """When the first of its parcels may go, if all that are left wait for a moment after `wall`."""

    def held_back(self, broadcast_id: str, *, wall: datetime) -> Sequence[str]:
        """The quiet hours for which open parcels wait."""

    def let_go(self, broadcast_id: str, quiet: str, *, wall: datetime) -> int:
        """Those quiet hours are over sooner than was thought: parcels that may go now."""

    def close_parcel(self, parcel: Parcel) -> bool:
        """Take an open parcel out of the way (swept); False when somebody holds it."""

    def give_back(self, lease: Lease, *, not_before: datetime | None) -> None:
        """Open it again in its next generation."""

    def lapsed(self, *, wall: datetime, limit: int) -> Sequence[Parcel]:
        """Leased parcels whose lease has run out."""

    def leased_by(self, node: str) -> Sequence[Parcel]: ...

    def reopen(self, parcel: Parcel, *, wall: datetime, lapsed: bool) -> Moves | None:
        """Rows in handing_over become unknown and the parcel opens in its next generation.

        With `lapsed` only if its lease has run out by `wall`. None: somebody else was faster.
        """

    def forgotten(self, *, before: datetime, limit: int) -> Sequence[Parcel]:
        """Open parcels asked for before then and never claimed."""

    def ask_again(self, parcel: Parcel) -> None:
        """Open in its next generation, so that a new job can be enqueued."""

    def open_parcels(self, broadcast_id: str, *, limit: int) -> Sequence[Parcel]: ...

    def unfinished(self, broadcast_id: str) -> bool:
        """Whether some parcel is not done."""

    def texts(self, broadcast_id: str) -> Sequence[FrozenText]: ...

    def published(self, broadcasts: Collection[str]) -> Mapping[str, Sequence[FrozenText]]:
        """The frozen texts for the public page, by broadcast."""

    def count(self, broadcast_id: str, node: str, moves: Moves) -> None:
        """Add to the tally."""

    # Receipts

    def keep_receipts(self, receipts: Sequence[Receipt]) -> int:
        """Put them in the inbox."""

    def receipts_wait(self) -> bool:
        """Whether some receipt was not looked at yet."""

    def apply_receipts(self, *, limit: int, node: str, wall: datetime) -> AppliedReceipts:
        """Let the oldest change their deliveries, monotonically; orphans stay for a while."""

    def forget_receipts(self, *, before: datetime) -> int:
        """Drop orphans that came before then."""

    # Beats

    def in_state(self, *states: BroadcastState) -> Sequence[Broadcast]: ...

    def unswept(self) -> Sequence[Broadcast]:
        """Stopped or expired ones that have open parcels still."""

    def next_wall(self) -> datetime | None:
        """The next undo window's end, expiry, lease end or parcel's time."""

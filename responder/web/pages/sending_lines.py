"""How do broadcasts stand, in one line each?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from responder.core.broadcast import OPEN, BroadcastState, DeliveryState
from responder.core.incident.occurrence import OccurrenceKey
from responder.engine.ports.broadcasts import Progress
from responder.web.pages.queries import Desk, title_of
from responder.web.pages.shapes import Bar, State, bar_of
from responder.web.words import Words

__all__ = ["SendingLine", "broadcast_state", "sending_lines", "summed", "title_of_broadcast"]


@dataclass(frozen=True, slots=True)
class SendingLine:
    """A broadcast with its outcome so far. `steerable`: it can still be paused and stopped.

    `undo`: nothing has left yet, so that taking it back costs nothing.
    """

    id: str
    href: str
    title: str
    language: str
    state: State
    bar: Bar
    handed: str
    total: str
    steerable: bool
    undo: bool
    paused: bool


_STEERABLE = {
    BroadcastState.DRAFT,
    BroadcastState.APPROVED,
    BroadcastState.RELEASED,
    BroadcastState.MATERIALISING,
    BroadcastState.SENDING,
    BroadcastState.PAUSED,
}


_NOT_BEGUN = {BroadcastState.DRAFT, BroadcastState.APPROVED, BroadcastState.RELEASED}


def sending_lines(words: Words, desk: Desk) -> tuple[SendingLine, ...]:
    """Newest first."""
    return tuple(_line(words, desk, one) for one in reversed(desk.progress))


def summed(progress: Progress) -> dict[DeliveryState, int]:
    """The tally over all channels."""
    total: dict[DeliveryState, int] = {}
    for counts in progress.tally.values():
        for state, count in counts.items():
            total[state] = total.get(state, 0) + count
    return total


def broadcast_state(words: Words, progress: Progress) -> State:
    """Mark and word of a broadcast; “stopping” until nothing is on the wire."""
    _ = words
    if progress.stopping:
        return State("stop", _("Stopping, %(count)s on the wire", count=words.number(progress.on_the_wire)))
    table: Mapping[BroadcastState, State] = {
        BroadcastState.DRAFT: State("soon", _("Waits for a second person")),
        BroadcastState.APPROVED: State("soon", _("Agreed")),
        BroadcastState.RELEASED: State("soon", _("Can still be undone")),
        BroadcastState.MATERIALISING: State("play", _("Getting ready")),
        BroadcastState.SENDING: State("play", _("Sending")),
        BroadcastState.PAUSED: State("pause", _("Paused")),
        BroadcastState.COMPLETING: State("now", _("All handed over, waiting for receipts")),
        BroadcastState.DONE: State("good", _("Done")),
        BroadcastState.STOPPED: State("stop", _("Stopped")),
        BroadcastState.EXPIRED: State("off", _("Expired")),
    }
    return table[progress.broadcast.state]


def title_of_broadcast(desk: Desk, progress: Progress) -> str:
    """The title of the message that a broadcast carries."""
    return title_of(desk, OccurrenceKey.parse(progress.broadcast.occurrence))


def steerable(progress: Progress) -> bool:
    """Whether it can still be stopped."""
    return progress.broadcast.state in _STEERABLE


def _line(words: Words, desk: Desk, progress: Progress) -> SendingLine:
    counts = summed(progress)
    meant = sum(count for state, count in counts.items() if state is not DeliveryState.SKIPPED)
    waiting = sum(counts.get(state, 0) for state in OPEN)
    return SendingLine(
        id=progress.broadcast.id,
        href=f"{desk.home}/broadcasts/{progress.broadcast.id}",
        title=title_of_broadcast(desk, progress),
        language=desk.situation.playbook.language,
        state=broadcast_state(words, progress),
        bar=bar_of(words, counts),
        handed=words.number(meant - waiting),
        total=words.number(meant),
        steerable=steerable(progress),
        undo=progress.broadcast.state in _NOT_BEGUN,
        paused=progress.broadcast.state is BroadcastState.PAUSED,
    )

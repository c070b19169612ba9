"""How does the now board look in a terminal? The same order as on the page: promise, late, next, sending."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.progress_bar import ProgressBar
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from responder.core.broadcast import ENDED, DeliveryState
from responder.core.incident.timeline import EntryKind, Occurrence
from responder.core.playbook import Decision
from responder.core.report import in_words
from responder.core.terms import Mode
from responder.engine.ports.broadcasts import Progress
from responder.engine.situation import Situation

__all__ = ["Board", "draw"]

_MOST_ROWS = 9
_KINDS = {
    EntryKind.TASK: "do",
    EntryKind.GATE: "check",
    EntryKind.DECISION: "decide",
    EntryKind.MESSAGE: "say",
}


@dataclass(frozen=True, slots=True)
class Board:
    """What the board shows: the situation, the sendings, and the last things that happened (newest last)."""

    situation: Situation
    sendings: Sequence[tuple[str, Sequence[Progress]]] = ()
    happened: Sequence[str] = ()
    address: str = ""


def draw(board: Board) -> RenderableType:
    """The board as it stands."""
    drill = board.situation.mode is Mode.EXERCISE
    style = "white on #5a2a9c" if drill else "white on black"
    parts = [_band(board.situation, style), _promise(board.situation), _tasks(board.situation)]
    if board.sendings:
        parts.append(_sending(board.sendings))
    if board.happened:
        parts.append(Text("\n".join(board.happened), style="dim"))
    subtitle = Text(f"pages: {board.address}", style="default") if board.address else None
    return Panel(Group(*parts), subtitle=subtitle, border_style="#8a63c7" if drill else "default")


def _band(situation: Situation, style: str) -> Text:
    word = "■ EXERCISE" if situation.mode is Mode.EXERCISE else "● LIVE"
    started = situation.incident.started
    elapsed = in_words(situation.now - started) if started else "not confirmed yet"
    phases = ", ".join(id_ for id_, view in situation.timeline.phases.items() if view.state == "open")
    level = f"level {situation.incident.level}" if situation.incident.level else ""
    facts = " · ".join(part for part in (level, phases, f"{elapsed} since activation") if part)
    return Text(f" {word}  {situation.incident.title}  {facts} ", style=style)


def _promise(situation: Situation) -> Text:
    local = situation.calendar.local(situation.now)
    line = Text(f"\n{local:%a %d %b %Y, %H:%M}  ", style="bold")
    promise = situation.incident.promise
    if promise is None:
        return line.append("No public statement yet.\n", style="yellow")
    left = promise - situation.now
    hour = situation.calendar.local(promise)
    if left.total_seconds() < 0:
        return line.append(f"◆! Promised for {hour:%H:%M}, late {in_words(-left)}\n", style="bold red")
    return line.append(f"Next public update {hour:%H:%M}, {in_words(left)} left\n", style="cyan")


def _tasks(situation: Situation) -> RenderableType:
    late = situation.timeline.late(situation.now)
    rest = [one for one in situation.timeline.open if one not in late]
    shown = [*late, *rest][:_MOST_ROWS]
    table = Table.grid(padding=(0, 2))
    for one in shown:
        table.add_row(*_row(situation, one))
    count = f"Open, {len(late) + len(rest)}" if shown else "Nothing is open."
    done = sum(one.state == "done" for one in situation.timeline.occurrences)
    more = len(late) + len(rest) - len(shown)
    foot = Text(f"{f'{more} more · ' if more > 0 else ''}{done} done", style="dim")
    return Group(Rule(f"{count}, {len(late)} late", align="left", style="default"), table, foot)


def _hour(situation: Situation, due: datetime | None) -> str:
    """The hour it is due, with the day when that is another one than today."""
    if due is None:
        return "–"
    local, today = situation.calendar.local(due), situation.calendar.local(situation.now)
    return f"{local:%H:%M}" if local.date() == today.date() else f"{local:%a %d %b}"


def _slowest(parts: Sequence[Progress]) -> str:
    """The state of a release of several broadcasts: that of the one which is not done yet."""
    states = [one.broadcast.state for one in parts]
    return next((state for state in states if state not in ENDED), states[0])


def _row(situation: Situation, one: Occurrence) -> tuple[Text, Text, Text, Text]:
    entry = situation.playbook.entries[one.key.entry]
    role = situation.playbook.roles.get(one.owner)
    hour = _hour(situation, one.due)
    is_late = one.late(situation.now)
    mark = Text("◆!", style="bold red") if is_late else Text("●", style="cyan")
    words = entry.question if isinstance(entry, Decision) else entry.name
    what = Text(words or one.key.entry, style="bold red" if is_late else "")
    return (
        Text(hour, justify="right"),
        mark,
        what,
        Text(f"{_KINDS[one.kind]} · {role.title if role else one.owner}", style="dim"),
    )


def _sending(sendings: Sequence[tuple[str, Sequence[Progress]]]) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for name, parts in sendings:
        total = sum(one.total for one in parts)
        taken = total - sum(one.waiting + one.on_the_wire for one in parts)
        bar = ProgressBar(total=max(total, 1), completed=taken, width=28, complete_style="green")
        unknown = sum(one.of(DeliveryState.UNKNOWN) for one in parts)
        words = f"{taken:,} of {total:,} {_slowest(parts)}"
        table.add_row(
            Text(name), bar, Text(words), Text(f"{unknown} unknown" if unknown else "", style="yellow")
        )
    return Group(Rule("Sending", align="left", style="default"), table)

"""How does a terminal show broadcasts? Words and plain tables, or JSON."""

from __future__ import annotations

from collections.abc import Sequence

from rich.table import Column, Table

from responder.app.showing import out, plain, show_json
from responder.core.broadcast import DeliveryState
from responder.core.statement import Edition
from responder.engine.ports.broadcasts import DeliveryRow, Preview, Progress

__all__ = ["show_deliveries", "show_list", "show_preview", "show_progress"]

_SHORT_ID = 8


def show_preview(seen: Preview, *, as_json: bool) -> None:
    """Who would get it."""
    if as_json:
        skipped = {f"{channel}/{reason}": count for (channel, reason), count in seen.skipped.items()}
        fields = (
            "statement_id",
            "mode",
            "people",
            "count",
            "by_channel",
            "lines",
            "languages",
            "missing_languages",
            "persons",
        )
        value = {name: plain(getattr(seen, name)) for name in fields}
        times = {"quiet_until": plain(seen.quiet_until), "expires": plain(seen.expires)}
        show_json({**value, **times, "skipped": skipped, "segments": seen.segments})
        return
    table = Table("channel", "language", "people", "parts each", box=None)
    for line in seen.lines:
        marks = ["notice"] if line.notice else []
        marks += ["hear it first"] if line.edition is Edition.FIRST else []
        language = f"{line.language} ({', '.join(marks)})" if marks else line.language
        table.add_row(line.channel.value, language, str(line.people), str(line.segments))
    out.print(table)
    for (channel, reason), count in sorted(seen.skipped.items()):
        out.print(f"not: {count} by {channel}, {reason.value.replace('_', ' ')}", markup=False)
    out.print(
        f"{seen.people} people get {seen.count} messages ({seen.segments} SMS parts)."
        f" It takes {seen.persons} to release."
    )
    if seen.missing_languages:
        out.print(f"Not ready: {', '.join(seen.missing_languages)}.", markup=False)
    if seen.quiet_until:
        out.print(f"Quiet hours: nothing goes before {seen.quiet_until:%Y-%m-%d %H:%M} UTC.")


def show_progress(seen: Progress, *, as_json: bool) -> None:
    """How far one broadcast is."""
    if as_json:
        show_json(_value(seen))
        return
    broadcast = seen.broadcast
    out.print(f"{broadcast.id}  {broadcast.mode.value}  {_word(seen)}", markup=False)
    if broadcast.reason:
        out.print(broadcast.reason, markup=False)
    table = Table("channel", *(state.value.replace("_", " ") for state in _seen(seen)), box=None)
    for channel, counts in seen.tally.items():
        table.add_row(channel.value, *(str(counts.get(state, 0)) for state in _seen(seen)))
    out.print(table)


def show_list(found: Sequence[Progress], *, as_json: bool) -> None:
    """How far several are."""
    if as_json:
        show_json([_value(seen) for seen in found])
        return
    table = Table(
        Column("id", no_wrap=True), "mode", "occurrence", "state", "messages", "waiting", "unknown", box=None
    )
    for seen in found:
        broadcast = seen.broadcast
        table.add_row(
            broadcast.id[-_SHORT_ID:],
            broadcast.mode.value,
            broadcast.occurrence,
            _word(seen),
            str(seen.total),
            str(seen.waiting),
            str(seen.of(DeliveryState.UNKNOWN)),
        )
    out.print(table)


def show_deliveries(rows: Sequence[DeliveryRow], *, as_json: bool) -> None:
    """Deliveries, without addresses."""
    if as_json:
        show_json(rows)
        return
    table = Table("delivery", "contact", "channel", "state", "reason", "language", "attempt", box=None)
    for row in rows:
        language = f"{row.language} (notice)" if row.notice else row.language
        cells = (row.channel.value, row.state.value, row.reason, language, str(row.attempt))
        table.add_row(str(row.id), str(row.contact), *cells)
    out.print(table)


def _value(seen: Progress) -> dict[str, object]:
    tally = {
        channel: {state: count for state, count in counts.items() if count}
        for channel, counts in seen.tally.items()
    }
    return {"broadcast": plain(seen.broadcast), "tally": plain(tally), "on_the_wire": seen.on_the_wire}


def _word(seen: Progress) -> str:
    return f"stopping, {seen.on_the_wire} on the wire" if seen.stopping else seen.broadcast.state.value


def _seen(seen: Progress) -> list[DeliveryState]:
    return [state for state in DeliveryState if seen.of(state)]

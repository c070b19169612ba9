"""The commands of broadcast: who would get it, release, how far it is, hold, let go on, stop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from responder.app.cli.acting import As, acting
from responder.app.cli.broadcast_views import show_deliveries, show_list, show_preview, show_progress
from responder.app.showing import AsJson, progress
from responder.app.wiring import opened
from responder.core.broadcast import BroadcastState, DeliveryState
from responder.core.errors import InvalidInput
from responder.engine import broadcasts, incidents, statements
from responder.engine.ports.broadcasts import Progress
from responder.engine.situation.people import Act, require

__all__ = ["mount"]

group = typer.Typer(help="Broadcasts: who gets it, release, watch, hold, stop.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="BROADCAST", help="Its id, or the beginning of it.")]
StatementId = Annotated[str, typer.Argument(metavar="STATEMENT", help="Its id, or the beginning of it.")]
Languages = Annotated[
    list[str], typer.Option("--language", help="Only these; several times. Without: all that are ready.")
]
Count = Annotated[int, typer.Option("--count", help="How many messages you mean to send; else refused.")]
Reason = Annotated[str, typer.Option(help="Why.")]
After = Annotated[int, typer.Option(help="Begin after this delivery.")]
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="At most so many.")]


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.add_typer(group, name="broadcast")


@group.command("preview")
def preview(statement: StatementId, language: Languages = [], as_json: AsJson = False) -> None:  # noqa: B006  # typer reads it, nobody changes it
    """Who would get a statement, in which language, and who would not; sends nothing."""
    with opened() as ports:
        found = statements.find_statement(ports, statement_id=statement).statement
        seen = broadcasts.preview(
            ports, incident_id=found.incident_id, statement_id=found.id, languages=language or None
        )
    show_preview(seen, as_json=as_json)


@group.command("release")
def release(
    statement: StatementId,
    language: Languages = [],  # noqa: B006
    count: Count = 0,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Release a signed-off statement, or give the second word for one that was proposed."""
    with opened() as ports:
        by = acting(ports, who)
        found = statements.find_statement(ports, statement_id=statement).statement
        drafts = [
            item
            for item in broadcasts.of_incident(ports, incident_id=found.incident_id)
            if item.statement_id == found.id and item.state is BroadcastState.DRAFT
        ]
        if drafts:
            made = drafts[0].id
            broadcasts.confirm(ports, broadcast_id=made, by=by, expected_count=count or None)
        else:
            made = broadcasts.release(
                ports,
                incident_id=found.incident_id,
                statement_id=found.id,
                by=by,
                languages=language or None,
                expected_count=count or None,
            )
        seen = broadcasts.status(ports, broadcast_id=made)
    if seen.broadcast.state is BroadcastState.DRAFT:
        progress.print("Another person must give their word: the same command, as somebody else.")
    show_progress(seen, as_json=as_json)


@group.command("status")
def status(
    broadcast: Annotated[str, typer.Argument(metavar="[BROADCAST]", help="Without it: all.")] = "",
    incident: Annotated[str, typer.Option(help="Only those of this incident.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """How far broadcasts are."""
    with opened() as ports:
        by = acting(ports, who)
        require(by, Act.READ)
        if broadcast:
            show_progress(broadcasts.find(ports, text=broadcast), as_json=as_json)
            return
        only = incidents.find(ports, text=incident, by=by) if incident else None
        show_list(broadcasts.latest(ports, incident_id=only), as_json=as_json)


@group.command("pause")
def pause(broadcast: Id, reason: Reason = "", who: As = "", as_json: AsJson = False) -> None:
    """Hand nothing more over until it is resumed."""
    with opened() as ports:
        found = broadcasts.find(ports, text=broadcast).broadcast
        seen = broadcasts.pause(ports, broadcast_id=found.id, by=acting(ports, who), reason=reason)
    show_progress(seen, as_json=as_json)


@group.command("resume")
def resume(broadcast: Id, who: As = "", as_json: AsJson = False) -> None:
    """Go on where it was held."""
    with opened() as ports:
        found = broadcasts.find(ports, text=broadcast).broadcast
        seen = broadcasts.resume(ports, broadcast_id=found.id, by=acting(ports, who))
    show_progress(seen, as_json=as_json)


@group.command("stop")
def stop(broadcast: Id, reason: Reason = "", who: As = "", as_json: AsJson = False) -> None:
    """Stop for good. What is on the wire still arrives; nothing starts after the sender's next look."""
    with opened() as ports:
        found = broadcasts.find(ports, text=broadcast).broadcast
        seen = broadcasts.stop(ports, broadcast_id=found.id, by=acting(ports, who), reason=reason)
    _say_stopping(seen)
    show_progress(seen, as_json=as_json)


@group.command("deliveries")
def deliveries(
    broadcast: Id,
    state: Annotated[str, typer.Option(help="Only those in this state.")] = "",
    after: After = 0,
    limit: Limit = 100,
    as_json: AsJson = False,
) -> None:
    """List deliveries: who by number, never an address."""
    only = _state(state)
    with opened() as ports:
        found = broadcasts.find(ports, text=broadcast).broadcast
        rows = broadcasts.deliveries(ports, broadcast_id=found.id, state=only, after=after, limit=limit)
    show_deliveries(rows, as_json=as_json)


@group.command("unknowns")
def unknowns(broadcast: Id, after: After = 0, limit: Limit = 100, as_json: AsJson = False) -> None:
    """List the deliveries of which nobody knows whether they arrived."""
    with opened() as ports:
        found = broadcasts.find(ports, text=broadcast).broadcast
        rows = broadcasts.unknowns(ports, broadcast_id=found.id, after=after, limit=limit)
    show_deliveries(rows, as_json=as_json)


def _state(text: str) -> DeliveryState | None:
    if not text:
        return None
    known: Sequence[str] = [state.value for state in DeliveryState]
    if text not in known:
        raise InvalidInput(f"“{text}” is no state of a delivery.", mend=f"It is one of: {', '.join(known)}.")
    return DeliveryState(text)


def _say_stopping(seen: Progress) -> None:
    if seen.stopping:
        progress.print(f"Stopping: {seen.on_the_wire} on the wire.")

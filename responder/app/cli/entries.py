"""The commands about single entries: task, decision, gate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from responder.app.cli.acting import As, acting
from responder.app.cli.incident_views import show_occurrences
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import opened
from responder.core.errors import InvalidInput
from responder.core.incident import Occurrence, OccurrenceKey
from responder.engine import incidents, statements

__all__ = ["mount", "pairs"]

tasks = typer.Typer(help="Tasks: list, take, do, skip, open.", no_args_is_help=True)
decisions = typer.Typer(help="Decisions: answer.", no_args_is_help=True)
gates = typer.Typer(help="Gates: answer.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="INCIDENT", help="The beginning of its id, or `last`.")]
Which = Annotated[str, typer.Argument(metavar="OCCURRENCE", help="Such as update#2 or correction/3#1.")]
Pairs = Annotated[list[str], typer.Option(metavar="NAME=VALUE", help="May be given several times.")]


def mount(app: typer.Typer) -> None:
    """Hang these groups under `responder`."""
    app.add_typer(tasks, name="task")
    app.add_typer(decisions, name="decision")
    app.add_typer(gates, name="gate")


@tasks.command("list")
def list_(
    incident: Id,
    everything: Annotated[bool, typer.Option("--all", help="Also what waits and what is done.")] = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only what my roles own.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """List what is open, the earliest due first; decisions, gates, messages and work on texts too."""
    with opened() as ports:
        by = acting(ports, who)
        situation = incidents.look(ports, incident_id=incidents.find(ports, text=incident, by=by), by=by)
        errands = statements.errands(ports, incident_id=situation.incident_id)
    found: Sequence[Occurrence] = situation.timeline.occurrences if everything else situation.timeline.open
    if mine:
        own = {*by.roles, *situation.roster.roles_of(by.id)}
        found = [one for one in found if one.owner in own]
        errands = tuple(errand for errand in errands if errand.role in own)
    show_occurrences(situation, found, errands=errands, as_json=as_json)


@tasks.command("ack")
def ack(incident: Id, occurrence: Which, who: As = "") -> None:
    """Say: I have it."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        incidents.acknowledge(ports, incident_id=incident_id, occurrence=_key(occurrence), by=by)
    progress.print("Acknowledged.")


@tasks.command("done")
def done(
    incident: Id,
    occurrence: Which,
    note: Annotated[str, typer.Option(help="What was done.")] = "",
    evidence: Annotated[list[str], typer.Option(help="The name of a file, or a link.")] = [],  # noqa: B006
    tick: Annotated[list[str], typer.Option(help="A point of the checklist that is done.")] = [],  # noqa: B006
    learned: Pairs = [],  # noqa: B006
    source: Annotated[str, typer.Option(help="Who said what was learned.")] = "",
    verified: Annotated[bool, typer.Option(help="What was learned was checked.")] = False,
    who: As = "",
) -> None:
    """Say that a task is done."""
    with opened() as ports:
        by = acting(ports, who)
        incidents.done(
            ports,
            incident_id=incidents.find(ports, text=incident, by=by),
            occurrence=_key(occurrence),
            by=by,
            note=note,
            evidence=evidence,
            checklist=dict.fromkeys(tick, True),
            learned=pairs(learned),
            source=source,
            verified=verified,
        )
    progress.print("Done.")


@tasks.command("skip")
def skip(
    incident: Id, occurrence: Which, reason: Annotated[str, typer.Option(help="Why.")], who: As = ""
) -> None:
    """Decide that something is not done, with the reason. Also for decisions, gates and messages."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        incidents.skip(ports, incident_id=incident_id, occurrence=_key(occurrence), by=by, reason=reason)
    progress.print("Skipped.")


@tasks.command("open")
def open_(
    incident: Id,
    entry: Annotated[str, typer.Argument(help="The id of an entry.")],
    item: Annotated[int, typer.Option(help="The item of its register.")] = 0,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Open an entry by hand, on request or again; prints the new occurrence."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        key = incidents.open_entry(
            ports, incident_id=incident_id, entry=entry, item=item or None, by=by, reason=reason
        )
    if as_json:
        show_json({"occurrence": str(key)})
    else:
        out.print(str(key), markup=False)


@decisions.command("answer")
def answer_decision(
    incident: Id,
    occurrence: Which,
    option: Annotated[str, typer.Argument(help="One of its options.")],
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    dissent: Annotated[str, typer.Option(help="Who thinks otherwise, and why.")] = "",
    who: As = "",
) -> None:
    """Answer a question; the last answer counts."""
    with opened() as ports:
        by = acting(ports, who)
        incidents.answer_decision(
            ports,
            incident_id=incidents.find(ports, text=incident, by=by),
            occurrence=_key(occurrence),
            option=option,
            by=by,
            reason=reason,
            dissent=dissent,
        )
    progress.print("Answered.")


@gates.command("answer")
def answer_gate(
    incident: Id,
    occurrence: Which,
    point: Pairs = [],  # noqa: B006
    override: Pairs = [],  # noqa: B006
    note: Pairs = [],  # noqa: B006
    who: As = "",
) -> None:
    """Answer every point of a gate: --point gender=yes; a `no` needs --override gender=REASON."""
    with opened() as ports:
        by = acting(ports, who)
        after = incidents.answer_gate(
            ports,
            incident_id=incidents.find(ports, text=incident, by=by),
            occurrence=_key(occurrence),
            answers=pairs(point),
            by=by,
            notes=pairs(note),
            overrides=pairs(override),
        )
    found = after.timeline.find(_key(occurrence))
    progress.print("Not passed." if found is not None and found.open else "Passed.")


def _key(text: str) -> OccurrenceKey:
    return OccurrenceKey.parse(text)


def pairs(texts: list[str]) -> dict[str, str]:
    """`NAME=VALUE` texts as a mapping. Raises InvalidInput."""
    found = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise InvalidInput(f"“{text}” is not NAME=VALUE.", mend="Write the name, =, and the value.")
        found[name.strip()] = value.strip()
    return found

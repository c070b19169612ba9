"""The commands of incident: activate, look, learn, end. Those about single entries stand in `entries`."""

from __future__ import annotations

import sys
from datetime import datetime
from typing import Annotated

import typer

from responder.app.cli import entries
from responder.app.cli.acting import As, acting, city_of
from responder.app.cli.entries import pairs
from responder.app.cli.incident_views import show_incident, show_log, show_rows
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import opened
from responder.core.terms import Mode
from responder.engine import incidents, playbooks
from responder.engine.people import find_person

__all__ = ["mount"]

group = typer.Typer(help="Incidents: activate, look, learn, end.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="INCIDENT", help="The beginning of its id, or `last`.")]
Reason = Annotated[str, typer.Option(help="Why.")]
Pairs = Annotated[list[str], typer.Option(metavar="NAME=VALUE", help="May be given several times.")]


def mount(app: typer.Typer) -> None:
    """Hang these groups under `responder`."""
    app.add_typer(group, name="incident")
    entries.mount(app)


@group.command("activate")
def activate(
    playbook: Annotated[str, typer.Argument(help="The id of a playbook.")],
    live: Annotated[bool, typer.Option("--live", help="It is real.")] = False,
    exercise: Annotated[bool, typer.Option("--exercise", help="It is an exercise.")] = False,
    script: Annotated[str, typer.Option(help="A script of the playbook's exercises.")] = "",
    title: Annotated[str, typer.Option(help="What people call it.")] = "",
    level: Annotated[str, typer.Option(help="The level; without it the lowest.")] = "",
    fact: Pairs = [],  # noqa: B006  # typer reads it, nobody changes it
    verified: Annotated[bool, typer.Option(help="The facts given were checked.")] = False,
    anchor: Pairs = [],  # noqa: B006
    origin: Annotated[str, typer.Option(help="Exercise: when it begins, YYYY-MM-DD HH:MM.")] = "",
    rate: Annotated[float, typer.Option(help="Exercise: how many times faster time runs.")] = 0.0,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Activate a playbook, live or as an exercise; prints the incident's id."""
    if live == exercise:
        raise typer.BadParameter("Is it real? Say --live or --exercise.")
    with opened() as ports:
        calendar = city_of(ports).calendar

        def moment(text: str) -> datetime:
            return incidents.moment_of(text, calendar, ports.clock.now())

        facts = pairs(fact)
        wanted = incidents.Activation(
            playbook=playbook,
            mode=Mode.LIVE if live else Mode.EXERCISE,
            title=title,
            level=level or None,
            facts=facts,
            verified=frozenset(facts) if verified else frozenset(),
            anchors={name: moment(value) for name, value in pairs(anchor).items()},
            exercise=script or None,
            origin=moment(origin) if origin else None,
            rate=rate or None,
        )
        by = acting(ports, who)
        incident_id = incidents.activate(ports, wanted=wanted, by=by)
        waits = incidents.look(ports, incident_id=incident_id, by=by).incident.started is None
    if waits:
        progress.print(f"A second person must confirm: responder incident confirm {incident_id}")
    if as_json:
        show_json({"incident": incident_id, "confirmed": not waits})
        return
    out.print(incident_id, markup=False)


@group.command("confirm")
def confirm(incident: Id, who: As = "") -> None:
    """Confirm an activation as the second person: the incident starts now."""
    with opened() as ports:
        by = acting(ports, who)
        incidents.confirm(ports, incident_id=incidents.find(ports, text=incident, by=by), by=by)
    progress.print("Confirmed: it has begun.")


@group.command("list")
def list_(who: As = "", as_json: AsJson = False) -> None:
    """List incidents, newest first; and say which playbooks ask to be activated."""
    with opened() as ports:
        show_rows(incidents.list_incidents(ports, by=acting(ports, who)), as_json=as_json)
        for one in playbooks.reminders(ports):
            roles = " or ".join(one.roles) or "anybody"
            progress.print(
                f"{one.name} asks {roles} to activate it since {one.since:%Y-%m-%d}: "
                f"responder incident activate {one.playbook}",
                markup=False,
            )


@group.command("show")
def show(incident: Id, who: As = "", as_json: AsJson = False) -> None:
    """Show how an incident stands: what is open, late, waiting, known."""
    with opened() as ports:
        by = acting(ports, who)
        found = incidents.look(ports, incident_id=incidents.find(ports, text=incident, by=by), by=by)
    show_incident(found, as_json=as_json)


@group.command("log")
def log(incident: Id, who: As = "", as_json: AsJson = False) -> None:
    """Print the log, oldest first."""
    with opened() as ports:
        by = acting(ports, who)
        found = incidents.look(ports, incident_id=incidents.find(ports, text=incident, by=by), by=by)
    show_log(found, as_json=as_json)


@group.command("fact")
def fact_(
    incident: Id,
    name: Annotated[str, typer.Argument(help="A fact of the playbook.")],
    value: Annotated[list[str], typer.Argument(help="Its value; several for lists. None withdraws it.")] = [],  # noqa: B006
    source: Annotated[str, typer.Option(help="Who said so.")] = "",
    verified: Annotated[bool, typer.Option(help="It was checked.")] = False,
    who: As = "",
) -> None:
    """Say what became known."""
    with opened() as ports:
        by = acting(ports, who)
        incidents.learn_fact(
            ports,
            incident_id=incidents.find(ports, text=incident, by=by),
            fact=name,
            value=tuple(value) or None,
            by=by,
            source=source,
            verified=verified,
        )
    progress.print(f"Noted: {name}." if value else f"Withdrawn: {name}.", markup=False)


@group.command("anchor")
def anchor_(
    incident: Id,
    name: Annotated[str, typer.Argument(help="An anchor of the playbook.")],
    at: Annotated[str, typer.Argument(help="YYYY-MM-DD HH:MM (local time), now, or clear.")],
    who: As = "",
) -> None:
    """Set, move or clear a date; what has not opened is planned anew."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        situation = incidents.look(ports, incident_id=incident_id, by=by)
        moment = None if at == "clear" else incidents.parse_moment_text(situation, at)
        incidents.set_anchor(ports, incident_id=incident_id, anchor=name, at=moment, by=by)
    progress.print(f"{name}: {'cleared' if moment is None else moment.isoformat()}", markup=False)


@group.command("close")
def close(
    incident: Id,
    phase: Annotated[str, typer.Argument(help="The phase to close.")],
    reason: Reason = "",
    dry_run: Annotated[bool, typer.Option(help="Only say what it would do.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Close a phase, after saying what ends, what stays open and what still comes."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        situation = incidents.look(ports, incident_id=incident_id, by=by)
        preview = incidents.closing_preview(situation, phase)
        if not dry_run:
            incidents.close_phase(ports, incident_id=incident_id, phase=phase, by=by, reason=reason)
    lines = {
        "ends": preview.ends,
        "dropped": [str(key) for key in preview.dropped],
        "stays_open": [str(key) for key in preview.stays_open],
        "still_comes": [str(key) for key in preview.still_comes],
    }
    if as_json:
        show_json(lines)
        return
    for words, names in lines.items():
        out.print(f"{words.replace('_', ' ')}: {', '.join(names) or 'nothing'}", markup=False)


@group.command("level")
def level_(
    incident: Id,
    level: Annotated[str, typer.Argument(help="A level of the playbook.")],
    reason: Reason = "",
    who: As = "",
) -> None:
    """Raise or lower the level."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        incidents.change_level(ports, incident_id=incident_id, level=level, by=by, reason=reason)
    progress.print(f"Level: {level}.", markup=False)


@group.command("role")
def role_(
    incident: Id,
    role: Annotated[str, typer.Argument(help="A role of the playbook.")],
    give: Annotated[str, typer.Option(metavar="NAME", help="Give it to somebody else.")] = "",
    who: As = "",
) -> None:
    """Take a role in this incident, or give it to somebody."""
    with opened() as ports:
        by = acting(ports, who)
        taker = find_person(ports, give).id if give else None
        incident_id = incidents.find(ports, text=incident, by=by)
        incidents.take_role(ports, incident_id=incident_id, role=role, by=by, person=taker)
    progress.print(f"{role}: {give or by.name}.", markup=False)


@group.command("item")
def item_(
    incident: Id,
    register: Annotated[str, typer.Argument(help="A register of the playbook.")],
    field: Pairs = [],  # noqa: B006
    close_number: Annotated[int, typer.Option("--close", help="Close this item instead.")] = 0,
    reason: Reason = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Add a case to a register, or close one; prints its number."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        number = close_number
        if close_number:
            incidents.close_item(
                ports, incident_id=incident_id, register=register, item=close_number, by=by, reason=reason
            )
        else:
            number = incidents.add_item(
                ports, incident_id=incident_id, register=register, fields=pairs(field), by=by
            )
    if as_json:
        show_json({"register": register, "item": number})
    else:
        out.print(number)


@group.command("note")
def note_(incident: Id, text: Annotated[str, typer.Argument(help="What happened.")], who: As = "") -> None:
    """Write a line into the log."""
    with opened() as ports:
        by = acting(ports, who)
        incidents.note(ports, incident_id=incidents.find(ports, text=incident, by=by), text=text, by=by)


@group.command("restrict")
def restrict(
    incident: Id,
    name: Annotated[
        list[str], typer.Argument(help="Names; without any, one a line from standard input.")
    ] = [],  # noqa: B006
    who: As = "",
) -> None:
    """Enter names that no statement may hold; only keyed hashes are kept."""
    names = name or [line.strip() for line in sys.stdin]
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        count = incidents.restrict_names(ports, incident_id=incident_id, names=names, by=by)
    progress.print(f"{count} new.")


@group.command("wind")
def wind(
    incident: Id,
    to: Annotated[str, typer.Option(help="YYYY-MM-DD HH:MM (local time).")] = "",
    rate: Annotated[float, typer.Option(help="How many times faster time runs from now on.")] = 0.0,
    who: As = "",
) -> None:
    """Wind the clock of an exercise."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        situation = incidents.look(ports, incident_id=incident_id, by=by)
        moment = incidents.parse_moment_text(situation, to) if to else None
        after = incidents.wind(ports, incident_id=incident_id, by=by, to=moment, rate=rate or None)
    progress.print(f"It is {after.calendar.local(after.now):%Y-%m-%d %H:%M} in the exercise.")


@group.command("stand-down")
def stand_down(incident: Id, reason: Reason, who: As = "") -> None:
    """End an incident."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        incidents.stand_down(ports, incident_id=incident_id, by=by, reason=reason)
    progress.print("Stood down.")


@group.command("reopen")
def reopen(incident: Id, reason: Reason, who: As = "") -> None:
    """Let an incident that was stood down go on."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        incidents.reopen(ports, incident_id=incident_id, by=by, reason=reason)
    progress.print("Reopened.")


@group.command("move")
def move(
    incident: Id,
    dry_run: Annotated[bool, typer.Option(help="Only show the difference.")] = False,
    reason: Reason = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Move an incident to the files of today, after showing the difference."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        changed = incidents.compare_versions(ports, incident_id=incident_id, by=by)
        if as_json:
            show_json({"changed": changed, "moved": not dry_run})
        for one in () if as_json else changed:
            out.print(one.difference, markup=False)
        if not dry_run:
            incidents.move_version(ports, incident_id=incident_id, by=by, reason=reason)
            progress.print("Moved.")

"""The commands of audit: was a log changed?"""

from __future__ import annotations

from typing import Annotated

import typer

from responder.app.cli.acting import As, acting
from responder.app.showing import AsJson, out, show_json
from responder.app.wiring import opened
from responder.engine import incidents

__all__ = ["mount"]

group = typer.Typer(help="Audit: was a log changed?", no_args_is_help=True)


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.add_typer(group, name="audit")


@group.command("verify")
def verify(
    incident: Annotated[str, typer.Argument(help="The beginning of an id, or `last`; without it all.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Walk the hash chains; exit code 1 when something was changed, is missing or was moved."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by) if incident else None
        found = incidents.audit(ports, by=by, incident_id=incident_id)
    whole = all(one.report.whole for one in found)
    if as_json:
        show_json({"whole": whole, "incidents": found})
    else:
        for one in found:
            words = "whole" if one.report.whole else "CHANGED"
            out.print(f"{one.incident}  {one.report.count} events  {one.report.head}  {words}", markup=False)
            for fault in one.report.faults:
                out.print(f"  event {fault.number}: {fault.message}", markup=False)
    if not whole:
        raise typer.Exit(1)

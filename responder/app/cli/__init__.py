"""What can be done from the command line? One group of commands a noun."""

from __future__ import annotations

import sys

import typer

from responder.app.cli import (
    audit,
    broadcast,
    contacts,
    i18n,
    incident,
    people,
    playbook,
    report,
    serving,
    statement,
)
from responder.app.showing import complain
from responder.core.errors import ResponderError, Unavailable

__all__ = ["app", "main"]

_LOOK = "Look at its folder and who may read and write there."

app = typer.Typer(
    name="responder",
    help="Incident response and crisis communication playbooks for cities.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

for _module in (playbook, incident, statement, broadcast, contacts, i18n, people, audit, report, serving):
    _module.mount(app)


def main() -> None:
    """Exit codes: 0 ok, 1 problem, 2 usage, 3 refused by policy."""
    try:
        app()
    except ResponderError as error:
        sys.exit(complain(error))
    except OSError as error:
        what = error.filename or "A file"
        sys.exit(complain(Unavailable(f"{what} cannot be used: {error.strerror}.", mend=_LOOK)))

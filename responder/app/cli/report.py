"""The commands that look back: report."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from responder.app.cli.showing import AsJson, show_json
from responder.app.wiring import opened
from responder.core.report import markdown
from responder.engine.reports import report_on
from responder.web.pages.report import report_page

__all__ = ["mount"]


class Form(StrEnum):
    """How a report is written."""

    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.command("report")(report)


def report(
    incident: Annotated[str, typer.Argument(help="The id of an incident, or its beginning.")],
    form: Annotated[Form, typer.Option("--format", help="markdown, html or json.")] = Form.MARKDOWN,
    as_json: AsJson = False,
) -> None:
    """Print the after-action report of an incident."""
    with opened() as ports:
        found = report_on(ports, incident_id=incident)
    if as_json or form is Form.JSON:
        show_json(found)
    elif form is Form.HTML:
        sys.stdout.write(report_page(found))
    else:
        sys.stdout.write(markdown(found))

"""The commands that look back: report."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer

from responder.app.cli.acting import As, acting, city_of
from responder.app.showing import AsJson, show_json
from responder.app.wiring import opened
from responder.core.report import markdown
from responder.engine import incidents
from responder.engine.reports import report_on
from responder.web.pages.report import report_html
from responder.web.rendering import Renderer

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
    incident: Annotated[str, typer.Argument(help="The beginning of its id, or `last`.")],
    form: Annotated[Form, typer.Option("--format", help="markdown, html or json.")] = Form.MARKDOWN,
    language: Annotated[str, typer.Option(help="The language of the HTML page.")] = "en",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Print the after-action report of an incident."""
    with opened() as ports:
        by = acting(ports, who)
        found = report_on(ports, incident_id=incidents.find(ports, text=incident, by=by))
        if as_json or form is Form.JSON:
            show_json(found)
        elif form is Form.HTML:
            city = city_of(ports)
            renderer = Renderer(ports.content, city.calendar.zone)
            sys.stdout.write(report_html(found, city=city.name, renderer=renderer, language=language))
        else:
            sys.stdout.write(markdown(found))

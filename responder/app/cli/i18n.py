"""The commands of i18n: how far each language is, what is wrong, what waits for a reader."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from responder.app.cli.acting import As, acting
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import opened
from responder.engine import statements

__all__ = ["mount"]

group = typer.Typer(help="Languages: what is translated and reviewed.", no_args_is_help=True)

Tag = Annotated[str, typer.Argument(help="A language, BCP 47: es, ar, zh-Hans.")]
_PROBLEM = 1


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.add_typer(group, name="i18n")


@group.command("status")
def status(as_json: AsJson = False) -> None:
    """Show how far each language of the city is."""
    with opened() as ports:
        found = statements.progress_of(ports)
    if as_json:
        show_json({"languages": found})
        return
    table = Table("language", "sentences", "translated", "fuzzy", "reviewed", "fixed lines reviewed")
    for one in found:
        lines = f"{one.lines_reviewed} of {one.lines}"
        row = (one.language, one.sentences, one.translated, one.fuzzy, one.reviewed)
        table.add_row(*map(str, row), lines)
    out.print(table)


@group.command("check")
def check(
    language: Annotated[list[str], typer.Option("--language", help="Only these; else the city's.")] = [],  # noqa: B006
    as_json: AsJson = False,
) -> None:
    """Find what is wrong in templates and translations. Exit code 1 when there is something."""
    with opened() as ports:
        problems = statements.check_languages(ports, languages=language or None)
    if as_json:
        show_json({"problems": problems})
    else:
        for problem in problems:
            out.print(str(problem), markup=False)
        progress.print(f"{len(problems)} problems.", markup=False)
    if any(not problem.advice for problem in problems):
        raise typer.Exit(_PROBLEM)


@group.command("extract")
def extract(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="A file; else stdout.")] = None,
) -> None:
    """Write the sentences of all templates as a .pot file, for translators."""
    with opened() as ports:
        written = statements.extract(ports)
    if output is None:
        sys.stdout.write(written.decode())
        return
    output.write_bytes(written)
    progress.print(f"Written: {output}", markup=False)


@group.command("review")
def review(
    language: Tag,
    template: Annotated[str, typer.Option(help="Only the sentences of this template.")] = "",
    digest: Annotated[list[str], typer.Option("--digest", help="Sign this one; may be repeated.")] = [],  # noqa: B006
    everything: Annotated[bool, typer.Option("--all", help="Sign all that is shown.")] = False,
    reads: Annotated[bool, typer.Option("--i-read-it", help="I declare that I read this language.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show what nobody has reviewed, or sign it as somebody who reads the language."""
    with opened() as ports:
        items = statements.to_review(ports, language=language, template=template or None)
        wanted = [item.digest for item in items] if everything else list(digest)
        if wanted:
            count = statements.review(
                ports, language=language, digests=wanted, by=acting(ports, who), declares_reading=reads
            )
    if wanted:
        if as_json:
            show_json({"language": language, "reviewed": count})
        else:
            progress.print(f"{count} reviewed in {language}.", markup=False)
        return
    if as_json:
        show_json({"language": language, "items": items})
        return
    for item in items:
        out.print(f"{item.digest[:12]}  {item.where}", markup=False, style="dim")
        out.print(f"  {item.source}\n  {' | '.join(item.forms)}", markup=False)
    progress.print(f"{len(items)} to review. Sign: --all --i-read-it --as NAME", markup=False)

"""The commands about playbooks: list, check, show, schema, diff, rehearse, new, print, review."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from responder.app.cli.acting import As, acting
from responder.app.settings import Settings, load_settings
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import opened
from responder.content.files import FileContent
from responder.core.errors import InvalidInput, Problem
from responder.core.incident.rehearse import Run
from responder.core.playbook import Playbook
from responder.core.playbook.compare import Change, compare
from responder.core.playbook.pack import as_html, as_markdown
from responder.core.playbook.reference import as_reference
from responder.core.playbook.schema import json_schema
from responder.engine import playbooks
from responder.engine.playbooks import House, PlaybookCheck, Row

__all__ = ["mount"]

group = typer.Typer(help="Playbooks: what is done and said, by whom, when.", no_args_is_help=True)

_EXIT_PROBLEM = 1

Named = Annotated[str, typer.Argument(metavar="PLAYBOOK", help="An id, or the path of a file.")]


class PackFormat(StrEnum):
    """How a playbook is printed."""

    MARKDOWN = "markdown"
    HTML = "html"


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.add_typer(group, name="playbook")


@group.command("list")
def list_them(as_json: AsJson = False) -> None:
    """Every playbook, programme and module on the content path."""
    lines = playbooks.list_playbooks(_content(load_settings()))
    if as_json:
        show_json(lines)
        return
    width = max((len(line.id) for line in lines), default=0)
    for line in lines:
        problems = f"  {line.errors} problems" if line.errors else ""
        entries = f"{line.entries:>4} entries"
        out.print(f"{line.id:<{width}}  {line.kind:<9} {entries}  {line.name}{problems}", markup=False)


@group.command("check")
def check(
    names: Annotated[list[str], typer.Argument(metavar="PLAYBOOK…", help="Ids, or paths of files.")],
    strict: Annotated[bool, typer.Option("--strict", help="Exit 1 for advice too.")] = False,
    city: Annotated[bool, typer.Option("--city", help="Also who holds which role, and reviews.")] = False,
    as_json: AsJson = False,
) -> None:
    """Check playbooks whole: the file, its templates and languages, the city, and a rehearsal.

    Problems stand at file:line:column with their mend. Exit 1 with errors; with --strict for advice too.
    """
    house = _house() if city else None
    checks = [_checked(name, house) for name in names]
    if as_json:
        show_json([{**_as_object(each), "line": each.line} for each in checks])
    else:
        for each in checks:
            _show_check(each)
    if any(each.errors or (strict and each.advice) for each in checks):
        raise typer.Exit(_EXIT_PROBLEM)


@group.command("show")
def show(name: Named, as_json: AsJson = False) -> None:
    """Every entry of a playbook, phase by phase: code, owner, when, due, needs."""
    playbook = _read(name)
    rows = playbooks.outline(playbook)
    if as_json:
        show_json(
            {"playbook": playbook.id, "name": playbook.name, "version": playbook.version, "entries": rows}
        )
        return
    out.print(f"{playbook.name} ({playbook.id}, version {playbook.version})", markup=False)
    _show_rows(rows)


@group.command("schema")
def schema(
    reference: Annotated[bool, typer.Option("--reference", help="Print the reference page instead.")] = False,
) -> None:
    """The JSON Schema of a playbook file, for editors; or the reference of the language as Markdown."""
    if reference:
        sys.stdout.write(as_reference())
    else:
        show_json(json_schema())


@group.command("diff")
def diff(
    old: Annotated[str, typer.Argument(help="The old playbook: an id, or the path of a file.")],
    new: Annotated[str, typer.Argument(help="The new one.")],
    as_json: AsJson = False,
) -> None:
    """What changed between two playbooks, key by key. Exit 0 also when something did."""
    changes = compare(_read(old), _read(new))
    if as_json:
        show_json(changes)
        return
    _show_changes(changes)


@group.command("rehearse")
def rehearse(
    name: Named,
    script: Annotated[str | None, typer.Option(help="Only this exercise.")] = None,
    steps: Annotated[bool, typer.Option("--steps", help="Show every step.")] = False,
    as_json: AsJson = False,
) -> None:
    """Play a playbook on a hand-wound clock, from the first minute to the last year. Nothing is sent."""
    content, id_ = _source(name)
    playbook = playbooks.read_playbook(content, id_)
    city = playbooks.read_city(content)
    rehearsal = playbooks.rehearse_playbook(playbook, city, script=script)
    if as_json:
        summary = playbooks.summary_of(playbook, rehearsal)
        show_json({"summary": summary, "runs": rehearsal.runs if steps else ()})
        return
    for run in rehearsal.runs:
        _show_run(run, steps=steps)
    out.print(rehearsal.line, markup=False)


@group.command("new")
def new(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The id: small letters, digits and -.")],
    name: Annotated[str, typer.Option(help="What people read.")] = "",
    folder: Annotated[Path, typer.Option("--in", help="The folder it is written to.")] = Path("playbooks"),
    language: Annotated[str, typer.Option(help="The language it is written in.")] = "en",
) -> None:
    """Begin a playbook: a small one that checks clean, to be rewritten."""
    content = _content(load_settings())
    text = playbooks.begin_playbook(
        content, playbook=id_, name=name or id_.replace("-", " ").capitalize(), language=language
    )
    file = folder / f"{id_}.yaml"
    if file.exists():
        raise InvalidInput(f"{file} is there already.", mend="Choose another id or folder.")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    out.print(str(file), markup=False)
    progress.print(f"Next: responder playbook check {file}", markup=False)


@group.command("print")
def print_pack(
    name: Named,
    form: Annotated[PackFormat, typer.Option("--format", help="markdown or html.")] = PackFormat.MARKDOWN,
) -> None:
    """The whole playbook on paper, for when the power is out."""
    playbook = _read(name)
    sys.stdout.write(as_html(playbook) if form is PackFormat.HTML else as_markdown(playbook))


@group.command("review")
def review(name: Named, who: As = "") -> None:
    """Note that a playbook was reviewed today."""
    content, id_ = _source(name)
    with opened() as ports:
        person = acting(ports, who)
        when = playbooks.review_playbook(ports, content=content, playbook=id_, by=person)
    progress.print(f"Noted: {id_} was reviewed on {when:%Y-%m-%d}.", markup=False)


def _content(settings: Settings, *files: Path) -> FileContent:
    return FileContent(directories=settings.own_content, city=settings.city_file, playbook_files=files)


def _source(name: str) -> tuple[FileContent, str]:
    """The content in which a name is found, and its id: a path is a file nearer than all others."""
    settings = load_settings()
    if not name.endswith((".yaml", ".yml")) and "/" not in name:
        return _content(settings), name
    file = Path(name)
    if not file.is_file():
        raise InvalidInput(f"There is no file {file}.", mend="Name a playbook by its id or by a file.")
    if not re.fullmatch(r"[a-z][a-z0-9-]*", file.stem):
        mend = "A playbook's file is named for its id: small letters, digits and -."
        raise InvalidInput(f"“{file.name}” cannot be the file of a playbook.", mend=mend)
    return _content(settings, file), file.stem


def _read(name: str) -> Playbook:
    return playbooks.read_playbook(*_source(name))


def _checked(name: str, house: House | None) -> PlaybookCheck:
    content, id_ = _source(name)
    return playbooks.check_playbook(content, playbook=id_, house=house)


def _house() -> House:
    with opened() as ports:
        return playbooks.house_of(ports)


def _as_object(check: PlaybookCheck) -> dict[str, object]:
    return {key: getattr(check, key) for key in check.__slots__}


def _show_check(check: PlaybookCheck) -> None:
    out.print(f"{check.playbook}: {check.name}" if check.name else check.playbook, markup=False, style="bold")
    for problem in check.errors:
        _show_problem(problem, "error")
    for problem in check.advice:
        _show_problem(problem, "advice")
    style = "green" if check.sound else "red"
    out.print(check.line, markup=False, style=style)


def _show_problem(problem: Problem, word: str) -> None:
    style = "red" if word == "error" else "yellow"
    out.print(
        f"{problem.place}: {word}: {problem.message} {problem.mend}".rstrip(), markup=False, style=style
    )


def _show_changes(changes: Sequence[Change]) -> None:
    for change in changes:
        out.print(str(change), markup=False)
    count = "1 change" if len(changes) == 1 else f"{len(changes)} changes"
    progress.print(count if changes else "No difference.", markup=False)


def _show_run(run: Run, *, steps: bool) -> None:
    days = (run.end - run.start).days
    who = run.script or "everybody acts when it is due"
    out.print(f"{who}: {len(run.reached)} entries in {days} days", markup=False, style="bold")
    for step in run.steps if steps else ():
        out.print(f"  {step.at:%Y-%m-%d %H:%M}  {step.what}  {step.name}", markup=False)


def _show_rows(rows: Sequence[Row]) -> None:
    """Two lines an entry, never wrapped: what it is, then who and when."""
    phase = None
    for row in rows:
        if row.phase != phase:
            phase = row.phase
            out.print(f"\n{phase or 'without a phase'}", markup=False, style="bold")
        out.print(f"{row.code:<5} {row.kind:<9} {row.name} [{row.id}]", markup=False)
        parts = [row.owner, f"from {row.at}"]
        parts += [f"due {row.due}"] if row.due else []
        parts += [f"after {', '.join(row.needs)}"] if row.needs else []
        parts += [f"if {' and '.join(row.condition.splitlines())}"] if row.condition else []
        out.print(f"{'':<15} {'; '.join(parts)}", markup=False, style="dim")

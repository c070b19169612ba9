"""The commands about contacts: import, export, list, stop, start, forget."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, BinaryIO, TextIO

import typer
from rich.table import Table

from responder.app.cli.acting import As, acting, city_of
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import opened
from responder.core.errors import InvalidInput, Unavailable
from responder.engine import contacts
from responder.engine.contacts import ImportReport, RowProblem
from responder.engine.ports.contacts import ContactCounts, StopHow

__all__ = ["mount"]

group = typer.Typer(help="Residents and organisations who hear from the city.", no_args_is_help=True)

_EXIT_PROBLEM = 1


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.add_typer(group, name="contacts")


@group.command("import")
def import_file(
    file: Annotated[str, typer.Argument(help="A CSV file; - reads from standard input.")],
    add_list: Annotated[list[str], typer.Option("--list", help="Put every row on this list too.")] = [],  # noqa: B006
    basis: Annotated[str, typer.Option(help="The lawful basis, for rows that name none.")] = "",
    rejected: Annotated[
        Path | None, typer.Option(help="Write row, line and reason of what was not taken.")
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 1 when any row was not taken whole.")
    ] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Read contacts from a CSV file. Reading it again changes nothing.

    Columns: name, phone, email, languages, lists, areas, channels, basis, organisation; several values
    of one cell stand with semicolons. Exit 1 when the file is cut or no row could be taken.
    """
    every: list[RowProblem] = []
    with opened() as ports, _reading(file) as stream, _rejecting(rejected) as write_down:

        def tell(problem: RowProblem) -> None:
            write_down(problem)
            if as_json:
                every.append(problem)
            else:
                progress.print(str(problem), markup=False)

        city, source = city_of(ports), Path(file).name
        rules = contacts.rules_of(city, add_lists=tuple(add_list), basis=basis, source=source)
        by = acting(ports, who)
        report = contacts.import_contacts(ports, by=by, stream=stream, rules=rules, on_problem=tell)
    if as_json:
        report.problems = every
        show_json(report)
    else:
        _show_report(report)
    nothing = report.rows > 0 and report.rejected == report.rows
    if report.cut_at is not None or nothing or (strict and not report.whole()):
        raise typer.Exit(_EXIT_PROBLEM)


@group.command("export")
def export_file(
    to: Annotated[Path | None, typer.Option("--to", help="A file; else standard output.")] = None,
    reveal: Annotated[
        bool, typer.Option("--reveal", help="In clear: needs --as an admin, and is logged.")
    ] = False,
    on_list: Annotated[str | None, typer.Option("--list", help="Only contacts of this list.")] = None,
    who: As = "",
) -> None:
    """Write contacts as CSV, masked."""
    with opened() as ports, _writing(to) as stream:
        by = acting(ports, who)
        count = contacts.export_contacts(ports, by=by, into=stream, reveal=reveal, list_id=on_list)
    progress.print(f"{count} contacts, {'in clear' if reveal else 'masked'}.", markup=False)


@group.command("list")
def show_page(
    on_list: Annotated[str | None, typer.Option("--list", help="Only contacts of this list.")] = None,
    language: Annotated[str | None, typer.Option(help="Only readers of this language.")] = None,
    after: Annotated[int, typer.Option(help="Begin after this id.")] = 0,
    limit: Annotated[int, typer.Option(min=1, max=10_000)] = 50,
    count: Annotated[bool, typer.Option("--count", help="Only how many there are.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show contacts, masked."""
    with opened() as ports:
        by = acting(ports, who)
        if count:
            _show_counts(contacts.count_contacts(ports, by=by), as_json=as_json)
            return
        found = contacts.list_contacts(
            ports, by=by, after=after, limit=limit, list_id=on_list, language=language
        )
    if as_json:
        show_json(found)
        return
    table = Table("id", "name", "phone", "email", "languages", "lists", "areas")
    for one in found:
        row = (str(one.id), one.name, one.phone, one.email)
        table.add_row(*row, *(", ".join(many) for many in (one.languages, one.lists, one.areas)))
    out.print(table)


@group.command("stop")
def stop(
    address: Annotated[str, typer.Argument(help="A phone number or email address.")] = "",
    contact: Annotated[int | None, typer.Option(help="Or the id of a contact: all its addresses.")] = None,
    bereaved: Annotated[
        bool, typer.Option("--bereaved", help="A household in mourning; no word brings it back.")
    ] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Send nothing more to an address, on any list; imports cannot bring it back."""
    how = StopHow.BEREAVED if bereaved else StopHow.PERSON
    with opened() as ports:
        by = acting(ports, who)
        if contact is not None:
            touched = contacts.stop_contact(ports, by=by, contact_id=contact, how=how)
        elif address:
            country = city_of(ports).country
            touched = contacts.stop_address(ports, by=by, address=address, country=country, how=how)
        else:
            raise typer.BadParameter("Whom? Give a phone number, an email address, or --contact ID.")
    _show_touched("stopped", touched, as_json=as_json)


@group.command("start")
def start(
    address: Annotated[str, typer.Argument(help="A phone number or email address.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Somebody who had opted out asks for messages again."""
    with opened() as ports:
        country = city_of(ports).country
        touched = contacts.start_address(ports, by=acting(ports, who), address=address, country=country)
    _show_touched("started", touched, as_json=as_json)


@group.command("forget")
def forget(
    contact: Annotated[int, typer.Argument(help="The id of a contact.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Empty a contact for good: name, addresses, lists. What was stopped stays stopped."""
    with opened() as ports:
        contacts.forget_contact(ports, by=acting(ports, who), contact_id=contact)
    _show_touched("forgotten", 1, as_json=as_json)


@contextmanager
def _reading(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    try:
        stream = Path(file).open("rb")  # noqa: SIM115  # closed at the end of the block below
    except OSError as error:
        raise InvalidInput(f"{file} cannot be read: {error.strerror}.", mend="Look at its path.") from error
    with stream:
        yield stream


@contextmanager
def _writing(to: Path | None) -> Iterator[TextIO]:
    """A file of contacts is for its owner alone (mode 0600)."""
    if to is None:
        yield sys.stdout
        return
    try:
        to.touch(mode=0o600)
        stream = to.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise Unavailable(f"{to} cannot be written: {error.strerror}.", mend="Look at its folder.") from error
    with stream:
        yield stream


@contextmanager
def _rejecting(path: Path | None) -> Iterator[Callable[[RowProblem], None]]:
    """Where rows that were not taken are written down, one by one; nowhere without a path."""
    if path is None:
        yield lambda _problem: None
        return
    with _writing(path) as stream:
        writer = csv.writer(stream)
        writer.writerow(("row", "line", "taken", "reason", "mend"))

        def write_down(one: RowProblem) -> None:
            writer.writerow((one.row, one.line, "in part" if one.kept else "no", one.reason, one.mend))

        yield write_down


def _show_report(report: ImportReport) -> None:
    for name in ("rows", "added", "updated", "unchanged", "merged", "partly", "rejected"):
        out.print(f"{getattr(report, name):>9,}  {name}", markup=False)
    notes = (
        (report.households, "added beside somebody else with the same address"),
        (report.stopped, "have an address that stopped messages, and stay stopped"),
        (report.without_list, "are on no list, so no audience reaches them yet"),
    )
    for count, words in notes:
        if count:
            progress.print(f"{count:,} {words}.", markup=False)
    if report.ignored_columns:
        progress.print(f"Columns not read: {', '.join(report.ignored_columns)}.", markup=False)
    if report.cut_at is not None:
        words = f"The file seems to be cut at line {report.cut_at}: what stood before is in, the rest is not."
        progress.print(words, markup=False, style="red")


def _show_counts(counts: ContactCounts, *, as_json: bool) -> None:
    by_state = {f"{channel} {state}": count for (channel, state), count in counts.by_state.items()}
    groups = {
        "by_list": counts.by_list,
        "by_language": counts.by_language,
        "by_area": counts.by_area,
        "by_state": by_state,
    }
    if as_json:
        show_json({"contacts": counts.contacts, **groups})
        return
    out.print(f"{counts.contacts:>9,}  contacts", markup=False)
    for group_name, found in groups.items():
        for word, count in sorted(found.items()):
            out.print(f"{count:>9,}  {group_name.removeprefix('by_')} {word}", markup=False)


def _show_touched(word: str, touched: int, *, as_json: bool) -> None:
    if as_json:
        show_json({word: touched})
    else:
        progress.print(f"{touched} {word}.", markup=False)

"""The commands that set up and run the program: init, doctor, demo, serve, worker, publish, db and copies."""

from __future__ import annotations

import shutil
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Annotated

import typer

from responder.app.demo import DemoOptions, play
from responder.app.doctor import Verdict, examine
from responder.app.logs import set_up_logs
from responder.app.publishing import write_pages
from responder.app.running import city_of, heeding, listen, pages, serving, working
from responder.app.settings import ENV_FILE, KEY_FILE, Settings, load_settings
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import install, install_here, opened
from responder.content.files import shipped_directory
from responder.core.errors import Refused
from responder.db import backup as copies
from responder.db.migrations import head, require_current, revision_of, upgrade
from responder.web.pages.public import publish as public_pages

__all__ = ["mount"]

_FIRST_SETTINGS = """\
# Settings of this installation; see docs/reference/environment.md. The environment wins over this file.
# This folder's playbooks/, message_templates/ and locales/ come before what is shipped.
RESPONDER_CONTENT_DIRS=.
"""
_MARKS = {Verdict.OK: "✓", Verdict.MISSING: "!", Verdict.BROKEN: "✗"}


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    for command in (init, doctor, serve, worker, publish, backup, restore):
        app.command()(command)
    app.command("demo")(demo)
    database = typer.Typer(help="The database.", no_args_is_help=True)
    database.command("upgrade")(db_upgrade)
    app.add_typer(database, name="db")


def init() -> None:
    """Make a key, a database, a sample city file and settings in this folder; what is there stays."""
    settings = load_settings()
    _key_told(settings)
    installation = install(settings)
    try:
        upgrade(installation.engine)
        installation.queue.prepare()
    finally:
        installation.close()
    if settings.city_file is None and not settings.own_content:
        _begin_content()
    progress.print("Next: responder user add --name … --permission admin --role …")


def doctor(as_json: AsJson = False) -> None:
    """Say what is missing before the program may go live. Exit code 1 when something is broken."""
    answers = examine()
    if as_json:
        show_json(answers)
    else:
        for answer in answers:
            mend = f"  → {answer.mend}" if answer.mend else ""
            out.print(f"{_MARKS[answer.verdict]} {answer.question}: {answer.words}{mend}", markup=False)
    if any(answer.verdict is Verdict.BROKEN for answer in answers):
        raise typer.Exit(1)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; RESPONDER_HOST.")] = "",
    port: Annotated[int, typer.Option(help="Port to listen on; RESPONDER_PORT.")] = 0,
    no_worker: Annotated[bool, typer.Option("--no-worker", help="Pages only; run workers apart.")] = False,
) -> None:
    """Run everything in one process: pages, the clock, the workers."""
    settings = load_settings()
    set_up_logs(settings)
    _key_told(settings)
    chosen_host, chosen_port = host or settings.host, port or settings.port
    with heeding() as asked, closing(install(settings)) as installation:
        if revision_of(installation.engine) is not None:
            require_current(installation.engine)
        else:
            upgrade(installation.engine)
        installation.queue.prepare()
        city_of(installation)
        app = pages(installation)
        with (
            closing(listen(chosen_host, chosen_port)) as door,
            nullcontext() if no_worker else working(installation),
            serving(app, door, ended=asked),
        ):
            progress.print(f"Pages on http://{chosen_host}:{chosen_port}", markup=False)
            asked.wait()
    progress.print("Stopped.")


def worker() -> None:
    """Run the clock and the workers without pages, beside `responder serve --no-worker`."""
    settings = load_settings()
    set_up_logs(settings)
    with heeding() as asked, closing(install_here(settings)) as installation:
        require_current(installation.engine)
        installation.queue.prepare()
        with working(installation):
            progress.print(f"Working as {settings.node}.", markup=False)
            asked.wait()
    progress.print("Stopped.")


def publish(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="Where it is written; public/ is made in it.")
    ],
    as_json: AsJson = False,
) -> None:
    """Write the public pages as files, for any web server; they stand when this program is down.

    Each file is replaced as a whole. Pages of earlier runs that are public no longer are removed.
    """
    with opened() as ports:
        written = write_pages(public_pages(ports), folder)
    if as_json:
        show_json({"folder": str(folder), "files": written})
    else:
        progress.print(f"{len(written)} files in {folder / 'public'}.", markup=False)


def demo(
    auto: Annotated[bool, typer.Option("--auto", help="Without hands; ends by itself.")] = False,
    as_json: AsJson = False,
    contacts: Annotated[int, typer.Option(help="How many made-up contacts.", min=10)] = 10_000,
    port: Annotated[int, typer.Option(help="Port of the pages; a busy one picks the next.")] = 8000,
) -> None:
    """Play an exercise of the flagship playbook in fast time. Reaches nobody."""
    played = play(DemoOptions(auto=auto, quiet=as_json, contacts=contacts, port=port))
    if as_json:
        show_json(played)


def backup(target: Annotated[Path, typer.Argument(help="The file to write.")]) -> None:
    """Copy the embedded database while the program runs. The key is not in it: keep that apart."""
    settings = load_settings()
    size = copies.backup(_embedded(settings), target)
    progress.print(f"Wrote {target}, {size:,} bytes.", markup=False)
    progress.print(
        f"Keep the key apart from it; without it contacts are lost: {_key_place(settings)}.", markup=False
    )


def restore(source: Annotated[Path, typer.Argument(help="The file that `responder backup` wrote.")]) -> None:
    """Put a copy in the place of the embedded database. The program must not be running."""
    settings = load_settings()
    kept = copies.restore(source, _embedded(settings))
    if kept is not None:
        progress.print(f"What stood there is kept as {kept}.", markup=False)
    progress.print("Restored. What was sent since the copy is not known to it: look before you release.")
    progress.print("If the copy is of an older version: responder db upgrade.")


def db_upgrade() -> None:
    """Bring the database to this version of the program."""
    installation = install(load_settings())
    try:
        before = upgrade(installation.engine)
        installation.queue.prepare()
    finally:
        installation.close()
    progress.print(f"The database is at revision {head()}; it was at {before or 'none'}.")


def _key_told(settings: Settings) -> None:
    if settings.make_key():
        where = settings.data_dir / KEY_FILE
        progress.print(f"Made a secret key: {where}. Keep a copy apart from the data.", markup=False)


def _key_place(settings: Settings) -> str:
    return (
        "RESPONDER_SECRET_KEY"
        if settings.secret_key.get_secret_value()
        else str(settings.data_dir / KEY_FILE)
    )


def _begin_content() -> None:
    """A city file to change, and settings that make this folder the nearest content."""
    city, settings = Path("playbooks") / "city.yaml", Path(ENV_FILE)
    if not city.exists():
        city.parent.mkdir(exist_ok=True)
        shutil.copyfile(shipped_directory() / "playbooks" / "city.yaml", city)
        progress.print(f"Wrote {city}, a made-up city: change it to yours.", markup=False)
    if not settings.exists():
        settings.touch(mode=0o600)
        settings.write_text(_FIRST_SETTINGS, encoding="utf-8")
        progress.print(
            f"Wrote {settings}: what lies in this folder comes before what is shipped.", markup=False
        )


def _embedded(settings: Settings) -> Path:
    if not settings.database.startswith("sqlite:///"):
        raise Refused("This copies the embedded database only.", mend="On PostgreSQL use pg_dump.")
    return Path(settings.database.removeprefix("sqlite:///"))

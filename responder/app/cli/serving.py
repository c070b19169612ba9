"""The commands that set up and run the program: init, doctor, demo, serve, worker, db, backup, restore."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from responder.app.demo import DemoOptions, play
from responder.app.doctor import Verdict, examine
from responder.app.logs import set_up_logs
from responder.app.running import pages, serve_pages, wait_for_signal, working
from responder.app.settings import KEY_FILE, Settings, load_settings
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import install
from responder.content.files import shipped_directory
from responder.core.errors import Refused
from responder.db import backup as copies
from responder.db.migrations import head, require_current, upgrade

__all__ = ["mount"]

_MARKS = {Verdict.OK: "✓", Verdict.MISSING: "!", Verdict.BROKEN: "✗"}


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    for command in (init, doctor, serve, worker, backup, restore):
        app.command()(command)
    app.command("demo")(demo)
    database = typer.Typer(help="The database.", no_args_is_help=True)
    database.command("upgrade")(db_upgrade)
    app.add_typer(database, name="db")


def init() -> None:
    """Make a key, a database and a sample city file in this folder; what is there stays."""
    settings = load_settings()
    _key_told(settings)
    installation = install(settings)
    upgrade(installation.engine)
    installation.close()
    target = Path("playbooks") / "city.yaml"
    if settings.city_file is None and not target.exists():
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(shipped_directory() / "playbooks" / "city.yaml", target)
        progress.print(f"Wrote {target}: change it to your city, and set RESPONDER_CITY_FILE={target}")
    progress.print("Next: responder user add --name … --permission admin --role …")


def doctor(as_json: AsJson = False) -> None:
    """Say what is missing before the program may go live. Exit code 1 when something is broken."""
    installation = install(load_settings())
    answers = examine(installation)
    installation.close()
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
    installation = install(settings)
    try:
        if settings.database_url:
            require_current(installation.engine)
        else:
            upgrade(installation.engine)
        app = pages(installation)
        progress.print(f"Pages on http://{chosen_host}:{chosen_port}")
        if no_worker:
            serve_pages(app, host=chosen_host, port=chosen_port)
        else:
            with working(installation):
                serve_pages(app, host=chosen_host, port=chosen_port)
    finally:
        installation.close()


def worker() -> None:
    """Run the clock and the workers without pages, beside `responder serve --no-worker`."""
    settings = load_settings()
    set_up_logs(settings)
    installation = install(settings)
    try:
        require_current(installation.engine)
        with working(installation):
            progress.print(f"Working as {settings.node}.")
            wait_for_signal()
    finally:
        installation.close()


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
    copies.backup(_embedded(settings), target)
    progress.print(f"Wrote {target}. It is useless without the key ({settings.data_dir / KEY_FILE}).")


def restore(source: Annotated[Path, typer.Argument(help="The file that `responder backup` wrote.")]) -> None:
    """Put a copy in the place of the embedded database. The program must not be running."""
    settings = load_settings()
    copies.restore(source, _embedded(settings))
    progress.print("Restored. What was sent since the copy is not known to it: look before you release.")


def db_upgrade() -> None:
    """Bring the database to this version of the program."""
    installation = install(load_settings())
    before = upgrade(installation.engine)
    installation.queue.prepare()
    installation.close()
    progress.print(f"The database is at revision {head()}; it was at {before or 'none'}.")


def _key_told(settings: Settings) -> None:
    if settings.make_key():
        progress.print(f"Made a secret key: {settings.data_dir / KEY_FILE}. Keep a copy apart from the data.")


def _embedded(settings: Settings) -> Path:
    if not settings.database.startswith("sqlite:///"):
        raise Refused("This copies the embedded database only.", mend="On PostgreSQL use pg_dump.")
    return Path(settings.database.removeprefix("sqlite:///"))

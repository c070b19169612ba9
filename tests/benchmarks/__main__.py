"""Run every stage in turn with its yardstick, several times, and print medians: `make bench`."""

from __future__ import annotations

import csv
import io
import itertools
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from responder.app.demo import DemoOptions, play
from responder.content.files import FileContent
from responder.core.city import parse_city
from responder.core.incident.rehearse import rehearse
from responder.core.playbook import parse_playbook
from responder.core.reading import read
from responder.core.statement.sms import measure
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore, create_all
from responder.engine.contacts import import_contacts, rules_of
from responder.engine.people import OPERATOR
from responder.engine.ports import Limits, Ports
from responder.engine.ports.contents import CITY_FILE
from responder.testing.fakes import CountedChance, HandWoundClock, InlineQueue

FLAGSHIP = "violent-hate-attack"
RUNS = 5
ROWS = 20_000
_SAMPLES = ["Attack at Harbour Hall. Stay inside. " * 4, "Ataque en el Salón. Quédese dentro. " * 4]
KEY = "0123456789abcdef0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: what it does, the yardstick beside it, and the figure that somebody promised."""

    name: str
    work: Callable[[], object]
    yardstick: Callable[[], object]
    yard: str
    promised: str


def main() -> None:
    sys.stdout.write(f"{'stage':44}{'seconds':>10}{'ratio':>9}   yardstick; promised\n")
    for stage in (_rehearsal(), _reading(), _import(), _sizes()):
        ours, theirs = _paired(stage)
        line = f"{stage.name:44}{ours:10.3f}{theirs / ours:8.2f}×   {stage.yard}; {stage.promised}"
        sys.stdout.write(line + "\n")
        sys.stdout.flush()
    seconds = _demo()
    sys.stdout.write(f"{'the demonstration, whole, 10,000 contacts':44}{seconds:10.1f}{'':9}   ; < 60 s\n")


def _paired(stage: Stage) -> tuple[float, float]:
    """Medians of both, in turn, so that a slow minute of the machine meets both alike."""
    ours, theirs = [], []
    for _ in range(RUNS):
        theirs.append(_seconds(stage.yardstick))
        ours.append(_seconds(stage.work))
    return statistics.median(ours), statistics.median(theirs)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _rehearsal() -> Stage:
    content = FileContent()
    city = parse_city(content.read(CITY_FILE), CITY_FILE)
    playbook = parse_playbook(FLAGSHIP, content.playbook)
    return Stage(
        "rehearse 24 months of the flagship, 3 runs",
        lambda: rehearse(playbook, city),
        lambda: parse_playbook(FLAGSHIP, content.playbook),
        "reading the same playbook",
        "< 2 s",
    )


def _reading() -> Stage:
    content = FileContent()
    names = ("playbooks/" + FLAGSHIP + ".yaml", *content.files("playbooks/modules"))
    files = [(name, content.read(name)) for name in names]
    return Stage(
        "parse, merge and check the flagship's files",
        lambda: parse_playbook(FLAGSHIP, content.playbook),
        lambda: [read(data, name) for name, data in files],
        "reading their YAML alone",
        "no figure",
    )


def _import() -> Stage:
    lines = ["name,phone,email,languages,lists,areas,basis"]
    for number in range(ROWS):
        phone = f"+1{('202', '212', '213')[number % 3]}55501{number % 100:02}" if number < 300 else ""
        email = f"resident{number}@example.org"
        lines.append(f"Resident {number},{phone},{email},es en,residents,harbour,consent")
    data = "\n".join(lines).encode()
    city = parse_city(FileContent().read(CITY_FILE), CITY_FILE)
    rules = rules_of(city)

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder:
            import_contacts(_ports(Path(folder)), by=OPERATOR, stream=io.BytesIO(data), rules=rules)

    def yardstick() -> None:
        with tempfile.TemporaryDirectory() as folder:
            database = sqlite3.connect(Path(folder) / "plain.db")
            database.execute("CREATE TABLE contacts (a, b, c, d, e, f, g)")
            rows = csv.reader(io.StringIO(data.decode()))
            database.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            database.commit()
            database.close()

    return Stage(
        f"import {ROWS:,} contacts from CSV",
        work,
        yardstick,
        "csv and sqlite3 alone",
        f"< {ROWS / 10_000:.0f} s",
    )


def _ports(folder: Path) -> Ports:
    engine = make_engine(f"sqlite:///{folder / 'bench.db'}")
    create_all(engine)
    return Ports(
        store=SqlStore(engine),
        content=FileContent(),
        clock=HandWoundClock(datetime(2027, 3, 1, tzinfo=UTC)),
        chance=CountedChance(),
        ciphers=SecretCiphers(KEY),
        queue=InlineQueue(),
        live={},
        exercise={},
        limits=Limits(node="bench"),
    )


def _sizes() -> Stage:
    """Each text is new to every run: what was measured before is remembered, and would cost nothing."""
    fresh = itertools.count()

    def texts() -> list[str]:
        return [f"{next(fresh)} {start}" for start in _SAMPLES * 2_000]

    return Stage(
        "measure 4,000 SMS",
        lambda: [measure(text) for text in texts()],
        lambda: [text.encode("utf-16") for text in texts()],
        "encoding them as UTF-16",
        "no figure",
    )


def _demo() -> float:
    return play(DemoOptions(auto=True, quiet=True, port=8700)).seconds


if __name__ == "__main__":
    main()

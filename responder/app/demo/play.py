"""How is the demonstration played? Fresh database, twelve hours with four statements, then to day 30."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.live import Live

from responder.app.board import Board, draw
from responder.app.demo.acting import Players, when_to_act
from responder.app.demo.cast import call_together
from responder.app.demo.speaking import Speaker
from responder.app.running import city_of, heeding, listen_near, pages, serving, working
from responder.app.settings import Settings, load_settings
from responder.app.showing import out, progress
from responder.app.wiring import Installation, install
from responder.core.broadcast import ENDED, Broadcast, BroadcastState
from responder.core.errors import Unavailable
from responder.core.incident import OccurrenceState
from responder.core.report import markdown, sentences
from responder.core.terms import Mode
from responder.db.migrations import upgrade
from responder.engine import broadcasts, incidents, people
from responder.engine.people import OPERATOR
from responder.engine.ports import Limits
from responder.engine.reports import report_on
from responder.engine.situation import Situation, situate
from responder.engine.tick import tick
from responder.testing.contacts import Mix, make_contacts

__all__ = ["DemoOptions", "Played", "play"]

PLAYBOOK = "violent-hate-attack"
SCRIPT = "table_top"
SPOKEN = ("holding", "confirmed_incident", "update", "backlash_protection")
_HALF_A_DAY = timedelta(hours=12)
_THIRTY_DAYS = timedelta(days=30)
_GRID, _LATER_GRID = timedelta(minutes=5), timedelta(hours=12)
_ORIGIN = datetime(2027, 3, 2, 8, 10, tzinfo=UTC)
_HOST = "127.0.0.1"
_PATIENCE = 120.0
_PAUSE = 0.6


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How it is played: `auto` without hands and waits, `quiet` without a board."""

    auto: bool = False
    quiet: bool = False
    contacts: int = 10_000
    port: int = 8000


@dataclass(frozen=True, slots=True)
class Played:
    """What came of it. Exactly these keys are printed as JSON.

    `lost` = readers without a row, or with a row in no known state; `duplicated` = letters that the
    exercise mailbox got beyond one a delivery.
    """

    playbook: str
    tasks_opened: int
    tasks_done: int
    statements: dict[str, int]
    deliveries: dict[str, int]
    lost: int
    duplicated: int
    seconds: float


@dataclass(slots=True)
class _Stage:
    """The running demonstration: who plays where, what was sent, what is shown."""

    installation: Installation
    options: DemoOptions
    players: Players
    speaker: Speaker
    address: str
    sent: list[tuple[str, str, int]] = field(default_factory=list)
    spoken: set[str] = field(default_factory=set)
    live: Live | None = None

    def link(self) -> str:
        """A one-time link with which the comms officer signs in; the ones before end."""
        ports = self.installation.ports
        person = next(one for one in self.players.people.values() if one.name == "Bo")
        return people.sign_in_link(ports, by=OPERATOR, person_id=person.id).url

    def situation(self) -> Situation:
        ports = self.installation.ports
        with ports.store.read() as work:
            return situate(ports, work, self.players.incident_id)


def play(options: DemoOptions) -> Played:
    """Play it from the first minute to day 30, and print the report."""
    began = time.monotonic()
    settings = _fresh_settings()
    door = listen_near(_HOST, options.port)
    address = f"http://{_HOST}:{door.getsockname()[1]}"
    installation = install(settings, limits=Limits(node="demo", undo_seconds=0, public_url=address))
    upgrade(installation.engine)
    installation.queue.prepare()
    try:
        stage = _set_up(installation, options, address=address)
        with working(installation), serving(pages(installation), door):
            with _board(stage):
                _play(stage, until=_HALF_A_DAY, grid=_GRID)
                _wait_until_sent(stage)
                stage.players = _silent(stage.players)
                _play(stage, until=_THIRTY_DAYS, grid=_LATER_GRID)
                _show(stage)
            played = _finish(stage, began)
            _stay(stage)
        return played
    finally:
        installation.close()


def _stay(stage: _Stage) -> None:
    """Somebody who watches may look round as long as they like; without hands it ends by itself."""
    if stage.live is None or stage.options.auto:
        return
    progress.print(f"Look round: {stage.link()}", markup=False, soft_wrap=True)
    progress.print("Ctrl-C ends it.")
    with heeding() as asked:
        asked.wait()


def _fresh_settings() -> Settings:
    """A data directory of its own; providers that are set in the environment are left out."""
    place = load_settings().data_dir / "demo"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    settings = load_settings(
        data_dir=place,
        database_url="",
        secret_key="",
        smtp_url="",
        twilio_account_sid="",
        twilio_auth_token="",
        public_url="",
        node_name="demo",
        log_level="error",
    )
    settings.make_key()
    return settings


def _set_up(installation: Installation, options: DemoOptions, *, address: str) -> _Stage:
    ports = installation.ports
    city = city_of(installation)
    mix = Mix(lists=tuple(city.lists), areas=tuple(city.areas))
    make_contacts(ports.store, ports.ciphers, options.contacts, mix=mix)
    cast = call_together(ports)
    chen = next(person for person in cast.values() if person.name == "Chen")
    wanted = incidents.Activation(
        playbook=PLAYBOOK,
        mode=Mode.EXERCISE,
        title="Attack at Harbour Hall",
        exercise=SCRIPT,
        origin=_ORIGIN,
        rate=1.0,
    )
    incident_id = incidents.activate(ports, wanted=wanted, by=chen)
    players = Players(ports, incident_id, cast, SPOKEN)
    return _Stage(installation, options, players, Speaker(players), address)


def _silent(players: Players) -> Players:
    return Players(players.ports, players.incident_id, players.people, (), players.answers)


def _play(stage: _Stage, *, until: timedelta, grid: timedelta) -> None:
    """Go from one moment at which something happens to the next, until that long after the activation.

    1. The tick records what is due. 2. Who was called answers. 3. Whose time has come acts; what
    that opens may be acted on at once. 4. The clock is wound to the next moment, on a grid.
    """
    ports = stage.installation.ports
    while True:
        tick(ports)
        situation = stage.situation()
        stage.players.answer_calls(situation)
        while _act_once(stage):
            tick(ports)
        stage.players.close_what_may_close(stage.situation())
        situation = stage.situation()
        started = situation.incident.started or situation.now
        if situation.now >= started + until:
            return
        _show(stage)
        upcoming = min(_next_moment(situation), started + until)
        steps = max(-((situation.now - upcoming) // grid), 1)
        by = next(iter(stage.players.people.values()))
        target = min(situation.now + steps * grid, started + until)
        incidents.wind(ports, incident_id=stage.players.incident_id, by=by, to=target)
        if not stage.options.auto:
            time.sleep(_PAUSE)


def _act_once(stage: _Stage) -> bool:
    """Everybody whose time has come acts once; True when somebody did."""
    acted = False
    situation = stage.situation()
    for one in situation.timeline.open:
        moment = when_to_act(one)
        if moment is None or moment > situation.now:
            continue
        current = stage.situation()
        found = current.timeline.find(one.key)
        if found is None or found.state is not OccurrenceState.OPEN:
            continue
        if one.key.entry in stage.players.spoken and one.key.entry not in stage.spoken:
            _speak(stage, current, one.key.entry)
        elif one.key.entry in stage.spoken:
            stage.players.leave_out(current, one.key)
        else:
            stage.players.act(current, found)
        acted = True
    return acted


def _speak(stage: _Stage, situation: Situation, message: str) -> None:
    one = next(item for item in situation.timeline.open if item.key.entry == message)
    broadcast, rows = stage.speaker.speak(situation, one)
    name = situation.playbook.messages[message].name or message
    stage.spoken.add(message)
    stage.sent.append((broadcast, name, rows))
    _wait_until_sent(stage, broadcast)


def _wait_until_sent(stage: _Stage, broadcast: str | None = None) -> None:
    """Let the workers hand everything over: the wall's time, not the incident's.

    Without a broadcast: all of them, also those for readers who hear it later. What quiet hours
    hold goes once the clock is wound past them. Raises Unavailable.
    """
    ports, incident_id = stage.installation.ports, stage.players.incident_id
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        found = broadcasts.of_incident(ports, incident_id=incident_id)
        waited_for = [one for one in found if broadcast in (None, one.id) and not _is_out(one)]
        if all(broadcasts.held_until(ports, broadcast_id=one.id) is not None for one in waited_for):
            return
        _show(stage)
        time.sleep(0.1)
    raise Unavailable("A broadcast of the demonstration does not come to its end.", mend="Please report it.")


def _is_out(broadcast: Broadcast) -> bool:
    return broadcast.state in ENDED or broadcast.state is BroadcastState.COMPLETING


def _next_moment(situation: Situation) -> datetime:
    acts = [when_to_act(one) for one in situation.timeline.open]
    moments = [moment for moment in (*acts, situation.timeline.beat) if moment and moment > situation.now]
    return min(moments, default=situation.now + timedelta(days=1))


@contextmanager
def _board(stage: _Stage) -> Iterator[None]:
    if stage.options.quiet or not out.is_terminal:
        yield
        return
    if not stage.options.auto:
        progress.print(f"The pages, signed in as Bo: {stage.link()}", markup=False)
    with Live(console=out, refresh_per_second=8, transient=False) as stage.live:
        yield


def _show(stage: _Stage) -> None:
    if stage.live is None:
        return
    ports = stage.installation.ports
    sendings = [
        (name, [broadcasts.status(ports, broadcast_id=part) for part in _parts(stage, id_)])
        for id_, name, _ in stage.sent
    ]
    stage.live.update(draw(Board(stage.situation(), sendings, address=stage.address)))


def _parts(stage: _Stage, broadcast: str) -> list[str]:
    """A broadcast, and the other one of its release when some readers hear it first."""
    found = broadcasts.of_incident(stage.installation.ports, incident_id=stage.players.incident_id)
    statement = next(one.statement_id for one in found if one.id == broadcast)
    return [one.id for one in found if one.statement_id == statement]


def _finish(stage: _Stage, began: float) -> Played:
    ports, incident_id = stage.installation.ports, stage.players.incident_id
    report = report_on(ports, incident_id=incident_id)
    played = _count(stage, tasks_opened=report.tasks_opened, tasks_done=report.tasks_done, began=began)
    place = stage.installation.settings.data_dir / "report.md"
    Path(place).write_text(markdown(report), encoding="utf-8")
    if not stage.options.quiet:
        for sentence in sentences(report):
            out.print(sentence, markup=False)
        out.print(f"Lost: {played.lost}. Sent twice: {played.duplicated}. {played.seconds:.0f} s.")
        progress.print(f"The after-action report: {place}")
    return played


def _count(stage: _Stage, *, tasks_opened: int, tasks_done: int, began: float) -> Played:
    ports = stage.installation.ports
    by_state: Counter[str] = Counter()
    for one in broadcasts.of_incident(ports, incident_id=stage.players.incident_id):
        for counts in broadcasts.status(ports, broadcast_id=one.id).tally.values():
            by_state.update({state.value: count for state, count in counts.items() if count})
    spoken = [broadcasts.status(ports, broadcast_id=id_).broadcast for id_, _, _ in stage.sent]
    by_language = Counter(language for one in spoken for language in one.languages)
    rows = sum(rows for _, _, rows in stage.sent)
    letters = stage.installation.mailbox.count(incident=stage.players.incident_id)
    return Played(
        playbook=PLAYBOOK,
        tasks_opened=tasks_opened,
        tasks_done=tasks_done,
        statements=dict(by_language),
        deliveries=dict(by_state),
        lost=max(rows - by_state.total(), 0),
        duplicated=letters.letters - letters.deliveries,
        seconds=round(time.monotonic() - began, 1),
    )

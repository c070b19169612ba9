"""Who is called when an incident is activated, in which language, and when is a call not needed any more?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from responder.core.incident import OccurrenceKey
from responder.core.terms import Mode
from responder.engine import incidents
from responder.engine.ports.incidents import CallState
from responder.engine.tick import tick

House = Any
LADDER = "  confirm: true\n  escalate: [{after: 10min, to: deputy}, {after: 20min, to: comms}]\n"


def _calls(house: House, incident_id: str, about: str) -> list[tuple[str, CallState]]:
    found = incidents.calls(house.ports, incident_id=incident_id, by=house.amina)
    return [(call.person, call.state) for call in found if call.occurrence == about]


def _people(house: House, incident_id: str) -> list[str]:
    return [person for person, _ in _calls(house, incident_id, "incident.activation#1")]


def _activate(house: House, mode: Mode) -> str:
    wanted = incidents.Activation(playbook="small", mode=mode)
    incident_id = incidents.activate(house.ports, wanted=wanted, by=house.amina)
    tick(house.ports)
    return incident_id


def test_who_may_confirm_an_activation_is_called_at_once(house: House) -> None:
    incident_id = _activate(house, Mode.LIVE)
    assert _people(house, incident_id) == ["chen"]
    assert not house.look(incident_id).timeline.open


def test_the_ladder_of_the_call_out_goes_up_while_nobody_confirms(house: House) -> None:
    house.write("small", house.playbook.replace("  confirm: true\n", LADDER))
    incident_id = _activate(house, Mode.LIVE)
    beat = tick(house.ports)
    assert beat == house.clock.now() + timedelta(minutes=10)
    house.clock.wind(timedelta(minutes=10))
    tick(house.ports)
    tick(house.ports)
    assert _people(house, incident_id) == ["chen", "bo"]


def test_a_confirmed_activation_calls_its_owner_and_stops_when_somebody_takes_it_up(house: House) -> None:
    house.write("small", house.playbook.replace("  confirm: true\n", LADDER))
    incident_id = _activate(house, Mode.LIVE)
    incidents.confirm(house.ports, incident_id=incident_id, by=house.chen)
    tick(house.ports)
    key = OccurrenceKey("call")
    incidents.acknowledge(house.ports, incident_id=incident_id, occurrence=key, by=house.chen)
    house.clock.wind(timedelta(hours=1))
    tick(house.ports)
    assert "bo" not in _people(house, incident_id)
    assert {state for _, state in _calls(house, incident_id, "incident.activation#1")} == {CallState.CLOSED}


def test_a_playbook_without_a_ladder_calls_nobody_out_once_it_runs(house: House) -> None:
    assert _people(house, _activate(house, Mode.EXERCISE)) == []


def test_a_call_for_finished_work_is_closed_by_the_next_beat(house: House) -> None:
    incident_id = house.activate(Mode.LIVE)
    house.queue.run()
    house.done(incident_id, "call#1")
    assert tick(house.ports) is not None
    assert {state for _, state in _calls(house, incident_id, "call#1")} == {CallState.CLOSED}
    assert CallState.CLOSED not in {state for _, state in _calls(house, incident_id, "go#1")}


def test_what_a_person_does_is_followed_by_a_beat_at_once(house: House) -> None:
    incident_id = house.activate(Mode.LIVE)
    house.done(incident_id, "call#1")
    with house.ports.store.read() as work:
        assert work.incidents.beating(house.clock.now()) == (incident_id,)


@pytest.mark.parametrize(
    ("mode", "start"), [(Mode.LIVE, "Bridgeford le necesita: "), (Mode.EXERCISE, "SIMULACRO: Bridgeford le")]
)
def test_a_call_is_in_the_first_language_of_the_person_that_has_the_lines(
    house: House, mode: Mode, start: str
) -> None:
    with house.ports.store.begin() as work:
        work.people.change(replace(work.people.get("bo"), languages=("fr", "es", "en")))
    house.activate(mode)
    house.queue.run()
    taken = house.sms.taken if mode is Mode.LIVE else house.drill.taken
    (mine,) = [one for one in taken if one.to == "+12025550102"]
    assert (mine.language, mine.text.startswith(start)) == ("es", True)
    assert mine.text.endswith("o responda 1.")
    (other,) = [one for one in taken if one.to == "+12025550101" and "I01" in one.text]
    assert other.language == "en"

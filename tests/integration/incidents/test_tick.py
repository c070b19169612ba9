"""Does the beat of the clock do what is due, once, and are people told?"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from responder.core.incident import OccurrenceKey
from responder.core.incident.event import EntryOpened, Noted, PersonCalled
from responder.core.terms import Mode
from responder.engine import incidents
from responder.engine.ports import Job, OutcomeKind
from responder.engine.ports.incidents import CallState, CarriedState
from responder.engine.tick import tick

House = Any
KEY = OccurrenceKey.parse


def _events(house: House, incident_id: str, kind: type) -> list[Any]:
    return [event for event in house.look(incident_id).incident.events if isinstance(event.body, kind)]


def test_a_tick_opens_what_is_due_and_a_second_one_does_nothing_more(house: House) -> None:
    incident_id = house.activate()
    number = house.look(incident_id).incident.number
    tick(house.ports)
    assert house.look(incident_id).incident.number == number
    assert {str(event.body.occurrence) for event in _events(house, incident_id, EntryOpened)} == {
        "call#1",
        "go#1",
        "often#1",
    }


def test_the_next_beat_is_the_wall_time_of_the_next_planned_moment(house: House) -> None:
    house.activate(rate=60.0)
    beat = tick(house.ports)
    assert beat is not None
    assert beat - house.clock.now() == timedelta(seconds=5)


def test_three_days_of_sleep_lose_nothing(house: House) -> None:
    incident_id = house.activate()
    house.clock.wind(timedelta(days=3))
    tick(house.ports)
    opened = [event.occurred for event in _events(house, incident_id, EntryOpened)]
    often = [one.opened for one in house.look(incident_id).timeline.of("often") if one.opened]
    assert len(often) == 73
    assert set(often) <= set(opened)


def test_what_opens_is_told_to_its_holders_once(house: House) -> None:
    incident_id = house.activate(Mode.LIVE)
    house.queue.run()
    called = [(str(e.body.occurrence), e.body.person) for e in _events(house, incident_id, PersonCalled)]
    assert sorted(called) == [
        ("call#1", "amina"),
        ("call#1", "chen"),
        ("go#1", "amina"),
        ("go#1", "chen"),
        ("often#1", "bo"),
    ]
    texts = [message.text for message in house.sms.taken if "I01" in message.text]
    assert len(texts) == 1
    assert texts[0].startswith("Bridgeford needs you: I01. Open https://respond.example.org/call/")
    assert texts[0].endswith("or reply 1.")


def test_an_exercise_calls_by_the_exercise_carrier_only(house: House) -> None:
    house.activate()
    house.queue.run()
    assert not house.sms.taken
    assert all(message.text.startswith("EXERCISE: ") for message in house.drill.taken)
    assert len(house.drill.taken) == 3


def test_a_silent_holder_is_followed_by_the_deputy(house: House) -> None:
    incident_id = house.activate()
    house.clock.wind(timedelta(minutes=5))
    tick(house.ports)
    calls = incidents.calls(house.ports, incident_id=incident_id, by=house.amina)
    assert [(call.rung, call.person) for call in calls if call.occurrence == "call#1"] == [
        (0, "amina"),
        (0, "chen"),
        (1, "bo"),
    ]


def _token(house: House, message: Any) -> str:
    return str(message.text.split("/call/")[1].split()[0].rstrip("."))


def test_the_link_of_a_call_acknowledges(house: House) -> None:
    incident_id = house.activate(Mode.LIVE)
    house.queue.run()
    message = next(one for one in house.sms.taken if "I01" in one.text)
    answered = incidents.answer_call(house.ports, token=_token(house, message))
    assert answered.state is CallState.ANSWERED
    assert house.look(incident_id).timeline.of("call")[0].acknowledged is not None
    number = house.look(incident_id).incident.number
    incidents.answer_call(house.ports, token=_token(house, message))
    assert house.look(incident_id).incident.number == number


def test_the_reply_1_answers_the_newest_call(house: House) -> None:
    incident_id = house.activate(Mode.LIVE)
    house.queue.run()
    assert incidents.answer_reply(house.ports, phone="+12025550102")
    assert house.look(incident_id).timeline.of("often")[0].acknowledged is not None
    assert not incidents.answer_reply(house.ports, phone="+12025550199")


def test_a_call_that_is_not_taken_is_tried_again_and_then_failed(house: House) -> None:
    house.sms.answer = lambda _: OutcomeKind.NOT_TAKEN
    incident_id = house.activate(Mode.LIVE)
    house.queue.run()
    calls = incidents.calls(house.ports, incident_id=incident_id, by=house.amina)
    mine = next(call for call in calls if call.person == "bo")
    assert (mine.state, mine.sms, mine.attempt) == (CallState.FAILED, CarriedState.FAILED, 5)


def test_a_call_whose_job_died_on_the_wire_is_unknown_and_not_sent_again(house: House) -> None:
    incident_id = house.activate(Mode.LIVE)
    calls = incidents.calls(house.ports, incident_id=incident_id, by=house.amina)
    mine = next(call for call in calls if call.person == "bo")

    def die(_: Any) -> OutcomeKind:
        raise KeyboardInterrupt

    house.sms.answer = die
    job = Job("call", f"call:{mine.id}:0", {"call": mine.id})
    try:
        incidents.carry_call(house.ports, job)
    except KeyboardInterrupt:
        house.sms.answer = lambda _: OutcomeKind.ACCEPTED
    incidents.carry_call(house.ports, job)
    after = incidents.calls(house.ports, incident_id=incident_id, by=house.amina)
    mine = next(call for call in after if call.person == "bo")
    assert (mine.state, mine.sms) == (CallState.UNKNOWN, CarriedState.UNKNOWN)
    assert not house.sms.taken


def test_nobody_is_called_for_what_is_done_already(house: House) -> None:
    incident_id = house.activate(Mode.LIVE)
    house.done(incident_id, "call#1")
    house.queue.run()
    assert not [message for message in house.sms.taken if "I01" in message.text]


def test_the_injects_of_an_exercise_script_are_played_once_each(house: House) -> None:
    script = """
exercises:
  drill:
    injects:
      - {at: activated + 5min, text: Police confirm., set: {big: yes, vigil: now}, level: full}
      - {at: activated + 10min, add: {rumours: {claim: It burns}}, request: ethics}
"""
    house.write("small", house.playbook + script)
    incident_id = house.activate(exercise="drill", rate=1.0)
    for _ in range(12):
        house.clock.wind(timedelta(minutes=1))
        tick(house.ports)
    incident = house.look(incident_id).incident
    assert (incident.level, incident.facts["big"].value) == ("full", True)
    assert incident.anchors["vigil"] is not None
    assert list(incident.items["rumours"]) == [1]
    assert house.states(incident_id, "ethics") == ["open"]
    assert house.states(incident_id, "check", 1) == ["open"]


def test_a_message_opened_by_hand_is_drafted_by_the_next_beat_or_the_log_says_why_not(house: House) -> None:
    message = """
messages:
  advice: {owner: comms, at: request, template: nowhere, purpose: inform, messenger: city, audiences: all,
    channels: sms, approval: {steps: lead}}
messengers: {city: {role: comms}}
audiences: {all: {lists: residents}}
"""
    house.write("small", house.playbook + message)
    incident_id = house.activate()
    incidents.open_entry(house.ports, incident_id=incident_id, entry="advice", by=house.bo)
    tick(house.ports)
    tick(house.ports)
    notes = [event.body.text for event in _events(house, incident_id, Noted)]
    assert len(notes) == 1
    assert notes[0].startswith("No statement could be drafted")

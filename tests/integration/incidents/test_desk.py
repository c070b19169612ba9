"""What may people do in an incident, and what does it change?"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from responder.core.errors import Conflict, InvalidInput, NotFound, Refused
from responder.core.incident import OccurrenceKey
from responder.core.incident.event import Noted
from responder.core.terms import Mode
from responder.engine import incidents
from responder.engine.incidents.desk import said
from responder.engine.situation import record, situate
from responder.engine.situation.restricted import restricted_hash, restricted_spans
from responder.engine.tick import tick

House = Any
KEY = OccurrenceKey.parse


def test_a_live_incident_starts_with_the_second_persons_press(house: House) -> None:
    wanted = incidents.Activation(playbook="small", mode=Mode.LIVE)
    incident_id = incidents.activate(house.ports, wanted=wanted, by=house.amina)
    house.clock.wind(timedelta(minutes=3))
    tick(house.ports)
    assert house.states(incident_id, "call") == ["waiting"]
    with pytest.raises(Refused, match="Who activated cannot confirm"):
        incidents.confirm(house.ports, incident_id=incident_id, by=house.amina)
    incidents.confirm(house.ports, incident_id=incident_id, by=house.chen)
    situation = house.look(incident_id)
    assert situation.incident.started == house.clock.now()
    assert house.states(incident_id, "call") == ["open"]


def test_who_is_no_activator_may_not_activate(house: House) -> None:
    wanted = incidents.Activation(playbook="small", mode=Mode.EXERCISE)
    for person in (house.dara, house.eve):
        with pytest.raises(Refused):
            incidents.activate(house.ports, wanted=wanted, by=person)


def test_a_task_is_done_by_its_own_people_and_opens_what_waits(house: House) -> None:
    incident_id = house.activate()
    with pytest.raises(Refused, match="does not act for lead"):
        incidents.done(house.ports, incident_id=incident_id, occurrence=KEY("call#1"), by=house.dara)
    after = house.done(incident_id, "call#1", learned={"deaths": "2"}, source="police desk")
    assert after.incident.facts["deaths"].value == 2
    assert house.states(incident_id, "after") == ["open"]
    with pytest.raises(InvalidInput, match="needs evidence"):
        incidents.done(house.ports, incident_id=incident_id, occurrence=KEY("after#1"), by=house.bo)


def test_a_person_who_took_a_role_acts_for_it(house: House) -> None:
    incident_id = house.activate()
    incidents.take_role(house.ports, incident_id=incident_id, role="lead", by=house.dara)
    incidents.acknowledge(house.ports, incident_id=incident_id, occurrence=KEY("call#1"), by=house.dara)
    assert house.look(incident_id).timeline.of("call")[0].acknowledged is not None
    assert house.look(incident_id).roster.of("lead")[0] == "dara"


def test_what_is_not_open_cannot_be_done(house: House) -> None:
    incident_id = house.activate()
    with pytest.raises(Refused, match="after#1 is waiting"):
        incidents.done(house.ports, incident_id=incident_id, occurrence=KEY("after#1"), by=house.bo, note="x")
    with pytest.raises(NotFound):
        house.done(incident_id, "call#7")


def test_decisions_and_gates_are_answered(house: House) -> None:
    incident_id = house.activate()
    with pytest.raises(InvalidInput, match="Answers are yes, no"):
        incidents.answer_decision(
            house.ports, incident_id=incident_id, occurrence=KEY("go#1"), option="maybe", by=house.amina
        )
    incidents.answer_decision(
        house.ports, incident_id=incident_id, occurrence=KEY("go#1"), option="yes", by=house.amina
    )
    key = incidents.open_entry(house.ports, incident_id=incident_id, entry="ethics", by=house.amina)
    points = {
        "do_no_harm": "yes",
        "gender": "no",
        "human_rights": "yes",
        "whole_of_society": "not_applicable",
    }
    after = incidents.answer_gate(
        house.ports,
        incident_id=incident_id,
        occurrence=key,
        answers=points,
        by=house.amina,
        overrides={"gender": "asked the council of women"},
    )
    found = after.timeline.find(key)
    assert found is not None
    assert found.state.value == "done"


def test_a_case_of_a_register_opens_its_own_entries(house: House) -> None:
    incident_id = house.activate()
    fields = {"claim": "It was closed"}
    number = incidents.add_item(
        house.ports, incident_id=incident_id, register="rumours", fields=fields, by=house.bo
    )
    assert (number, house.states(incident_id, "check", 1)) == (1, ["open"])
    with pytest.raises(InvalidInput, match="not a field"):
        incidents.add_item(
            house.ports, incident_id=incident_id, register="rumours", fields={"who": "x"}, by=house.bo
        )


def test_an_anchor_is_set_by_its_role_only(house: House) -> None:
    incident_id = house.activate()
    at = house.clock.now() + timedelta(days=3)
    with pytest.raises(Refused):
        incidents.set_anchor(house.ports, incident_id=incident_id, anchor="vigil", at=at, by=house.dara)
    after = incidents.set_anchor(house.ports, incident_id=incident_id, anchor="vigil", at=at, by=house.amina)
    assert after.timeline.of("vigil_plan")[0].planned == at - timedelta(days=1)


def test_closing_a_phase_says_first_what_it_does(house: House) -> None:
    incident_id = house.activate()
    preview = incidents.closing_preview(house.look(incident_id), "now")
    assert preview.ends == ("often",)
    assert preview.stays_open == (KEY("often#1"),)
    incidents.close_phase(house.ports, incident_id=incident_id, phase="now", by=house.amina)
    house.clock.wind(timedelta(hours=5))
    tick(house.ports)
    assert house.states(incident_id, "often") == ["open"]


def test_an_incident_that_was_stood_down_takes_nothing_until_it_is_reopened(house: House) -> None:
    incident_id = house.activate()
    incidents.stand_down(house.ports, incident_id=incident_id, by=house.amina, reason="over")
    with pytest.raises(Refused, match="stood down"):
        house.done(incident_id, "call#1")
    incidents.reopen(house.ports, incident_id=incident_id, by=house.amina, reason="again")
    house.done(incident_id, "call#1")


def test_a_private_incident_is_seen_by_named_people_only(house: House) -> None:
    playbook = house.playbook
    house.write("small", playbook.replace("owner: lead\nfacts", "owner: lead\nmarking: red\nfacts"))
    incident_id = house.activate()
    assert [row.id for row in incidents.list_incidents(house.ports, by=house.chen)] == [incident_id]
    assert incidents.list_incidents(house.ports, by=house.dara) == ()
    with pytest.raises(NotFound):
        incidents.look(house.ports, incident_id=incident_id, by=house.dara)


def test_restricted_names_are_kept_as_hashes_and_found_in_other_spellings(house: House) -> None:
    incident_id = house.activate()
    count = incidents.restrict_names(
        house.ports, incident_id=incident_id, names=["Jørn Éxample"], by=house.amina
    )
    assert count == 1
    with house.ports.store.read() as work:
        hashes = work.incidents.restricted(incident_id)
        lines = "".join(line.line for line in work.incidents.lines(incident_id))
    assert "xample" not in lines
    assert restricted_hash(house.ports, incident_id, "JORN EXAMPLE") in hashes
    said_text = "It was jorn example, they say."
    spans = list(restricted_spans(house.ports, incident_id, hashes, said_text))
    assert [said_text[start:end] for start, end in spans] == ["jorn example"]


def test_who_appends_under_an_old_number_loses_and_decides_again(house: House) -> None:
    incident_id = house.activate()
    with house.ports.store.read() as work:
        stale = situate(house.ports, work, incident_id)
    incidents.note(house.ports, incident_id=incident_id, text="first", by=house.bo)
    with pytest.raises(Conflict), house.ports.store.begin() as work:
        record(house.ports, work, stale, *said(house.bo, Noted("second")))
    assert incidents.note(house.ports, incident_id=incident_id, text="again", by=house.bo).incident.number


def test_one_changed_byte_in_the_database_is_found(house: House) -> None:
    incident_id = house.activate()
    incidents.note(house.ports, incident_id=incident_id, text="as it was", by=house.amina)
    assert incidents.audit(house.ports, by=house.amina)[0].report.whole
    with house.engine.begin() as connection:
        changed = "UPDATE incident_events SET line = replace(line, 'as it was', 'as it waz')"
        connection.execute(text(changed))
    report = incidents.audit(house.ports, by=house.amina, incident_id=incident_id)[0].report
    assert not report.whole
    assert len(report.faults) == 1


def test_a_log_whose_end_was_cut_off_is_found(house: House) -> None:
    incident_id = house.activate()
    incidents.note(house.ports, incident_id=incident_id, text="last", by=house.amina)
    with house.engine.begin() as connection:
        last = "DELETE FROM incident_events WHERE number = (SELECT max(number) FROM incident_events)"
        connection.execute(text(last))
    assert not incidents.audit(house.ports, by=house.amina)[0].report.whole


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM incident_events WHERE number = 3",
        "DELETE FROM incident_events WHERE number = 1",
        "UPDATE incident_events SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3);"
        "UPDATE incident_events SET number = -number WHERE number < 0",
        "DELETE FROM incident_events WHERE number > 2",
        "UPDATE incident_events SET hash = 'x' || substr(hash, 2) WHERE number = 2",
    ],
    ids=["one is missing", "the first is missing", "two are moved", "the tail is cut", "a hash is changed"],
)
def test_whatever_was_done_to_the_log_is_found(house: House, tampering: str) -> None:
    house.activate()
    with house.engine.begin() as connection:
        for statement in tampering.split(";"):
            connection.execute(text(statement))
    assert not incidents.audit(house.ports, by=house.amina)[0].report.whole


def test_the_audit_tells_nobody_of_a_private_incident_that_is_not_theirs(house: House) -> None:
    house.write("small", house.playbook.replace("owner: lead\nfacts", "owner: lead\nmarking: red\nfacts", 1))
    house.activate()
    assert incidents.audit(house.ports, by=house.amina)
    assert incidents.audit(house.ports, by=house.eve) == ()


def test_a_running_incident_stays_on_its_files_until_it_is_moved(house: House) -> None:
    playbook = house.playbook
    incident_id = house.activate()
    house.write("small", playbook.replace("tasks:\n", "tasks:\n  extra: {owner: lead}\n"))
    assert house.states(incident_id, "extra") == []
    changes = incidents.compare_versions(house.ports, incident_id=incident_id, by=house.amina)
    assert ["+  extra: {owner: lead}" in change.difference for change in changes] == [True]
    before = house.look(incident_id).timeline.of("call")[0]
    incidents.move_version(house.ports, incident_id=incident_id, by=house.amina, reason="one more task")
    assert house.states(incident_id, "extra") == ["open"]
    assert replace(house.look(incident_id).timeline.of("call")[0], rungs=()) == replace(before, rungs=())
    with pytest.raises(Refused, match="nothing to move to"):
        incidents.move_version(house.ports, incident_id=incident_id, by=house.amina)


def test_the_clock_of_an_exercise_runs_fast_and_can_be_wound(house: House) -> None:
    incident_id = house.activate(rate=60.0)
    start = house.look(incident_id).now
    house.clock.wind(timedelta(minutes=1))
    assert house.look(incident_id).now - start == timedelta(hours=1)
    after = incidents.wind(
        house.ports, incident_id=incident_id, by=house.amina, ahead=timedelta(days=1), rate=1.0
    )
    assert after.now - start == timedelta(days=1, hours=1)
    house.clock.wind(timedelta(minutes=1))
    assert house.look(incident_id).now - start == timedelta(days=1, hours=1, minutes=1)

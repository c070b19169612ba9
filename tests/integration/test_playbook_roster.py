"""Can these people carry a playbook? A five-person city never signs its own text, and never stands still."""

from __future__ import annotations

import pytest

from responder.content.files import FileContent
from responder.core.errors import InvalidInput
from responder.core.playbook import SourceFile, try_parse
from responder.core.playbook.findings import Findings
from responder.core.terms import Roster
from responder.engine.playbooks import begin_playbook, list_playbooks
from responder.engine.playbooks.roster import check_roster

BOOK = b"""\
id: host
version: 1.0
name: Host
language: en
owner: lead
activation: {by: lead}
roles:
  lead: {required: true, deputies: writer}
  writer: {fallback: lead}
  mayor: {}
messengers:
  city: {role: lead}
audiences:
  everyone: {lists: residents}
messages:
  holding:
    owner: writer
    template: holding
    purpose: inform
    messenger: city
    audiences: everyone
    channels: sms
    approval: {steps: [lead, writer], persons: 2}
"""


def advice(**holders: tuple[str, ...]) -> set[str]:
    parsed = try_parse("host", lambda _id: (SourceFile("playbooks/host.yaml", BOOK),))
    assert parsed.playbook is not None
    assert parsed.root is not None
    findings = Findings(parsed.playbook, parsed.root)
    check_roster(parsed.playbook, Roster(holders), findings)
    return {each.rule for each in findings.problems}


def test_enough_people_need_no_advice() -> None:
    assert advice(lead=("amina",), writer=("bo",), mayor=("chen",)) == {"too-few-signers"}
    assert advice(lead=("amina", "chen"), writer=("bo",), mayor=("chen",)) == set()


def test_a_release_that_only_one_person_could_give_is_told() -> None:
    assert "too-few-releasers" in advice(lead=("bo",), writer=("bo",), mayor=("chen",))
    assert "too-few-releasers" not in advice(lead=("amina",), writer=("bo",), mayor=("chen",))


def test_a_required_role_that_nobody_holds_is_told() -> None:
    assert "role-empty" in advice(writer=("bo",), mayor=("chen",))


def test_a_role_for_which_nobody_can_act_is_told() -> None:
    assert "nobody-acts" in advice(lead=("amina", "chen"), writer=("bo",))


def test_a_step_that_only_the_author_could_sign_is_told() -> None:
    assert "author-signs" in advice(lead=("bo",), writer=("bo",), mayor=("chen",))


@pytest.mark.parametrize("id_", ["Flood", "1flood", "flood_plan", "", "../x", "first-hour"])
def test_a_playbook_begins_under_an_id_that_is_free_and_an_id(id_: str) -> None:
    with pytest.raises(InvalidInput):
        begin_playbook(FileContent(), playbook=id_, name="Flood")


def test_every_shipped_playbook_can_be_listed_without_a_database() -> None:
    assert all(line.errors == 0 for line in list_playbooks(FileContent()))

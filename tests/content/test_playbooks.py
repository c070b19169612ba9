"""Is every shipped playbook sound, and does it hold what a city needs from the first minute to two years?"""

from __future__ import annotations

import re
from datetime import timedelta
from functools import cache

import pytest

from responder.content.files import FileContent
from responder.core.city import parse_city
from responder.core.incident import rehearse
from responder.core.playbook import Parsed, Playbook, PlaybookKind, try_parse
from responder.core.terms import Roster
from responder.engine.playbooks import check_playbook

CONTENT = FileContent()
PLAYBOOKS = CONTENT.playbooks()
CODES = [
    *(f"I{number:02}" for number in range(1, 36)),
    *(f"M{number:02}" for number in range(1, 19)),
    *(f"L{number:02}" for number in range(1, 7)),
    "L07a",
    "L07b",
]
ROLES = [
    "mayor",
    "deputy_mayor",
    "incident_lead",
    "duty_officer",
    "scribe",
    "comms_lead",
    "comms_writer",
    "rumour_desk",
    "language_access_lead",
    "police_liaison",
    "emergency_manager",
    "national_liaison",
    "community_liaison",
    "victim_support_lead",
    "psychosocial_lead",
    "education_youth_lead",
    "security_places_lead",
    "legal_rights_lead",
    "staff_wellbeing_lead",
    "recovery_mel_lead",
]
TWELVE = [
    "holding",
    "safety_instruction",
    "staff",
    "partners",
    "confirmed_incident",
    "update",
    "rumour_correction",
    "support_services",
    "vigil",
    "backlash_protection",
    "all_clear",
    "correction",
]


@cache
def _parsed(playbook: str) -> Parsed:
    return try_parse(playbook, CONTENT.playbook, known=PLAYBOOKS)


@pytest.fixture(scope="module")
def flagship() -> Playbook:
    book = _parsed("violent-hate-attack").playbook
    assert book is not None
    return book


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_shipped_playbook_has_no_errors(playbook: str) -> None:
    parsed = _parsed(playbook)
    assert [str(problem) for problem in parsed.errors] == []


@pytest.mark.parametrize("playbook", ["first-hour", "violent-hate-attack"])
def test_a_shipped_playbook_needs_no_advice(playbook: str) -> None:
    parsed = _parsed(playbook)
    assert [str(problem) for problem in parsed.advice] == []


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_shipped_file_is_in_block_style(playbook: str) -> None:
    text = CONTENT.playbook(playbook)[0].data.decode()
    assert not re.search(r"^\s*(?!#)[\w-]+: [\[{]", text, re.MULTILINE)


def test_the_flagship_has_its_twenty_roles_and_three_outside_bodies(flagship: Playbook) -> None:
    inside = [role.id for role in flagship.roles.values() if not role.outside]
    outside = {role.id: role.via for role in flagship.roles.values() if role.outside}
    assert inside == ROLES
    assert outside == {
        "police": "police_liaison",
        "community_reviewer": "community_liaison",
        "families": "victim_support_lead",
    }


def test_five_people_can_carry_every_role(flagship: Playbook) -> None:
    five = {role.id for role in flagship.roles.values() if role.required}
    assert five == {"mayor", "incident_lead", "comms_lead", "community_liaison", "duty_officer"}
    for role in flagship.roles.values():
        carried = role
        while carried.id not in five and carried.fallback:
            carried = flagship.roles[carried.fallback]
        assert role.outside or carried.id in five, role.id


def test_the_flagship_has_its_sixty_tasks(flagship: Playbook) -> None:
    codes = [task.code for task in flagship.tasks.values() if task.code]
    assert sorted(codes) == sorted(CODES)


def test_every_entry_has_somebody_and_everything_dated_can_be_late(flagship: Playbook) -> None:
    for entry in flagship.entries.values():
        assert entry.owner in flagship.roles
        assert entry.due is not None, entry.id


def test_every_kind_of_fallout_is_worked_against_in_the_first_three_days(flagship: Playbook) -> None:
    first = {task.fallout for task in flagship.tasks.values() if task.phase == "immediate"}
    assert {"security", "psychological", "social", "economic"} <= {str(one) for one in first if one}


def test_the_twelve_templates_serve_the_messages_of_the_flagship(flagship: Playbook) -> None:
    assert {message.template for message in flagship.messages.values()} == set(TWELVE)
    assert set(TWELVE) == {path.split("/")[1] for path in CONTENT.files("message_templates")}


def test_only_the_safety_instruction_is_sent_without_waiting(flagship: Playbook) -> None:
    assert [one.id for one in flagship.messages.values() if one.life_safety] == ["safety_instruction"]
    assert flagship.messages["safety_instruction"].release.persons == 2


def test_those_who_were_attacked_hear_it_before_the_public_does(flagship: Playbook) -> None:
    assert "call_leaders_attacked" in flagship.messages["confirmed_incident"].needs
    assert "call_leaders_attacked" in flagship.tasks["spoken_statement"].needs


def test_scheduled_posts_stop_before_anything_is_said(flagship: Playbook) -> None:
    blocking = [task.id for task in flagship.tasks.values() if "messages" in task.blocks]
    assert blocking == ["pause_posts", "agree_lines"]


def test_families_are_known_by_a_label_only(flagship: Playbook) -> None:
    assert set(flagship.registers["families"].fields) == {"label", "languages", "contact_role", "wishes"}
    assert flagship.registers["families"].marking == "red"


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_no_person_or_number_stands_in_a_playbook(playbook: str) -> None:
    text = CONTENT.playbook(playbook)[0].data.decode()
    assert not re.search(r"\+\d{6,}|\b\d{3}[ -]\d{3,}|[\w.]+@[\w.]+\.\w+", text)


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_module_is_only_a_part(playbook: str) -> None:
    book = _parsed(playbook).playbook
    assert book is not None
    assert (book.kind is PlaybookKind.MODULE) == (playbook not in ("first-hour", "violent-hate-attack"))


@pytest.mark.parametrize("playbook", ["first-hour", "violent-hate-attack"])
def test_a_shipped_playbook_rehearses_to_its_end_and_every_entry_is_practised(playbook: str) -> None:
    book = _parsed(playbook).playbook
    assert book is not None
    rehearsal = rehearse(book, parse_city(CONTENT.read("playbooks/city.yaml")))
    reached = frozenset().union(*(run.reached for run in rehearsal.runs))
    assert set(book.entries) - reached == set()
    assert [run.cut for run in rehearsal.runs if run.cut] == []
    assert {run.days_without_phase for run in rehearsal.runs} == {0}
    assert [run.standing for run in rehearsal.runs if run.standing] == []


def test_the_flagship_is_practised_for_two_years_and_for_one_night(flagship: Playbook) -> None:
    rehearsal = rehearse(flagship, parse_city(CONTENT.read("playbooks/city.yaml")))
    assert [run.script for run in rehearsal.runs] == [None, "table_top", "two_years"]
    assert all(run.end - run.start > timedelta(days=730) for run in rehearsal.runs)


FIVE = Roster(
    {
        "mayor": ("amina",),
        "comms_lead": ("bo",),
        "incident_lead": ("chen",),
        "community_liaison": ("farid",),
        "duty_officer": ("dara",),
    }
)


@pytest.mark.parametrize("playbook", ["first-hour", "violent-hate-attack"])
def test_the_whole_check_finds_nothing_also_with_five_people(playbook: str) -> None:
    checked = check_playbook(CONTENT, playbook=playbook, roster=FIVE)
    assert [str(problem) for problem in (*checked.errors, *checked.advice)] == []
    assert "cut 0, days with no phase open 0" in checked.line

"""Who plays in the demonstration? Five people who hold every role, and what they would answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from responder.core.facts import FactType
from responder.core.playbook import FactDefinition
from responder.engine import people
from responder.engine.people import OPERATOR, NewPerson, Permission, Person
from responder.engine.ports import Ports

__all__ = ["CAST", "Part", "call_together", "known_by_now"]


@dataclass(frozen=True, slots=True)
class Part:
    """One person of the cast and the roles they hold in a city of five."""

    name: str
    phone: str
    languages: tuple[str, ...]
    roles: tuple[str, ...]
    permission: Permission = Permission.STAFF


CAST = (
    Part("Amina", "+12025550101", ("ar", "en"), ("mayor",)),
    Part(
        "Chen",
        "+12025550103",
        ("en",),
        ("incident_lead", "scribe", "national_liaison", "legal_rights_lead", "recovery_mel_lead"),
        Permission.ADMIN,
    ),
    Part(
        "Bo", "+12025550102", ("en",), ("comms_lead", "comms_writer", "rumour_desk", "language_access_lead")
    ),
    Part(
        "Dara",
        "+12025550104",
        ("es", "en"),
        (
            "community_liaison",
            "victim_support_lead",
            "psychosocial_lead",
            "education_youth_lead",
            "staff_wellbeing_lead",
        ),
    ),
    Part(
        "Farid",
        "+12025550105",
        ("ar", "en"),
        ("duty_officer", "police_liaison", "emergency_manager", "security_places_lead"),
    ),
)

_KNOWN: Mapping[str, str | tuple[str, ...]] = {
    "incident_type": "attack",
    "incident_place": "Harbour Hall",
    "incident_area": ("harbour",),
    "avoid_area": ("harbour",),
    "incident_start": "activated",
    "ongoing": "false",
    "suspect_at_large": "false",
    "deaths_confirmed": "2",
    "injured_confirmed": "11",
    "figures_source": "City hospital",
    "motive_confirmed": "false",
    "update_point": "danger_over",
    "languages_needed": ("en", "es", "ar"),
    "tension_level": "usual",
}


def call_together(ports: Ports) -> dict[str, Person]:
    """Add the cast to the roster; returns everybody by id."""
    for part in CAST:
        new = NewPerson(
            name=part.name,
            email=f"{part.name.lower()}@example.org",
            phone=part.phone,
            permission=part.permission,
            roles=part.roles,
            languages=part.languages,
        )
        people.add_person(ports, by=OPERATOR, new=new)
    return {person.id: person for person in people.list_people(ports, by=OPERATOR)}


def known_by_now(definition: FactDefinition, *, local_now: str) -> str | tuple[str, ...] | None:
    """What the cast writes when it is asked for a fact. `local_now` is YYYY-MM-DD HH:MM.

    None for lists of sentences: they would need a translator, and nobody of the cast both writes
    and reviews a language.
    """
    if definition.type is FactType.DATETIME:
        return local_now
    if definition.type is FactType.DATE:
        return local_now.split(" ")[0]
    if definition.id in _KNOWN:
        return _KNOWN[definition.id]
    if definition.type is FactType.CHOICE:
        return next(iter(definition.options))
    plain: Mapping[FactType, str | tuple[str, ...]] = {
        FactType.NUMBER: "0",
        FactType.FLAG: "true",
        FactType.AREAS: ("harbour",),
        FactType.LIST: ("As agreed in the exercise.",),
    }
    if definition.type is FactType.LIST:
        return None
    return plain.get(definition.type, "As agreed in the exercise")

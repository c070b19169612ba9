"""The desk of people: who works here, which roles they hold, how they show who they are."""

from __future__ import annotations

from responder.engine.people.credentials import (
    SignIn,
    Token,
    add_token,
    bearer_person,
    list_tokens,
    redeem_link,
    revoke_token,
    session_person,
    sign_in_link,
    sign_out,
)
from responder.engine.people.roster import (
    NewPerson,
    add_person,
    find_person,
    give_role,
    house_notes,
    list_people,
    remove_person,
    roster,
    split_roles,
    take_role,
)
from responder.engine.ports.people import OPERATOR, Permission, Person
from responder.engine.situation.people import Act, may, require

__all__ = [
    "OPERATOR",
    "Act",
    "NewPerson",
    "Permission",
    "Person",
    "SignIn",
    "Token",
    "add_person",
    "add_token",
    "bearer_person",
    "find_person",
    "give_role",
    "house_notes",
    "list_people",
    "list_tokens",
    "may",
    "redeem_link",
    "remove_person",
    "require",
    "revoke_token",
    "roster",
    "session_person",
    "sign_in_link",
    "sign_out",
    "split_roles",
    "take_role",
]

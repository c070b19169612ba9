"""The desk of contacts: how they get in, who sees them, how they stop hearing from the city."""

from __future__ import annotations

from responder.engine.contacts.columns import COLUMN_NAMES
from responder.engine.contacts.consent import (
    count_contacts,
    forget_contact,
    start_address,
    stop_address,
    stop_contact,
)
from responder.engine.contacts.exporting import Contact, clear_contact, export_contacts, list_contacts
from responder.engine.contacts.importing import ImportReport, import_contacts, name_row
from responder.engine.contacts.rows import RowProblem
from responder.engine.contacts.rules import ImportRules, rules_of
from responder.engine.situation.addresses import mask, mask_email, mask_phone

__all__ = [
    "COLUMN_NAMES",
    "Contact",
    "ImportReport",
    "ImportRules",
    "RowProblem",
    "clear_contact",
    "count_contacts",
    "export_contacts",
    "forget_contact",
    "import_contacts",
    "list_contacts",
    "mask",
    "mask_email",
    "mask_phone",
    "name_row",
    "rules_of",
    "start_address",
    "stop_address",
    "stop_contact",
]

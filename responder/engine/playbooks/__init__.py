"""What may be done with playbooks? List, read, check, rehearse, compare, begin and print them.

Nothing here needs a database: the first parameter is the content, so that a playbook can be checked on
any machine. Who holds which role is handed in where it matters.
"""

from __future__ import annotations

from responder.engine.playbooks.checking import PlaybookCheck, check_playbook
from responder.engine.playbooks.proposing import Reminder, reminders
from responder.engine.playbooks.reading import (
    PlaybookLine,
    Row,
    begin_playbook,
    compare_playbooks,
    list_playbooks,
    outline,
    read_city,
    read_playbook,
)
from responder.engine.playbooks.rehearsing import RehearsalSummary, rehearse_playbook, summary_of
from responder.engine.playbooks.reviewing import House, house_of, review_playbook, reviews

__all__ = [
    "House",
    "PlaybookCheck",
    "PlaybookLine",
    "RehearsalSummary",
    "Reminder",
    "Row",
    "begin_playbook",
    "check_playbook",
    "compare_playbooks",
    "house_of",
    "list_playbooks",
    "outline",
    "read_city",
    "read_playbook",
    "rehearse_playbook",
    "reminders",
    "review_playbook",
    "reviews",
    "summary_of",
]

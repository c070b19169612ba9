"""The desk of incidents: everything people do in one, and the calls that tell them."""

from __future__ import annotations

from responder.engine.incidents.acting import (
    acknowledge,
    answer_decision,
    answer_gate,
    done,
    open_entry,
    skip,
)
from responder.engine.incidents.activating import Activation, activate, confirm, wind
from responder.engine.incidents.calls import answer_call, answer_reply, carry_call, find_call
from responder.engine.incidents.desk import may_see
from responder.engine.incidents.ending import (
    ClosingPreview,
    close_phase,
    closing_preview,
    reopen,
    stand_down,
)
from responder.engine.incidents.knowing import (
    add_item,
    change_level,
    close_item,
    learn_fact,
    moment_of,
    note,
    parse_moment_text,
    restrict_names,
    set_anchor,
    take_role,
)
from responder.engine.incidents.looking import Audit, audit, calls, find, list_incidents, log, look
from responder.engine.incidents.versions import FileChange, compare_versions, move_version

__all__ = [
    "Activation",
    "Audit",
    "ClosingPreview",
    "FileChange",
    "acknowledge",
    "activate",
    "add_item",
    "answer_call",
    "answer_decision",
    "answer_gate",
    "answer_reply",
    "audit",
    "calls",
    "carry_call",
    "change_level",
    "close_item",
    "close_phase",
    "closing_preview",
    "compare_versions",
    "confirm",
    "done",
    "find",
    "find_call",
    "learn_fact",
    "list_incidents",
    "log",
    "look",
    "may_see",
    "moment_of",
    "move_version",
    "note",
    "open_entry",
    "parse_moment_text",
    "reopen",
    "restrict_names",
    "set_anchor",
    "skip",
    "stand_down",
    "take_role",
    "wind",
]

"""How do moments and conditions stand in the models? The field types of the playbook language."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import PlainValidator, WithJsonSchema

from responder.core.playbook.condition import Condition, ConditionError, parse_condition
from responder.core.playbook.moment import Moment, MomentError, parse_moment
from responder.core.reading import text_of, wrong

__all__ = ["Due", "If", "PlaybookId", "When"]

_PLAYBOOK_ID = re.compile(r"[a-z][a-z0-9-]*")


def _playbook_id(value: object) -> str:
    text = text_of(value, "The id of a playbook")
    if _PLAYBOOK_ID.fullmatch(text):
        return text
    mend = "A playbook's id is small letters, digits and -, a letter first."
    raise wrong("bad-id", f"“{text}” is not the id of a playbook.", mend)


def _moment(value: object, *, bare: bool) -> Moment:
    if isinstance(value, Moment):
        return value
    try:
        return parse_moment(text_of(value, "A moment"), bare=bare)
    except MomentError as error:
        raise wrong("bad-moment", error.message, error.mend, at=error.at) from None


def _when(value: object) -> Moment:
    return _moment(value, bare=False)


def _due(value: object) -> Moment:
    return _moment(value, bare=True)


def _condition(value: object) -> Condition:
    if isinstance(value, Condition):
        return value
    try:
        return parse_condition(text_of(value, "A condition"))
    except ConditionError as error:
        raise wrong("bad-condition", error.message, error.mend, at=error.at) from None


PlaybookId = Annotated[
    str,
    PlainValidator(_playbook_id),
    WithJsonSchema({"type": "string", "pattern": f"^{_PLAYBOOK_ID.pattern}$"}),
]
When = Annotated[
    Moment,
    PlainValidator(_when),
    WithJsonSchema(
        {"type": "string", "title": "moment", "examples": ["activated + 2h", "vigil - 1d @09:00"]}
    ),
]
Due = Annotated[
    Moment,
    PlainValidator(_due),
    WithJsonSchema(
        {"type": "string", "title": "moment or duration", "examples": ["30min", "activated + 2h"]}
    ),
]
If = Annotated[
    Condition,
    PlainValidator(_condition),
    WithJsonSchema({"type": "string", "title": "condition", "examples": ["decision.vigil == 'yes'"]}),
]

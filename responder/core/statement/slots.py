"""Where in a finished text does what belongs to one recipient go?

A text is rendered once for all its readers; what differs from reader to reader is a slot, a
string of private-use characters that no person types and no template value may contain. Slots
are filled when a broadcast joins text and recipient. Data of residents never enters a template.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

__all__ = [
    "SLOTS",
    "STOP_LINE",
    "UNSUBSCRIBE_LINK",
    "VIEW_LINK",
    "join",
    "slots_in",
    "strip_slots",
]

_OPEN, _CLOSE = "\ue000", "\ue001"

UNSUBSCRIBE_LINK = f"{_OPEN}1{_CLOSE}"
"""Becomes the recipient's own address for leaving the list."""
STOP_LINE = f"{_OPEN}2{_CLOSE}"
"""Becomes the line "Reply STOP …" in the language of the text, or nothing where it is not needed."""
VIEW_LINK = f"{_OPEN}3{_CLOSE}"
"""Becomes the public address of this statement."""

SLOTS = {"unsubscribe_link": UNSUBSCRIBE_LINK, "stop_line": STOP_LINE, "view_link": VIEW_LINK}
"""The names by which templates write slots."""


def join(text: str, values: Mapping[str, str], *, escape: Callable[[str], str] = str) -> str:
    """Fill the slots of a text; `escape` is `markupsafe.escape` for HTML. A slot without value goes away.

    `values` is by slot or by the slot's name. What stands in a value is never a slot itself.
    """
    for name, slot in SLOTS.items():
        if slot in text:
            value = values.get(slot, values.get(name, ""))
            text = text.replace(slot, str(escape(strip_slots(value))))
    return text


def slots_in(text: str) -> tuple[str, ...]:
    """The names of the slots that stand in a text."""
    return tuple(name for name, slot in SLOTS.items() if slot in text)


def strip_slots(text: str) -> str:
    """A value without private-use characters: what people type can never become a slot."""
    return "".join(char for char in text if not "\ue000" <= char <= "\uf8ff")

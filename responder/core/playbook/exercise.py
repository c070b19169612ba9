"""What happens in an exercise? Scripts: how it starts, what is thrown in, what is answered."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from responder.core.playbook.fields import When
from responder.core.reading import Form, Id, Many, one_is_a_list

__all__ = ["Exercise", "Inject", "Item", "Start", "Texts"]


def _items(value: Any) -> Any:  # whatever the file held
    return {key: one_is_a_list(inner) for key, inner in value.items()} if isinstance(value, dict) else value


Texts = Annotated[tuple[str, ...], Many]
"""One text or several, as the file has them; `fact_value` gives them the type of their fact."""

Item = dict[Id, Texts]
"""The fields of one item of a register."""


class Start(Form):
    """How an exercise begins."""

    level: Id | None = Field(None, description="The level at activation.")
    facts: dict[Id, Texts] = Field(default_factory=dict, description="What is known at activation.")
    items: Annotated[dict[Id, tuple[Item, ...]], BeforeValidator(_items)] = Field(
        default_factory=dict, description="Register: items that are there from the start."
    )


class Inject(Form):
    """Something that happens during an exercise."""

    at: When = Field(description="When.")
    to: Annotated[tuple[Id, ...], Many] = Field((), description="Roles that get it.")
    via: str = Field("", description="How it reaches them, in words.")
    text: str = Field("", description="What they read or hear.")
    level: Id | None = Field(None, description="The level it raises or lowers to.")
    set: dict[str, Texts] = Field(
        default_factory=dict,
        description="Facts that become known; and anchors: the id, and a moment or `now`.",
    )
    add: Annotated[dict[Id, tuple[Item, ...]], BeforeValidator(_items)] = Field(
        default_factory=dict, description="Register: items that are added."
    )
    close: Annotated[dict[Id, Annotated[tuple[int, ...], Many]], Field()] = Field(
        default_factory=dict, description="Register: numbers of items that are closed."
    )
    request: Annotated[tuple[Id, ...], Many] = Field((), description="Entries somebody opens by hand.")


class Exercise(Form):
    """One script."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    speed: float = Field(60.0, gt=0, le=100_000, description="How many minutes pass in one.")
    start: Start = Field(default_factory=Start, description="How it begins.")
    injects: Annotated[tuple[Inject, ...], Many] = Field((), description="What is thrown in.")
    answers: dict[Id, Id] = Field(default_factory=dict, description="Decision: the option that is chosen.")

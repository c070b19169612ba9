"""What does a playbook hold? Every key of the language, typed."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field

from responder.core.facts import FactType
from responder.core.playbook.condition import Condition, all_of
from responder.core.playbook.entries import (
    Approval,
    Decision,
    Entry,
    Gate,
    Message,
    Rung,
    Task,
)
from responder.core.playbook.exercise import Exercise
from responder.core.playbook.fields import Due, If, PlaybookId, When
from responder.core.reading import Form, Id, Keyed, Language, Length, Many, Quiet
from responder.core.terms import Channel, Marking

__all__ = [
    "HEAD",
    "Activation",
    "AfterAction",
    "Anchor",
    "Audience",
    "Closing",
    "FactDefinition",
    "Messenger",
    "MessengerKind",
    "Metric",
    "Phase",
    "Playbook",
    "PlaybookKind",
    "Proposal",
    "Register",
    "Review",
    "Role",
]

HEAD = (
    "responder",
    "id",
    "version",
    "kind",
    "name",
    "language",
    "owner",
    "summary",
    "references",
    "review",
    "extends",
)
"""The keys that are never inherited."""


class PlaybookKind(StrEnum):
    """What a file is for."""

    INCIDENT = "incident"
    """Activated when something happens."""
    PROGRAMME = "programme"
    """No incident: calm look, one activation a cycle."""
    MODULE = "module"
    """Only to be extended."""


class MessengerKind(StrEnum):
    """How a messenger speaks."""

    OFFICIAL = "official"
    """For the city or another authority."""
    CREDIBLE = "credible"
    """For themselves, trusted by those they speak to."""


class Review(Form):
    """How often the playbook itself is reviewed."""

    every: Length = Field(description="A playbook not reviewed in this time is reported.")


class FactDefinition(Form):
    """Something that can be known."""

    id: str = Field("", alias="(id)", exclude=True)
    type: FactType = Field(
        FactType.TEXT, description="text, number, flag, choice, date, datetime, areas or list."
    )
    name: str = Field("", description="What people read.")
    options: dict[Id, str] = Field(default_factory=dict, description="For `choice`: id and text.")
    verify: bool = Field(False, description="Unknown to conditions and texts until a person has verified it.")
    expires: Length | None = Field(None, description="Unknown again this long after it was said.")
    marking: Marking | None = Field(None, description="Stricter than the playbook's, never looser.")


class Register(Form):
    """A list that grows during the incident. It holds cases, never who belongs to what."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    fields: Annotated[dict[Id, FactDefinition], Keyed] = Field(
        default_factory=dict, description="What an item holds: id and fact."
    )
    source: str | None = Field(
        None,
        alias="from",
        pattern=r"^city\.[a-z][a-z0-9_]*$",
        description="`city.X` prefills from the city file.",
    )
    marking: Marking | None = Field(None, description="Stricter than the playbook's, never looser.")


class Proposal(Form):
    """Reminds somebody to activate; it never activates."""

    at: When = Field(description="A moment that needs no incident: a date.")
    every: Length | None = Field(None, description="And again so often.")


class Activation(Form):
    """How the playbook is set in motion."""

    by: Annotated[tuple[Id, ...], Many] = Field((), description="Roles that may activate.")
    criteria: Annotated[tuple[str, ...], Many] = Field((), description="When to activate, in words.")
    confirm: bool = Field(False, description="A second person must confirm; `activated` is then that press.")
    asks: Annotated[tuple[Id, ...], Many] = Field((), description="Facts asked for at activation.")
    levels: dict[Id, str] = Field(default_factory=dict, description="Levels and their meaning, lowest first.")
    escalate: Annotated[tuple[Rung, ...], Many] = Field((), description="The ladder of the call-out.")
    propose: Proposal | None = Field(None, description="Reminds somebody to activate.")


class Role(Form):
    """A function that people hold."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    ics: str = Field("", description="The post in the Incident Command System, for bodies that use it.")
    deputies: Annotated[tuple[Id, ...], Many] = Field(
        (), description="Roles that act when the holder is silent."
    )
    fallback: Id | None = Field(None, description="The role that carries it when nobody holds it.")
    required: bool = Field(False, description="Must be held by somebody.")
    outside: bool = Field(False, description="A body that works by link, or whose word `via` records.")
    via: Id | None = Field(None, description="The role that records an outside body's word.")

    @property
    def title(self) -> str:
        return self.name or self.id.replace("_", " ").capitalize()


class Messenger(Form):
    """Who speaks, and within which limits."""

    id: str = Field("", alias="(id)", exclude=True)
    kind: MessengerKind = Field(MessengerKind.OFFICIAL, description="official or credible.")
    name: str = Field("", description="What people read.")
    role: Id | None = Field(None, description="The role that speaks.")
    managed_by: Id | None = Field(None, description="Or the role that keeps the contact.")
    speaks_to: Annotated[tuple[Id, ...], Many] = Field((), description="Audiences.")
    languages: Annotated[tuple[Language, ...], Many] = Field((), description="Languages they speak.")
    channels: Annotated[tuple[Channel, ...], Many] = Field((), description="Where they speak.")
    topics: Annotated[tuple[str, ...], Many] = Field((), description="What they agreed to speak about.")
    never_ask: Annotated[tuple[str, ...], Many] = Field((), description="What they are never asked for.")
    confirm_within: Length | None = Field(None, description="How soon they say whether they will.")
    fallback: Id | None = Field(None, description="The messenger who is asked instead.")
    safety: str = Field("", description="What keeps them safe.")


class Audience(Form):
    """Who hears: organisations and self-chosen lists, never a community a person is put in."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    lists: Annotated[tuple[Id, ...], Many] = Field((), description="Lists of the city file.")
    organisations: Annotated[tuple[str, ...], Many] = Field((), description="Organisations by name.")
    areas: Annotated[tuple[str, ...], Many] = Field((), description="Areas of the city file; they narrow.")
    channels: Annotated[tuple[Channel, ...], Many] = Field((), description="Without it the message's.")
    quiet: Quiet | None = Field(None, description="HH:MM-HH:MM; without it the city's.")
    daily_cap: int | None = Field(None, ge=1, description="Messages a day, at most.")
    private: bool = Field(False, description="Never shown on a public page, never counted aloud.")


class Anchor(Form):
    """A date: known, set later by somebody, or computed from a moment."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    set_by: Id | None = Field(None, description="The role that sets it.")
    source: When | None = Field(None, alias="from", description="The moment it is computed from.")


class Closing(Form):
    """How a phase, or the incident, ends: a person is asked, nothing closes itself."""

    by: Id = Field(description="The role that is asked.")
    needs: Annotated[tuple[Id, ...], Many] = Field((), description="Entries that must be settled first.")
    conditions: Annotated[tuple[If, ...], Many] = Field(
        (), alias="if", description="Conditions that must all hold."
    )
    review: Due | None = Field(None, description="Ask then, even if needs and conditions are not met.")
    every: Length | None = Field(None, description="And ask again so often.")

    @cached_property
    def condition(self) -> Condition | None:
        """All conditions of `if` as one."""
        return all_of(self.conditions)


class Phase(Form):
    """A window. It opens once, at the earlier of `opens` and `latest`; only a person closes it."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    opens: When | None = Field(None, description="A moment; without it and without `latest`: activated.")
    latest: When | None = Field(None, description="At this moment at the latest.")
    closes: Closing | None = Field(None, description="Who is asked to close it, and when.")
    escalate: Annotated[tuple[Rung, ...], Many] = Field((), description="The ladder of its entries.")


class Metric(Form):
    """A time that is measured."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    start: When = Field(alias="from", description="From this moment …")
    end: When = Field(alias="to", description="… to this one.")
    target: Length | None = Field(None, description="At most this long.")
    each: Id | None = Field(None, description="A register: measured for each of its items.")


class AfterAction(Form):
    """The report afterwards."""

    owner: Id = Field(description="The role that writes it.")
    due: Due | None = Field(None, description="A moment.")
    objectives: dict[Id, str] = Field(default_factory=dict, description="What is judged: id and text.")


class Playbook(Form):
    """One playbook, all `extends` merged. Made by `parse`; everything named in it was checked there."""

    responder: Literal["1"] = Field("1", description="The version of the language.")
    id: PlaybookId = Field(description="Who it is; also the name of its file.")
    version: str = Field(description="Which edition it is.")
    name: str = Field(description="What people read.")
    language: Language = Field(description="The language the file is written in.")
    kind: PlaybookKind = Field(PlaybookKind.INCIDENT, description="incident, programme or module.")
    owner: Id | None = Field(None, description="The role that keeps the file. Required, but in a module.")
    summary: str = Field("", description="What it is for.")
    references: Annotated[tuple[str, ...], Many] = Field((), description="Where it comes from.")
    review: Review | None = Field(None, description="How often it is reviewed.")
    marking: Marking = Field(
        Marking.GREEN,
        description="Who may see: clear = public, green = partners, amber = staff with a role, "
        "red = named people.",
    )
    extends: Annotated[tuple[PlaybookId, ...], Many] = Field(
        (), description="Playbooks and modules it builds on."
    )
    facts: Annotated[dict[Id, FactDefinition], Keyed] = Field(
        default_factory=dict, description="What can be known."
    )
    registers: Annotated[dict[Id, Register], Keyed] = Field(
        default_factory=dict, description="Lists that grow during the incident."
    )
    activation: Activation = Field(default_factory=Activation, description="How it is set in motion.")
    roles: Annotated[dict[Id, Role], Keyed] = Field(
        default_factory=dict, description="Functions that people hold."
    )
    messengers: Annotated[dict[Id, Messenger], Keyed] = Field(default_factory=dict, description="Who speaks.")
    audiences: Annotated[dict[Id, Audience], Keyed] = Field(default_factory=dict, description="Who hears.")
    anchors: Annotated[dict[Id, Anchor], Keyed] = Field(
        default_factory=dict, description="Dates, known or set later."
    )
    phases: Annotated[dict[Id, Phase], Keyed] = Field(
        default_factory=dict, description="Windows that may overlap."
    )
    closes: Closing | None = Field(None, description="The end of the incident.")
    gates: Annotated[dict[Id, Gate], Keyed] = Field(
        default_factory=dict, description="Principles checklists."
    )
    decisions: Annotated[dict[Id, Decision], Keyed] = Field(default_factory=dict, description="Questions.")
    tasks: Annotated[dict[Id, Task], Keyed] = Field(default_factory=dict, description="Things to do.")
    messages: Annotated[dict[Id, Message], Keyed] = Field(default_factory=dict, description="Things to say.")
    approvals: dict[Id, Approval] = Field(default_factory=dict, description="Named chains of sign-off.")
    exercises: Annotated[dict[Id, Exercise], Keyed] = Field(
        default_factory=dict, description="Scripts of exercises."
    )
    metrics: Annotated[dict[Id, Metric], Keyed] = Field(default_factory=dict, description="What is measured.")
    after_action: AfterAction | None = Field(None, description="The report afterwards.")

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """All entries by id: tasks, gates, decisions, messages, each kind in the order of the file."""
        return {**self.tasks, **self.gates, **self.decisions, **self.messages}

    @cached_property
    def levels(self) -> tuple[str, ...]:
        """Ids of the levels, lowest first; empty when the playbook has none."""
        return tuple(self.activation.levels)

    def reaches(self, level: str | None, wanted: str | None) -> bool:
        """Whether `level` is `wanted` or above. No level wanted, or none in the playbook: always."""
        if wanted is None or not self.levels:
            return True
        if level is None or level not in self.levels:
            return self.levels.index(wanted) == 0
        return self.levels.index(level) >= self.levels.index(wanted)

    def marking_of(self, part: Entry | FactDefinition | Register) -> Marking:
        """Its own marking, else the playbook's; the stricter of both."""
        own = part.marking or self.marking
        return max(own, self.marking, key=lambda marking: marking.strictness)

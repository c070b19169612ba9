"""What can be due? The four kinds of entry: task, gate, decision, message."""

from __future__ import annotations

from enum import StrEnum
from functools import cached_property
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidatorFunctionWrapHandler, WrapValidator

from responder.core.calendar import Duration
from responder.core.playbook.condition import Condition, all_of
from responder.core.playbook.fields import Due, If, When
from responder.core.reading import Form, Id, Language, Length, Many
from responder.core.terms import Channel, Marking, OnLate, OtherLanguages, Unreviewed, Urgency

__all__ = [
    "ALL_MESSAGES",
    "ANY_MESSAGE",
    "CITY_LANGUAGES",
    "DEPUTY",
    "PRINCIPLES",
    "Approval",
    "Decision",
    "Entry",
    "EntryKind",
    "Fallout",
    "First",
    "Gate",
    "Languages",
    "Leg",
    "Message",
    "Missed",
    "Release",
    "Rung",
    "Step",
    "Task",
]

DEPUTY = "deputy"
"""In a ladder: the next untried person of the owner's holders and deputies, else the fallback."""

ALL_MESSAGES = "messages"
"""In `blocks`: every message except `life_safety`."""

ANY_MESSAGE = "any"
"""In `corrects`: whichever message the drafter names."""

PRINCIPLES = {
    "do_no_harm": "Do no harm",
    "gender": "Gender",
    "human_rights": "Human rights",
    "whole_of_society": "Whole of society",
}
"""The checklist of a gate that writes none."""


class EntryKind(StrEnum):
    """The kind of an entry; the value is how a name of it begins."""

    TASK = "task"
    GATE = "gate"
    DECISION = "decision"
    MESSAGE = "message"


class Missed(StrEnum):
    """What a repeat does when a new occurrence comes due while the last is unfinished."""

    ONCE = "once"
    """The new one takes the place of the old."""
    EACH = "each"
    """Both stay."""
    SKIP = "skip"
    """The new one is dropped."""


class Fallout(StrEnum):
    """Which kind of harm an entry works against."""

    SECURITY = "security"
    PSYCHOLOGICAL = "psychological"
    SOCIAL = "social"
    ECONOMIC = "economic"


class Rung(Form):
    """One rung of a ladder: who is called, and when."""

    after: Length | None = Field(None, description="Counts from `opened` while nobody has acknowledged.")
    late: Length | None = Field(
        None,
        description="Counts from `due` while it is not done; for messages from `ready` until signed, "
        "then from `due` until released.",
    )
    to: Id = Field(description="A role, or `deputy`: the next person of the owner's holders and deputies.")


class Leg(Form):
    """One leg of a repeat: how often, until when."""

    every: Length = Field(description="The time from one occurrence to the next, at least 15min.")
    until: When | None = Field(
        None, description="The leg ends before this; without it with the phase, the item, or the incident."
    )
    missed: Missed = Field(
        Missed.ONCE, description="When a new one comes due while the last is unfinished: see the values."
    )


def _step(value: Any) -> Any:  # whatever the file held
    return {"all": value} if isinstance(value, str | list | tuple) else value


def _named_chain(value: Any) -> Any:  # whatever the file held
    return {"(named)": value} if isinstance(value, str) else value


class Step(Form):
    """One step of a chain: a role, a list (all of these), `{any: …}` (one of these) or `{consult: …}`."""

    all: Annotated[tuple[Id, ...], Many] = Field((), description="All of these roles, in any order.")
    any: Annotated[tuple[Id, ...], Many] = Field((), description="One of these roles.")
    consult: Id | None = Field(None, description="Asked and recorded, no veto.")
    within: Length | None = Field(None, description="After this a consulted role is not waited for.")


class Approval(Form):
    """A chain of sign-offs. `named` is set instead when a message names one of `approvals`."""

    named: Id | None = Field(None, alias="(named)", exclude=True)
    steps: Annotated[tuple[Annotated[Step, BeforeValidator(_step)], ...], Many] = Field(
        (), description="Go in order. A role; a list = all of these; {any: [a, b]}; {consult: role, within}."
    )
    within: Length | None = Field(None, description="For each step, from the moment it is asked.")
    if_late: OnLate = Field(
        OnLate.ESCALATE,
        description="`escalate`: deputies, then the ladder, may sign. `hold`: only holders and deputies.",
    )
    persons: int = Field(
        1, ge=1, le=20, description="How many different people, without the author, must sign."
    )


class First(Form):
    """Who hears a message before the rest."""

    to: Annotated[tuple[Id, ...], Many] = Field(description="Audiences that hear it first.")
    wait: Length = Field(description="How much later the rest hears it, stoppable in between.")
    template: Id | None = Field(None, description="The template for them; else the message's own.")


CITY_LANGUAGES = "city"
"""In `languages.required`: the city's required list."""


def _city_or_language(value: Any, read: ValidatorFunctionWrapHandler) -> str:  # whatever the file held
    return CITY_LANGUAGES if value == CITY_LANGUAGES else str(read(value))


CityOrLanguage = Annotated[Language, WrapValidator(_city_or_language)]


class Languages(Form):
    """Which languages a release waits for."""

    required: Annotated[tuple[CityOrLanguage, ...], Many] = Field(
        (CITY_LANGUAGES,), description="`city` (the city's required list), or codes."
    )
    others: OtherLanguages = Field(
        OtherLanguages.LATER, description="`later`: each when ready; `hold`: wait for all; `skip`: not made."
    )
    wait: Length = Field(
        Duration(15, "min"),
        description="This long after the source is signed, a person may release what is ready.",
    )
    unreviewed: Unreviewed = Field(
        Unreviewed.REFUSE, description="`with_original` only with `urgency: life_safety`."
    )


class Release(Form):
    """Who may release, and how many different people it takes."""

    by: Annotated[tuple[Id, ...], Many] = Field((), description="Roles; without any, the owner.")
    persons: int = Field(1, ge=1, le=10, description="How many different people it takes.")


class Entry(Form):
    """What task, gate, decision and message share."""

    id: str = Field("", alias="(id)", exclude=True)
    name: str = Field("", description="What people read.")
    code: str = Field("", description="The spoken code; item 3 of a register is said as code/3.")
    note: str = Field("", description="Advice for who does it.")
    owner: Id = Field(description="The one role that answers for it.")
    helpers: Annotated[tuple[Id, ...], Many] = Field((), alias="with", description="Roles that help.")
    phase: Id | None = Field(None, description="Label and window.")
    level: Id | None = Field(None, description="From this level up; without it from the lowest.")
    each: Id | None = Field(None, description="A register: one of this entry for each of its items.")
    at: Annotated[tuple[When, ...], Many] = Field(
        (),
        description="A moment, a list of moments (one occurrence each), or `request` (opened by a person, "
        "any number of times). Without it: the phase opened; else item.added; else activated.",
    )
    due: Due | None = Field(
        None, description="A moment; a bare duration counts from `opened`. Without it never late."
    )
    needs: Annotated[tuple[Id, ...], Many] = Field((), description="Entries that must be settled first.")
    conditions: Annotated[tuple[If, ...], Many] = Field(
        (), alias="if", description="A condition, or a list of conditions that must all hold."
    )
    blocks: Annotated[tuple[Id, ...], Many] = Field(
        (), description="Entries that wait for this one; `messages` = every message except life_safety."
    )
    repeat: Annotated[tuple[Leg, ...], Many] = Field((), description="A leg, or a list of legs in order.")
    escalate: Annotated[tuple[Rung, ...], Many] | None = Field(
        None, description="The ladder; without it the phase's."
    )
    marking: Marking | None = Field(None, description="Stricter than the playbook's, never looser.")
    fallout: Fallout | None = Field(None, description="The kind of harm it works against.")

    @property
    def kind(self) -> EntryKind:
        return _KINDS[type(self)]

    @cached_property
    def condition(self) -> Condition | None:
        """All conditions of `if` as one."""
        return all_of(self.conditions)

    @property
    def on_request(self) -> bool:
        """Whether only a person opens it."""
        return any(moment.on_request for moment in self.at)

    @property
    def title(self) -> str:
        return self.name or self.id.replace("_", " ").capitalize()


class Task(Entry):
    """Something to do; complete when `done`."""

    checklist: dict[Id, str] = Field(default_factory=dict, description="Points to tick: id and text.")
    evidence: bool = Field(False, description="Done needs a note or a file.")
    learns: Annotated[tuple[Id, ...], Many] = Field((), description="Facts asked for when it is done.")


class Gate(Entry):
    """A principles checklist; complete when `passed`. Each point: yes, no, not applicable, and a note."""

    checklist: dict[Id, str] = Field(
        default_factory=lambda: dict(PRINCIPLES),
        description="Points; without any: do no harm, gender, human rights, whole of society. "
        "A “no” needs a named override.",
    )


class Decision(Entry):
    """A question for a person; complete when `answered`. The last answer counts."""

    question: str = Field("", description="What is asked.")
    options: dict[Id, str] = Field(description="Answers: id and text.")
    default: Id | None = Field(
        None,
        description="Given by the clock at `due`, and logged as such. Without it the question stays open.",
    )


class Message(Entry):
    """Something to say; complete when `sent`, the commit of its first release."""

    template: Id = Field(description="A folder of message_templates.")
    purpose: str = Field(description="Why it is said.")
    messenger: Annotated[tuple[Id, ...], Many] = Field(
        (), description="Who speaks; several speak jointly. Required unless `corrects`."
    )
    audiences: Annotated[tuple[Id, ...], Many] = Field(
        (), description="Who hears. Required unless `corrects`. The drafter may narrow, never widen."
    )
    channels: Annotated[tuple[Channel, ...], Many] = Field(
        (), description="What texts are made for. Required unless `corrects`."
    )
    approval: Annotated[Approval, BeforeValidator(_named_chain)] = Field(
        description="The name of a chain of `approvals`, or a chain."
    )
    ready: When | None = Field(None, description="Signed by then (prepared texts).")
    release_conditions: Annotated[tuple[If, ...], Many] = Field(
        (), alias="release_if", description="Release is offered only while this holds; false = not needed."
    )
    urgency: Urgency = Field(
        Urgency.NORMAL,
        description="`urgent`: over quiet hours and caps. `life_safety`: with a standing approval.",
    )
    first: First | None = Field(None, description="Who hears it before the rest.")
    languages: Languages = Field(
        default_factory=Languages, description="Which languages a release waits for."
    )
    release: Release = Field(default_factory=Release, description="Who may release, and how many it takes.")
    expires: Length | None = Field(None, description="From release; nothing is sent after it.")
    supersedes: Annotated[tuple[Id, ...], Many] = Field((), description="Messages it replaces.")
    corrects: Annotated[tuple[Id, ...], Many] = Field(
        (), description="`any` or ids: goes to exactly those who got the error, same voice and channels."
    )

    @cached_property
    def release_if(self) -> Condition | None:
        """All conditions of `release_if` as one."""
        return all_of(self.release_conditions)

    @property
    def releasers(self) -> tuple[str, ...]:
        """The roles that may release."""
        return self.release.by or (self.owner,)

    @property
    def life_safety(self) -> bool:
        return self.urgency is Urgency.LIFE_SAFETY


_KINDS: dict[type[Entry], EntryKind] = {
    Task: EntryKind.TASK,
    Gate: EntryKind.GATE,
    Decision: EntryKind.DECISION,
    Message: EntryKind.MESSAGE,
}

"""What may a program send? Untrusted, so every body is checked here."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from responder.core.statement import Edition
from responder.core.terms import Channel, Mode

__all__ = [
    "ActivateBody",
    "AddressBody",
    "AnchorBody",
    "AnswerBody",
    "ClockBody",
    "DoneBody",
    "DraftBody",
    "EditBody",
    "FactBody",
    "FillBody",
    "GateBody",
    "ItemBody",
    "KeepBody",
    "LevelBody",
    "NamesBody",
    "NarrowBody",
    "OpenBody",
    "OverrideBody",
    "ReasonBody",
    "ReleaseBody",
    "ReviewBody",
    "RoleBody",
    "SignBody",
    "StopBody",
    "TextBody",
    "WaiveBody",
    "WordBody",
]


def _without_nul(text: str) -> str:
    """PostgreSQL takes no NUL into a text."""
    if "\x00" in text:
        raise ValueError("holds a NUL character")
    return text


Text = Annotated[str, Field(max_length=20_000), AfterValidator(_without_nul)]
Written = Text | list[Text]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ActivateBody(_Body):
    """Activate a playbook. `facts` are written as people write them; `verified` names those checked."""

    playbook: str
    mode: Mode
    title: Text = ""
    level: str | None = None
    facts: dict[str, Written] = Field(default_factory=dict)
    verified: list[str] = Field(default_factory=list)
    exercise: str | None = None
    rate: float | None = None


class ReasonBody(_Body):
    """A reason in words."""

    reason: Text = ""


class TextBody(_Body):
    """A line for the log."""

    text: Text


class FactBody(_Body):
    """A fact; `value` null withdraws it."""

    value: Written | None
    source: Text = ""
    verified: bool = False


class AnchorBody(_Body):
    """A date; null clears it."""

    at: AwareDatetime | None


class LevelBody(_Body):
    """Another level."""

    level: str
    reason: Text = ""


class RoleBody(_Body):
    """Take a role in this incident."""

    role: str


class ItemBody(_Body):
    """A case of a register."""

    fields: dict[str, Written] = Field(default_factory=dict)


class ClockBody(_Body):
    """Wind the clock of an exercise."""

    to: AwareDatetime | None = None
    rate: float | None = None


class OpenBody(_Body):
    """Open an entry by hand."""

    entry: str
    item: int | None = None
    reason: Text = ""


class DoneBody(_Body):
    """A task is done."""

    note: Text = ""
    evidence: list[Text] = Field(default_factory=list)
    checklist: dict[str, bool] = Field(default_factory=dict)
    learned: dict[str, Written] = Field(default_factory=dict)
    source: Text = ""
    verified: bool = False


class AnswerBody(_Body):
    """An answer to a question."""

    option: str
    reason: Text = ""
    dissent: Text = ""


class GateBody(_Body):
    """The points of a gate: yes, no or not_applicable."""

    answers: dict[str, str]
    notes: dict[str, Text] = Field(default_factory=dict)
    overrides: dict[str, Text] = Field(default_factory=dict)


class DraftBody(_Body):
    """Draft the statement of an open message."""

    occurrence: str
    values: dict[str, Written] = Field(default_factory=dict)


class FillBody(_Body):
    """Fill in variables; `version` is the one that was read."""

    version: int
    values: dict[str, Written]


class EditBody(_Body):
    """Replace one channel's text; `version` is the one that was read, `edition` says whose text it is."""

    version: int
    language: str
    channel: Channel
    text: Text
    subject: Text = ""
    html: Text = ""
    edition: Edition = Edition.MAIN


class SignBody(_Body):
    """Sign `frame`, or a language. `digest` is that of what was read."""

    scope: str
    digest: str
    role: str | None = None
    declares_reading: bool = False
    recorded_for: str | None = None
    how: Text = ""


class WaiveBody(_Body):
    """Waive the late step of an outside role."""

    role: str
    reason: Text


class OverrideBody(_Body):
    """Answer for a blocking finding. `language` empty: the whole statement."""

    rule: str
    language: str = ""
    reason: Text


class ReleaseBody(_Body):
    """Release what is signed. `expected_count` is the number that a person read."""

    languages: list[str] | None = None
    expected_count: int | None = None


class WordBody(_Body):
    """A further person's word."""

    expected_count: int | None = None


class ReviewBody(_Body):
    """Sign a language as one of its readers. `digest` is that of what was read."""

    language: str
    digest: str
    declares_reading: bool = False


class KeepBody(_Body):
    """Who still hears of one audience. What is not said stays; areas say where, and none means everywhere."""

    lists: list[str] | None = None
    organisations: list[str] | None = None
    areas: list[str] | None = None


class NarrowBody(_Body):
    """Narrow the audience; `version` is the one that was read. Audiences that are not named go."""

    version: int
    audiences: dict[str, KeepBody]


class NamesBody(_Body):
    """Names that must not be said."""

    names: list[Text]


class StopBody(_Body):
    """`bereaved`: somebody of the household has died; nobody writes to them by an import either."""

    bereaved: bool = False


class AddressBody(StopBody):
    """A phone number or an email address, as people write it."""

    address: Text = Field(max_length=400)

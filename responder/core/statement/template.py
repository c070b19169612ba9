"""What can be said, and with which variables? A template: template.yaml and one Jinja file a channel."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from responder.core.errors import Place, Problem, Unparsable
from responder.core.reading import Form, Id, Keyed, Many, build, read
from responder.core.statement.state import Kind
from responder.core.terms import Channel

__all__ = ["DESCRIPTION", "Limit", "Template", "Variable", "VariableType", "digest_of", "parse_template"]

DESCRIPTION = "template.yaml"
"""The file of a template's folder that says what it is."""


class VariableType(StrEnum):
    """What a variable holds."""

    TEXT = "text"
    NUMBER = "number"
    FLAG = "flag"
    CHOICE = "choice"
    DATE = "date"
    DATETIME = "datetime"
    AREAS = "areas"
    LIST = "list"
    BLOCK = "block"
    """A piece of the city file: a help line, a centre, a list of services."""


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `verified`: its value must have been verified before it is said. `sensitive`:
    it is shown to few and never proposed. `source` names where it comes from when that is not its
    own name: `city.<key>`, `fact.<id>` or `item.<field>`. `options` of a choice: id and label.
    """

    id: str
    type: VariableType
    name: str
    required: bool = True
    verified: bool = False
    sensitive: bool = False
    source: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a channel's text may be: SMS segments, characters of text, title and subject."""

    segments: int | None = None
    characters: int | None = None
    title: int | None = None
    subject: int | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """A template as read. `name` is its folder, `title` what people read, `sources` are the Jinja
    texts by file name, `digest` covers all its bytes."""

    name: str
    kind: Kind
    summary: str
    variables: Mapping[str, Variable]
    blocks: tuple[str, ...]
    channels: tuple[Channel, ...]
    limits: Mapping[Channel, Limit]
    sources: Mapping[str, str] = field(repr=False)
    digest: str = ""
    title: str = ""

    def files_of(self, channel: Channel) -> tuple[str, ...]:
        """The Jinja files of a channel: its text, and its HTML where there is one."""
        return _files(channel, self.sources)


def digest_of(files: Mapping[str, bytes]) -> str:
    """The hash of a template: SHA-256 over its file names and their hashes."""
    lines = [f"{name} {hashlib.sha256(content).hexdigest()}\n" for name, content in sorted(files.items())]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def parse_template(files: Mapping[str, bytes], *, name: str) -> Template:
    """Read a template from the files of its folder. Raises Unparsable with all problems."""
    folder = f"message_templates/{name}"
    place = Place(f"{folder}/{DESCRIPTION}")
    if DESCRIPTION not in files:
        raise Unparsable((Problem(place, "missing-file", f"{DESCRIPTION} is missing.", "Add it."),))
    form = build(TemplateForm, read(files[DESCRIPTION], place.file))
    sources, problems = _sources(files, folder)
    wanted = [channel for channel in form.channels if not _files(channel, sources)]
    for channel in wanted:
        mend = f"Add {channel.value}.txt.j2, or take {channel.value} out of its channels."
        problems.append(Problem(place, "missing-file", f"Nothing is written for {channel.value}.", mend))
    if problems:
        raise Unparsable(tuple(problems))
    return _template(form, name, sources, digest_of(files))


def _files(channel: Channel, sources: Mapping[str, str]) -> tuple[str, ...]:
    names = (f"{channel.value}.txt.j2", f"{channel.value}.html.j2")
    return tuple(name for name in names if name in sources)


def _sources(files: Mapping[str, bytes], folder: str) -> tuple[dict[str, str], list[Problem]]:
    sources: dict[str, str] = {}
    problems: list[Problem] = []
    for file, content in sorted(files.items()):
        if not file.endswith(".j2"):
            continue
        try:
            sources[file] = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            place = Place(f"{folder}/{file}")
            problems.append(Problem(place, "not-utf-8", "The file is not UTF-8.", "Save it as UTF-8."))
    return sources, problems


def _labels(value: Any) -> Any:  # whatever the file held
    """Options may be a list of ids, or ids with their labels."""
    if isinstance(value, str):
        value = [value]
    return {str(one): str(one) for one in value} if isinstance(value, list | tuple) else value


class VariableForm(Form):
    id: str = Field("", alias="(id)", exclude=True)
    type: VariableType = Field(VariableType.TEXT, description="What it holds.")
    name: str = Field("", description="What the drafter reads.")
    required: bool = Field(True, description="Without it the text cannot be made.")
    verified: bool = Field(False, description="Said only when somebody has verified it.")
    sensitive: bool = Field(False, description="Shown to few, never proposed.")
    source: str | None = Field(
        None,
        pattern=r"^(city|fact|item)\.[a-z][a-z0-9_]*$",
        description="Where it comes from, if not by its name.",
    )
    options: Annotated[dict[Id, str], BeforeValidator(_labels)] = Field(
        default_factory=dict, description="For a choice: ids and labels."
    )


class LimitForm(Form):
    segments: int | None = Field(None, ge=1, le=10, description="SMS parts.")
    characters: int | None = Field(None, ge=1, description="Characters of the text.")
    title: int | None = Field(None, ge=1, description="Characters of the title.")
    subject: int | None = Field(None, ge=1, description="Characters of the subject.")


class TemplateForm(Form):
    """template.yaml, key by key."""

    name: str = Field(description="What people read.")
    kind: Kind = Field(description="By which rules it is checked.")
    summary: str = Field("", description="What it is for, in a sentence or two.")
    variables: Annotated[dict[Id, VariableForm], Keyed] = Field(
        default_factory=dict, description="What it says."
    )
    blocks: Annotated[tuple[Id, ...], Many] = Field((), description="Its parts, in their order.")
    channels: Annotated[tuple[Channel, ...], Many] = Field(
        min_length=1, description="What it is written for."
    )
    limits: dict[Channel, LimitForm] = Field(default_factory=dict, description="How long it may be.")


def _template(form: TemplateForm, name: str, sources: Mapping[str, str], digest: str) -> Template:
    variables = {key: Variable(**{**dict(each), "id": key}) for key, each in form.variables.items()}
    limits = {channel: Limit(**dict(each)) for channel, each in form.limits.items()}
    return Template(
        name=name,
        kind=form.kind,
        summary=form.summary,
        variables=variables,
        blocks=form.blocks,
        channels=form.channels,
        limits=limits,
        sources=sources,
        digest=digest,
        title=form.name,
    )

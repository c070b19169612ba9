"""Are the words there? The templates that messages name, their variables, channels and languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from responder.core.city import City
from responder.core.errors import Place, Problem, Unparsable
from responder.core.playbook import Message, Playbook, language_policy
from responder.core.playbook.findings import Findings, entry_path
from responder.core.reading import Path, did_you_mean
from responder.core.statement import (
    Catalogue,
    Template,
    Variable,
    VariableType,
    parse_template,
    read_catalogue,
)
from responder.core.statement.checking import check_template
from responder.core.statement.values import DERIVED
from responder.core.terms import DELIVERED_CHANNELS, babel_name
from responder.engine.ports.contents import Content
from responder.engine.situation.wording import template_names

__all__ = ["check_wording"]

_FREE = frozenset({VariableType.CHOICE, VariableType.AREAS, VariableType.FLAG, VariableType.BLOCK})
"""What a life_safety text may hold: nobody types into it in a hurry."""

_CITY_WORDS = frozenset({"city_name", "emergency_number", "areas"})


def check_wording(content: Content, playbook: Playbook, city: City, findings: Findings) -> Iterator[Problem]:
    """Put what concerns the playbook into `findings`; give what stands in templates and catalogues."""
    known = template_names(content)
    languages: dict[str, set[str]] = {}
    for message in playbook.messages.values():
        required = set(language_policy(message, city.languages.required).required or city.languages.required)
        for path, name in _templates(message):
            if name not in known:
                mend = did_you_mean(name, known) or "Write its folder in message_templates."
                findings.error(path, "unknown-template", f"There is no template “{name}”.", mend)
                continue
            languages.setdefault(name, set()).update(required - {city.languages.source})
    for name, tags in languages.items():
        yield from _template(content, name, frozenset(tags))
    for message in playbook.messages.values():
        parsed = {path: _parsed(content, name) for path, name in _templates(message) if name in known}
        there = {path: template for path, template in parsed.items() if template is not None}
        for path, template in there.items():
            _fits(playbook, city, message, template, path, findings)
        for path, template in list(there.items())[1:]:
            _agree(message, next(iter(there.values())), template, path, findings)


def _templates(message: Message) -> Iterator[tuple[Path, str]]:
    path = entry_path(message)
    yield (*path, "template"), message.template
    if message.first is not None and message.first.template is not None:
        yield (*path, "first", "template"), message.first.template


def _template(content: Content, name: str, languages: frozenset[str]) -> Iterator[Problem]:
    catalogues: dict[str, Catalogue] = {}
    for tag in sorted(languages):
        path = f"locales/{babel_name(tag)}/LC_MESSAGES/broadcast.po"
        if not content.layers(path):
            mend = f"Run: responder i18n extract {tag}, and have it translated."
            said = f"{tag} is required and has no catalogue."
            yield Problem(Place(path), "no-catalogue", said, mend)
            continue
        catalogues[tag] = _catalogue(content.read(path), tag, path)
    yield from check_template(_files(content, name), catalogues, name=name)


def _fits(
    playbook: Playbook, city: City, message: Message, template: Template, path: Path, findings: Findings
) -> None:
    """The template has the message's channels, and its variables can be filled here.

    Those who hear it first get only what is delivered.
    """
    wanted = DELIVERED_CHANNELS if _is_first(path) else message.channels
    for index, channel in enumerate(message.channels):
        if channel in wanted and channel not in template.channels:
            said = f"The template “{template.name}” has no text for {channel}."
            mend = f"It has {', '.join(template.channels)}."
            findings.error((*entry_path(message), "channels", index), "template-without-channel", said, mend)
    for variable in template.variables.values():
        _variable(playbook, city, message, variable, path, findings)
        if message.life_safety and not _is_free(variable):
            said = f"“{variable.id}” is of type {variable.type}: a life_safety text may not need typing."
            mend = "Make it a choice, areas or a flag, or take it from the city file."
            findings.error(path, "life-safety-variable", said, mend)


def _agree(message: Message, own: Template, first: Template, path: Path, findings: Findings) -> None:
    """What both templates of a message name is asked and filled once: it must be one thing."""
    for name in own.variables.keys() & first.variables.keys():
        one, other = own.variables[name], first.variables[name]
        if (one.type, one.source, one.options) != (other.type, other.source, other.options):
            said = f"“{name}” is another thing in “{first.name}” than in “{own.name}” of {message.id}."
            mend = "Give both the same type, source and options, or another name."
            findings.error(path, "wrong-variable", said, mend)


def _is_first(path: Path) -> bool:
    return path[-2] == "first"


def _variable(
    playbook: Playbook, city: City, message: Message, variable: Variable, path: Path, findings: Findings
) -> None:
    room, _, name = (variable.source or "").partition(".")
    if room == "fact":
        fact = playbook.facts.get(name)
        _source(variable, "fact", name, str(fact.type) if fact else None, path, findings)
    elif room == "item":
        register = playbook.registers.get(message.each or "")
        field = register.fields.get(name) if register else None
        _source(variable, "item field", name, str(field.type) if field else None, path, findings)
    elif room == "city" and name not in city.blocks and name not in _CITY_WORDS:
        said = f"The template's “{variable.id}” comes from city.{name}, which the city file does not have."
        if variable.required:
            findings.error(path, "city-without-block", said, f"Add {name} to blocks in the city file.")
        else:
            findings.advice(path, "city-without-block", said, f"Add {name} to blocks in the city file.")


def _source(
    variable: Variable, what: str, name: str, given: str | None, path: Path, findings: Findings
) -> None:
    if given is None:
        said = f"The template's “{variable.id}” comes from the {what} “{name}”, which is not there."
        mend = f"Add the {what}, or use another template."
        if variable.required:
            findings.error(path, "unknown-variable", said, mend)
        else:
            findings.advice(path, "unknown-variable", said, mend)
    elif given != str(variable.type):
        said = f"The template's “{variable.id}” is of type {variable.type}, the {what} “{name}” of {given}."
        findings.error(path, "wrong-variable", said, "Give both one type.")


def _is_free(variable: Variable) -> bool:
    from_city = (variable.source or "").startswith("city.")
    return variable.type in _FREE or from_city or variable.id in DERIVED


def _parsed(content: Content, name: str) -> Template | None:
    try:
        return parse_template(_files(content, name), name=name)
    except Unparsable:
        return None  # its problems have been given already


def _files(content: Content, name: str) -> Mapping[str, bytes]:
    folder = f"message_templates/{name}/"
    return {path.removeprefix(folder): content.read(path) for path in content.files(folder.rstrip("/"))}


@lru_cache(maxsize=32)
def _catalogue(data: bytes, tag: str, path: str) -> Catalogue:
    return read_catalogue(data, tag, path)

"""Does what a playbook names exist in this city? Lists, areas, registers, languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from responder.core.city import City
from responder.core.facts import FactType
from responder.core.playbook import Message, Playbook
from responder.core.playbook.entries import CITY_LANGUAGES
from responder.core.playbook.findings import Findings, entry_path
from responder.core.reading import Path, did_you_mean

__all__ = ["check_city"]


def check_city(playbook: Playbook, city: City, findings: Findings) -> None:
    """Report what the city file does not have."""
    for id_, audience in playbook.audiences.items():
        path = ("audiences", id_)
        _each(findings, (*path, "lists"), "list", audience.lists, city.lists)
        _each(findings, (*path, "areas"), "area", audience.areas, city.areas)
    for id_, register in playbook.registers.items():
        wanted = register.source.removeprefix("city.") if register.source else None
        if wanted is not None and wanted not in city.registers:
            _missing(findings, ("registers", id_, "from"), "register", wanted, city.registers)
    for message in playbook.messages.values():
        _languages(message, city, findings)
    for place, areas in _areas_of_scripts(playbook):
        _each(findings, place, "area", areas, city.areas)
    lead = city.language_lead
    if lead is not None and lead not in playbook.roles and playbook.messages:
        said = f"The city's language lead “{lead}” is no role here; owners get the missing languages."
        findings.advice(("roles",), "no-language-lead", said, f"Add a role {lead}.")


def _areas_of_scripts(playbook: Playbook) -> Iterator[tuple[Path, tuple[str, ...]]]:
    """The areas that become known in exercises, and where they stand."""
    wanted = {id_ for id_, fact in playbook.facts.items() if fact.type is FactType.AREAS}
    for id_, exercise in playbook.exercises.items():
        for name in sorted(wanted & exercise.start.facts.keys()):
            yield ("exercises", id_, "start", "facts", name), exercise.start.facts[name]
        for index, inject in enumerate(exercise.injects):
            for name in sorted(wanted & inject.set.keys()):
                yield ("exercises", id_, "injects", index, "set", name), inject.set[name]


def _languages(message: Message, city: City, findings: Findings) -> None:
    offered = {*city.languages.offered, *city.languages.required, city.languages.source}
    named = [tag for tag in message.languages.required if tag != CITY_LANGUAGES]
    path = (*entry_path(message), "languages", "required")
    _each(findings, path, "language", named, offered)


def _each(findings: Findings, path: Path, what: str, ids: Iterable[str], known: Iterable[str]) -> None:
    for index, id_ in enumerate(ids):
        if id_ not in known:
            _missing(findings, (*path, index), what, id_, known)


def _missing(findings: Findings, path: Path, what: str, id_: str, known: Iterable[str]) -> None:
    said = f"The city file has no {what} “{id_}”."
    mend = did_you_mean(id_, known) or "Add it to the city file, or name one that is there."
    findings.error(path, f"city-without-{what}", said, mend)

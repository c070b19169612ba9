"""Who may be left out of a statement? Its audiences as boxes to untick; nobody can be added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from responder.core.city import City
from responder.core.errors import InvalidInput, NotFound
from responder.core.reading import did_you_mean
from responder.core.terms import AudienceDefinition
from responder.engine.situation.statement import StatementSituation
from responder.web.pages.shapes import Option
from responder.web.visits import Form

__all__ = ["AudienceChoice", "Kept", "audience_choices", "kept_in", "narrowed"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of one audience; None leaves it as it is."""

    lists: Sequence[str] | None = None
    organisations: Sequence[str] | None = None
    areas: Sequence[str] | None = None


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """One audience with what can be unticked. `everywhere`: no area was named, so each of them is ticked."""

    id: str
    name: str
    lists: tuple[Option, ...]
    organisations: tuple[Option, ...]
    areas: tuple[Option, ...]
    everywhere: bool


def narrowed(wide: Iterable[AudienceDefinition], kept: Mapping[str, Kept]) -> tuple[AudienceDefinition, ...]:
    """The audiences that stay, as they shall be. One that is not named, or of which nobody stays, goes."""
    known = {one.id: one for one in wide}
    for name in kept:
        if name not in known:
            mend = did_you_mean(name, known) or f"Its audiences: {', '.join(known) or 'none'}."
            raise NotFound(f"This statement has no audience “{name}”.", mend=mend)
    made = (_kept(one, kept[one.id]) for one in known.values() if one.id in kept)
    return tuple(one for one in made if one.lists or one.organisations or _by_area(known[one.id]))


def audience_choices(standing: StatementSituation, city: City) -> tuple[AudienceChoice, ...]:
    """What a person may untick; empty when there is nothing to choose."""
    made = tuple(_choice(one, city) for one in standing.statement.frame.audiences)
    boxes = sum(len(one.lists) + len(one.organisations) + len(one.areas) for one in made)
    return made if boxes > 1 else ()


def kept_in(form: Form, wide: Iterable[AudienceDefinition], city: City) -> dict[str, Kept]:
    """What stayed ticked. All areas of an audience for everywhere mean everywhere."""
    found = {}
    for one in wide:
        lists, organisations = form.all(f"lists.{one.id}"), form.all(f"organisations.{one.id}")
        areas: Sequence[str] | None = form.all(f"areas.{one.id}")
        if not (lists or organisations or (areas and _by_area(one))):
            continue
        if not lists and not _by_area(one):
            areas = None  # organisations are named, wherever they are
        elif not areas and (one.areas or city.areas):
            raise InvalidInput(
                f"No area of “{one.name or one.id}” is left.",
                mend="Tick an area, or untick all its lists to leave it out.",
            )
        elif not one.areas and set(city.areas) <= set(areas or ()):
            areas = None
        found[one.id] = Kept(lists, organisations, areas)
    return found


def _by_area(one: AudienceDefinition) -> bool:
    """Whether it is everybody who lives somewhere, on whichever list."""
    return not (one.lists or one.organisations)


def _kept(one: AudienceDefinition, kept: Kept) -> AudienceDefinition:
    return replace(
        one,
        lists=one.lists if kept.lists is None else _ordered(kept.lists, one.lists),
        organisations=(
            one.organisations
            if kept.organisations is None
            else _ordered(kept.organisations, one.organisations)
        ),
        areas=one.areas if kept.areas is None else _ordered(kept.areas, one.areas),
    )


def _ordered(chosen: Sequence[str], before: Sequence[str]) -> tuple[str, ...]:
    """In the order in which they stood: the same choice has the same fingerprint."""
    known = [one for one in before if one in chosen]
    return tuple(dict.fromkeys([*known, *(one for one in chosen if one not in before)]))


def _choice(one: AudienceDefinition, city: City) -> AudienceChoice:
    return AudienceChoice(
        id=one.id,
        name=one.name or one.id,
        lists=tuple(Option(id_, city.lists[id_].name if id_ in city.lists else id_) for id_ in one.lists),
        organisations=tuple(Option(id_, id_) for id_ in one.organisations),
        areas=() if one.organisations and not one.lists else _areas(one, city),
        everywhere=not one.areas,
    )


def _areas(one: AudienceDefinition, city: City) -> tuple[Option, ...]:
    return tuple(Option(id_, city.areas.get(id_, id_)) for id_ in one.areas or city.areas)

"""Who acts, signs and hears? Roles, chains and audiences of a playbook in the words all rooms share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from responder.core.playbook.entries import CITY_LANGUAGES, Approval, Entry, Message, Rung, Step
from responder.core.playbook.model import Playbook
from responder.core.terms import AudienceDefinition, Bench, Chain, ChainStep, LanguagePolicy, Roster, StepKind

__all__ = [
    "audience",
    "bench",
    "blockers_of",
    "chain",
    "chain_of",
    "deputies_of",
    "fallbacks_of",
    "ladder",
    "language_policy",
    "needs_of_all",
]


def bench(playbook: Playbook, roster: Roster, role: str) -> Bench:
    """Who can act for a role: its holders, its deputies', its fallbacks', nearest first; each person once."""
    definition = playbook.roles.get(role)
    holders = roster.of(role)
    if definition is None:
        return Bench(role, holders)
    deputies = _people(roster, deputies_of(playbook, role), without=holders)
    fallback = _people(roster, fallbacks_of(playbook, role), without=(*holders, *deputies))
    via = roster.of(definition.via) if definition.via else ()
    return Bench(role, holders, deputies, fallback, definition.outside, via)


def deputies_of(playbook: Playbook, role: str) -> tuple[str, ...]:
    """The deputy roles of a role, nearest first. A deputy's own deputies are not among them."""
    definition = playbook.roles.get(role)
    return definition.deputies if definition else ()


def fallbacks_of(playbook: Playbook, role: str) -> tuple[str, ...]:
    """The fallback roles of a role, nearest first."""
    found: list[str] = []
    definition = playbook.roles.get(role)
    while definition is not None and definition.fallback and definition.fallback not in (role, *found):
        found.append(definition.fallback)
        definition = playbook.roles.get(definition.fallback)
    return tuple(found)


def chain(playbook: Playbook, message: Message) -> Chain:
    """Who must sign a message."""
    named = message.approval.named
    approval = playbook.approvals[named] if named else message.approval
    return chain_of(named or message.id, approval)


def chain_of(name: str, approval: Approval) -> Chain:
    """A chain as all rooms know it."""
    steps = tuple(_step(step) for step in approval.steps)
    return Chain(name, steps, approval.within, approval.if_late, approval.persons)


def audience(playbook: Playbook, id_: str) -> AudienceDefinition:
    """Who an audience of the playbook is. Raises KeyError for one that is not there."""
    each = playbook.audiences[id_]
    return AudienceDefinition(
        id=id_,
        name=each.name or id_.replace("_", " ").capitalize(),
        lists=each.lists,
        organisations=each.organisations,
        areas=each.areas,
        channels=each.channels,
        quiet=each.quiet,
        daily_cap=each.daily_cap,
        private=each.private,
    )


def language_policy(message: Message, city_required: tuple[str, ...] = ()) -> LanguagePolicy:
    """Which languages a release of a message waits for; `city` alone becomes the empty list.

    Beside codes, `city` is replaced by `city_required`.
    """
    policy = message.languages
    required: tuple[str, ...] = ()
    if policy.required != (CITY_LANGUAGES,):
        named = (city_required if tag == CITY_LANGUAGES else (tag,) for tag in policy.required)
        required = tuple(dict.fromkeys(tag for tags in named for tag in tags))
    return LanguagePolicy(required, policy.others, policy.wait, policy.unreviewed)


def ladder(playbook: Playbook, entry: Entry) -> tuple[Rung, ...]:
    """The ladder of an entry: its own, else its phase's."""
    if entry.escalate is not None:
        return entry.escalate
    phase = playbook.phases.get(entry.phase or "")
    return phase.escalate if phase else ()


def needs_of_all(playbook: Playbook) -> Mapping[str, tuple[str, ...]]:
    """Entry: the entries it needs, `needs` and others' `blocks` together, each once."""
    needs = {id_: dict.fromkeys(entry.needs) for id_, entry in playbook.entries.items()}
    for blocker, entry in playbook.entries.items():
        for blocked in _blocked(playbook, entry):
            if blocked in needs and blocked != blocker:
                needs[blocked][blocker] = None
    return {id_: tuple(found) for id_, found in needs.items()}


def blockers_of(playbook: Playbook, id_: str) -> tuple[str, ...]:
    """The entries that say `blocks` of this one."""
    return tuple(
        blocker
        for blocker, entry in playbook.entries.items()
        if blocker != id_ and id_ in _blocked(playbook, entry)
    )


def _blocked(playbook: Playbook, entry: Entry) -> Iterator[str]:
    for id_ in entry.blocks:
        if id_ == "messages":
            yield from (each.id for each in playbook.messages.values() if not each.life_safety)
        else:
            yield id_


def _people(roster: Roster, roles: tuple[str, ...], *, without: tuple[str, ...]) -> tuple[str, ...]:
    found = dict.fromkeys(person for role in roles for person in roster.of(role))
    return tuple(person for person in found if person not in without)


def _step(step: Step) -> ChainStep:
    if step.consult:
        return ChainStep(StepKind.CONSULT, (step.consult,), step.within)
    if step.any:
        return ChainStep(StepKind.ANY, step.any)
    return ChainStep(StepKind.ALL, step.all)

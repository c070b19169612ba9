"""Can these people carry it? What depends on who holds which role."""

from __future__ import annotations

from responder.core.playbook import Message, Playbook, bench, chain
from responder.core.playbook.findings import Findings, entry_path
from responder.core.terms import DELIVERED_CHANNELS, ChainStep, Roster, StepKind

__all__ = ["check_roster"]

_TWO = 2


def check_roster(playbook: Playbook, roster: Roster, findings: Findings) -> None:
    """Advise where a role is empty, or where only the author of a text could sign it."""
    for id_, role in playbook.roles.items():
        if role.required and not roster.of(id_):
            said = f"“{id_}” is required and nobody holds it."
            findings.advice(("roles", id_), "role-empty", said, "responder user add … --role " + id_)
        elif not role.outside and not bench(playbook, roster, id_).everyone:
            said = f"Nobody can act for “{id_}”: neither holder, nor deputy, nor fallback."
            findings.advice(("roles", id_), "nobody-acts", said, "responder user add … --role " + id_)
    for message in playbook.messages.values():
        _signers(playbook, roster, message, findings)
        _releasers(playbook, roster, message, findings)


def _signers(playbook: Playbook, roster: Roster, message: Message, findings: Findings) -> None:
    """The author is whoever holds the owner's role; a step only they could sign would wait for ever."""
    authors = frozenset(roster.of(message.owner))
    signs = chain(playbook, message)
    for step in signs.steps:
        if step.kind is StepKind.CONSULT:
            continue
        for group in _groups(step):
            able = {person for role in group for person in bench(playbook, roster, role).everyone}
            outside = any(playbook.roles[role].outside for role in group)
            if able and not outside and able <= authors and len(able) == 1:
                said = f"Only the author could sign for {' or '.join(group)}."
                mend = "Give the role a second person, or a fallback somebody else holds."
                findings.advice(entry_path(message), "author-signs", said, mend)
    everyone = {
        person
        for step in signs.steps
        for role in step.roles
        for person in bench(playbook, roster, role).everyone
    }
    if everyone and len(everyone - authors) < signs.persons and len(authors) == 1:
        said = f"{signs.persons} people besides the author must sign; {len(everyone - authors)} could."
        findings.advice(entry_path(message), "too-few-signers", said, "Give its roles to more people.")


def _releasers(playbook: Playbook, roster: Roster, message: Message, findings: Findings) -> None:
    """Above the city's number of readers a release takes two, so one person alone is too few."""
    roles = (message.owner, *message.helpers) if message.life_safety else message.releasers
    benches = [bench(playbook, roster, role) for role in roles]
    able = {
        person
        for one in benches
        for person in ((*one.holders, *one.deputies) if message.life_safety else one.everyone)
    }
    wanted = max(_TWO, message.release.persons)
    if able and len(able) < wanted and set(DELIVERED_CHANNELS) & set(message.channels):
        said = f"A release to many takes {wanted} people; {' and '.join(roles)} have {len(able)}."
        mend = "Name more roles under release: by:. Until then the ladder's people give the second word."
        findings.advice(entry_path(message), "too-few-releasers", said, mend)


def _groups(step: ChainStep) -> tuple[tuple[str, ...], ...]:
    """For “all of” each role by itself, for “one of” the roles together."""
    return (step.roles,) if step.kind is StepKind.ANY else tuple((role,) for role in step.roles)

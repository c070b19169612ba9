"""Was this text signed off in peacetime? Standing approvals of life-safety messages."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from responder.core.city import City
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.playbook import Message, Playbook, bench, chain, language_policy
from responder.core.statement import (
    FRAME,
    Approval,
    Catalogue,
    ChannelText,
    Digests,
    Edition,
    SignOff,
    Statement,
    Template,
    Texts,
    VariableType,
    sentences_of,
)
from responder.core.statement.approval import Proceedings, assess
from responder.core.terms import Channel, Mode, Roster
from responder.engine.ports import Content, Work
from responder.engine.ports.statements import StandingApproval
from responder.engine.situation.checking import filled_now
from responder.engine.situation.editions import editions_of, first_template, written
from responder.engine.situation.incident import Situation
from responder.engine.situation.wording import languages_of, template_in, voice_in

__all__ = [
    "free_variables",
    "standing_approval",
    "standing_digests",
    "standing_proceedings",
    "standing_templates",
]

_FIXED_TYPES = (VariableType.CHOICE, VariableType.AREAS, VariableType.FLAG, VariableType.BLOCK)
_OF_THE_CLOCK = frozenset({"as_of", "next_update_at"})


def free_variables(template: Template) -> tuple[str, ...]:
    """The variables that a standing approval cannot cover: somebody could write anything into them."""
    return tuple(
        variable.id
        for variable in template.variables.values()
        if variable.type not in _FIXED_TYPES
        and not (variable.source or "").startswith("city.")
        and variable.id not in _OF_THE_CLOCK
    )


def standing_templates(content: Content, message: Message) -> tuple[Template, ...]:
    """All that is signed in peacetime: the message's template, and that of those who hear it first."""
    names = dict.fromkeys((message.template, first_template(message)))
    return tuple(template_in(content, name) for name in names if name)


def standing_digests(content: Content, city: City, *templates: Template) -> Digests:
    """What is signed in peacetime: the templates' bytes, and for each language also their sentences."""
    source = city.languages.source
    digest = "\n".join(template.digest for template in templates)
    found: dict[str, str] = {}
    for tag in languages_of(city):
        if tag == source:
            continue
        catalogue = voice_in(content, city, tag, Mode.LIVE).catalogue
        said = [_sentences(template, catalogue) for template in templates]
        if None not in said:
            lines = "\n".join(one or "" for one in said)
            found[tag] = hashlib.sha256(f"{digest}\n{lines}".encode()).hexdigest()
    frame = digest if len(templates) == 1 else hashlib.sha256(digest.encode()).hexdigest()
    return Digests(source=source, frame=frame, languages=found)


def standing_proceedings(
    playbook: Playbook,
    message: Message,
    digests: Digests,
    rows: tuple[StandingApproval, ...],
    *,
    city: City,
    roster: Roster,
    wall: datetime,
) -> Proceedings:
    """The signatures of peacetime as an approval chain sees them. Here time is wall time."""
    held = [row for row in rows if row.expires > wall]
    signed_by = chain(playbook, message)
    roles = dict.fromkeys(role for step in signed_by.steps for role in step.roles)
    benches = {role: bench(playbook, roster, role) for role in roles}
    return Proceedings(
        chain=signed_by,
        benches=benches,
        policy=language_policy(message, city.languages.required),
        digests=digests,
        calendar=city.calendar,
        now=wall,
        submitted_at=min((row.signed_at for row in held), default=wall),
        sign_offs=tuple(_sign_off(row, digests.source) for row in held),
        ladder=tuple(dict.fromkeys(one for each in benches.values() for one in each.everyone)),
        required=city.languages.required,
        offered=city.languages.offered,
    )


def standing_approval(
    work: Work,
    situation: Situation,
    content: Content,
    statement: Statement,
    *,
    texts: Mapping[Edition, Texts],
) -> Approval | None:
    """The standing approval that covers this statement's texts, or None.

    It covers them only if every variable is of a fixed kind and the texts are, byte by byte, what
    the signed template and the signed translations say.
    """
    templates = editions_of(content, statement)
    if statement.asked or any(free_variables(template) for template in templates.values()):
        return None
    filled = {
        edition: filled_now(situation, statement, template)[0] for edition, template in templates.items()
    }
    fresh = written(content, situation, statement, filled)
    said = {Edition.MAIN: fresh.texts, Edition.FIRST: fresh.first}
    if any(_plain(said[edition]) != _plain(texts[edition]) for edition in Edition):
        return None
    message = situation.playbook.messages[OccurrenceKey.parse(statement.occurrence).entry]
    rows = tuple(work.statements.standing(situation.incident.playbook, message.id))
    approval = assess(
        standing_proceedings(
            situation.playbook,
            message,
            standing_digests(content, situation.city, *standing_templates(content, message)),
            rows,
            city=situation.city,
            roster=situation.roster,
            wall=situation.wall,
        )
    )
    return approval if approval.source_signed else None


def _plain(texts: Texts) -> dict[str, dict[Channel, ChannelText]]:
    return {tag: dict(said) for tag, said in texts.items()}


def _sentences(template: Template, catalogue: Catalogue) -> str | None:
    """All sentences of a template in a language, one a line; None when one is missing."""
    found: dict[str, str] = {}
    for sentence in sentences_of(template):
        entry = catalogue.entries.get(sentence.key)
        if entry is None:
            return None
        found[sentence.key] = "\x00".join(entry.forms)
    return "\n".join(f"{key}\x01{said}" for key, said in sorted(found.items()))


def _sign_off(row: StandingApproval, source: str) -> SignOff:
    scope = FRAME if row.scope in (FRAME, source) else row.scope
    return SignOff(
        person=row.person,
        role=row.role,
        scope=scope,
        digest=row.digest,
        at=row.signed_at,
        recorded_for=row.recorded_for or None,
        how=row.how,
        declares_reading=scope != FRAME,
    )

"""What does the linter say of a statement in its incident?"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from responder.core.errors import InvalidInput
from responder.core.facts import FactValue
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.statement import (
    Approval,
    Edition,
    Filled,
    Finding,
    LanguageState,
    Rendering,
    Statement,
    Template,
    Texts,
    Words,
    fill,
)
from responder.core.statement.lint import check
from responder.core.statement.lint.finding import worst_first
from responder.core.statement.lint.subject import Subject
from responder.engine.ports import Content, Ports, Work
from responder.engine.situation.drafting import known_of
from responder.engine.situation.editions import editions_of, renderings
from responder.engine.situation.incident import Situation
from responder.engine.situation.restricted import restricted_spans
from responder.engine.situation.wording import words_in

__all__ = ["filled_now", "findings_of"]

_MOVING = frozenset({"as_of", "next_update_at"})
_FLAGS = ("motive_confirmed", "police_clearance", "suspect_named_by_police")


def findings_of(
    work: Work,
    ports: Ports,
    situation: Situation,
    content: Content,
    *,
    statement: Statement,
    texts: Mapping[Edition, Texts],
    approval: Approval,
) -> tuple[Finding, ...]:
    """Every finding on the texts as they stand. What is true of all editions is said once."""
    found: list[Finding] = []
    whole = _of_all(work, ports, situation, content, statement=statement, approval=approval)
    for edition, template in editions_of(content, statement).items():
        filled, stale = filled_now(situation, statement, template)
        done = _rendered(situation, content, statement, template, filled, edition=edition)
        main = edition is Edition.MAIN
        subject = replace(
            whole,
            kind=statement.kind if main else template.kind,
            texts=texts.get(edition, {}),
            template=template,
            filled=filled,
            blocks={tag: one.blocks for tag, one in done.items()},
            fresh={tag: one.texts for tag, one in done.items() if one.whole},
            edited=statement.edited if main else statement.first_edited,
            stale=stale,
        )
        new = [one for one in check(subject) if one.channel is not None or one not in found]
        found += [replace(one, edition=edition) for one in new]
    return worst_first(tuple(found))


def filled_now(
    situation: Situation, statement: Statement, template: Template
) -> tuple[Filled, tuple[str, ...]]:
    """The values that stand in the texts, and how far they are verified by now.

    Also the names of those whose fact has another value by now.
    """
    key = OccurrenceKey.parse(statement.occurrence)
    typed: dict[str, FactValue] = {}
    for name in statement.typed:
        value = statement.values.get(name)
        if value is not None:
            typed[name] = value
    now = fill(template, known_of(situation, key, typed, statement.next_update_at))
    values = {name: statement.values.get(name) for name in template.variables}
    same = {name for name in values if now.values.get(name) == values[name]}
    stale = tuple(
        name
        for name in template.variables
        if name not in same and name not in _MOVING and values[name] is not None
    )
    verified = frozenset((now.verified & same) | _MOVING)
    return Filled(values, now.origins, verified, statement.asked, now.facts), stale


def _of_all(
    work: Work,
    ports: Ports,
    situation: Situation,
    content: Content,
    *,
    statement: Statement,
    approval: Approval,
) -> Subject:
    """What the linter has to know whichever edition it looks at."""
    words = {tag: words_in(content, situation.city, tag) for tag in approval.languages}
    signed = (LanguageState.SIGNED, LanguageState.WAITING)
    return Subject(
        kind=statement.kind,
        mode=statement.mode,
        source=statement.source_language,
        texts={},
        template=editions_of(content, statement)[Edition.MAIN],
        filled=Filled({}, {}, frozenset(), ()),
        city=situation.city,
        now=situation.now,
        words=words,
        next_update_at=statement.next_update_at,
        stop_line={tag: _stop_line(said) for tag, said in words.items()},
        restricted=restricted_in(ports, work, situation),
        flags={name: _flag(situation, name) for name in _FLAGS},
        embargo_until=_moment_fact(situation, "embargo_until"),
        required=tuple(tag for tag, it in approval.languages.items() if it.required),
        reviewed=frozenset(tag for tag, it in approval.languages.items() if it.state in signed),
        missing=statement.missing_languages,
    )


def restricted_in(
    ports: Ports, work: Work, situation: Situation
) -> Callable[[str], Iterable[tuple[int, int]]] | None:
    """Where in a text a name stands that no statement may hold; None without a list."""
    hashes = work.incidents.restricted(situation.incident_id)
    if not hashes:
        return None
    return lambda text: restricted_spans(ports, situation.incident_id, hashes, text)


def _rendered(
    situation: Situation,
    content: Content,
    statement: Statement,
    template: Template,
    filled: Filled,
    *,
    edition: Edition,
) -> Mapping[str, Rendering]:
    try:
        return renderings(content, situation, statement, template, filled, edition=edition).by_language
    except InvalidInput:
        return {}


def _stop_line(words: Words) -> str:
    return (words.line("stop") or "").replace("{word}", "STOP")


def _flag(situation: Situation, name: str) -> bool:
    fact = situation.incident.facts.get(name)
    return fact is not None and fact.value is True and fact.verified and fact.holds_at(situation.now)


def _moment_fact(situation: Situation, name: str) -> datetime | None:
    fact = situation.incident.facts.get(name)
    return fact.value if fact is not None and isinstance(fact.value, datetime) else None

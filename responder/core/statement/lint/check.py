"""Which rules are there, and what do they say of a statement?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from responder.core.statement.lint.exercises import exercise_words
from responder.core.statement.lint.finding import Finding, Severity, worst_first
from responder.core.statement.lint.lengths import too_long
from responder.core.statement.lint.links import link_not_allowed
from responder.core.statement.lint.names import motive_asserted, perpetrator_named, private_details
from responder.core.statement.lint.numbers import casualty_without_source, facts_unverified, unverified_number
from responder.core.statement.lint.promises import (
    clearance_missing,
    next_update_missing,
    required_block_missing,
)
from responder.core.statement.lint.subject import Subject
from responder.core.statement.lint.translations import translation_mismatch

__all__ = ["RULES", "check"]

Rule = Callable[[Subject], Iterator[Finding]]

RULES: Mapping[str, Rule] = {
    "perpetrator-named": perpetrator_named,
    "motive-asserted": motive_asserted,
    "unverified-number": unverified_number,
    "unverified-fact": facts_unverified,
    "casualty-without-source": casualty_without_source,
    "next-update-missing": next_update_missing,
    "required-block-missing": required_block_missing,
    "too-long": too_long,
    "translation-mismatch": translation_mismatch,
    "link-not-allowed": link_not_allowed,
    "exercise-words": exercise_words,
    "private-details": private_details,
    "clearance-missing": clearance_missing,
}
"""Each rule by the id it has in code, log and page."""

_NEEDS = {
    "motive-asserted": ("motive",),
    "casualty-without-source": ("casualties", "sources"),
    "unverified-number": ("casualties", "numbers"),
    "exercise-words": ("exercise", "real"),
    "private-details": ("private",),
}
"""The word lists a rule needs in a language."""


def check(subject: Subject) -> tuple[Finding, ...]:
    """Every finding, worst first. No finding means that no known mistake was found, never that it is safe."""
    found = [finding for rule in RULES.values() for finding in rule(subject)]
    found += _not_checked(subject)
    return worst_first(tuple(dict.fromkeys(found)))


def _not_checked(subject: Subject) -> Iterator[Finding]:
    """What could not be looked at in a language is said, never passed over."""
    for tag in subject.texts:
        words = subject.words.get(tag)
        for rule, lists in _NEEDS.items():
            missing = [name for name in lists if words is None or words.list_of(name) is None]
            if missing:
                yield Finding(
                    rule,
                    Severity.INFORM,
                    f"Not checked in this language: it has no words for {', '.join(missing)}.",
                    f"Add them to locales/{tag}/words.yaml, or read it with this in mind.",
                    language=tag,
                )

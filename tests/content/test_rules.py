"""Do the rules find nothing to mend in what is shipped, in any language, at the best and the worst facts?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

import pytest

from responder.core.city import City
from responder.core.statement.lint import Finding, Severity, Subject, check
from responder.core.statement.render import Rendering
from responder.core.statement.words import Words
from responder.core.terms import Mode

UNTRANSLATED = "A sentence of the source language stands here untranslated."
Say = Callable[[Any, str, Mode], Rendering]


@pytest.fixture
def subject_of(
    said: Say, shipped_city: City, words_in: Callable[[str], Words], now: datetime, languages: tuple[str, ...]
) -> Callable[[Any, Mode], Subject]:
    def make(case: Any, mode: Mode) -> Subject:  # a Case of conftest
        done: Mapping[str, Rendering] = {tag: said(case, tag, mode) for tag in languages}
        texts = {tag: one.texts for tag, one in done.items()}
        words = {tag: words_in(tag) for tag in languages}
        return Subject(
            kind=case.template.kind,
            mode=mode,
            source="en",
            texts=texts,
            fresh=texts,
            template=case.template,
            filled=case.filled,
            city=shipped_city,
            now=now,
            words=words,
            next_update_at=case.filled.values.get("next_update_at"),
            blocks={tag: one.blocks for tag, one in done.items()},
            flags={"motive_confirmed": False, "police_clearance": True},
            required=languages,
            reviewed=frozenset(languages),
            restricted=lambda _: (),
            stop_line={tag: (one.line("stop") or "").format(word="STOP") for tag, one in words.items()},
        )

    return make


def _told(findings: tuple[Finding, ...]) -> list[str]:
    """What a person would have to mend; sentences typed in English are another test's matter."""
    return [
        f"{one.severity} {one.rule} {one.language} {one.channel}: {one.message}"
        for one in findings
        if one.severity is not Severity.INFORM and one.message != UNTRANSLATED
    ]


@pytest.mark.parametrize("mode", list(Mode))
def test_the_rules_find_nothing(case: Any, mode: Mode, subject_of: Callable[[Any, Mode], Subject]) -> None:
    assert _told(check(subject_of(case, mode))) == []


def test_a_sentence_typed_in_english_is_noticed_in_the_other_languages(
    case_of: Callable[[str], Any], subject_of: Callable[[Any, Mode], Subject]
) -> None:
    findings = check(subject_of(case_of("update-worst-nothing_new"), Mode.LIVE))
    found = {one.language for one in findings if one.message == UNTRANSLATED and one.blocks}
    assert found == {"es", "ar"}

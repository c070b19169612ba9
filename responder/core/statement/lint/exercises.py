"""Can an exercise be mistaken for the real thing, or the real thing for an exercise?"""

from __future__ import annotations

from collections.abc import Iterator

from responder.core.statement.lint.finding import Finding, Severity
from responder.core.statement.lint.folding import find_words
from responder.core.statement.lint.subject import Part, Subject
from responder.core.statement.plain import text_of_html
from responder.core.terms import Mode

__all__ = ["exercise_words"]


def exercise_words(subject: Subject) -> Iterator[Finding]:
    """Every text of an exercise starts with the prefix; no live text holds words of exercises."""
    for part in subject.parts():
        words = subject.words.get(part.language)
        if words is None:
            continue
        if subject.mode is Mode.EXERCISE:
            yield from _unmarked(subject, part, words.line("exercise_prefix") or "")
        else:
            for span in find_words(part.text, words.list_of("exercise") or (), part.language):
                text = f"“{part.text[slice(*span)]}” sounds like an exercise, and this is real."
                yield _finding(part, text, "Find another word.", span)
        for span in find_words(part.text, words.list_of("real") or (), part.language):
            text = f"“{part.text[slice(*span)]}”: whoever has to say this is not believed."
            yield _finding(part, text, "Leave it out; say what people should do.", span)


def _unmarked(subject: Subject, part: Part, prefix: str) -> Iterator[Finding]:
    said = subject.texts[part.language][part.channel]
    bare = not prefix or not part.text.lstrip().startswith(prefix)
    html = bool(said.html) and part.where == "text" and not text_of_html(said.html).startswith(prefix)
    if bare or html:
        mend = f"Begin it with {prefix}." if prefix else "Add the prefix to the language's words."
        yield _finding(part, "This text of an exercise does not say so at its start.", mend, (0, 0))


def _finding(part: Part, message: str, mend: str, span: tuple[int, int]) -> Finding:
    return Finding(
        "exercise-words",
        Severity.BLOCK,
        message,
        mend,
        part.language,
        part.channel,
        span,
        part=part.where,
    )

"""Is a template sound before anybody needs it? Its names, its parts, and its translations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError, nodes
from jinja2.ext import extract_from_ast
from jinja2.meta import find_undeclared_variables

from responder.core.errors import Place, Problem, Unparsable
from responder.core.reading import did_you_mean
from responder.core.statement.catalogue import Catalogue, key_of
from responder.core.statement.render import environment
from responder.core.statement.slots import SLOTS
from responder.core.statement.template import DESCRIPTION, Template, parse_template
from responder.core.statement.values import DERIVED
from responder.core.terms import Channel

__all__ = ["Sentence", "check_template", "placeholders_of", "sentences_of"]

_CALLS = ("gettext", "ngettext", "pgettext", "npgettext")
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
_BARE_PERCENT = re.compile(r"%(?!%|\(\w+\)[sd])")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of a template that has to be translated, and where it stands."""

    place: Place
    msgid: str
    plural: str = ""
    context: str = ""

    @property
    def key(self) -> str:
        return key_of(self.msgid, self.context)


def check_template(
    files: Mapping[str, bytes], catalogues: Mapping[str, Catalogue], *, name: str
) -> list[Problem]:
    """All problems of a template's folder (file name → bytes) and of its translations.

    `catalogues` are the languages it must be whole in, without the source language. A problem
    with `advice` may stay as it is.
    """
    try:
        template = parse_template(files, name=name)
    except Unparsable as error:
        return list(error.problems)
    found: list[Problem] = []
    for file, source in template.sources.items():
        found += _file_problems(template, file, source)
    if not any(problem.rule == "bad-template" for problem in found):
        found += _unused(template)
        for sentence in sentences_of(template):
            found += _sentence_problems(sentence, catalogues)
    return sorted(dict.fromkeys(found))


def sentences_of(template: Template) -> tuple[Sentence, ...]:
    """The sentences that need a translation, in the order of the files. Raises Unparsable on bad syntax."""
    found: list[Sentence] = []
    for file, source in template.sources.items():
        tree = _parsed(template, file, source)
        for line, function, said in extract_from_ast(tree, _CALLS):
            texts = (said,) if isinstance(said, str) else tuple(text or "" for text in said or ())
            found.append(_sentence(Place(_path(template, file), line, 1), function, texts))
    return tuple(found)


def placeholders_of(text: str) -> frozenset[str]:
    """The names of the placeholders in a sentence: `%(place)s` is `place`."""
    return frozenset(_PLACEHOLDER.findall(text))


def _sentence(place: Place, function: str, texts: tuple[str, ...]) -> Sentence:
    context = texts[0] if function.startswith(("p", "np")) else ""
    rest = texts[1:] if context else texts
    plural = rest[1] if function.startswith(("n", "np")) and len(rest) > 1 else ""
    return Sentence(place, rest[0], plural, context)


def _parsed(template: Template, file: str, source: str) -> nodes.Template:
    try:
        return environment().parse(source)
    except TemplateSyntaxError as error:
        place = Place(_path(template, file), error.lineno, 1)
        raise Unparsable((Problem(place, "bad-template", f"{error.message}", "Mend the tag."),)) from error


def _file_problems(template: Template, file: str, source: str) -> Iterator[Problem]:
    try:
        tree = _parsed(template, file, source)
    except Unparsable as error:
        yield from error.problems
        return
    known = {*template.variables, *SLOTS, *DERIVED}
    for name in sorted(find_undeclared_variables(tree) - known):
        place = Place(_path(template, file), _line_of(tree, name), 1)
        mend = did_you_mean(name, known) or f"Add it to the variables of {DESCRIPTION}."
        yield Problem(place, "unknown-variable", f"“{name}” is not a variable of this template.", mend)
    for node in tree.find_all((nodes.Include, nodes.Extends, nodes.Import, nodes.FromImport)):
        place = Place(_path(template, file), node.lineno, 1)
        yield Problem(place, "bad-template", "A template cannot take in another file.", "Write it out here.")
    if file == "email.txt.j2" and not _has_subject(tree, source):
        place = Place(_path(template, file), 1, 1)
        yield Problem(place, "missing-subject", "The email has no subject.", "Begin it with: Subject: …")


def _has_subject(tree: nodes.Template, source: str) -> bool:
    blocks = {block.name for block in tree.find_all(nodes.Block)}
    return "subject" in blocks or source.lstrip().startswith("Subject:")


def _unused(template: Template) -> Iterator[Problem]:
    trees = [environment().parse(source) for source in template.sources.values()]
    used = {name.name for tree in trees for name in tree.find_all(nodes.Name)}
    blocks = {block.name for tree in trees for block in tree.find_all(nodes.Block)}
    place = Place(_path(template, DESCRIPTION))
    for name in template.variables:
        if name not in used and name not in DERIVED:
            text = f"The variable “{name}” is used nowhere."
            yield Problem(place, "unused-variable", text, "Say it, or take it out.", advice=True)
    for name in template.blocks:
        if name not in blocks:
            mend = f"Mark it with {{% block {name} %}}, or take it out."
            yield Problem(place, "missing-block", f"No file has the part “{name}”.", mend)
    for channel in set(template.limits) - set(template.channels):
        yield Problem(
            place, "unused-limit", f"A limit for {Channel(channel).value}, which it is not written for."
        )


def _sentence_problems(sentence: Sentence, catalogues: Mapping[str, Catalogue]) -> Iterator[Problem]:
    for language, catalogue in catalogues.items():
        if catalogue.is_source:
            continue
        entry = catalogue.entries.get(sentence.key)
        if entry is None or bool(entry.plural) != bool(sentence.plural):
            why = "its entry is empty, half or fuzzy" if sentence.key in catalogue.unusable else "none"
            text = f"{language} has no translation of “{_short(sentence.msgid)}” ({why})."
            yield Problem(sentence.place, "missing-translation", text, f"Add it to locales/{language}.")
            continue
        wanted = placeholders_of(sentence.msgid) | placeholders_of(sentence.plural)
        for form in entry.forms:
            if placeholders_of(form) - wanted or _lost(sentence, form, wanted) or _BARE_PERCENT.search(form):
                text = f"The {language} translation of “{_short(sentence.msgid)}” has other placeholders."
                mend = f"It needs {', '.join(sorted(wanted)) or 'none'}; write a % as %%."
                yield Problem(sentence.place, "placeholder-mismatch", text, mend)
                break


def _lost(sentence: Sentence, form: str, wanted: frozenset[str]) -> frozenset[str]:
    """A plural form may leave the count out (“one person”), nothing else."""
    needed = placeholders_of(sentence.msgid) & placeholders_of(sentence.plural or sentence.msgid)
    free = wanted - needed
    if sentence.plural:
        free |= {name for name in wanted if name in ("count", "num", "number")} | _counts(sentence)
    return wanted - placeholders_of(form) - free


def _counts(sentence: Sentence) -> frozenset[str]:
    both = placeholders_of(sentence.msgid) | placeholders_of(sentence.plural)
    return both if len(both) == 1 else frozenset()


def _line_of(tree: nodes.Template, name: str) -> int:
    return next((node.lineno for node in tree.find_all(nodes.Name) if node.name == name), 1)


def _path(template: Template, file: str) -> str:
    return f"message_templates/{template.name}/{file}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}…"

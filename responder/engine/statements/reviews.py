"""How far is each language, and who has reviewed what? The review ledger outside of any incident."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from responder.core.city import City, parse_city
from responder.core.errors import NotFound, Problem, Refused, Unparsable
from responder.core.statement import check_template, sentences_of, status_of
from responder.core.statement.checking import Sentence
from responder.core.statement.po import write_template
from responder.core.statement.texts import entry_digest
from responder.core.statement.words import LINES
from responder.core.terms import Mode, babel_name, language_tag
from responder.engine.ports import Content, Ports
from responder.engine.ports.contents import CITY_FILE
from responder.engine.ports.people import Person
from responder.engine.ports.statements import Review
from responder.engine.situation.notices import line_digest
from responder.engine.situation.people import Act, require
from responder.engine.situation.wording import (
    languages_of,
    template_in,
    template_names,
    voice_in,
    words_in,
)

__all__ = [
    "LanguageProgress",
    "ReviewItem",
    "check_languages",
    "extract",
    "progress_of",
    "review",
    "to_review",
]


@dataclass(frozen=True, slots=True)
class LanguageProgress:
    """How far a language is: sentences of all templates, how many are translated, how many reviewed."""

    language: str
    sentences: int
    translated: int
    fuzzy: int
    reviewed: int
    lines: int
    lines_reviewed: int


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One sentence or fixed line for a reader to look at. `digest` is what they sign."""

    digest: str
    source: str
    forms: tuple[str, ...]
    where: str


def progress_of(ports: Ports) -> tuple[LanguageProgress, ...]:
    """Every language of the city but its source language."""
    city = city_now(ports)
    with ports.store.read() as work:
        return tuple(
            _progress(ports.content, city, tag, frozenset(work.statements.reviews(tag)))
            for tag in languages_of(city)
            if tag != city.languages.source
        )


def to_review(
    ports: Ports, *, language: str, template: str | None = None, everything: bool = False
) -> tuple[ReviewItem, ...]:
    """What nobody has reviewed yet in a language; with `everything` also what somebody has."""
    tag, city = language_tag(language), city_now(ports)
    with ports.store.read() as work:
        reviewed = frozenset() if everything else frozenset(work.statements.reviews(tag))
    items = (*_lines(ports.content, city, tag), *_entries(ports.content, city, tag, template))
    fresh = {item.digest: item for item in items if item.digest not in reviewed}
    return tuple(fresh.values())


def review(ports: Ports, *, language: str, digests: Sequence[str], by: Person, declares_reading: bool) -> int:
    """Sign sentences or lines of a language; returns how many. They stand as long as neither side changes."""
    require(by, Act.REVIEW_LANGUAGE)
    tag = language_tag(language)
    if not declares_reading:
        raise Refused(f"Only somebody who reads {tag} may review it.", mend="Say that you read it.")
    known = {item.digest for item in to_review(ports, language=tag, everything=True)}
    unknown = [digest for digest in digests if digest not in known]
    if unknown:
        raise NotFound("That sentence has changed since you read it.", mend="List again what is to review.")
    with ports.store.begin() as work:
        for digest in dict.fromkeys(digests):
            work.statements.add_review(Review(tag, digest, by.id, ports.clock.now()))
    return len(set(digests))


def extract(ports: Ports) -> bytes:
    """The sentences of all templates as a .pot file."""
    rows = [
        (str(sentence.place), sentence.msgid, sentence.plural, sentence.context)
        for sentence in _all_sentences(ports.content, template_names(ports.content))
    ]
    return write_template(rows)


def check_languages(ports: Ports, *, languages: Sequence[str] | None = None) -> tuple[Problem, ...]:
    """Every problem of templates and translations, in the city's languages or in those named."""
    city = city_now(ports)
    tags = [language_tag(tag) for tag in languages or languages_of(city) if tag != city.languages.source]
    voices = {tag: voice_in(ports.content, city, tag, Mode.LIVE) for tag in tags}
    catalogues = {tag: voice.catalogue for tag, voice in voices.items()}
    found: list[Problem] = []
    for name in template_names(ports.content):
        folder = f"message_templates/{name}"
        files = {path.split("/")[-1]: ports.content.read(path) for path in ports.content.files(folder)}
        found += check_template(files, catalogues, name=name)
    return tuple(sorted(dict.fromkeys(found)))


def city_now(ports: Ports) -> City:
    """The city file of today. Raises NotFound, Unparsable."""
    return parse_city(ports.content.read(CITY_FILE), CITY_FILE)


def _progress(content: Content, city: City, tag: str, reviewed: frozenset[str]) -> LanguageProgress:
    entries = _entries(content, city, tag, None)
    lines = _lines(content, city, tag)
    keys = {sentence.key for sentence in _all_sentences(content, template_names(content))}
    try:
        path = f"locales/{babel_name(tag)}/LC_MESSAGES/broadcast.po"
        fuzzy = status_of(content.read(path), tag, path).fuzzy
    except NotFound:
        fuzzy = 0
    return LanguageProgress(
        language=tag,
        sentences=len(keys),
        translated=len(entries),
        fuzzy=fuzzy,
        reviewed=sum(1 for item in entries if item.digest in reviewed),
        lines=len(lines),
        lines_reviewed=sum(1 for item in lines if item.digest in reviewed),
    )


def _all_sentences(content: Content, names: Iterable[str]) -> tuple[Sentence, ...]:
    found: list[Sentence] = []
    for name in names:
        try:
            found += sentences_of(template_in(content, name))
        except Unparsable:
            continue
    return tuple(found)


def _entries(content: Content, city: City, tag: str, template: str | None) -> tuple[ReviewItem, ...]:
    """The translated sentences of one or all templates, each once."""
    names = (template,) if template else template_names(content)
    catalogue = voice_in(content, city, tag, Mode.LIVE).catalogue
    found: dict[str, ReviewItem] = {}
    for sentence in _all_sentences(content, names):
        entry = catalogue.entries.get(sentence.key)
        if entry is not None and sentence.key not in found:
            source = f"{sentence.msgid}\n{sentence.plural}" if sentence.plural else sentence.msgid
            digest = entry_digest(source, "\x00".join(entry.forms))
            found[sentence.key] = ReviewItem(digest, source, entry.forms, str(sentence.place))
    return tuple(found.values())


def _lines(content: Content, city: City, tag: str) -> tuple[ReviewItem, ...]:
    """The fixed lines of a language."""
    source, words = words_in(content, city, city.languages.source), words_in(content, city, tag)
    path = f"locales/{babel_name(tag)}/words.yaml"
    return tuple(
        ReviewItem(
            line_digest(name, words, source), source.line(name) or "", (words.lines[name],), f"{path}: {name}"
        )
        for name in LINES
        if words.line(name)
    )

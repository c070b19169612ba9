"""With which templates, catalogues and words does an incident speak?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from responder.core.city import City
from responder.core.errors import NotFound
from responder.core.statement.catalogue import Catalogue, source_catalogue
from responder.core.statement.po import read_catalogue
from responder.core.statement.render import Rendering, Voice, render
from responder.core.statement.template import Template, parse_template
from responder.core.statement.texts import ChannelText
from responder.core.statement.values import Filled
from responder.core.statement.words import Words, no_words, parse_words, with_city
from responder.core.terms import Channel, Mode, babel_name
from responder.engine.ports import Content

__all__ = [
    "Renderings",
    "languages_of",
    "render_all",
    "template_in",
    "template_names",
    "voice_in",
    "words_in",
]

_ROOT = "message_templates"


def template_names(content: Content) -> tuple[str, ...]:
    """The folders of all templates, sorted."""
    names = (path.split("/")[1] for path in content.files(_ROOT) if path.count("/") >= 2)
    return tuple(sorted(dict.fromkeys(names)))


def template_in(content: Content, name: str) -> Template:
    """A template of this content. Raises NotFound when it has none, Unparsable when it is broken."""
    folder = f"{_ROOT}/{name}/"
    files = tuple(
        (path.removeprefix(folder), content.read(path)) for path in content.files(folder.rstrip("/"))
    )
    if not files:
        raise NotFound(
            f"There is no template {name}.", mend="Templates are the folders of message_templates."
        )
    return _parsed(name, files)


def voice_in(content: Content, city: City, language: str, mode: Mode) -> Voice:
    """A language with its catalogue and its words; an absent file is an empty catalogue."""
    return Voice(city, _catalogue(content, city, language), words_in(content, city, language), mode)


def words_in(content: Content, city: City, language: str) -> Words:
    """The words of a language with what the city adds and removes."""
    path = f"locales/{babel_name(language)}/words.yaml"
    try:
        words = _words(content.read(path), path)
    except NotFound:
        words = no_words(language)
    return with_city(words, city.words.get(language, {}))


def languages_of(city: City, *more: Iterable[str]) -> tuple[str, ...]:
    """The source language, then the required ones, then what is offered."""
    source, required, offered = city.languages.source, city.languages.required, city.languages.offered
    return tuple(dict.fromkeys((source, *required, *offered, *(tag for tags in more for tag in tags))))


@dataclass(frozen=True, slots=True)
class Renderings:
    """A template in several languages: those that are whole, and what the others lack."""

    by_language: Mapping[str, Rendering]

    @property
    def texts(self) -> dict[str, Mapping[Channel, ChannelText]]:
        return {tag: one.texts for tag, one in self.by_language.items() if one.whole}

    @property
    def missing(self) -> tuple[str, ...]:
        return tuple(tag for tag, one in self.by_language.items() if not one.whole)


def render_all(
    template: Template, filled: Filled, voices: Iterable[Voice], *, channels: tuple[Channel, ...]
) -> Renderings:
    """Each language, whole or not at all."""
    return Renderings({voice.language: render(template, filled, voice, channels) for voice in voices})


def _catalogue(content: Content, city: City, language: str) -> Catalogue:
    if language == city.languages.source:
        return source_catalogue(language)
    path = f"locales/{babel_name(language)}/LC_MESSAGES/broadcast.po"
    try:
        return read_catalogue(content.read(path), language, path)
    except NotFound:
        return Catalogue(language, {}, int)


@lru_cache(maxsize=128)
def _parsed(name: str, files: tuple[tuple[str, bytes], ...]) -> Template:
    return parse_template(dict(files), name=name)


@lru_cache(maxsize=64)
def _words(content: bytes, path: str) -> Words:
    return parse_words(content, path)

"""How does a page context become HTML? One Jinja environment a language, strict and escaping."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from responder.core.terms import direction
from responder.engine.ports import Content
from responder.web.words import Words, autonym, load_words, offered_languages

__all__ = ["STATIC", "Frame", "LanguageChoice", "Renderer", "Shell", "Tab", "asset"]

_HERE = Path(__file__).parent
STATIC = _HERE / "static"


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language in which the pages can speak, by its own name."""

    tag: str
    name: str
    dir: str
    current: bool


@dataclass(frozen=True, slots=True)
class Tab:
    """One door of the main navigation. `count` waits for somebody; `late` says that some is late."""

    href: str
    word: str
    current: bool = False
    count: int = 0
    late: bool = False
    wide_only: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """The incident around a page: its mode is always in view."""

    incident: str
    title: str
    home: str
    drill: bool
    place: str
    elapsed: str
    fast: str = ""


@dataclass(frozen=True, slots=True)
class Shell:
    """What every page carries besides its own matter."""

    lang: str
    dir: str
    csrf: str
    me: str = ""
    frame: Frame | None = None
    drill: bool = False
    tabs: tuple[Tab, ...] = ()
    languages: tuple[LanguageChoice, ...] = ()
    notice: str = ""
    live_parts: bool = False


@dataclass
class Renderer:
    """The templates of the pages in every language that has words."""

    content: Content
    zone: ZoneInfo
    _made: dict[str, tuple[Words, Environment]] = field(default_factory=dict)

    @cached_property
    def offered(self) -> tuple[str, ...]:
        return offered_languages(self.content)

    def words(self, tag: str) -> Words:
        return self._of(tag)[0]

    def choices(self, current: str) -> tuple[LanguageChoice, ...]:
        return tuple(
            LanguageChoice(tag=tag, name=autonym(tag), dir=direction(tag), current=tag == current)
            for tag in self.offered
        )

    def render(self, template: str, page: object, shell: Shell) -> str:
        """The HTML of one page; `page` is a frozen dataclass, the only thing a template may ask."""
        words, environment = self._of(shell.lang)
        return environment.get_template(template).render(page=page, shell=shell, words=words)

    def _of(self, tag: str) -> tuple[Words, Environment]:
        if tag not in self._made:
            words = load_words(tag, content=self.content, zone=self.zone)
            self._made[tag] = (words, _environment(words))
        return self._made[tag]


def asset(name: str) -> str:
    """The address of a file under static/, with the hash of its bytes so that it can be kept for long."""
    return f"/static/{name}?v={_fingerprint(name)}"


def _stylesheet(name: str) -> Markup:
    """Our own style sheet, to be written into a file that stands alone."""
    return Markup((STATIC / name).read_text(encoding="utf-8"))  # noqa: S704  # shipped with the program


@cache
def _fingerprint(name: str) -> str:
    path = STATIC / name
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12] if path.is_file() else "0"


def _environment(words: Words) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    environment.install_gettext_translations(words.translations, newstyle=True)  # type: ignore[attr-defined]  # added by the extension
    environment.globals.update(asset=asset, stylesheet=_stylesheet, dir_of=direction, autonym=autonym)
    return environment

"""What does a template say in a language? Text for each channel, whole or not at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from jinja2 import StrictUndefined, TemplateError, pass_context
from jinja2 import Template as JinjaTemplate
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from responder.core.city import City
from responder.core.errors import InvalidInput
from responder.core.statement.catalogue import Catalogue, MissingTranslation
from responder.core.statement.plain import heading_of, text_of_html
from responder.core.statement.slots import SLOTS
from responder.core.statement.spoken import Speaker, clean
from responder.core.statement.template import Template
from responder.core.statement.texts import ChannelText
from responder.core.statement.values import Filled
from responder.core.statement.words import Words
from responder.core.terms import Channel, Mode, direction

__all__ = ["Rendering", "Voice", "environment", "marked", "render"]


@dataclass(frozen=True, slots=True)
class Rendering:
    """All channels of one language. When `missing` is not empty the language is not whole: no text stands.

    `blocks` holds, for each channel, what each part of the template said.
    """

    language: str
    texts: Mapping[Channel, ChannelText] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    blocks: Mapping[Channel, Mapping[str, str]] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        return not self.missing and bool(self.texts)


@dataclass(frozen=True, slots=True)
class Voice:
    """In which language a statement speaks, and with which fixed words."""

    city: City
    catalogue: Catalogue
    words: Words
    mode: Mode

    @property
    def language(self) -> str:
        return self.catalogue.language


def render(template: Template, filled: Filled, voice: Voice, channels: tuple[Channel, ...]) -> Rendering:
    """Render one language for these channels.

    A required variable without a value cannot be rendered: nothing stands, and `missing` names it.
    Nothing is filled up from another language. Raises InvalidInput when the template itself is broken.
    """
    if filled.asked:
        return Rendering(voice.language, missing=tuple(f"{{{name}}}" for name in filled.asked))
    texts: dict[Channel, ChannelText] = {}
    blocks: dict[Channel, Mapping[str, str]] = {}
    missing: dict[str, None] = {}
    if voice.mode is Mode.EXERCISE and not voice.words.line("exercise_prefix"):
        missing["exercise_prefix"] = None
    for channel in channels:
        if channel not in template.channels:
            continue
        try:
            texts[channel], blocks[channel] = _channel(template, filled, voice, channel)
        except MissingTranslation as gap:
            missing[gap.msgid] = None
        except (TemplateError, KeyError, TypeError, ValueError, OverflowError) as error:
            raise InvalidInput(
                f"{template.name} cannot be rendered for {channel.value} in {voice.language}: {error}.",
                mend="Check it with: responder playbook check.",
            ) from error
    if missing:
        return Rendering(voice.language, missing=tuple(missing))
    return Rendering(voice.language, texts, (), blocks)


@pass_context
def _one(context: Context, message: str) -> str:
    catalogue: Catalogue = context["_catalogue"]
    return catalogue.one(message)


@pass_context
def _many(context: Context, single: str, plural: str, count: int) -> str:
    catalogue: Catalogue = context["_catalogue"]
    return catalogue.many(single, plural, int(count))


@pass_context
def _one_in(context: Context, where: str, message: str) -> str:
    catalogue: Catalogue = context["_catalogue"]
    return catalogue.one(message, where)


@pass_context
def _many_in(context: Context, where: str, single: str, plural: str, count: int) -> str:
    catalogue: Catalogue = context["_catalogue"]
    return catalogue.many(single, plural, int(count), where)


@lru_cache(maxsize=2)
def environment(*, html: bool = False) -> ImmutableSandboxedEnvironment:
    """The sandbox in which templates run: strict about names, no includes, no attributes of Python.

    Plain text is not HTML: a sandbox for each, so that only HTML parts escape.
    """
    made = ImmutableSandboxedEnvironment(
        autoescape=html,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        lstrip_blocks=True,
        keep_trailing_newline=False,
    )
    made.install_gettext_callables(  # type: ignore[attr-defined]  # the i18n extension adds it
        _one, _many, newstyle=True, pgettext=_one_in, npgettext=_many_in
    )
    return made


@lru_cache(maxsize=512)
def _compiled(source: str, *, html: bool) -> JinjaTemplate:
    return environment(html=html).from_string(_without_tag_lines(source))


_TAG_LINE = re.compile(
    r"^[ \t]*((?:\{%[-+]?\s*(?!trans\b|endtrans\b|pluralize\b)(?:(?!%\}).)*%\}[ \t]*"
    r"|\{#(?:(?!#\}).)*#\}[ \t]*)+)\r?\n",
    re.MULTILINE,
)
_BARE_PLUS = re.compile(r"(?<![\u200e\w])\+(?=\d{6})")


def _without_tag_lines(source: str) -> str:
    """A line that holds tags only leaves no line behind; a line with words keeps its end.

    Jinja's own trim_blocks would also eat the line end after `{% endtrans %}`.
    """
    return _TAG_LINE.sub(lambda match: match[1].rstrip(), source)


def _channel(
    template: Template, filled: Filled, voice: Voice, channel: Channel
) -> tuple[ChannelText, Mapping[str, str]]:
    context = _context(template, filled, voice, channel)
    plain = template.sources.get(f"{channel.value}.txt.j2")
    rich = template.sources.get(f"{channel.value}.html.j2")
    html = _compiled(rich, html=True).render(context).strip() if rich is not None else ""
    text = (
        _tidy(_compiled(plain, html=False).render(context), channel)
        if plain is not None
        else text_of_html(html)
    )
    subject, text = _subject(plain, context, text, html)
    prefix = context["exercise_prefix"]
    finished = marked(ChannelText(text, subject, html), str(prefix) if prefix else "")
    if direction(voice.language) == "rtl":
        finished = ChannelText(_kept_in_front(finished.text), finished.subject, _kept_in_front(finished.html))
    return finished, _blocks(template, context, plain, rich)


def _kept_in_front(text: str) -> str:
    """Between right-to-left words a leading + would jump behind its digits: a mark keeps it in front."""
    return _BARE_PLUS.sub("\u200e+", text)


def _context(template: Template, filled: Filled, voice: Voice, channel: Channel) -> dict[str, object]:
    speaker = Speaker(voice.city, voice.language, channel, voice.catalogue)
    said: dict[str, object] = {
        name: speaker.say(variable, filled.values.get(name)) for name, variable in template.variables.items()
    }
    prefix = voice.words.line("exercise_prefix") if voice.mode is Mode.EXERCISE else ""
    return {
        **said,
        **SLOTS,
        "exercise_prefix": clean(prefix or ""),
        "language": voice.language,
        "direction": direction(voice.language),
        "_catalogue": voice.catalogue,
    }


def _subject(plain: str | None, context: dict[str, object], text: str, html: str) -> tuple[str, str]:
    """The subject: a first line `Subject: …`, else the block `headline`, else the first heading."""
    first, _, rest = text.partition("\n")
    if first.startswith("Subject:"):
        return clean(first.removeprefix("Subject:")), rest.lstrip("\n")
    if plain is not None:
        compiled = _compiled(plain, html=False)
        for name in ("subject", "headline"):
            if name in compiled.blocks:
                said = "".join(compiled.blocks[name](compiled.new_context(context)))
                return clean(said.strip().removeprefix("Subject:")), text
    return clean(heading_of(html)), text


def marked(text: ChannelText, prefix: str) -> ChannelText:
    """Every text of an exercise starts with the prefix, whatever the template does."""
    if not prefix:
        return text
    subject = (
        text.subject if not text.subject or text.subject.startswith(prefix) else f"{prefix} {text.subject}"
    )
    body = text.text if text.text.lstrip().startswith(prefix) else f"{prefix}\n{text.text}"
    html = text.html
    if html and not text_of_html(html).startswith(prefix):
        html = f"<p><strong>{prefix}</strong></p>\n{html}"
    return ChannelText(body, subject, html)


def _blocks(
    template: Template, context: dict[str, object], plain: str | None, rich: str | None
) -> Mapping[str, str]:
    source, html = (plain, False) if plain is not None else (rich, True)
    compiled = _compiled(source or "", html=html)
    found: dict[str, str] = {}
    for name in template.blocks:
        if name in compiled.blocks:
            said = "".join(compiled.blocks[name](compiled.new_context(context)))
            found[name] = (text_of_html(said) if html else said).strip()
    return found


def _tidy(text: str, channel: Channel) -> str:
    lines = [line.rstrip() for line in text.replace("\r\n", "\n").split("\n")]
    joined = "\n".join(lines).strip()
    most = "\n" if channel is Channel.SMS else "\n\n"
    return re.sub(r"\n{2,}", most, joined)

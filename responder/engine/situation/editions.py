"""In which editions is a statement written? For everybody, and for those who hear it first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from responder.core.playbook import Message
from responder.core.statement import Edition, Filled, Statement, Template, Texts
from responder.core.terms import DELIVERED_CHANNELS, Channel
from responder.engine.ports import Content
from responder.engine.situation.incident import Situation
from responder.engine.situation.wording import Renderings, languages_of, render_all, template_in, voice_in

__all__ = ["Written", "editions_of", "first_template", "renderings", "written"]


@dataclass(frozen=True, slots=True)
class Written:
    """What all templates of a statement say: a language stands in every edition, or in none.

    `first` is empty when nobody hears it first in words of their own.
    """

    texts: Texts
    first: Texts
    missing: tuple[str, ...]


def first_template(message: Message) -> str:
    """The template of those who hear it first; "" when they get the message's own text.

    Only what is delivered can come to somebody first: a page is there for everybody at once.
    """
    delivered = any(channel in DELIVERED_CHANNELS for channel in message.channels)
    return (message.first.template or "") if message.first and delivered else ""


def editions_of(content: Content, statement: Statement) -> dict[Edition, Template]:
    """The template of each edition. Raises NotFound, Unparsable."""
    found = {Edition.MAIN: template_in(content, statement.template)}
    if statement.first_template:
        found[Edition.FIRST] = template_in(content, statement.first_template)
    return found


def written(
    content: Content, situation: Situation, statement: Statement, filled: Mapping[Edition, Filled]
) -> Written:
    """Every language of the city and of the message, with these values in each edition's template."""
    templates = editions_of(content, statement)
    done = {
        edition: renderings(content, situation, statement, template, filled[edition], edition=edition)
        for edition, template in templates.items()
    }
    missing = tuple(dict.fromkeys(tag for one in done.values() for tag in one.missing))
    said = {
        edition: {tag: texts for tag, texts in one.texts.items() if tag not in missing}
        for edition, one in done.items()
    }
    return Written(said[Edition.MAIN], said.get(Edition.FIRST, {}), missing)


def renderings(
    content: Content,
    situation: Situation,
    statement: Statement,
    template: Template,
    filled: Filled,
    *,
    edition: Edition = Edition.MAIN,
) -> Renderings:
    """Every language of the city and of the message, in one edition."""
    tags = languages_of(situation.city, statement.frame.policy.required)
    voices = [voice_in(content, situation.city, tag, statement.mode) for tag in tags]
    return render_all(template, filled, voices, channels=_channels(statement, template, edition))


def _channels(statement: Statement, template: Template, edition: Edition) -> tuple[Channel, ...]:
    channels = statement.frame.channels or template.channels
    if edition is Edition.MAIN:
        return channels
    return tuple(channel for channel in channels if channel in DELIVERED_CHANNELS)

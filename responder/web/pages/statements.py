"""How is a statement drafted, read, edited, signed, returned, taken back? The pages of statements."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from responder.core.errors import InvalidInput, NotFound, Refused
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.incident.timeline import EntryKind
from responder.core.statement import FRAME, ChannelText, Edition
from responder.core.terms import Channel, direction
from responder.engine import statements
from responder.engine.situation.people import Act
from responder.engine.situation.statement import StatementSituation
from responder.engine.situation.wording import words_in
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.narrowing import kept_in, narrowed
from responder.web.pages.queries import Desk, open_desk, title_of
from responder.web.pages.shapes import Row, State, stamp, state_of
from responder.web.pages.statement_texts import channel_word
from responder.web.pages.statement_view import statement_page, statement_state
from responder.web.visits import Door, Form, Posted, Visit, Visitor
from responder.web.words import autonym

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}/statements")
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class StatementsPage:
    """The statements of an incident, and the open messages that have none yet."""

    home: str
    may_draft: bool
    to_draft: tuple[Row, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class EditPage:
    """One text of one language, to be changed. `version` is the one that was read."""

    edition: str
    here: str
    title: str
    version: int
    tag: str
    dir: str
    name: str
    source: bool
    channel: str
    channel_word: str
    subject: str
    text: str
    html: str
    has_subject: bool
    has_html: bool
    original: str


@door.get("", act=Act.READ)
def every(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    page = StatementsPage(
        home=desk.home,
        may_draft=here.may(Act.DRAFT),
        to_draft=_to_draft(here, desk),
        rows=tuple(_row(here, desk, number) for number in reversed(range(len(desk.statements)))),
    )
    return _show(here, desk, "statements.html", page)


@door.post("", act=Act.DRAFT)
def draft(incident: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    occurrence = form.needed("occurrence", "No message was chosen.")
    made = statements.draft(here.ports, incident_id=desk.id, occurrence=occurrence, by=here.me)
    return here.go(f"{desk.home}/statements/{made}")


@door.get("/{statement}", act=Act.READ)
def one(incident: str, statement: str, here: Visitor, channel: str = "") -> Response:
    desk, standing = _open(here, incident, statement)
    acts = {Act.DRAFT: "draft", Act.SIGN: "sign", Act.RELEASE: "release", Act.OVERRIDE: "override"}
    page = statement_page(
        here.words,
        desk,
        standing,
        by=here.me,
        channel=_channel(channel) if channel else None,
        may=frozenset(word for act, word in acts.items() if here.may(act)),
        stop_lines={tag: _stop_line(here, desk, tag) for tag in {*standing.texts, *standing.first_texts}},
    )
    return _show(here, desk, "statement.html", page)


@door.get("/{statement}/edit", act=Act.DRAFT)
def edit_page(
    incident: str, statement: str, here: Visitor, language: str, channel: str, edition: str = ""
) -> Response:
    desk, standing = _open(here, incident, statement)
    chosen, whose = _channel(channel), _edition(edition)
    if language in standing.released:
        raise Refused("This text was sent: it stays as it is.", mend="To change what was said, correct it.")
    texts = standing.texts_of(whose)
    text = texts.get(language, {}).get(chosen)
    if text is None:
        raise NotFound(
            "This statement has no such text.", mend="Go back and choose a language and a channel."
        )
    source = standing.statement.source_language
    original = texts.get(source, {}).get(chosen)
    page = EditPage(
        edition=whose.value,
        here=f"{desk.home}/statements/{statement}",
        title=title_of(desk, OccurrenceKey.parse(standing.statement.occurrence)),
        version=standing.statement.version,
        tag=language,
        dir=direction(language),
        name=autonym(language),
        source=language == source,
        channel=chosen.value,
        channel_word=channel_word(here.words, chosen),
        subject=text.subject,
        text=text.text,
        html=text.html,
        has_subject=bool(text.subject) or chosen in (Channel.EMAIL, Channel.WEB),
        has_html=bool(text.html),
        original=original.text or original.html if original else "",
    )
    return _show(here, desk, "statement_edit.html", page)


@door.post("/{statement}/edit", act=Act.DRAFT)
def edit(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, standing = _open(here, incident, statement)
    channel, language = _channel(form.text("channel")), form.needed("language", "No language was chosen.")
    edition = _edition(form.text("edition"))
    before = standing.texts_of(edition).get(language, {}).get(channel)
    text = ChannelText(
        text=form.raw("text"),
        subject=form.text("subject"),
        html=form.raw("html") if before and before.html else "",
    )
    statements.edit(
        here.ports,
        statement_id=statement,
        version=_version(form),
        language=language,
        channel=channel,
        text=text,
        by=here.me,
        edition=edition,
    )
    return here.go(f"{desk.home}/statements/{statement}?channel={channel.value}")


@door.post("/{statement}/fill", act=Act.DRAFT)
def fill(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, _standing = _open(here, incident, statement)
    values = {name: value for name, value in form.under("value").items() if value}
    if not values:
        raise InvalidInput("Nothing was filled in.", mend="Fill in at least one blank.")
    statements.fill(here.ports, statement_id=statement, version=_version(form), values=values, by=here.me)
    return here.go(f"{desk.home}/statements/{statement}")


@door.post("/{statement}/narrow", act=Act.DRAFT)
def narrow(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, standing = _open(here, incident, statement)
    wide = standing.statement.frame.audiences
    statements.narrow(
        here.ports,
        statement_id=statement,
        version=_version(form),
        audiences=narrowed(wide, kept_in(form, wide, desk.situation.city)),
        by=here.me,
    )
    return here.go(f"{desk.home}/statements/{statement}")


@door.post("/{statement}/submit", act=Act.DRAFT)
def submit(incident: str, statement: str, here: Visitor) -> Response:
    desk, _standing = _open(here, incident, statement)
    statements.submit(here.ports, statement_id=statement, by=here.me)
    return here.go(f"{desk.home}/statements/{statement}")


@door.post("/{statement}/sign", act=Act.SIGN)
def sign(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, _standing = _open(here, incident, statement)
    statements.sign(
        here.ports,
        statement_id=statement,
        scope=FRAME,
        digest=form.needed("digest", "The fingerprint of what was read is missing."),
        by=here.me,
        role=form.text("role") or None,
        recorded_for=form.text("recorded_for") or None,
        how=form.text("how"),
    )
    return here.go(f"{desk.home}/statements/{statement}")


@door.post("/{statement}/review", act=Act.REVIEW_LANGUAGE)
def review(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, _standing = _open(here, incident, statement)
    statements.sign(
        here.ports,
        statement_id=statement,
        scope=form.needed("language", "No language was chosen."),
        digest=form.needed("digest", "The fingerprint of what was read is missing."),
        by=here.me,
        declares_reading=form.text("reads") == "yes",
    )
    return here.go(f"{desk.home}/statements/{statement}?channel={form.text('channel') or Channel.SMS.value}")


@door.post("/{statement}/return", act=Act.SIGN)
def return_(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, _standing = _open(here, incident, statement)
    reason = form.needed("reason", "It was not returned: the reason is missing.")
    statements.return_(here.ports, statement_id=statement, reason=reason, by=here.me)
    return here.go(f"{desk.home}/statements/{statement}")


@door.post("/{statement}/waive", act=Act.WAIVE)
def waive(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, _standing = _open(here, incident, statement)
    reason = form.needed("reason", "The step was not waived: the reason is missing.")
    role = form.needed("role", "No role was chosen.")
    statements.waive(here.ports, statement_id=statement, role=role, reason=reason, by=here.me)
    return here.go(f"{desk.home}/statements/{statement}")


@door.post("/{statement}/override", act=Act.OVERRIDE)
def override(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, _standing = _open(here, incident, statement)
    statements.override(
        here.ports,
        statement_id=statement,
        rule=form.needed("rule", "No finding was chosen."),
        language=form.text("language"),
        reason=form.needed("reason", "The finding still blocks: the reason is missing."),
        by=here.me,
    )
    return here.go(f"{desk.home}/statements/{statement}")


@door.post("/{statement}/withdraw", act=Act.DRAFT)
def withdraw(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk, _standing = _open(here, incident, statement)
    reason = form.needed("reason", "It was not withdrawn: the reason is missing.")
    statements.withdraw(here.ports, statement_id=statement, reason=reason, by=here.me)
    return here.go(f"{desk.home}/statements/{statement}")


def _open(here: Visit, incident: str, statement: str) -> tuple[Desk, StatementSituation]:
    """The desk and the statement, which must be one of this incident."""
    desk = open_desk(here.ports, incident, here.me)
    if statement not in {one.id for one in desk.statements}:
        raise NotFound("This incident has no such statement.", mend="Look at its list of statements.")
    return desk, statements.approval_of(here.ports, incident_id=desk.id, statement_id=statement)


def _show(here: Visit, desk: Desk, template: str, page: object) -> Response:
    return here.show(
        template, page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "statements")
    )


def _to_draft(here: Visit, desk: Desk) -> tuple[Row, ...]:
    situation = desk.situation
    rows = []
    for message in situation.timeline.open:
        if message.kind is not EntryKind.MESSAGE or desk.statement_of(message.key):
            continue
        moment = message.due or message.opened
        role = situation.playbook.roles.get(message.owner)
        holders = desk.standing_for(message.owner)
        rows.append(
            Row(
                stamp=stamp(here.words, moment, situation.now) if moment else None,
                state=state_of(here.words, message, situation.now),
                title=title_of(desk, message.key),
                language=situation.playbook.language,
                role=role.title if role else message.owner,
                who=holders[0] if holders else here.words("nobody holds this role"),
                href=str(message.key),
            )
        )
    return tuple(rows)


def _row(here: Visit, desk: Desk, number: int) -> Row:
    statement = desk.statements[number]
    state: State = statement_state(here.words, statement.state)
    return Row(
        stamp=stamp(here.words, statement.drafted_at, desk.situation.now),
        state=state,
        title=title_of(desk, OccurrenceKey.parse(statement.occurrence)),
        language=desk.situation.playbook.language,
        role=here.words("Written by"),
        who=desk.name(statement.author) if statement.author else here.words("the clock"),
        href=f"{desk.home}/statements/{statement.id}",
    )


def _stop_line(here: Visit, desk: Desk, tag: str) -> str:
    line = words_in(here.ports.content, desk.situation.city, tag).line("stop") or ""
    return line.replace("{word}", "STOP")


def _channel(text: str) -> Channel:
    try:
        return Channel(text)
    except ValueError as error:
        raise InvalidInput(f"“{text}” is not a channel.") from error


def _edition(text: str) -> Edition:
    return Edition.FIRST if text == Edition.FIRST else Edition.MAIN


def _version(form: Form) -> int:
    text = form.text("version")
    if not (text.isdecimal() and len(text) < _DIGITS):
        raise InvalidInput("The version of what was read is missing.", mend="Open the page again.")
    return int(text)

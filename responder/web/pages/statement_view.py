"""How does one statement stand: where it is on its way, who signed, who is asked, what blocks it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from responder.core.incident.occurrence import OccurrenceKey
from responder.core.statement import Right, StatementState, blocking
from responder.core.statement.approval import StepStanding
from responder.core.terms import Channel, StepKind
from responder.engine.ports.people import Person
from responder.engine.situation.statement import StatementSituation
from responder.web.pages.narrowing import AudienceChoice, audience_choices
from responder.web.pages.queries import Desk, title_of
from responder.web.pages.shapes import Option, Question, Stamp, State, stamp
from responder.web.pages.statement_texts import (
    Column,
    Note,
    SizeLine,
    channel_word,
    columns,
    note_of,
    size_lines,
)
from responder.web.words import Words

__all__ = ["ChannelTab", "SignLine", "SignRight", "StatementPage", "Step", "statement_page"]


@dataclass(frozen=True, slots=True)
class Step:
    """One station on the way from draft to sent."""

    word: str
    mark: str
    current: bool


@dataclass(frozen=True, slots=True)
class ChannelTab:
    """A channel to look at."""

    word: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class SignLine:
    """One line of the sign-off rail: mark, act, who, when and how."""

    state: State
    title: str
    who: str
    stamp: Stamp | None
    note: str


@dataclass(frozen=True, slots=True)
class SignRight:
    """Something that this person may sign now. `kind` is sign, record or consult."""

    kind: str
    role: str
    title: str


@dataclass(frozen=True, slots=True)
class StatementPage:
    """A statement with all its languages, its findings and its sign-off.

    `sent` are the tags of the languages that left: their words stay as they are.
    """

    home: str
    here: str
    id: str
    title: str
    language: str
    state: State
    version: int
    flow: tuple[Step, ...]
    channels: tuple[ChannelTab, ...]
    channel: str
    columns: tuple[Column, ...]
    missing: tuple[str, ...]
    sizes: tuple[SizeLine, ...]
    notes: tuple[Note, ...]
    blocks: int
    looks: int
    rail: tuple[SignLine, ...]
    rights: tuple[SignRight, ...]
    waivable: tuple[Option, ...]
    frame_digest: str
    fingerprint: str
    obstacles: tuple[str, ...]
    releasable: tuple[str, ...]
    released: tuple[str, ...]
    sent: tuple[str, ...]
    asked: tuple[Question, ...]
    audiences: tuple[AudienceChoice, ...]
    may_draft: bool
    may_sign: bool
    may_release: bool
    may_override: bool
    closed: bool
    author: str


_CLOSED = (StatementState.WITHDRAWN, StatementState.SUPERSEDED, StatementState.CORRECTED)


def statement_page(
    words: Words,
    desk: Desk,
    standing: StatementSituation,
    *,
    by: Person,
    channel: Channel | None,
    may: frozenset[str],
    stop_lines: Mapping[str, str],
) -> StatementPage:
    """Everything about one statement as this person may see and do it."""
    statement = standing.statement
    here = f"{desk.home}/statements/{statement.id}"
    chosen = _chosen(standing, channel)
    whole = [one for one in standing.findings if one.language is None]
    return StatementPage(
        home=desk.home,
        here=here,
        id=statement.id,
        title=title_of(desk, OccurrenceKey.parse(statement.occurrence)),
        language=desk.situation.playbook.language,
        state=statement_state(words, statement.state),
        version=statement.version,
        flow=_flow(words, standing),
        channels=tuple(
            ChannelTab(channel_word(words, one), f"{here}?channel={one.value}", one is chosen)
            for one in _channels(standing)
        ),
        channel=chosen.value,
        columns=columns(words, standing, chosen, by.languages, stop_lines=stop_lines),
        missing=tuple(words.name_of(tag) for tag in statement.missing_languages),
        sizes=size_lines(standing, stop_lines),
        notes=tuple(note_of(words, 0, one) for one in whole),
        blocks=len(blocking(standing.findings)),
        looks=sum(one.severity.value == "warn" and not one.overridden for one in standing.findings),
        rail=_rail(words, desk, standing),
        rights=_rights(desk, standing, by),
        waivable=_waivable(desk, standing),
        frame_digest=standing.digests.frame,
        fingerprint=" ".join(standing.digests.frame[at : at + 4] for at in range(0, 16, 4)),
        obstacles=standing.obstacles,
        releasable=tuple(words.name_of(tag) for tag in standing.releasable),
        released=tuple(words.name_of(tag) for tag in standing.released),
        sent=standing.released,
        asked=() if standing.released else _asked(standing),
        audiences=() if standing.released else audience_choices(standing, desk.situation.city),
        may_draft="draft" in may,
        may_sign="sign" in may,
        may_release="release" in may,
        may_override="override" in may,
        closed=statement.state in _CLOSED,
        author=desk.name(statement.author) if statement.author else words("the clock"),
    )


def statement_state(words: Words, state: StatementState) -> State:
    """Mark and word of a statement."""
    _ = words
    return {
        StatementState.DRAFT: State("next", _("Draft")),
        StatementState.SUBMITTED: State("soon", _("Waits for signatures")),
        StatementState.APPROVED: State("good", _("Signed")),
        StatementState.RELEASED: State("good", _("Sent")),
        StatementState.SUPERSEDED: State("off", _("Replaced by a newer one")),
        StatementState.CORRECTED: State("look", _("Corrected")),
        StatementState.WITHDRAWN: State("off", _("Withdrawn")),
    }[state]


def _flow(words: Words, standing: StatementSituation) -> tuple[Step, ...]:
    order = (
        (StatementState.DRAFT, words("Drafted")),
        (StatementState.SUBMITTED, words("Checking")),
        (StatementState.APPROVED, words("Signed")),
        (StatementState.RELEASED, words("Sent")),
    )
    states = [state for state, _ in order]
    at = states.index(standing.statement.state) if standing.statement.state in states else len(states)
    steps = []
    for number, (_state, word) in enumerate(order):
        mark = "good" if number < at or at == len(states) - 1 else "now" if number == at else "next"
        steps.append(Step(word, mark, current=number == at))
    return tuple(steps)


def _channels(standing: StatementSituation) -> tuple[Channel, ...]:
    there = {channel for texts in standing.texts.values() for channel in texts}
    return tuple(channel for channel in Channel if channel in there)


def _chosen(standing: StatementSituation, wanted: Channel | None) -> Channel:
    there = _channels(standing)
    if wanted in there and wanted is not None:
        return wanted
    return there[0] if there else Channel.SMS


def _rail(words: Words, desk: Desk, standing: StatementSituation) -> tuple[SignLine, ...]:
    statement, now = standing.statement, desk.situation.now
    author = desk.name(statement.author) if statement.author else words("the clock")
    written = SignLine(
        State("good", words("Written")), words("Written"), author, stamp(words, statement.drafted_at, now), ""
    )
    return (written, *(line for step in standing.approval.steps for line in _step_lines(words, desk, step)))


def _step_lines(words: Words, desk: Desk, step: StepStanding) -> list[SignLine]:
    now = desk.situation.now
    lines = []
    for role in step.roles:
        title = _role_title(desk, role)
        signed = next((one for one in step.signed if one.role == role), None)
        waived = next((one for one in step.waived if one.role == role), None)
        if signed:
            how = signed.how if signed.recorded_for or signed.consult else ""
            note = (
                words("signed for %(role)s", role=_role_title(desk, signed.for_role))
                if signed.for_role
                else how
            )
            lines.append(
                SignLine(
                    State("good", words("Signed")),
                    title,
                    desk.name(signed.person),
                    stamp(words, signed.at, now),
                    note,
                )
            )
        elif waived:
            note = words("Waived: %(reason)s", reason=waived.reason)
            lines.append(
                SignLine(
                    State("off", words("Waived")),
                    title,
                    desk.name(waived.person),
                    stamp(words, waived.at, now),
                    note,
                )
            )
        else:
            lines.append(_open_line(words, desk, step, role))
    return lines


def _open_line(words: Words, desk: Desk, step: StepStanding, role: str) -> SignLine:
    holders = [desk.name(person) for person in desk.situation.roster.of(role)]
    who = words.listed(holders) if holders else words("nobody holds this role")
    note = step.stuck
    if step.kind is StepKind.ANY:
        note = note or words("One of several is enough")
    elif step.kind is StepKind.CONSULT:
        note = note or words("Asked, has no veto")
    if step.asked_at is None:
        state = State("next", words("Later"))
    elif step.done_at is not None:
        state = State("off", words("Not needed any more"))
    elif step.late:
        state = State("late", words("Late"))
    else:
        state = State("now", words("Asked"))
    due = stamp(words, step.late_at, desk.situation.now) if step.late_at and not step.done_at else None
    return SignLine(state, _role_title(desk, role), who, due, note)


def _rights(desk: Desk, standing: StatementSituation, by: Person) -> tuple[SignRight, ...]:
    own = [right for right in standing.approval.may_sign if right.person == by.id]
    made = [SignRight(_kind(right), right.role, _role_title(desk, right.role)) for right in own]
    return tuple(dict.fromkeys(made))


def _kind(right: Right) -> str:
    if right.records:
        return "record"
    return "consult" if right.consult else "sign"


def _waivable(desk: Desk, standing: StatementSituation) -> tuple[Option, ...]:
    roles = desk.situation.playbook.roles
    return tuple(
        Option(role, _role_title(desk, role))
        for step in standing.approval.steps
        if step.late and not step.done_at
        for role in step.open_roles
        if role in roles and roles[role].outside
    )


def _asked(standing: StatementSituation) -> tuple[Question, ...]:
    return tuple(
        Question(
            name=f"value.{name}",
            label=name.replace("_", " "),
            kind="text",
            language=standing.statement.source_language,
        )
        for name in standing.statement.asked
    )


def _role_title(desk: Desk, role: str) -> str:
    found = desk.situation.playbook.roles.get(role)
    return found.title if found else role

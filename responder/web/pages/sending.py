"""Who gets it, who does not, and how far is it? The send desk: preview, release, confirm, steer."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.responses import Response

from responder.core.broadcast import BroadcastState, DeliveryState, SkipReason
from responder.core.errors import InvalidInput, NotFound
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.statement import Edition
from responder.core.terms import Channel, Urgency
from responder.engine import broadcasts
from responder.engine.ports.broadcasts import Preview, Progress
from responder.engine.situation.people import Act
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.queries import Desk, open_desk, title_of
from responder.web.pages.sending_lines import (
    SendingLine,
    broadcast_state,
    sending_lines,
    steerable,
    summed,
    title_of_broadcast,
)
from responder.web.pages.shapes import Bar, Stamp, State, bar_of, stamp
from responder.web.pages.statement_texts import channel_word
from responder.web.visits import Door, Form, Posted, Visit, Visitor
from responder.web.words import Words, autonym

__all__ = ["door"]

door = Door(prefix="/incidents/{incident}")
_DIGITS = 12


@dataclass(frozen=True, slots=True)
class AudienceLine:
    """One text: how many people on each channel, and how many SMS parts that is.

    `first` marks the words of those who hear it first.
    """

    name: str
    tag: str
    notice: bool
    first: bool
    sms: str
    email: str
    parts: str


@dataclass(frozen=True, slots=True)
class LeftOutLine:
    """People of the audience who do not get it, why, and what can be done."""

    state: State
    channel: str
    people: str
    what: str


@dataclass(frozen=True, slots=True)
class SendPage:
    """Who gets a statement if it is released now. `waits_for` is set while a second person is asked."""

    statement: str
    here: str
    title: str
    language: str
    lines: tuple[AudienceLine, ...]
    total_sms: str
    total_email: str
    total_parts: str
    count: int
    people: str
    messages: str
    left_out: tuple[LeftOutLine, ...]
    missing: tuple[str, ...]
    languages: tuple[str, ...]
    persons: int
    quiet_until: Stamp | None
    expires: Stamp | None
    undo_seconds: int
    may_release: bool


@dataclass(frozen=True, slots=True)
class OutcomeLine:
    """One state of deliveries: word, number, and what it means."""

    state: State
    count: str
    means: str


@dataclass(frozen=True, slots=True)
class ChannelOutcome:
    """How far one channel is."""

    word: str
    bar: Bar
    handed: str
    total: str
    lines: tuple[OutcomeLine, ...]


@dataclass(frozen=True, slots=True)
class BroadcastPage:
    """A broadcast under way. `undo` is set while nothing has left yet."""

    home: str
    here: str
    statement: str
    title: str
    language: str
    state: State
    channels: tuple[ChannelOutcome, ...]
    languages: tuple[str, ...]
    proposed_by: str
    proposed: Stamp
    words: tuple[str, ...]
    persons: int
    confirmable: bool
    own: bool
    count: int
    undo: bool
    undo_left: str
    leaves: Stamp | None
    urgent: bool
    steerable: bool
    paused: bool
    pausable: bool
    waiting: str
    stopping: bool
    on_the_wire: str
    may_stop: bool
    may_release: bool
    reason: str
    drill: bool
    refresh: bool


@dataclass(frozen=True, slots=True)
class BroadcastsPage:
    """All broadcasts of an incident."""

    home: str
    lines: tuple[SendingLine, ...]
    may_stop: bool


@door.get("/broadcasts", act=Act.READ)
def every(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    page = BroadcastsPage(desk.home, sending_lines(here.words, desk), here.may(Act.STOP))
    return _show(here, desk, "broadcasts.html", page)


@door.get("/statements/{statement}/send", act=Act.READ)
def send_page(incident: str, statement: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    found = broadcasts.preview(here.ports, incident_id=desk.id, statement_id=statement)
    return _show(here, desk, "send.html", _send_page(here, desk, statement, found))


@door.post("/statements/{statement}/send", act=Act.RELEASE)
def release(incident: str, statement: str, here: Visitor, form: Posted) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    made = broadcasts.release(
        here.ports,
        incident_id=desk.id,
        statement_id=statement,
        by=here.me,
        languages=form.all("language") or None,
        expected_count=_count(form),
    )
    return here.go(f"{desk.home}/broadcasts/{made}")


@door.get("/broadcasts/{broadcast}", act=Act.READ)
def one(incident: str, broadcast: str, here: Visitor) -> Response:
    desk, progress = _open(here, incident, broadcast)
    page = _broadcast_page(here, desk, progress)
    return _show(here, desk, "broadcast.html", page, live_parts=page.refresh)


@door.post("/broadcasts/{broadcast}/confirm", act=Act.RELEASE)
def confirm(incident: str, broadcast: str, here: Visitor, form: Posted) -> Response:
    desk, _progress = _open(here, incident, broadcast)
    broadcasts.confirm(here.ports, broadcast_id=broadcast, by=here.me, expected_count=_count(form))
    return here.go(f"{desk.home}/broadcasts/{broadcast}")


@door.post("/broadcasts/{broadcast}/stop", act=Act.STOP)
def stop(incident: str, broadcast: str, here: Visitor, form: Posted) -> Response:
    desk, _progress = _open(here, incident, broadcast)
    broadcasts.stop(here.ports, broadcast_id=broadcast, by=here.me, reason=form.text("reason"))
    return here.go(f"{desk.home}/broadcasts/{broadcast}")


@door.post("/broadcasts/{broadcast}/pause", act=Act.STOP)
def pause(incident: str, broadcast: str, here: Visitor, form: Posted) -> Response:
    desk, _progress = _open(here, incident, broadcast)
    broadcasts.pause(here.ports, broadcast_id=broadcast, by=here.me, reason=form.text("reason"))
    return here.go(f"{desk.home}/broadcasts/{broadcast}")


@door.post("/broadcasts/{broadcast}/resume", act=Act.RELEASE)
def resume(incident: str, broadcast: str, here: Visitor) -> Response:
    desk, _progress = _open(here, incident, broadcast)
    broadcasts.resume(here.ports, broadcast_id=broadcast, by=here.me)
    return here.go(f"{desk.home}/broadcasts/{broadcast}")


def _open(here: Visit, incident: str, broadcast: str) -> tuple[Desk, Progress]:
    """The desk and the broadcast, which must be one of this incident."""
    desk = open_desk(here.ports, incident, here.me)
    for progress in desk.progress:
        if progress.broadcast.id == broadcast:
            return desk, progress
    raise NotFound("This incident has no such broadcast.", mend="Look at its send desk.")


def _show(here: Visit, desk: Desk, template: str, page: object, *, live_parts: bool = False) -> Response:
    return here.show(
        template,
        page,
        frame=frame_of(here.words, desk),
        tabs=tabs_of(here.words, desk, "broadcasts"),
        live_parts=live_parts,
    )


def _count(form: Form) -> int | None:
    """The number of people that was typed, with the separators people write."""
    text = form.text("count")
    digits = "".join(char for char in text if char not in " .,'’\u00a0\u202f")
    if not text:
        return None
    if not (digits.isdecimal() and len(digits) < _DIGITS):
        raise InvalidInput("Nothing was sent: what was typed is not a number.", mend="Type its digits.")
    return int(digits)


def _send_page(here: Visit, desk: Desk, statement: str, found: Preview) -> SendPage:
    words, wall = here.words, here.wall
    by_text: dict[tuple[Edition, str, bool], dict[Channel, int]] = {}
    parts: dict[tuple[Edition, str, bool], int] = {}
    for line in found.lines:
        key = (line.edition, line.language, line.notice)
        by_text.setdefault(key, {})[line.channel] = line.people
        if line.channel is Channel.SMS:
            parts[key] = line.people * line.segments
    known = next(one for one in desk.statements if one.id == statement)
    return SendPage(
        statement=f"{desk.home}/statements/{statement}",
        here=f"{desk.home}/statements/{statement}/send",
        title=title_of(desk, OccurrenceKey.parse(known.occurrence)),
        language=desk.situation.playbook.language,
        lines=tuple(
            AudienceLine(
                name=autonym(tag),
                tag=tag,
                notice=notice,
                first=edition is Edition.FIRST,
                sms=words.number(people.get(Channel.SMS, 0)),
                email=words.number(people.get(Channel.EMAIL, 0)),
                parts=words.number(parts.get((edition, tag, notice), 0)),
            )
            for (edition, tag, notice), people in by_text.items()
        ),
        total_sms=words.number(_people(found, Channel.SMS)),
        total_email=words.number(_people(found, Channel.EMAIL)),
        total_parts=words.number(found.segments),
        count=found.count,
        people=words.number(found.people),
        messages=words.number(found.count),
        left_out=_left_out(words, found),
        missing=tuple(words.name_of(tag) for tag in found.missing_languages),
        languages=found.languages,
        persons=found.persons,
        quiet_until=stamp(words, found.quiet_until, wall) if found.quiet_until else None,
        expires=stamp(words, found.expires, wall) if found.expires else None,
        undo_seconds=found.undo_seconds,
        may_release=here.may(Act.RELEASE),
    )


def _people(found: Preview, channel: Channel) -> int:
    return sum(line.people for line in found.lines if line.channel is channel)


def _left_out(words: Words, found: Preview) -> tuple[LeftOutLine, ...]:
    _ = words
    said = {
        SkipReason.OPTED_OUT: (State("off", _("Asked us to stop")), _("Nothing. Respected.")),
        SkipReason.INVALID: (State("soon", _("Address does not work")), _("Ask the person for a new one.")),
        SkipReason.SUSPENDED: (State("soon", _("Messages bounced")), _("An administrator may lift it.")),
        SkipReason.SAME_ADDRESS: (
            State("off", _("Same phone or mailbox as somebody else")),
            _("Nothing. They get it once."),
        ),
        SkipReason.NO_TEXT: (
            State("late", _("No signed text for this channel")),
            _("Sign that language first."),
        ),
    }
    return tuple(
        LeftOutLine(
            state=said[reason][0],
            channel=channel_word(words, channel),
            people=words.number(count),
            what=said[reason][1],
        )
        for (channel, reason), count in found.skipped.items()
        if count
    )


def _broadcast_page(here: Visit, desk: Desk, progress: Progress) -> BroadcastPage:
    words, wall, it = here.words, here.wall, progress.broadcast
    counts = summed(progress)
    undo = it.state is BroadcastState.RELEASED and it.starts is not None and wall < it.starts
    return BroadcastPage(
        home=desk.home,
        here=f"{desk.home}/broadcasts/{it.id}",
        statement=f"{desk.home}/statements/{it.statement_id}",
        title=title_of_broadcast(desk, progress),
        language=desk.situation.playbook.language,
        state=broadcast_state(words, progress),
        channels=tuple(_outcome(words, channel, tally) for channel, tally in progress.tally.items() if tally),
        languages=tuple(words.name_of(tag) for tag in it.languages),
        proposed_by=desk.name(it.proposed_by),
        proposed=stamp(words, it.proposed, wall),
        words=tuple(desk.name(person) for person in it.words),
        persons=it.persons,
        confirmable=it.state is BroadcastState.DRAFT,
        own=here.me.id in (it.proposed_by, *it.words),
        count=sum(counts.values()),
        undo=undo,
        undo_left=words.span(it.starts - wall) if undo and it.starts else "",
        leaves=Stamp(it.starts.isoformat(), words.seconds(it.starts)) if it.starts else None,
        urgent=it.urgency is not Urgency.NORMAL,
        steerable=steerable(progress),
        paused=it.state is BroadcastState.PAUSED,
        pausable=it.state is BroadcastState.SENDING,
        waiting=words.number(progress.waiting),
        stopping=progress.stopping,
        on_the_wire=words.number(progress.on_the_wire),
        may_stop=here.may(Act.STOP),
        may_release=here.may(Act.RELEASE),
        reason=it.reason,
        drill=it.mode.value == "exercise",
        refresh=steerable(progress) or progress.stopping or it.state is BroadcastState.COMPLETING,
    )


def _outcome(words: Words, channel: Channel, tally: object) -> ChannelOutcome:
    counts: dict[DeliveryState, int] = dict(tally)  # type: ignore[call-overload]  # a mapping, see Progress.tally
    meant = sum(count for state, count in counts.items() if state is not DeliveryState.SKIPPED)
    waiting = counts.get(DeliveryState.PENDING, 0) + counts.get(DeliveryState.HANDING_OVER, 0)
    return ChannelOutcome(
        word=channel_word(words, channel),
        bar=bar_of(words, counts),
        handed=words.number(meant - waiting),
        total=words.number(meant),
        lines=_outcome_lines(words, counts, email=channel is Channel.EMAIL),
    )


def _outcome_lines(words: Words, counts: dict[DeliveryState, int], *, email: bool) -> tuple[OutcomeLine, ...]:
    _ = words
    taken = counts.get(DeliveryState.ACCEPTED, 0) + counts.get(DeliveryState.SENT, 0)
    accepted = (
        _("The mail server took it. More is not known.")
        if email
        else _("The provider has it. Not confirmed yet.")
    )
    rows = (
        (State("good", _("Delivered")), counts.get(DeliveryState.DELIVERED, 0), _("The phone confirmed it.")),
        (State("now", _("Accepted")), taken, accepted),
        (
            State("late", _("Failed")),
            counts.get(DeliveryState.FAILED, 0),
            _("Not arrived, and will not on this address."),
        ),
        (
            State("unk", _("Unknown")),
            counts.get(DeliveryState.UNKNOWN, 0),
            _("The line broke while we handed over. It is not sent a second time by itself."),
        ),
        (State("next", _("Waiting")), counts.get(DeliveryState.PENDING, 0), _("Can still be stopped.")),
        (
            State("play", _("On the wire")),
            counts.get(DeliveryState.HANDING_OVER, 0),
            _("Being handed over now."),
        ),
        (State("stop", _("Stopped")), counts.get(DeliveryState.STOPPED, 0), _("Never left the house.")),
        (
            State("off", _("Expired")),
            counts.get(DeliveryState.EXPIRED, 0),
            _("Its use ended before it left."),
        ),
        (
            State("off", _("Left out")),
            counts.get(DeliveryState.SKIPPED, 0),
            _("Asked us to stop, address does not work, or the household gets it once."),
        ),
    )
    always = 5
    return tuple(
        OutcomeLine(state, words.number(count), means)
        for number, (state, count, means) in enumerate(rows)
        if count or (number < always and not (email and number == 0))
    )

"""How does a signed-off statement become a broadcast? People release; nothing else does."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from responder.core.broadcast import (
    Broadcast,
    BroadcastState,
    Move,
    Part,
    SkipReason,
    not_before,
    notice_key,
    serving,
    undo_window,
)
from responder.core.errors import Conflict, Refused
from responder.core.incident.event import BroadcastReleased, BroadcastStopped, NewEvent
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.playbook import bench
from responder.core.statement import Edition, StatementState
from responder.core.terms import Channel, Urgency
from responder.engine.broadcasts.asking import ask_to_materialise
from responder.engine.broadcasts.logging import by_person
from responder.engine.broadcasts.plans import Plan, PlannedPart, plan_release
from responder.engine.broadcasts.tending import awaits_rows, sweep_some
from responder.engine.ports import Ports, Work
from responder.engine.ports.broadcasts import FrozenText, Preview, PreviewCount, PreviewLine
from responder.engine.ports.people import Person
from responder.engine.situation.incident import Situation, change, situate
from responder.engine.situation.people import Act, require
from responder.engine.situation.signing import ladder_of

__all__ = ["confirm", "preview", "release"]

_Text = tuple[Edition, Channel, str, bool]
"""Which text somebody gets: of which edition, on which channel, in which language, as a notice?"""

_SKIPS = {
    "opted_out": SkipReason.OPTED_OUT,
    "invalid": SkipReason.INVALID,
    "suspended": SkipReason.SUSPENDED,
}


def preview(
    ports: Ports, *, incident_id: str, statement_id: str, languages: Sequence[str] | None = None
) -> Preview:
    """Who would get it, in which language, and who would not, if it were released now.

    Raises Refused when it may not be released at all yet.
    """
    with ports.store.read() as work:
        situation = situate(ports, work, incident_id)
        plan = plan_release(ports, work, situation, statement_id, languages)
        return _preview(ports, work, plan)


def release(
    ports: Ports,
    *,
    incident_id: str,
    statement_id: str,
    by: Person,
    languages: Sequence[str] | None = None,
    expected_count: int | None = None,
) -> str:
    """Release a signed-off statement; returns the id of the broadcast.

    `languages` None = all that are signed off. Where it takes two people, the first proposes
    (state `draft`) and the second calls `confirm`. `expected_count` is the number that the person
    typed: raises Conflict when the audience has another size by now. Raises Refused when the
    statement is not signed off, its condition does not hold, or `by` may not release it.
    """
    require(by, Act.RELEASE)
    made: list[Broadcast] = []
    stopped: list[Broadcast] = []

    def decide(work: Work, situation: Situation) -> Sequence[NewEvent]:
        made.clear()
        stopped.clear()
        plan = plan_release(ports, work, situation, statement_id, languages)
        counted = _preview(ports, work, plan)
        _check_releaser(plan, by, persons=counted.persons)
        proposed = _proposed(work, statement_id)
        if proposed is not None:
            raise Conflict(
                "It is proposed already.", mend=f"Another person confirms it: broadcast {proposed.id}."
            )
        _check_count(counted, expected_count)
        made.extend(_write(ports, work, plan, by, persons=counted.persons))
        if counted.persons > 1:
            return ()
        stopped.extend(plan.replaces)
        return _go(ports, work, plan, made, by)

    change(ports, incident_id, decide)
    _after(ports, stopped)
    return made[0].id


def confirm(ports: Ports, *, broadcast_id: str, by: Person, expected_count: int | None = None) -> Broadcast:
    """A further person gives their word; with the last one needed it is released.

    Raises Refused for the one who proposed it, and when what they saw has changed since.
    """
    require(by, Act.RELEASE)
    with ports.store.read() as work:
        proposed = work.broadcasts.get(broadcast_id)
    stopped: list[Broadcast] = []

    def decide(work: Work, situation: Situation) -> Sequence[NewEvent]:
        stopped.clear()
        broadcast = work.broadcasts.get(broadcast_id)
        broadcast.after(Move.APPROVE)
        plan = plan_release(ports, work, situation, broadcast.statement_id, broadcast.languages)
        _check_releaser(plan, by, persons=broadcast.persons)
        if plan.statement.digest != broadcast.digest:
            raise Refused(
                "It was changed after it was proposed.", mend="Withdraw the proposal and propose it again."
            )
        if by.id in broadcast.words:
            raise Refused("It takes another person.", mend="Whoever proposed it cannot confirm it.")
        _check_count(_preview(ports, work, plan), expected_count)
        parts = _parts_of(work, broadcast)
        if [item.part for item in parts] != [item.part for item in plan.parts]:
            raise Refused("A part of it was taken back.", mend="Withdraw the proposal and propose it again.")
        words: Sequence[str] = ()
        for part in parts:
            words = work.broadcasts.give_word(part.id, by.id, wall=ports.clock.now())
        if len(words) < broadcast.persons:
            return ()
        stopped.extend(plan.replaces)
        return _go(ports, work, plan, parts, by)

    change(ports, proposed.incident_id, decide)
    _after(ports, stopped)
    with ports.store.read() as work:
        return work.broadcasts.get(broadcast_id)


def _preview(ports: Ports, work: Work, plan: Plan) -> Preview:
    counts: Counter[_Text] = Counter()
    skipped: Counter[tuple[Channel, SkipReason]] = Counter()
    served = serving(work.broadcasts.languages_in_use(), plan.languages)
    source = plan.statement.statement.source_language
    parts = [part.selection for part in plan.parts]
    readers = work.broadcasts.preview(parts, served=served, source_language=source)
    for line in readers.lines:
        _sort_in(line, plan.edition_of(plan.parts[line.part].part), counts, skipped)
    return Preview(
        statement_id=plan.statement.statement.id,
        mode=plan.situation.mode,
        people=readers.people,
        count=sum(counts.values()),
        lines=tuple(_line(plan, key, people) for key, people in sorted(counts.items())),
        skipped=dict(skipped),
        languages=plan.languages,
        missing_languages=tuple(
            sorted(set(plan.statement.statement.missing_languages) - set(plan.languages))
        ),
        persons=_persons(plan, readers.people),
        quiet_until=_quiet_until(plan),
        expires=_expires(plan, plan.situation.now),
        undo_seconds=int(_undo(ports, plan).total_seconds()),
    )


def _sort_in(
    line: PreviewCount,
    edition: Edition,
    counts: Counter[_Text],
    skipped: Counter[tuple[Channel, SkipReason]],
) -> None:
    if line.address_state != "ok":
        skipped[line.channel, _SKIPS[line.address_state]] += line.people
    elif line.doubled:
        skipped[line.channel, SkipReason.SAME_ADDRESS] += line.people
    else:
        counts[edition, line.channel, line.language, line.notice] += line.people


def _line(plan: Plan, key: _Text, people: int) -> PreviewLine:
    edition, channel, language, notice = key
    sizes = {(text.channel, text.language): text.segments for text in plan.texts_of(edition)}
    notices = [size for (of, tag), size in sizes.items() if of is channel and tag.startswith(notice_key(""))]
    segments = max(notices, default=1) if notice else sizes.get((channel, language), 1)
    return PreviewLine(channel, language, notice, people, segments, edition)


def _persons(plan: Plan, readers: int) -> int:
    """How many different people it takes: the message's rule, two for life safety, two for many readers."""
    least = plan.message.release.persons
    if plan.urgency is Urgency.LIFE_SAFETY or readers > plan.situation.city.two_from:
        return max(2, least)
    return least


def _check_releaser(plan: Plan, by: Person, *, persons: int) -> None:
    message = plan.message
    roles = (message.owner, *message.helpers) if plan.urgency is Urgency.LIFE_SAFETY else message.releasers
    if by.id not in _releasers(plan, roles, persons=persons):
        raise Refused(
            f"{by.name} may not release this message.", mend=f"It takes somebody of: {', '.join(roles)}."
        )


def _releasers(plan: Plan, roles: Sequence[str], *, persons: int) -> frozenset[str]:
    """Who may give their word: the roles' own people, and further ones only where those are too few.

    A small city must not stand still because one person holds every role of a message: then their
    fallback, after it those on the message's ladder, and last everybody with a role give the second word.
    """
    situation = plan.situation
    benches = [bench(situation.playbook, situation.roster, role) for role in roles]
    own = [person for one in benches for person in (*one.holders, *one.deputies)]
    fallback = [person for one in benches for person in one.fallback]
    on_duty = plan.urgency is Urgency.LIFE_SAFETY
    tiers = (
        own if on_duty else [*own, *fallback],
        fallback,
        ladder_of(situation, plan.message),
        [person for people in situation.roster.holders.values() for person in people],
    )
    allowed: set[str] = set()
    for tier in tiers:
        allowed |= set(tier)
        if len(allowed) >= persons:
            break
    return frozenset(allowed)


def _check_count(counted: Preview, expected: int | None) -> None:
    if expected is not None and expected != counted.count:
        raise Conflict(
            f"It would go out {counted.count} times, not {expected}.", mend="Look at the audience again."
        )


def _proposed(work: Work, statement_id: str) -> Broadcast | None:
    drafts = [
        item for item in work.broadcasts.of_statement(statement_id) if item.state is BroadcastState.DRAFT
    ]
    return drafts[0] if drafts else None


def _parts_of(work: Work, broadcast: Broadcast) -> list[Broadcast]:
    """The broadcast and, when it goes to those who hear it first, the one of the rest."""
    others = work.broadcasts.of_statement(broadcast.statement_id)
    drafts = [item for item in others if item.state is BroadcastState.DRAFT]
    return sorted(drafts, key=lambda item: item.part is Part.REST)


def _write(ports: Ports, work: Work, plan: Plan, by: Person, *, persons: int) -> list[Broadcast]:
    """Write the broadcasts of a release as drafts, with their frozen texts."""
    written: list[Broadcast] = []
    for part in plan.parts:
        broadcast = _draft(ports, plan, part, by, persons=persons, twin=written[0] if written else None)
        selection = part.selection
        if broadcast.twin is not None:
            selection = selection.leaving_out(broadcast.twin)
        work.broadcasts.add(broadcast, selection, _texts_of(plan, part))
        written.append(broadcast)
    return written


def _texts_of(plan: Plan, part: PlannedPart) -> list[FrozenText]:
    """What is published goes with the last part: nobody reads on a page what others hear first."""
    texts = plan.texts_of(plan.edition_of(part.part))
    delivered = [text for text in texts if text.channel in part.selection.all_channels()]
    published = [text for text in plan.texts if text.channel is Channel.WEB and part is plan.parts[-1]]
    return [*delivered, *published]


def _draft(
    ports: Ports, plan: Plan, part: PlannedPart, by: Person, *, persons: int, twin: Broadcast | None
) -> Broadcast:
    statement = plan.statement.statement
    return Broadcast(
        id=ports.chance.new_id(),
        incident_id=plan.situation.incident_id,
        statement_id=statement.id,
        occurrence=statement.occurrence,
        mode=plan.situation.mode,
        state=BroadcastState.DRAFT,
        urgency=plan.urgency,
        part=part.part,
        channels=part.selection.all_channels(),
        languages=plan.languages,
        source_language=statement.source_language,
        proposed_by=by.id,
        proposed=ports.clock.now(),
        words=(by.id,),
        persons=persons,
        digest=plan.statement.digest,
        supersedes=tuple(item.id for item in plan.replaces),
        corrects=tuple(item.id for item in plan.corrects),
        twin=None if twin is None else twin.id,
        wait_seconds=part.wait_seconds,
        zone=plan.situation.city.zone,
    )


def _go(ports: Ports, work: Work, plan: Plan, broadcasts: Sequence[Broadcast], by: Person) -> list[NewEvent]:
    """Everybody gave their word: release each part, stop what it replaces, and say so in the log."""
    wall = ports.clock.now()
    events = []
    for broadcast in broadcasts:
        starts = _starts(ports, plan, broadcast, wall)
        work.broadcasts.move(broadcast.id, Move.APPROVE, wall=wall)
        work.broadcasts.move(
            broadcast.id, Move.RELEASE, wall=wall, starts=starts, expires=_expires_wall(plan, starts)
        )
        if starts <= wall and not awaits_rows(work, broadcast):
            work.broadcasts.move(broadcast.id, Move.MATERIALISE, wall=wall)
            ask_to_materialise(ports, work, broadcast)
        events.append(by_person(by, _released(plan, broadcast)))
    events.extend(
        by_person(by, BroadcastStopped(replaced.id, "superseded"))
        for replaced in plan.replaces
        if work.broadcasts.move(replaced.id, Move.STOP, wall=wall, reason="superseded")
    )
    _mark_statements(work, plan)
    return events


def _released(plan: Plan, broadcast: Broadcast) -> BroadcastReleased:
    statement = plan.statement.statement
    return BroadcastReleased(
        broadcast=broadcast.id,
        statement=statement.id,
        occurrence=OccurrenceKey.parse(statement.occurrence),
        languages=plan.languages,
        digest=plan.statement.digest,
        next_update_at=statement.next_update_at,
        corrects=",".join(statement.corrects),
    )


def _mark_statements(work: Work, plan: Plan) -> None:
    """Where statements stand, for lists; the truth is in the log."""
    statement = plan.statement.statement
    work.statements.set_state(statement.id, StatementState.RELEASED)
    for corrected in statement.corrects:
        work.statements.set_state(corrected, StatementState.CORRECTED)
    replaced = {item.statement_id for item in plan.replaces} - {statement.id, *statement.corrects}
    for other in replaced:
        work.statements.set_state(other, StatementState.SUPERSEDED)


def _undo(ports: Ports, plan: Plan) -> timedelta:
    return undo_window(plan.urgency, seconds=ports.limits.undo_seconds)


def _starts(ports: Ports, plan: Plan, broadcast: Broadcast, wall: datetime) -> datetime:
    """The end of the undo window; for the rest of a release, of the wait of incident time after it."""
    begin = wall + _undo(ports, plan)
    clock = plan.situation.incident.clock
    return clock.wall(clock.now(begin) + timedelta(seconds=broadcast.wait_seconds))


def _expires(plan: Plan, now: datetime) -> datetime | None:
    """When the message loses its use, in incident time."""
    if plan.message.expires is None:
        return None
    return plan.situation.calendar.shift(now, plan.message.expires)


def _expires_wall(plan: Plan, starts: datetime) -> datetime | None:
    clock = plan.situation.incident.clock
    expires = _expires(plan, clock.now(starts))
    return None if expires is None else clock.wall(expires)


def _quiet_until(plan: Plan) -> datetime | None:
    """The latest end of the quiet hours that hold now for some audience (incident time)."""
    quiet = {wave.quiet for part in plan.parts for wave in part.selection.waves}
    ends = [not_before(plan.situation.now, span, plan.situation.calendar) for span in quiet]
    return max((end for end in ends if end is not None), default=None)


def _after(ports: Ports, stopped: Sequence[Broadcast]) -> None:
    """After the commit: what was replaced starts nothing more here, and the queue looks at once."""
    for broadcast in stopped:
        ports.switchboard.halt(broadcast.id)
    for broadcast in stopped:
        with ports.store.read() as work:
            now = work.broadcasts.get(broadcast.id)
        if now.state is BroadcastState.STOPPED:
            sweep_some(ports, now)
    ports.queue.nudge()

"""How did it go? The after-action report as a page, and whole as Markdown and JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from fastapi.responses import Response

from responder.core.broadcast import DeliveryState
from responder.core.report import EntryLine, Report, markdown, sentences
from responder.engine import reports
from responder.engine.situation.people import Act
from responder.web.pages.frames import frame_of, tabs_of
from responder.web.pages.queries import open_desk
from responder.web.pages.shapes import Stamp, stamp
from responder.web.rendering import Renderer, Shell
from responder.web.visits import Door, Visitor
from responder.web.words import SOURCE, Words, autonym

__all__ = ["door", "report_html"]

door = Door(prefix="/incidents/{incident}/report")


@dataclass(frozen=True, slots=True)
class RoleTally:
    """One role: one mark a task, and the longest it was late."""

    role: str
    marks: tuple[str, ...]
    tally: str
    longest: str


@dataclass(frozen=True, slots=True)
class ReachBar:
    """One language: how many of a hundred messages were taken, in words and as a bar."""

    name: str
    tag: str
    taken: str
    all: str
    share: int
    x: float


@dataclass(frozen=True, slots=True)
class PromiseRow:
    """A promise, and when it was kept."""

    promised: Stamp
    kept: Stamp | None
    late: str


@dataclass(frozen=True, slots=True)
class LateRow:
    """Something that was late."""

    name: str
    code: str
    owner: str
    due: Stamp | None
    late: str
    still_open: bool


@dataclass(frozen=True, slots=True)
class StatementRow:
    """A statement from draft to release."""

    name: str
    drafted: Stamp
    approved: Stamp | None
    released: Stamp | None
    languages: str
    returned: int
    waits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """A decision with its reason."""

    question: str
    answer: str
    by: str
    at: Stamp | None
    reason: str
    dissent: str


@dataclass(frozen=True, slots=True)
class MeasureRow:
    """A time that the playbook measures."""

    name: str
    took: str
    target: str
    met: bool | None


@dataclass(frozen=True, slots=True)
class ReachRow:
    """Deliveries of one kind."""

    channel: str
    language: str
    wanted: str
    notice: bool
    state: str
    count: str


@dataclass(frozen=True, slots=True)
class ReportPage:
    """The report. `here` is empty on paper and in a file."""

    here: str
    title: str
    playbook: str
    city: str
    as_of: str
    first: str
    rest: str
    drill: bool
    promises: tuple[PromiseRow, ...]
    reach: tuple[ReachBar, ...]
    roles: tuple[RoleTally, ...]
    late: tuple[LateRow, ...]
    later: tuple[LateRow, ...]
    statements: tuple[StatementRow, ...]
    never_sent: tuple[StatementRow, ...]
    decisions: tuple[DecisionRow, ...]
    measures: tuple[MeasureRow, ...]
    deliveries: tuple[ReachRow, ...]
    objectives: tuple[str, ...]
    events: str
    head: str


@door.get("", act=Act.READ)
def report(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    found = reports.report_on(here.ports, incident_id=desk.id)
    page = _page(here.words, found, here=f"{desk.home}/report", city=here.house.city.name)
    return here.show(
        "report.html", page, frame=frame_of(here.words, desk), tabs=tabs_of(here.words, desk, "report")
    )


@door.get("/markdown", act=Act.READ)
def as_markdown(incident: str, here: Visitor) -> Response:
    desk = open_desk(here.ports, incident, here.me)
    found = reports.report_on(here.ports, incident_id=desk.id)
    return Response(markdown(found), media_type="text/markdown; charset=utf-8")


def report_html(found: Report, *, city: str, renderer: Renderer, language: str = SOURCE) -> str:
    """The report as one HTML file that needs nothing else; for the command line."""
    words = renderer.words(language)
    page = _page(words, found, here="", city=city)
    return renderer.render("report_file.html", page, Shell(lang=words.tag, dir=words.dir, csrf=""))


_LONGEST_LATE = 10
"""So many of those who were late stand open on the page, the latest first; the others are folded."""
_DONE = {"done", "skipped", "not_needed"}


def _page(words: Words, found: Report, *, here: str, city: str) -> ReportPage:
    first, rest = sentences(found)
    now = found.as_of
    late, statements = _late(words, found), _statements(words, found)
    return ReportPage(
        here=here,
        title=found.title,
        playbook=f"{found.playbook} {found.version}",
        city=city,
        as_of=words.full(now),
        first=first,
        rest=rest,
        drill=found.mode.value == "exercise",
        promises=tuple(
            PromiseRow(
                stamp(words, one.promised, now),
                stamp(words, one.kept, now) if one.kept else None,
                words.span(one.late) if one.late else "",
            )
            for one in found.promises
        ),
        reach=_reach(words, found),
        roles=_roles(words, found),
        late=late[:_LONGEST_LATE],
        later=late[_LONGEST_LATE:],
        statements=tuple(one for one in statements if one.released),
        never_sent=tuple(one for one in statements if not one.released),
        decisions=tuple(
            DecisionRow(
                one.question,
                one.answer or words("not answered"),
                words("the clock: the default") if one.by_clock else one.by,
                stamp(words, one.at, now) if one.at else None,
                one.reason,
                one.dissent,
            )
            for one in found.decisions
        ),
        measures=tuple(
            MeasureRow(
                one.name,
                words.span(one.took) if one.took is not None else "",
                words.span(one.target) if one.target is not None else "",
                one.met,
            )
            for one in found.measures
        ),
        deliveries=tuple(
            ReachRow(one.channel, one.language, one.wanted, one.notice, one.state, words.number(one.count))
            for one in found.reach
        ),
        objectives=found.objectives,
        events=words.number(found.events),
        head=found.head,
    )


def _late(words: Words, found: Report) -> tuple[LateRow, ...]:
    return tuple(
        LateRow(
            one.name,
            one.code,
            one.owner,
            stamp(words, one.due, found.as_of) if one.due else None,
            words.span(one.late or timedelta()),
            one.finished is None,
        )
        for one in found.late
    )


def _statements(words: Words, found: Report) -> tuple[StatementRow, ...]:
    now = found.as_of
    return tuple(
        StatementRow(
            name=one.name,
            drafted=stamp(words, one.drafted, now),
            approved=stamp(words, one.approved, now) if one.approved else None,
            released=stamp(words, one.released, now) if one.released else None,
            languages=words.listed([words.name_of(tag) for tag in one.languages]),
            returned=one.returned,
            waits=tuple(
                words(
                    "%(role)s, %(person)s: %(span)s",
                    role=sign.role,
                    person=sign.person,
                    span=words.span(sign.waited),
                )
                for sign in one.signatures
            ),
        )
        for one in found.statements
    )


def _reach(words: Words, found: Report) -> tuple[ReachBar, ...]:
    """Of all messages meant for readers of a language, how many a carrier took."""
    taken_states = {DeliveryState.ACCEPTED.value, DeliveryState.SENT.value, DeliveryState.DELIVERED.value}
    meant: dict[str, int] = {}
    taken: dict[str, int] = {}
    for line in found.reach:
        if line.state != DeliveryState.SKIPPED.value:
            meant[line.wanted] = meant.get(line.wanted, 0) + line.count
            taken[line.wanted] = taken.get(line.wanted, 0) + (line.count if line.state in taken_states else 0)
    bars = []
    for tag, count in meant.items():
        share = round(100 * taken[tag] / count) if count else 0
        width = share * 0.64
        x = 100 - 28 - width if words.dir == "rtl" else 28
        bars.append(
            ReachBar(autonym(tag), tag, words.number(taken[tag]), words.number(count), share, round(x, 2))
        )
    return tuple(bars)


def _roles(words: Words, found: Report) -> tuple[RoleTally, ...]:
    by_role: dict[str, list[EntryLine]] = {}
    for line in found.entries:
        if line.opened is not None and line.kind != "message":
            by_role.setdefault(line.owner, []).append(line)
    tallies = []
    for role, lines in by_role.items():
        marks = sorted((_mark(line) for line in lines), key=("good", "late", "next").index)
        longest = max((line.late for line in lines if line.late), default=None)
        tally = words(
            "%(good)s on time, %(late)s late, %(next)s not done",
            **{mark: words.number(marks.count(mark)) for mark in ("good", "late", "next")},
        )
        tallies.append(
            RoleTally(role, tuple(marks[:40]), tally, words.span(longest) if longest else words("none"))
        )
    return tuple(tallies)


def _mark(line: EntryLine) -> str:
    if line.late:
        return "late"
    return "good" if line.state in _DONE else "next"

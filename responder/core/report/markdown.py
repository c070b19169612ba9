"""How does a report read as Markdown? Two sentences first, then the tables behind them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from responder.core.report.model import Report
from responder.core.terms import Mode

__all__ = ["in_words", "markdown", "sentences"]

_ESCAPED = str.maketrans({"|": "\\|", "\n": " ", "\r": " ", "<": "&lt;", "*": "\\*", "_": "\\_", "`": "\\`"})


def markdown(report: Report) -> str:
    """The whole report. Texts of people are escaped; they can not become markup."""
    clock = _clock(report.zone)
    parts = [
        _title(report, clock),
        "\n\n".join(sentences(report)),
        _table("Who was late", ("Late by", "Code", "What", "Owner", "State"), _late(report)),
        _table(
            "Statements",
            ("What", "Drafted", "Signed off", "Released", "Languages"),
            _statements(report, clock),
        ),
        _table("Sign-off waits", ("What", "For", "Who", "At", "Waited"), _waits(report, clock)),
        _table("Promised times", ("Promised", "Kept", "Late by"), _promises(report, clock)),
        _table(
            "Decisions", ("Question", "Answer", "Who", "When", "Reason", "Dissent"), _decisions(report, clock)
        ),
        _table("Reach", ("Channel", "Language", "Reader's language", "State", "People"), _reach(report)),
        _table("Calls", ("Who", "Calls", "Answered", "Median wait"), _calls(report)),
        _table("Measured", ("What", "Took", "Target", "Met"), _measures(report)),
        _table(
            "Due against done",
            ("Opened", "Due", "Done", "Code", "What", "Owner", "State"),
            _all(report, clock),
        ),
        _objectives(report),
        f"Log: {report.events} events. Head of the chain: `{report.head}`",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def sentences(report: Report) -> tuple[str, ...]:
    """The two plain sentences with which a report opens."""
    count = report.on_time
    done = f"{count.in_time} of {count.measured} entries with a due were finished in time"
    late = f"{count.finished_late} were finished late and {count.open_late} are late and open."
    if report.first_statement is None:
        first = "No statement was released."
    else:
        first = f"The first statement was released {in_words(report.first_statement)} after the activation."
    unknown = report.reached("unknown")
    if unknown:
        first += f" Of {unknown} messages nobody knows whether they arrived."
    return (first, f"{done}; {late}")


def in_words(length: timedelta | None) -> str:
    """A length of time as people say it: 16 min, 2 h 05 min, 3 d 4 h."""
    if length is None:
        return ""
    minutes = round(length.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    hours, minutes = divmod(rest, 60)
    if days:
        return f"{days} d {hours} h"
    return f"{hours} h {minutes:02d} min" if hours else f"{minutes} min"


def _title(report: Report, clock: Callable[[datetime | None], str]) -> str:
    word = "EXERCISE: " if report.mode is Mode.EXERCISE else ""
    lines = [
        f"# {word}{_safe(report.title)}",
        f"After-action report. Playbook: {_safe(report.playbook)}, version {_safe(report.version)}. "
        f"As of {clock(report.as_of)} ({report.zone}). Activated {clock(report.started)}.",
    ]
    return "\n\n".join(lines)


def _clock(zone: str) -> Callable[[datetime | None], str]:
    there = ZoneInfo(zone)
    return lambda moment: moment.astimezone(there).strftime("%Y-%m-%d %H:%M") if moment else ""


def _table(title: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    body = ["| " + " | ".join(_safe(str(cell)) for cell in row) + " |" for row in rows]
    if not body:
        return ""
    return "\n".join([f"## {title}", "", "| " + " | ".join(heads) + " |", "|" + "---|" * len(heads), *body])


def _late(report: Report) -> list[Sequence[object]]:
    return [(in_words(line.late), line.code, line.name, line.owner, line.state) for line in report.late]


def _statements(report: Report, clock: Callable[[datetime | None], str]) -> list[Sequence[object]]:
    return [
        (
            line.name,
            clock(line.drafted),
            clock(line.approved),
            clock(line.released),
            ", ".join(line.languages),
        )
        for line in report.statements
    ]


def _waits(report: Report, clock: Callable[[datetime | None], str]) -> list[Sequence[object]]:
    return [
        (line.name, f"{sign.role} ({sign.scope})", sign.person, clock(sign.at), in_words(sign.waited))
        for line in report.statements
        for sign in line.signatures
    ]


def _promises(report: Report, clock: Callable[[datetime | None], str]) -> list[Sequence[object]]:
    return [(clock(line.promised), clock(line.kept), in_words(line.late)) for line in report.promises]


def _decisions(report: Report, clock: Callable[[datetime | None], str]) -> list[Sequence[object]]:
    return [
        (
            line.question,
            line.answer or "not answered",
            "nobody: the default" if line.by_clock else line.by,
            clock(line.at),
            line.reason,
            line.dissent,
        )
        for line in report.decisions
    ]


def _reach(report: Report) -> list[Sequence[object]]:
    return [
        (
            line.channel,
            f"{line.language} (notice)" if line.notice else line.language,
            line.wanted,
            line.state,
            line.count,
        )
        for line in report.reach
    ]


def _calls(report: Report) -> list[Sequence[object]]:
    return [(line.person, line.calls, line.answered, in_words(line.median)) for line in report.calls]


def _measures(report: Report) -> list[Sequence[object]]:
    met = {True: "yes", False: "no", None: ""}
    return [
        (line.name, in_words(line.took), in_words(line.target), met[line.met]) for line in report.measures
    ]


def _all(report: Report, clock: Callable[[datetime | None], str]) -> list[Sequence[object]]:
    return [
        (clock(one.opened), clock(one.due), clock(one.finished), one.code, one.name, one.owner, one.state)
        for one in report.entries
    ]


def _objectives(report: Report) -> str:
    if not report.objectives:
        return ""
    return "\n".join(
        ["## Objectives to judge together", "", *(f"- {_safe(text)}" for text in report.objectives)]
    )


def _safe(text: str) -> str:
    return text.translate(_ESCAPED)

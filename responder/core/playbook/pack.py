"""What is on paper when the power is out? A playbook as Markdown or as one printable page of HTML."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from responder.core.playbook.entries import Decision, Entry, Gate, Message, Task
from responder.core.playbook.graph import default_at
from responder.core.playbook.model import Playbook
from responder.core.playbook.moment import Moment
from responder.core.playbook.roles import chain, needs_of_all
from responder.core.playbook.times import in_order
from responder.core.terms import ChainStep, StepKind, direction

__all__ = ["as_html", "as_markdown"]

_Line = tuple[str, str]
"""What kind of line it is (h1, h2, h3, p, li, box) and its text."""


def as_markdown(playbook: Playbook) -> str:
    """The whole playbook as Markdown."""
    marks = {"h1": "# ", "h2": "\n## ", "h3": "\n### ", "p": "", "li": "- ", "box": "- [ ] "}
    lines = [f"{marks[kind]}{_one_line(text)}" for kind, text in _lines(playbook)]
    return "\n".join(lines) + "\n"


def as_html(playbook: Playbook) -> str:
    """The whole playbook as one page of HTML that prints well and needs nothing else."""
    body = "\n".join(_html_lines(playbook))
    return _PAGE.format(
        language=escape(playbook.language),
        direction=direction(playbook.language),
        title=escape(playbook.name),
        body=body,
    )


def _html_lines(playbook: Playbook) -> Iterator[str]:
    listing = False
    for kind, text in _lines(playbook):
        item = kind in ("li", "box")
        if item != listing:
            yield "<ul>" if item else "</ul>"
            listing = item
        mark = "☐ " if kind == "box" else ""
        tag = "li" if item else kind
        yield f"<{tag}>{mark}{escape(_one_line(text))}</{tag}>"
    if listing:
        yield "</ul>"


def _lines(playbook: Playbook) -> Iterator[_Line]:
    yield "h1", playbook.name
    yield "p", f"{playbook.id}, version {playbook.version}, marking {playbook.marking}"
    if playbook.summary:
        yield "p", playbook.summary
    yield from _activation(playbook)
    yield from _roles(playbook)
    yield from _phases(playbook)
    yield from _voices(playbook)


def _activation(playbook: Playbook) -> Iterator[_Line]:
    act = playbook.activation
    yield "h2", "Activation"
    if act.by:
        second = "; a second person confirms" if act.confirm else ""
        yield "p", f"By: {_named(playbook, act.by)}{second}."
    yield from (("li", criterion) for criterion in act.criteria)
    yield from (("li", f"Level {level}: {meaning}") for level, meaning in act.levels.items())


def _roles(playbook: Playbook) -> Iterator[_Line]:
    yield "h2", "Roles"
    for role in playbook.roles.values():
        parts = [f"{role.title}: ______________________  tel. ________________"]
        if role.deputies:
            parts.append(f"deputies: {_named(playbook, role.deputies)}")
        if role.fallback:
            parts.append(f"else: {_named(playbook, (role.fallback,))}")
        if role.outside and role.via:
            parts.append(f"outside, by way of {_named(playbook, (role.via,))}")
        yield "li", "; ".join(parts)


def _phases(playbook: Playbook) -> Iterator[_Line]:
    needs = needs_of_all(playbook)
    for id_, phase in [*playbook.phases.items(), ("", None)]:
        entries = [entry for entry in playbook.entries.values() if (entry.phase or "") == id_]
        if not entries:
            continue
        yield "h2", (phase.name or id_.capitalize()) if phase else "Without a phase"
        if phase and phase.opens:
            yield "p", f"Opens: {phase.opens}" + (f", at the latest {phase.latest}" if phase.latest else "")
        for entry in in_order(playbook, entries):
            yield from _entry(playbook, entry, needs[entry.id])


def _entry(playbook: Playbook, entry: Entry, needs: tuple[str, ...]) -> Iterator[_Line]:
    code = f"{entry.code} " if entry.code else ""
    yield "h3", f"{code}{entry.title} ({entry.kind})"
    when = ", ".join(map(str, entry.at)) or default_at(entry)
    due = f"; due {_due(entry.due)}" if entry.due else ""
    yield "p", f"{_named(playbook, (entry.owner,))}; from {when}{due}"
    if needs:
        yield "p", f"After: {', '.join(playbook.entries[need].title for need in needs)}"
    if entry.condition is not None:
        yield "p", f"Only if: {entry.condition}"
    if entry.note:
        yield "p", entry.note
    yield from _details(playbook, entry)


def _details(playbook: Playbook, entry: Entry) -> Iterator[_Line]:
    if isinstance(entry, Task | Gate):
        yield from (("box", text) for text in entry.checklist.values())
    elif isinstance(entry, Decision):
        yield "p", entry.question
        for id_, text in entry.options.items():
            yield "box", f"{text} (unless answered)" if id_ == entry.default else text
    elif isinstance(entry, Message):
        yield "p", f"Purpose: {entry.purpose}; template: {entry.template}"
        yield "p", f"Signed by: {' → '.join(_step(playbook, s) for s in chain(playbook, entry).steps)}"


def _due(moment: Moment) -> str:
    if moment.from_opened and len(moment.offsets) == 1:
        return f"{moment.offsets[0].duration} after it opens"
    return str(moment)


def _step(playbook: Playbook, step: ChainStep) -> str:
    joint = {StepKind.ALL: " and ", StepKind.ANY: " or ", StepKind.CONSULT: " and "}[step.kind]
    names = joint.join(_named(playbook, (role,)) for role in step.roles)
    return f"({names} is asked)" if step.kind is StepKind.CONSULT else names


def _voices(playbook: Playbook) -> Iterator[_Line]:
    if not playbook.messengers:
        return
    yield "h2", "Messengers"
    for messenger in playbook.messengers.values():
        topics = f": {'; '.join(messenger.topics)}" if messenger.topics else ""
        never = f". Never asked for: {'; '.join(messenger.never_ask)}" if messenger.never_ask else ""
        yield "li", f"{messenger.name or messenger.id} ({messenger.kind}){topics}{never}"


def _named(playbook: Playbook, roles: tuple[str, ...]) -> str:
    return ", ".join(playbook.roles[role].title if role in playbook.roles else role for role in roles)


def _one_line(text: str) -> str:
    return " ".join(text.split())


_PAGE = """<!doctype html>
<html lang="{language}" dir="{direction}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
body {{ font: 11pt/1.45 system-ui, sans-serif; max-inline-size: 46rem; margin: 2rem auto; padding: 0 1rem; }}
h2 {{ break-after: avoid; border-block-end: 1px solid; margin-block-start: 2rem; }}
h3 {{ break-after: avoid; margin-block: 1.2rem 0.2rem; }}
p {{ margin-block: 0.2rem; }}
li {{ margin-block: 0.2rem; break-inside: avoid; }}
@media print {{ body {{ margin: 0; max-inline-size: none; }} }}
</style>
</head>
<body>
{body}
</body>
</html>
"""

"""How does a statement look in a terminal and as JSON?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.table import Column, Table

from responder.app.showing import out, progress, show_json
from responder.core.statement import Edition, Finding, SmsSize, Statement, Texts, measure
from responder.core.statement.sms import GsmProposal, Part
from responder.core.terms import Channel
from responder.engine.situation.statement import StatementSituation
from responder.engine.statements import Standing

__all__ = ["show_list", "show_proposal", "show_size", "show_standing", "show_statement", "summary"]


def summary(standing: StatementSituation) -> Mapping[str, object]:
    """What programs want to know of a statement."""
    statement, approval = standing.statement, standing.approval
    return {
        "id": statement.id,
        "occurrence": statement.occurrence,
        "state": statement.state,
        "version": statement.version,
        "template": statement.template,
        "mode": statement.mode,
        "asked": statement.asked,
        "next_update_at": statement.next_update_at,
        "hashes": {"frame": standing.digests.frame, **standing.digests.languages},
        "languages": approval.languages,
        "may_sign": approval.may_sign,
        "persons": {"needed": approval.persons_needed, "signed": approval.persons_signed},
        "late": approval.late,
        "findings": standing.findings,
        "releasable": standing.releasable,
        "obstacles": standing.obstacles,
        "released": standing.released,
    }


def show_list(found: Sequence[Statement], *, as_json: bool) -> None:
    """One line a statement."""
    if as_json:
        keys = ("id", "occurrence", "template", "kind", "state", "version", "asked", "missing_languages")
        show_json({"statements": [{key: getattr(one, key) for key in keys} for one in found]})
        return
    table = Table(
        Column("id", no_wrap=True),
        "occurrence",
        "template",
        "state",
        "version",
        "to fill in",
        "languages missing",
    )
    for one in found:
        cells = (one.id, one.occurrence, one.template, one.state.value, str(one.version))
        table.add_row(*cells, ", ".join(one.asked), ", ".join(one.missing_languages))
    out.print(table)


def show_statement(standing: StatementSituation, *, language: str, as_json: bool) -> None:
    """Everything about one statement."""
    texts = _only(standing.texts, language)
    first = _only(standing.first_texts, language)
    if as_json:
        both = {"texts": texts, "first_texts": first}
        notices = {"notices": standing.notices, "first_notices": standing.first_notices}
        show_json({**summary(standing), **both, **notices})
        return
    statement = standing.statement
    out.print(f"{statement.occurrence}  {statement.state.value}  version {statement.version}", markup=False)
    _show_texts(texts)
    if first:
        out.print("\nFor those who hear it first", style="bold underline", markup=False)
        _show_texts(first)
    _show_findings(standing.findings)
    _show_signing(standing)


def _only(texts: Texts, language: str) -> Texts:
    return {tag: said for tag, said in texts.items() if language in ("", tag)}


def _show_texts(texts: Texts) -> None:
    for tag, said in texts.items():
        for channel, text in said.items():
            size = f"  {_size(measure(text.text))}" if channel is Channel.SMS else ""
            out.print(f"\n— {tag} {channel.value}{size}", style="bold", markup=False)
            if text.subject:
                out.print(text.subject, style="bold", markup=False)
            out.print(text.text, markup=False)


def show_standing(standing: Standing, *, as_json: bool) -> None:
    """How a standing approval stands."""
    if as_json:
        show_json(
            {
                "playbook": standing.playbook,
                "message": standing.message,
                "given": standing.given,
                "languages": standing.languages,
                "expires": standing.expires,
                "signatures": standing.signatures,
                "open_variables": standing.free,
            }
        )
        return
    words = "given" if standing.given else "not given yet"
    out.print(f"{standing.playbook}/{standing.message}: {words}", markup=False)
    out.print(f"languages: {', '.join(standing.languages) or 'none'}", markup=False)
    for one in standing.signatures:
        until = f"{one.expires:%Y-%m-%d}"
        out.print(f"  {one.scope}: {one.person} as {one.role}, until {until}", markup=False)


def show_size(text: str, size: SmsSize, cut: Sequence[Part], *, as_json: bool) -> None:
    """The size of a text message, and each part."""
    if as_json:
        show_json({"encoding": size.encoding, "segments": size.segments, "units": size.units, "parts": cut})
        return
    out.print(_size(size), markup=False)
    for part in cut:
        out.print(f"  {part.units:>3}  {text[part.start : part.end]!r}", markup=False)


def show_proposal(text: str, proposal: GsmProposal, *, as_json: bool) -> None:
    """What would change, for a person to decide."""
    if as_json:
        show_json(proposal)
        return
    for change in proposal.changes:
        warning = "  (may change the meaning)" if change.loses_meaning else ""
        out.print(
            f"  {change.start:>4}: {change.before} → {change.after or 'nothing'}{warning}", markup=False
        )
    for sign in proposal.left:
        out.print(f"  {sign} has no counterpart and stays", markup=False)
    out.print(f"{_size(proposal.before)} → {_size(proposal.after)}", markup=False)
    out.print(proposal.text if proposal.changes else text, markup=False)


def _show_findings(findings: Sequence[Finding]) -> None:
    for one in findings:
        whose = "hear it first" if one.edition is Edition.FIRST else ""
        where = " ".join(filter(None, (one.language, one.channel.value if one.channel else "", whose)))
        answered = f" [answered for: {one.overridden}]" if one.overridden else ""
        out.print(f"\n{one.severity.value:>6}  {one.rule}  {where}{answered}", markup=False)
        out.print(f"        {one.message} {one.mend}", markup=False)


def _show_signing(standing: StatementSituation) -> None:
    names = standing.people
    for step in standing.approval.steps:
        done = f"signed by {', '.join(names.get(one.person, one.person) for one in step.signed)}"
        state = done if step.done_at else ("late" if step.late else "open")
        out.print(f"\nstep {step.number} ({', '.join(step.roles)}): {state}", markup=False)
    for tag, it in standing.approval.languages.items():
        out.print(f"  {tag}: {it.state.value}{' (required)' if it.required else ''}", markup=False)
    ready = ", ".join(standing.releasable) or "nothing"
    progress.print(f"May be released now: {ready}. {' '.join(standing.obstacles)}", markup=False)


def _size(size: SmsSize) -> str:
    word = "part" if size.segments == 1 else "parts"
    return f"{size.segments} {word}, {size.encoding}, {size.units} units"

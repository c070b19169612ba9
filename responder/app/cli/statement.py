"""The commands of statement: what is said, by whom it was signed, and how large it is."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Annotated

import typer

from responder.app.cli.acting import As, acting
from responder.app.cli.statement_views import (
    show_list,
    show_proposal,
    show_size,
    show_standing,
    show_statement,
    summary,
)
from responder.app.showing import AsJson, out, progress, show_json
from responder.app.wiring import opened
from responder.core.errors import InvalidInput
from responder.core.statement import FRAME, ChannelText, Edition, gsm_safe, measure, parts
from responder.core.terms import Channel
from responder.engine import incidents, statements
from responder.engine.ports import Ports
from responder.engine.ports.people import Person
from responder.engine.situation.statement import StatementSituation

__all__ = ["mount"]

group = typer.Typer(help="Statements: drafted, edited, signed, sized.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="The statement's id, or an unambiguous beginning or end of it.")]
Values = Annotated[list[str], typer.Option("--set", metavar="NAME=VALUE", help="Fill a variable in.")]
Reason = Annotated[str, typer.Option(help="Why.")]


def mount(app: typer.Typer) -> None:
    """Hang this group under `responder`."""
    app.add_typer(group, name="statement")


@group.command("list")
def list_(
    incident: Annotated[str, typer.Argument(help="The incident's id, or the beginning of it.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """List the statements of an incident."""
    with opened() as ports:
        incident_id = incidents.find(ports, text=incident, by=acting(ports, who))
        found = statements.list_statements(ports, incident_id=incident_id)
    show_list(found, as_json=as_json)


@group.command("show")
def show(
    statement: Id,
    language: Annotated[str, typer.Option(help="Only this language.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Show texts, findings, sign-off and what may be released."""
    with opened() as ports:
        standing = _seen(ports, statement, acting(ports, who))
    show_statement(standing, language=language, as_json=as_json)


@group.command("draft")
def draft(
    incident: Annotated[str, typer.Argument(help="The incident's id, or the beginning of it.")],
    message: Annotated[str, typer.Argument(help="A message, or an occurrence of it: update#2.")],
    values: Values = [],  # noqa: B006  # typer reads it, nobody changes it
    corrects: Annotated[list[str], typer.Option("--corrects", help="Statements that it corrects.")] = [],  # noqa: B006
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Draft the statement of an open message; a message on request is opened first."""
    with opened() as ports:
        by = acting(ports, who)
        incident_id = incidents.find(ports, text=incident, by=by)
        occurrence = message
        if "#" not in message:
            occurrence = statements.open_occurrence(ports, incident_id=incident_id, message=message) or str(
                incidents.open_entry(ports, incident_id=incident_id, entry=message, by=by)
            )
        made = statements.draft(
            ports,
            incident_id=incident_id,
            occurrence=occurrence,
            by=by,
            values=_values(values),
            corrects=tuple(corrects) or None,
        )
        standing = statements.find_statement(ports, statement_id=made)
    _done(standing, as_json=as_json)


@group.command("fill")
def fill(
    statement: Id,
    values: Values = [],  # noqa: B006  # typer reads it, nobody changes it
    discard_edits: Annotated[bool, typer.Option(help="Texts written by hand may go.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Fill in variables and render every language again."""
    with opened() as ports:
        by = acting(ports, who)
        now = _seen(ports, statement, by).statement
        statements.fill(
            ports,
            statement_id=now.id,
            version=now.version,
            values=_values(values),
            by=by,
            discard_edits=discard_edits,
        )
        standing = statements.find_statement(ports, statement_id=now.id)
    _done(standing, as_json=as_json)


@group.command("edit")
def edit(
    statement: Id,
    language: Annotated[str, typer.Option(help="BCP 47.")],
    channel: Annotated[Channel, typer.Option(help="The channel whose text it is.")],
    text: Annotated[str, typer.Option(help="The new text; - reads it from stdin.")],
    subject: Annotated[str | None, typer.Option(help="The subject or title; without it, as it was.")] = None,
    version: Annotated[int, typer.Option(help="The version you have read; 0 is the newest.")] = 0,
    first: Annotated[bool, typer.Option("--first", help="The text of those who hear it first.")] = False,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Replace one channel's text in one language."""
    with opened() as ports:
        by = acting(ports, who)
        standing = _seen(ports, statement, by)
        edition = Edition.FIRST if first else Edition.MAIN
        before = standing.texts_of(edition).get(language, {}).get(channel, ChannelText(""))
        said = sys.stdin.read() if text == "-" else text
        statements.edit(
            ports,
            statement_id=standing.statement.id,
            version=version or standing.statement.version,
            language=language,
            channel=channel,
            text=ChannelText(said, before.subject if subject is None else subject),
            by=by,
            edition=edition,
        )
        standing = statements.find_statement(ports, statement_id=standing.statement.id)
    _done(standing, as_json=as_json)


@group.command("submit")
def submit(statement: Id, who: As = "", as_json: AsJson = False) -> None:
    """Ask those who sign."""
    with opened() as ports:
        by = acting(ports, who)
        found = _seen(ports, statement, by).statement.id
        standing = statements.submit(ports, statement_id=found, by=by)
    _done(standing, as_json=as_json)


@group.command("sign")
def sign(
    statement: Annotated[str, typer.Argument(help="The statement; with --standing, playbook/message.")],
    scope: Annotated[str, typer.Option(help="frame: source text and audience; or a language.")] = FRAME,
    role: Annotated[str, typer.Option(help="In which role, when you hold several.")] = "",
    reads: Annotated[bool, typer.Option("--i-read-it", help="I declare that I read this language.")] = False,
    recorded_for: Annotated[str, typer.Option(help="The outside role whose word you record.")] = "",
    how: Annotated[str, typer.Option(help="How the word came, or what you answer when consulted.")] = "",
    digest: Annotated[str, typer.Option(help="The hash of what you read; without it, of what stands.")] = "",
    standing: Annotated[bool, typer.Option("--standing", help="A standing approval, in peacetime.")] = False,
    expires: Annotated[str, typer.Option(help="With --standing: until when, YYYY-MM-DD.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Sign a statement, review a language, or give a standing approval."""
    with opened() as ports:
        by = acting(ports, who)
        if standing:
            playbook, _, message = statement.partition("/")
            now = statements.standing_of(ports, playbook=playbook, message=message)
            given = statements.sign_standing(
                ports,
                playbook=playbook,
                message=message,
                scope=scope,
                digest=digest or now.digests.of(scope) or "",
                expires=_day(expires),
                by=by,
                declares_reading=reads,
                recorded_for=recorded_for or None,
                how=how,
            )
            show_standing(given, as_json=as_json)
            return
        found = _seen(ports, statement, by)
        after = statements.sign(
            ports,
            statement_id=found.statement.id,
            scope=scope,
            digest=digest or found.digests.of(scope) or "",
            by=by,
            role=role or None,
            declares_reading=reads,
            recorded_for=recorded_for or None,
            how=how,
        )
    _done(after, as_json=as_json)


@group.command("return")
def return_(statement: Id, reason: Reason, who: As = "", as_json: AsJson = False) -> None:
    """Send it back to its author."""
    with opened() as ports:
        by = acting(ports, who)
        found = _seen(ports, statement, by).statement.id
        standing = statements.return_(ports, statement_id=found, reason=reason, by=by)
    _done(standing, as_json=as_json)


@group.command("waive")
def waive(
    statement: Id,
    role: Annotated[str, typer.Option(help="The outside role whose step is late.")],
    reason: Reason,
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Waive the late step of an outside role."""
    with opened() as ports:
        by = acting(ports, who)
        found = _seen(ports, statement, by).statement.id
        standing = statements.waive(ports, statement_id=found, role=role, reason=reason, by=by)
    _done(standing, as_json=as_json)


@group.command("withdraw")
def withdraw(statement: Id, reason: Reason, who: As = "", as_json: AsJson = False) -> None:
    """Take it back: nothing of it is released any more."""
    with opened() as ports:
        by = acting(ports, who)
        found = _seen(ports, statement, by).statement.id
        statements.withdraw(ports, statement_id=found, reason=reason, by=by)
        standing = statements.find_statement(ports, statement_id=found)
    _done(standing, as_json=as_json)


@group.command("override")
def override(
    statement: Id,
    rule: Annotated[str, typer.Argument(help="The finding's rule, such as motive-asserted.")],
    reason: Reason,
    language: Annotated[str, typer.Option(help="Its language; without it, the whole statement.")] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Answer by name for a blocking finding."""
    with opened() as ports:
        by = acting(ports, who)
        found = _seen(ports, statement, by).statement.id
        standing = statements.override(
            ports, statement_id=found, rule=rule, language=language, reason=reason, by=by
        )
    _done(standing, as_json=as_json)


@group.command("mend")
def mend(
    statement: Id,
    language: Annotated[
        str, typer.Option(help="Take over this language; without it, list what is offered.")
    ] = "",
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Offer translations that were mended since the draft, and take one over as an edit."""
    with opened() as ports:
        by = acting(ports, who)
        found = _seen(ports, statement, by).statement
        if language:
            statements.accept_mend(
                ports, statement_id=found.id, version=found.version, language=language, by=by
            )
        offered = tuple(statements.offered_mends(ports, statement_id=found.id))
        standing = statements.find_statement(ports, statement_id=found.id)
    if language:
        _done(standing, as_json=as_json)
    elif as_json:
        show_json({"statement": found.id, "offered": offered})
    else:
        out.print(f"Mended since: {', '.join(offered) or 'none'}", markup=False)


@group.command("used")
def used(
    statement: Id,
    channel: Annotated[Channel, typer.Argument(help="The channel whose text was copied out.")],
    who: As = "",
    as_json: AsJson = False,
) -> None:
    """Say that a text that people copy out, such as press, was used."""
    with opened() as ports:
        by = acting(ports, who)
        found = _seen(ports, statement, by).statement.id
        statements.mark_used(ports, statement_id=found, channel=channel, by=by)
        standing = statements.find_statement(ports, statement_id=found)
    _done(standing, as_json=as_json)


@group.command("sms")
def sms(
    text: Annotated[str, typer.Argument(help="A text, or - for stdin.")],
    gsm: Annotated[bool, typer.Option("--gsm", help="Propose a version in the small alphabet.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show how large a text message is and where it is cut."""
    said = sys.stdin.read().rstrip("\n") if text == "-" else text
    if gsm:
        show_proposal(said, gsm_safe(said), as_json=as_json)
    else:
        show_size(said, measure(said), parts(said), as_json=as_json)


def _seen(ports: Ports, statement: str, by: Person) -> StatementSituation:
    """A statement of an incident that this person may see. Raises NotFound."""
    standing = statements.find_statement(ports, statement_id=statement)
    incidents.find(ports, text=standing.statement.incident_id, by=by)
    return standing


def _values(pairs: list[str]) -> dict[str, str | int | float | bool]:
    found: dict[str, str | int | float | bool] = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise InvalidInput(f"“{pair}” is not NAME=VALUE.", mend="Write --set place='Harbour Hall'.")
        found[name.strip()] = value
    return found


def _day(text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        raise InvalidInput("Until when?", mend="Write --expires YYYY-MM-DD.") from None


def _done(standing: StatementSituation, *, as_json: bool) -> None:
    if as_json:
        show_json(summary(standing))
        return
    statement = standing.statement
    progress.print(f"{statement.id}: {statement.state.value}, version {statement.version}", markup=False)
    for line in standing.obstacles:
        progress.print(f"  {line}", markup=False)

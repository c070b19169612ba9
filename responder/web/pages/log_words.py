"""How does one line of the log read? Its kind, what happened, and the reason, in words."""

from __future__ import annotations

from dataclasses import dataclass

from responder.core.incident import event as e
from responder.core.incident.occurrence import OccurrenceKey
from responder.core.terms import Mode
from responder.web.pages.queries import Desk, title_of
from responder.web.pages.shapes import State, shown
from responder.web.words import Words

__all__ = ["KINDS", "Told", "told"]

KINDS = ("fact", "task", "decision", "statement", "sending", "incident", "note")
"""The groups by which the log is filtered."""


@dataclass(frozen=True, slots=True)
class Told:
    """One event in words. `group` is one of KINDS; `href` leads to what it is about."""

    group: str
    state: State
    title: str
    note: str
    href: str = ""


def told(words: Words, desk: Desk, event: e.Event) -> Told:
    """The event in words."""
    for teller in (_entry, _statement, _sending, _known, _frame):
        found = teller(words, desk, event.body)
        if found is not None:
            return found
    return Told("incident", State("now", words("Log")), event.kind.replace("_", " "), "")


def _entry(words: Words, desk: Desk, body: e.EventBody) -> Told | None:
    _ = words
    key = getattr(body, "occurrence", None)
    if not isinstance(key, OccurrenceKey) or isinstance(
        body, e.StatementDrafted | e.BroadcastReleased | e.Noted
    ):
        return None
    title = title_of(desk, key)
    href = f"{desk.home}/entries/{address_of(key)}"
    match body:
        case e.EntryOpened():
            return Told("task", State("now", _("Opened")), title, "", href)
        case e.EntryAcknowledged():
            return Told("task", State("now", _("Started")), title, "", href)
        case e.EntryDone():
            return Told("task", State("good", _("Done")), title, body.note, href)
        case e.EntrySkipped():
            return Told("task", State("off", _("Skipped")), title, body.reason, href)
        case e.EntryEscalated():
            return Told("task", State("soon", _("Escalated")), title, _role(desk, body.to), href)
        case e.DecisionAnswered():
            note = _("Nobody answered: the default was taken") if body.by_clock else body.reason
            answer = f"{title}: {_option(desk, key, body.option)}"
            return Told("decision", State("good", _("Decided")), answer, note, href)
        case e.GateAnswered():
            word = _("Passed") if body.passed else _("Not passed")
            return Told("decision", State("good" if body.passed else "block", word), title, "", href)
    return _call(words, desk, body, title)


def _call(words: Words, desk: Desk, body: e.EventBody, title: str) -> Told | None:
    match body:
        case e.PersonCalled():
            return Told("task", State("ring", words("Called")), title, desk.name(body.person))
        case e.CallAnswered():
            return Told("task", State("good", words("Answered a call")), title, "")
    return None


def _statement(words: Words, desk: Desk, body: e.EventBody) -> Told | None:
    _ = words
    statement = getattr(body, "statement", None)
    if not isinstance(statement, str) or isinstance(body, e.BroadcastReleased):
        return None
    key = desk.situation.incident.statements.get(statement)
    title = title_of(desk, key) if key else statement
    href = f"{desk.home}/statements/{statement}"
    reason = getattr(body, "reason", "")
    match body:
        case e.StatementSigned():
            scope = _("source text and frame") if body.scope == e.FRAME else words.name_of(body.scope)
            note = ", ".join(part for part in (scope, _role(desk, body.role), body.how) if part)
            return Told("statement", State("good", _("Signed")), title, note, href)
        case e.StatementApproved():
            scope = _("source text and frame") if body.scope == e.FRAME else words.name_of(body.scope)
            return Told("statement", State("good", _("All signatures are there")), title, scope, href)
        case e.FindingOverridden():
            return Told(
                "statement", State("look", _("Finding answered for")), title, f"{body.rule}: {reason}", href
            )
    states = {
        e.StatementDrafted: State("now", _("Drafted")),
        e.StatementEdited: State("pen", _("Edited")),
        e.StatementSubmitted: State("soon", _("Signatures asked for")),
        e.StatementReturned: State("undo", _("Returned")),
        e.StatementWaived: State("off", _("Step waived")),
        e.StatementWithdrawn: State("off", _("Withdrawn")),
    }
    return Told("statement", states[type(body)], title, reason, href) if type(body) in states else None


def _sending(words: Words, desk: Desk, body: e.EventBody) -> Told | None:
    _ = words
    broadcast = getattr(body, "broadcast", None)
    if not isinstance(broadcast, str):
        return None
    progress = next((one for one in desk.progress if one.broadcast.id == broadcast), None)
    title = title_of(desk, OccurrenceKey.parse(progress.broadcast.occurrence)) if progress else broadcast
    note = getattr(body, "reason", "")
    if isinstance(body, e.BroadcastReleased):
        note = words.listed([words.name_of(tag) for tag in body.languages])
    states = {
        e.BroadcastReleased: State("share", _("Sent")),
        e.BroadcastPaused: State("pause", _("Paused")),
        e.BroadcastResumed: State("play", _("Went on")),
        e.BroadcastStopped: State("stop", _("Stopped")),
        e.BroadcastExpired: State("off", _("Expired")),
        e.BroadcastCompleted: State("good", _("Sending done")),
    }
    if type(body) not in states:
        return None
    return Told("sending", states[type(body)], title, note, f"{desk.home}/broadcasts/{broadcast}")


def _known(words: Words, desk: Desk, body: e.EventBody) -> Told | None:
    _ = words
    playbook = desk.situation.playbook
    match body:
        case e.FactLearned():
            fact = playbook.facts.get(body.fact)
            name = (fact.name if fact else "") or body.fact
            note = ", ".join(part for part in (body.source, _("verified") if body.verified else "") if part)
            return Told("fact", State("now", _("Fact")), f"{name}: {shown(words, body.value, fact)}", note)
        case e.AnchorSet():
            anchor = playbook.anchors.get(body.anchor)
            name = (anchor.name if anchor else "") or body.anchor
            when = words.full(body.at) if body.at else _("no date")
            return Told("fact", State("now", _("Date")), f"{name}: {when}", "")
        case e.ItemAdded():
            register = playbook.registers.get(body.register)
            name = (register.name if register else "") or body.register
            return Told(
                "fact",
                State("now", _("Added")),
                f"{name} {body.item}",
                "",
                f"{desk.home}/registers/{body.register}",
            )
        case e.ItemClosed():
            register = playbook.registers.get(body.register)
            name = (register.name if register else "") or body.register
            return Told("fact", State("good", _("Closed")), f"{name} {body.item}", body.reason)
        case e.Noted():
            return Told("note", State("pen", _("Note")), body.text, "")
    return None


def _frame(words: Words, desk: Desk, body: e.EventBody) -> Told | None:
    _ = words
    playbook = desk.situation.playbook
    phase = getattr(body, "phase", None)
    name = (playbook.phases[phase].name or phase) if phase in playbook.phases else desk.row.title
    reason = getattr(body, "reason", "")
    match body:
        case e.Activated():
            mark = "drill" if body.mode is Mode.EXERCISE else "live"
            return Told("incident", State(mark, _("Activated")), body.title, playbook.name)
        case e.RoleTaken():
            return Told(
                "incident", State("now", _("Role taken")), _role(desk, body.role), desk.name(body.person)
            )
        case e.LevelChanged():
            return Told("incident", State("now", _("Level")), body.level, reason)
        case e.ClockWound():
            return Told(
                "incident",
                State("now", _("Clock wound")),
                words.full(body.at),
                f"× {words.number(body.rate)}",
            )
        case e.Injected():
            return Told("incident", State("drill", _("Inject")), body.text or str(body.inject), "")
        case e.WordsRestricted():
            return Told("incident", State("lock", _("Names restricted")), words.number(body.count), "")
    states = {
        e.Confirmed: State("good", _("Confirmed")),
        e.PhaseOpened: State("now", _("Phase opened")),
        e.PhaseClosed: State("good", _("Phase closed")),
        e.ClosingAsked: State("soon", _("Closing asked for")),
        e.StoodDown: State("off", _("Stood down")),
        e.Reopened: State("now", _("Reopened")),
        e.VersionMoved: State("look", _("Moved to another version")),
    }
    return Told("incident", states[type(body)], name, reason) if type(body) in states else None


def address_of(key: OccurrenceKey) -> str:
    """The key as part of an address: `#` cannot stand in a path, `/` would split it."""
    return str(key).replace("#", "~").replace("/", "~~")


def _role(desk: Desk, role: str) -> str:
    found = desk.situation.playbook.roles.get(role)
    return found.title if found else desk.name(role)


def _option(desk: Desk, key: OccurrenceKey, option: str) -> str:
    decision = desk.situation.playbook.decisions.get(key.entry)
    return decision.options.get(option, option) if decision else option

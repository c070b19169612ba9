"""Is each part whole in itself? What the schema alone cannot say: pairs of keys, limits, reserved names."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta

from responder.core.calendar import Duration
from responder.core.facts import FactType
from responder.core.playbook.entries import (
    ALL_MESSAGES,
    ANY_MESSAGE,
    DEPUTY,
    Approval,
    Entry,
    Message,
    Rung,
    Step,
)
from responder.core.playbook.findings import Findings, entry_path
from responder.core.playbook.model import FactDefinition, Playbook, PlaybookKind
from responder.core.reading import Path
from responder.core.terms import Marking, Unreviewed

__all__ = ["RESERVED", "check_shape"]

RESERVED = frozenset(
    [
        "activated",
        "opened",
        "reopened",
        "request",
        "now",
        "item",
        "items",
        "fact",
        "phase",
        "level",
        "task",
        "gate",
        "decision",
        "message",
        "messages",
        "anchor",
        "anchors",
        "deputy",
        "any",
        "all",
        "every",
        "some",
        "city",
        "and",
        "or",
        "not",
        "true",
        "false",
        "none",
        "unknown",
        "null",
        "on",
        "workdays",
        "weekdays",
        "mon",
        "tue",
        "wed",
        "thu",
        "fri",
        "sat",
        "sun",
        "register",
        "role",
    ]
)
"""Words of the language that cannot name an anchor."""

_SHORTEST = timedelta(minutes=15)


def check_shape(playbook: Playbook, findings: Findings) -> None:
    """Report every part that cannot be as it is."""
    shape = _Shape(playbook, findings)
    shape.head()
    shape.ids()
    shape.people()
    shape.knowledge()
    shape.windows()
    for entry in playbook.entries.values():
        shape.entry(entry)
    for message in playbook.messages.values():
        shape.message(message)


class _Shape:
    def __init__(self, playbook: Playbook, findings: Findings) -> None:
        self.playbook = playbook
        self.findings = findings

    def head(self) -> None:
        book = self.playbook
        if book.owner is None and book.kind is not PlaybookKind.MODULE:
            self.findings.error(
                (), "missing-key", "“owner” is missing.", "Name the role that keeps this file."
            )
        if book.kind is PlaybookKind.INCIDENT and not book.activation.by:
            mend = "Write activation: with by: and the roles that may activate."
            self.findings.error((), "missing-key", "Nobody may activate this playbook.", mend)
        self._ladder(("activation", "escalate"), book.activation.escalate)
        propose = book.activation.propose
        if propose is not None:
            self._not_too_often(("activation", "propose", "every"), propose.every)

    def ids(self) -> None:
        """One namespace over all entries; words of the language name nothing."""
        stands: dict[str, list[str]] = defaultdict(list)
        for section in ("tasks", "gates", "decisions", "messages"):
            for id_ in getattr(self.playbook, section):
                stands[id_].append(section)
        for id_, sections in stands.items():
            for section in sections[1:]:
                said = f"“{id_}” is also in {sections[0]}; entries share one namespace."
                self.findings.error_at_key((section, id_), "id-twice", said, "Rename one of them.")
            if id_ in (ALL_MESSAGES, ANY_MESSAGE):
                self._reserved((sections[0], id_), id_)
        for id_ in self.playbook.anchors:
            if id_ in RESERVED:
                self._reserved(("anchors", id_), id_)
        if DEPUTY in self.playbook.roles:
            self._reserved(("roles", DEPUTY), DEPUTY)

    def people(self) -> None:
        for id_, role in self.playbook.roles.items():
            path = ("roles", id_)
            if role.outside and role.via is None:
                mend = "Write via: and the role that records its word."
                self.findings.error_at_key(
                    path, "outside-without-via", f"“{id_}” is outside and has no via.", mend
                )
            if role.via is not None and not role.outside:
                self.findings.error(
                    (*path, "via"), "via-inside", "Only an outside role has via.", "Add outside: true."
                )
        for id_, messenger in self.playbook.messengers.items():
            if (messenger.role is None) == (messenger.managed_by is None):
                said = f"“{id_}” needs either role (who speaks) or managed_by (who keeps the contact)."
                self.findings.error_at_key(
                    ("messengers", id_), "role-or-managed-by", said, "Write one of them."
                )

    def knowledge(self) -> None:
        for id_, fact in self.playbook.facts.items():
            self._fact(("facts", id_), fact)
        for id_, register in self.playbook.registers.items():
            self._marking(("registers", id_), register.marking)
            for field, fact in register.fields.items():
                self._fact(("registers", id_, "fields", field), fact)

    def windows(self) -> None:
        book = self.playbook
        for id_, anchor in book.anchors.items():
            if anchor.set_by is not None and anchor.source is not None:
                said = f"“{id_}” is both set by a role and computed."
                self.findings.error_at_key(("anchors", id_), "anchor-twice", said, "Keep set_by or from.")
        for id_, phase in book.phases.items():
            self._ladder(("phases", id_, "escalate"), phase.escalate)
            if phase.closes is not None:
                self._not_too_often(("phases", id_, "closes", "every"), phase.closes.every)
        if book.closes is not None:
            self._not_too_often(("closes", "every"), book.closes.every)
        for id_, approval in book.approvals.items():
            self._approval(("approvals", id_), approval)

    def entry(self, entry: Entry) -> None:
        path = entry_path(entry)
        self._marking(path, entry.marking)
        self._ladder((*path, "escalate"), entry.escalate or ())
        if len(entry.at) > 1 and entry.repeat:
            mend = "Write one moment with repeat, or the list without it."
            self.findings.error((*path, "at"), "at-list-and-repeat", "A list of moments cannot repeat.", mend)
        if len(entry.at) > 1 and entry.on_request:
            mend = "Write a second entry for the moments."
            self.findings.error((*path, "at"), "request-in-list", "“request” stands alone.", mend)
        if entry.on_request and entry.repeat:
            mend = "Leave repeat out: it is opened by hand any number of times."
            self.findings.error(
                (*path, "repeat"), "request-repeats", "What is requested cannot repeat.", mend
            )
        for index, leg in enumerate(entry.repeat):
            self._not_too_often((*path, "repeat", index, "every"), leg.every)
            if leg.until is None and index < len(entry.repeat) - 1:
                said = "Only the last leg may go without until."
                self.findings.error((*path, "repeat", index), "endless-leg", said, "Write until:.")
        if entry.id in entry.needs:
            self.findings.error((*path, "needs"), "circle", f"“{entry.id}” needs itself.", "Take it out.")
        self._due_after_at(entry, path)
        if getattr(entry, "options", None) is not None and len(getattr(entry, "options", {})) < 2:
            self.findings.error_at_key(
                path, "one-option", "A decision needs at least two options.", "Add one."
            )

    def message(self, message: Message) -> None:
        path = entry_path(message)
        if not message.corrects:
            for key in ("messenger", "audiences", "channels"):
                if not getattr(message, key):
                    mend = "Add it. Only a message that corrects goes without."
                    self.findings.error_at_key(path, "missing-key", f"“{key}” is missing.", mend)
        if message.languages.unreviewed is Unreviewed.WITH_ORIGINAL and not message.life_safety:
            said = "Only a life_safety message may send a translation nobody has reviewed."
            mend = "Write unreviewed: refuse, or urgency: life_safety."
            self.findings.error((*path, "languages", "unreviewed"), "unreviewed", said, mend)
        if message.approval.named is None:
            self._approval((*path, "approval"), message.approval)
        if message.first is not None:
            for index, audience in enumerate(message.first.to):
                if message.audiences and audience not in message.audiences:
                    said = f"“{audience}” hears first but is not among the audiences."
                    self.findings.error(
                        (*path, "first", "to", index), "first-outside", said, "Add it to audiences."
                    )

    def _fact(self, path: Path, fact: FactDefinition) -> None:
        self._marking(path, fact.marking)
        if fact.type is FactType.CHOICE and not fact.options:
            self.findings.error_at_key(
                path, "no-options", "A choice needs options.", "Write options: below it."
            )
        if fact.type is not FactType.CHOICE and fact.options:
            said = f"Options do not go with type {fact.type}."
            self.findings.error_at_key((*path, "options"), "no-choice", said, "Write type: choice.")

    def _approval(self, path: Path, approval: Approval) -> None:
        if not approval.steps:
            self.findings.error(
                path, "no-steps", "A chain needs steps.", "Write steps: and the roles that sign."
            )
            return
        for index, step in enumerate(approval.steps):
            self._step((*path, "steps", index), step)
        if all(step.consult for step in approval.steps):
            said = "Nobody signs: this chain only consults."
            self.findings.error((*path, "steps"), "consults-only", said, "Add a role that signs.")

    def _step(self, path: Path, step: Step) -> None:
        if sum(map(bool, (step.all, step.any, step.consult))) != 1:
            mend = "Write a role, [a, b], {any: [a, b]} or {consult: role}."
            self.findings.error(
                path, "bad-step", "A step is one of: a role, all of, one of, a consult.", mend
            )
        elif step.within is not None and not step.consult:
            said = "In a step only a consult has within; the chain's own within is for every step."
            self.findings.error((*path, "within"), "bad-step", said, "Move it out of the steps.")

    def _ladder(self, path: Path, rungs: tuple[Rung, ...]) -> None:
        for index, rung in enumerate(rungs):
            if (rung.after is None) == (rung.late is None):
                said = "A rung counts either after opening or from being late."
                self.findings.error((*path, index), "bad-rung", said, "Write after: or late:.")

    def _marking(self, path: Path, marking: Marking | None) -> None:
        own = self.playbook.marking
        if marking is not None and marking.strictness < own.strictness:
            said = f"{marking} is looser than the playbook's {own}."
            self.findings.error((*path, "marking"), "looser-marking", said, f"Write {own} or stricter.")

    def _not_too_often(self, path: Path, every: Duration | None) -> None:
        if every is not None and every.rough < _SHORTEST:
            self.findings.error(path, "too-often", f"Every {every} is too often.", "Write 15min or more.")

    def _due_after_at(self, entry: Entry, path: Path) -> None:
        """Only where both count from one base, without `@` and `on`: there nothing is left to guess."""
        if entry.due is None or len(entry.at) != 1:
            return
        at, due = entry.at[0], entry.due
        if at.base != due.base or any((at.hour, at.on, due.hour, due.on)):
            return
        begins, ends = (
            sum((offset.sign * offset.duration.rough for offset in moment.offsets), timedelta())
            for moment in (at, due)
        )
        if ends < begins:
            said = f"It is due ({due}) before its time comes ({at})."
            self.findings.error(
                (*path, "due"), "due-before-at", said, "Write a later due, or a bare duration."
            )

    def _reserved(self, path: Path, id_: str) -> None:
        said = f"“{id_}” is a word of the language."
        self.findings.error_at_key(path, "reserved-name", said, "Choose another name.")

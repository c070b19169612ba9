"""Does everything that is named exist? Ids, bases of moments, names in conditions, options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import ZoneInfo

from responder.core.calendar import Calendar
from responder.core.errors import InvalidInput
from responder.core.facts import FactType
from responder.core.playbook.comparing import ConditionCheck
from responder.core.playbook.condition import Condition
from responder.core.playbook.entries import (
    ALL_MESSAGES,
    ANY_MESSAGE,
    DEPUTY,
    Approval,
    Entry,
    EntryKind,
    Message,
)
from responder.core.playbook.exercise import Exercise, Item
from responder.core.playbook.findings import Findings, entry_path
from responder.core.playbook.model import Closing, FactDefinition, Playbook
from responder.core.playbook.moment import BaseKind, Moment, MomentError, parse_moment
from responder.core.playbook.values import fact_value
from responder.core.reading import Path

__all__ = ["check_names"]

_BASE_ENTRIES = {
    BaseKind.TASK_DONE: EntryKind.TASK,
    BaseKind.GATE_PASSED: EntryKind.GATE,
    BaseKind.DECISION_ANSWERED: EntryKind.DECISION,
    BaseKind.MESSAGE_SENT: EntryKind.MESSAGE,
}


_ANY_CALENDAR = Calendar(ZoneInfo("UTC"))
"""For trying whether a text is a date at all; the city's own says which instant it is."""


def check_names(playbook: Playbook, findings: Findings) -> None:
    """Report every name that names nothing."""
    names = _Names(playbook, findings)
    names.head()
    names.people()
    names.windows()
    for entry in playbook.entries.values():
        names.entry(entry)
    for exercise in playbook.exercises.values():
        names.exercise(exercise)


class _Names:
    """Walks the playbook once; each method is one kind of thing that names others."""

    def __init__(self, playbook: Playbook, findings: Findings) -> None:
        self.playbook = playbook
        self.findings = findings
        self.by_kind: Mapping[EntryKind, Mapping[str, Entry]] = {
            EntryKind.TASK: playbook.tasks,
            EntryKind.GATE: playbook.gates,
            EntryKind.DECISION: playbook.decisions,
            EntryKind.MESSAGE: playbook.messages,
        }

    def head(self) -> None:
        book, act = self.playbook, self.playbook.activation
        self._roles(("owner",), [book.owner] if book.owner else [], single=True)
        self._roles(("activation", "by"), act.by)
        self._each(("activation", "asks"), "fact", act.asks, book.facts)
        self._ladder(("activation", "escalate"), act.escalate)
        if act.propose is not None:
            self.moment(("activation", "propose", "at"), act.propose.at, within="proposal")
        for id_, approval in book.approvals.items():
            self._approval(("approvals", id_), approval)
        if book.after_action is not None:
            self._role(("after_action", "owner"), book.after_action.owner)
            if book.after_action.due is not None:
                self.moment(("after_action", "due"), book.after_action.due)
        for id_, metric in book.metrics.items():
            self.one(("metrics", id_, "each"), "register", metric.each, book.registers)
            self.moment(("metrics", id_, "from"), metric.start, each=metric.each)
            self.moment(("metrics", id_, "to"), metric.end, each=metric.each)

    def people(self) -> None:
        book = self.playbook
        for id_, role in book.roles.items():
            self._roles(("roles", id_, "deputies"), role.deputies)
            self.one(("roles", id_, "fallback"), "role", role.fallback, book.roles)
            self.one(("roles", id_, "via"), "role", role.via, book.roles)
        for id_, messenger in book.messengers.items():
            self.one(("messengers", id_, "role"), "role", messenger.role, book.roles)
            self.one(("messengers", id_, "managed_by"), "role", messenger.managed_by, book.roles)
            self._each(("messengers", id_, "speaks_to"), "audience", messenger.speaks_to, book.audiences)
            self.one(("messengers", id_, "fallback"), "messenger", messenger.fallback, book.messengers)

    def windows(self) -> None:
        book = self.playbook
        for id_, anchor in book.anchors.items():
            self.one(("anchors", id_, "set_by"), "role", anchor.set_by, book.roles)
            if anchor.source is not None:
                self.moment(("anchors", id_, "from"), anchor.source)
        for id_, phase in book.phases.items():
            for key, moment in (("opens", phase.opens), ("latest", phase.latest)):
                if moment is not None:
                    self.moment(("phases", id_, key), moment)
            self._ladder(("phases", id_, "escalate"), phase.escalate)
            self._closing(("phases", id_, "closes"), phase.closes)
        self._closing(("closes",), book.closes)

    def entry(self, entry: Entry) -> None:
        book, path = self.playbook, entry_path(entry)
        self._role((*path, "owner"), entry.owner)
        self._roles((*path, "with"), entry.helpers)
        self.one((*path, "phase"), "phase", entry.phase, book.phases)
        self.one((*path, "level"), "level", entry.level, book.levels)
        self.one((*path, "each"), "register", entry.each, book.registers)
        self._each((*path, "needs"), "entry", entry.needs, book.entries)
        self._each((*path, "blocks"), "entry", entry.blocks, (*book.entries, ALL_MESSAGES))
        self._ladder((*path, "escalate"), entry.escalate or ())
        for index, moment in enumerate(entry.at):
            self.moment((*path, "at", index), moment, each=entry.each, within="at")
        if entry.due is not None:
            self.moment((*path, "due"), entry.due, each=entry.each, within="due")
        for index, leg in enumerate(entry.repeat):
            if leg.until is not None:
                self.moment((*path, "repeat", index, "until"), leg.until, each=entry.each, within="due")
        self._conditions((*path, "if"), entry.conditions, entry.each)
        if isinstance(entry, Message):
            self._message(entry, path)
        self._each((*path, "learns"), "fact", getattr(entry, "learns", ()), book.facts)
        default, options = getattr(entry, "default", None), getattr(entry, "options", {})
        self.one((*path, "default"), "option", default, options)

    def exercise(self, exercise: Exercise) -> None:
        book, path = self.playbook, ("exercises", exercise.id)
        self.one((*path, "start", "level"), "level", exercise.start.level, book.levels)
        for fact, texts in exercise.start.facts.items():
            self._fact_texts((*path, "start", "facts", fact), book.facts.get(fact), fact, texts)
        for register, items in exercise.start.items.items():
            self._items((*path, "start", "items", register), register, items)
        for index, inject in enumerate(exercise.injects):
            here = (*path, "injects", index)
            self.moment((*here, "at"), inject.at)
            self._roles((*here, "to"), inject.to)
            self.one((*here, "level"), "level", inject.level, book.levels)
            self._each((*here, "request"), "entry", inject.request, book.entries)
            for key, texts in inject.set.items():
                self._inject_set((*here, "set", key), key, texts)
            for register, items in inject.add.items():
                self._items((*here, "add", register), register, items)
            for register in inject.close:
                self._key((*here, "close", register), "register", register, book.registers)
        for decision, option in exercise.answers.items():
            there = (*path, "answers", decision)
            if self._key(there, "decision", decision, book.decisions):
                self.one(there, "option", option, book.decisions[decision].options)

    def moment(self, path: Path, moment: Moment, *, each: str | None = None, within: str = "") -> None:
        """The base of a moment exists and may stand there."""
        base, kind = moment.base, moment.base.kind
        if within == "proposal" and kind is not BaseKind.DATE:
            mend = "Write a date: nothing else is known before an activation."
            self.findings.error(path, "base-not-here", f"“{base}” is not known then.", mend)
        elif kind is BaseKind.OPENED and within != "due":
            said = "“opened” means this very occurrence, and can only stand in due and until."
            self.findings.error(path, "base-not-here", said, "Count from something else.")
        elif kind is BaseKind.REQUEST and within != "at":
            self.findings.error(path, "base-not-here", "“request” stands only in at.", "Write a moment.")
        elif kind in (BaseKind.ITEM_ADDED, BaseKind.ITEM_CLOSED) and each is None:
            said = f"“{base}” needs a register."
            self.findings.error(path, "base-not-here", said, "Give it each:, or count from something else.")
        elif kind is BaseKind.ANCHOR:
            self.one(path, "anchor", base.id, self.playbook.anchors)
        elif kind is BaseKind.LEVEL_REACHED:
            self.one(path, "level", base.id, self.playbook.levels, offset=6)
        elif kind in (BaseKind.PHASE_OPENED, BaseKind.PHASE_CLOSED):
            self.one(path, "phase", base.id, self.playbook.phases, offset=6)
        elif kind is BaseKind.FACT:
            self._fact_base(path, base.id)
        elif kind in _BASE_ENTRIES:
            self._entry_base(path, moment, each)

    def _fact_base(self, path: Path, id_: str) -> None:
        if self.one(path, "fact", id_, self.playbook.facts, offset=5):
            kind = self.playbook.facts[id_].type
            if kind not in (FactType.DATE, FactType.DATETIME):
                said = f"“{id_}” is of type {kind}, not a date."
                self.findings.error(path, "wrong-fact", said, "Count from a fact of type date or datetime.")

    def _entry_base(self, path: Path, moment: Moment, each: str | None) -> None:
        kind, id_ = _BASE_ENTRIES[moment.base.kind], moment.base.id
        if self.one(path, str(kind), id_, self.by_kind[kind], offset=len(kind) + 1):
            other = self.playbook.entries[id_].each
            if other is not None and other != each:
                said = f"“{id_}” happens once for each item of “{other}”: it is no single moment."
                self.findings.error(path, "register-outside", said, "Count from something that happens once.")

    def _message(self, message: Message, path: Path) -> None:
        book = self.playbook
        self._each((*path, "messenger"), "messenger", message.messenger, book.messengers)
        self._each((*path, "audiences"), "audience", message.audiences, book.audiences)
        self._each((*path, "supersedes"), "message", message.supersedes, book.messages)
        self._each((*path, "corrects"), "message", message.corrects, (*book.messages, ANY_MESSAGE))
        self._roles((*path, "release", "by"), message.release.by)
        self._conditions((*path, "release_if"), message.release_conditions, message.each)
        if message.first is not None:
            self._each((*path, "first", "to"), "audience", message.first.to, book.audiences)
        if message.ready is not None:
            self.moment((*path, "ready"), message.ready, each=message.each, within="due")
        if message.approval.named is not None:
            self.one((*path, "approval"), "approval", message.approval.named, book.approvals)
        else:
            self._approval((*path, "approval"), message.approval)

    def _closing(self, path: Path, closing: Closing | None) -> None:
        if closing is None:
            return
        self._role((*path, "by"), closing.by)
        self._each((*path, "needs"), "entry", closing.needs, self.playbook.entries)
        self._conditions((*path, "if"), closing.conditions, None)
        if closing.review is not None:
            self.moment((*path, "review"), closing.review, within="due")

    def _approval(self, path: Path, approval: Approval) -> None:
        for index, step in enumerate(approval.steps):
            consulted = (step.consult,) if step.consult else ()
            named: dict[str, tuple[str, ...]] = {"all": step.all, "any": step.any, "consult": consulted}
            for key, roles in named.items():
                for number, role in enumerate(roles):
                    if role not in self.playbook.roles:
                        here: Path = (*path, "steps", index, key, number)
                        self.findings.unknown(self._step_path(here), "role", role, self.playbook.roles)

    def _step_path(self, path: Path) -> Path:
        """A step that is a role or a list of roles has no key `all` in the file."""
        from_key = path[-2]
        return (*path[:-2], path[-1]) if from_key == "all" else path

    def _ladder(self, path: Path, rungs: Iterable[object]) -> None:
        for index, rung in enumerate(rungs):
            to = getattr(rung, "to", "")
            if to != DEPUTY:
                self._role((*path, index, "to"), to, more=(DEPUTY,))

    def _role(self, path: Path, role: str, *, more: tuple[str, ...] = ()) -> None:
        if role not in self.playbook.roles:
            self.findings.unknown(path, "role", role, (*self.playbook.roles, *more))

    def _roles(self, path: Path, roles: Iterable[str], *, single: bool = False) -> None:
        for index, role in enumerate(roles):
            self._role(path if single else (*path, index), role)

    def _each(self, path: Path, what: str, ids: Iterable[str], known: Iterable[str]) -> None:
        for index, id_ in enumerate(ids):
            if id_ not in known:
                self.findings.unknown((*path, index), what, id_, known)

    def one(self, path: Path, what: str, id_: str | None, known: Iterable[str], *, offset: int = 0) -> bool:
        """Whether it is there; None names nothing and is no problem."""
        if id_ is None or id_ in known:
            return id_ is not None
        if what == "option":
            known = tuple(known)
            mend = f"Options are {', '.join(known)}."
            self.findings.error(path, "unknown-option", f"“{id_}” is not an option.", mend, offset=offset)
        else:
            self.findings.unknown(path, what, id_, known, offset=offset)
        return False

    def _key(self, path: Path, what: str, id_: str, known: Iterable[str]) -> bool:
        """The same for an id that is a key of a map."""
        if id_ not in known:
            self.findings.unknown_key(path, what, id_, known)
        return id_ in known

    def _items(self, path: Path, register: str, items: tuple[Item, ...]) -> None:
        if not self._key(path, "register", register, self.playbook.registers):
            return
        fields = self.playbook.registers[register].fields
        for index, item in enumerate(items):
            for field, texts in item.items():
                if fields:
                    self._fact_texts((*path, index, field), fields.get(field), field, texts, what="field")

    def _inject_set(self, path: Path, key: str, texts: tuple[str, ...]) -> None:
        book = self.playbook
        if key in book.anchors and key not in book.facts:
            self._script_moment(path, texts)
        elif key in book.facts:
            self._fact_texts(path, book.facts[key], key, texts)
        else:
            self.findings.unknown_key(path, "fact or anchor", key, (*book.facts, *book.anchors))

    def _fact_texts(
        self, path: Path, fact: FactDefinition | None, id_: str, texts: tuple[str, ...], what: str = "fact"
    ) -> None:
        if fact is None:
            known = self.playbook.facts if what == "fact" else ()
            self.findings.unknown_key(path, what, id_, known)
        elif fact.type is FactType.CHOICE:
            for text in texts:
                self.one(path, "option", text, fact.options)
        elif fact.type in (FactType.DATE, FactType.DATETIME) and not _begins_with_a_year(texts):
            self._script_moment(path, texts)
        else:
            try:
                fact_value(fact, texts, _ANY_CALENDAR)
            except InvalidInput as error:
                self.findings.error(path, "bad-value", error.message, error.mend)

    def _script_moment(self, path: Path, texts: tuple[str, ...]) -> None:
        """A script knows no dates beforehand: it says `now`, or a moment."""
        text = texts[0] if len(texts) == 1 else ""
        if text == "now":
            return
        try:
            self.moment(path, parse_moment(text))
        except MomentError as error:
            self.findings.error(path, "bad-moment", error.message, error.mend, offset=error.at)

    def _conditions(self, path: Path, conditions: tuple[Condition, ...], each: str | None) -> None:
        for index, condition in enumerate(conditions):
            ConditionCheck(self, (*path, index), each).truth(condition.expression)


def _begins_with_a_year(texts: tuple[str, ...]) -> bool:
    return bool(texts) and texts[0][:4].isdigit()

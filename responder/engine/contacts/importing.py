"""How does a file of contacts get in: each person once, however often and however it is spelt?

1. Rows are read one by one and gathered into batches; each batch is one transaction.
2. A row belongs to the contact with whom it shares an address and whose name agrees; the one that
   shares most addresses first. Another name on the same address is a household: a contact of its own.
3. What a row adds is merged: a new address takes the place of the old one of its channel, languages
   named come first, lists and areas are added. Rows after the first of the same contact only add, so
   that reading the same file again changes nothing.
4. An address that said stop stays stopped, whatever a file says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import BinaryIO

from responder.core.errors import InvalidInput
from responder.core.terms import Channel
from responder.engine.contacts.columns import read_columns
from responder.engine.contacts.rows import Draft, RowProblem, RowReader, names_agree
from responder.engine.contacts.rules import ImportRules
from responder.engine.contacts.sheet import BadRow, open_sheet
from responder.engine.ports import Ports, Work
from responder.engine.ports.contacts import (
    AddressKey,
    AddressRecord,
    AddressState,
    ContactKind,
    ContactRecord,
    ListMembership,
)
from responder.engine.ports.people import HouseNote, Person
from responder.engine.situation.addresses import address_row
from responder.engine.situation.people import Act, require

__all__ = ["ImportReport", "import_contacts", "name_row"]

_PROBLEMS_KEPT = 1_000


@dataclass(slots=True)
class ImportReport:
    """What became of a file.

    rows = added + updated + unchanged + merged + rejected. `merged` rows were further spellings of a
    contact of the same file; `households` counts contacts added beside another with the same address;
    `partly` rows were taken without an address that is wrong. `problems` holds the first thousand.
    `cut_at` is the line where the file seems to end too early.
    """

    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    merged: int = 0
    rejected: int = 0
    partly: int = 0
    households: int = 0
    stopped: int = 0
    without_list: int = 0
    cut_at: int | None = None
    ignored_columns: tuple[str, ...] = ()
    problems: list[RowProblem] = field(default_factory=list)

    def whole(self) -> bool:
        """Whether every row was taken and nothing seems to be missing."""
        return not self.rejected and not self.partly and self.cut_at is None


def import_contacts(
    ports: Ports,
    *,
    by: Person,
    stream: BinaryIO,
    rules: ImportRules,
    on_problem: Callable[[RowProblem], None] | None = None,
    on_progress: Callable[[ImportReport], None] | None = None,
    batch: int = 5_000,
) -> ImportReport:
    """Read a CSV file into contacts, in batches of rows that stand on their own; again changes nothing.

    `on_problem` is told every row that was not, or not wholly, taken; `on_progress` after each batch.
    Raises Refused for a file with a column that must not be kept, InvalidInput for one without header.
    """
    require(by, Act.IMPORT_CONTACTS)
    sheet = open_sheet(stream)
    columns = read_columns(sheet.header)
    report = ImportReport(ignored_columns=columns.ignored)
    importing = _Import(ports, rules, report)
    reader = RowReader(columns, rules, ports.ciphers)
    drafts: list[Draft] = []
    for row in sheet.rows:
        report.rows += 1
        draft, problem = reader.read(row)
        if problem is not None:
            _count_problem(report, problem, on_problem)
        if isinstance(row, BadRow) and row.cut and report.cut_at is None:
            report.cut_at = row.line
        if draft is not None:
            drafts.append(draft)
        if len(drafts) >= batch:
            importing.write(drafts)
            drafts = []
            if on_progress is not None:
                on_progress(report)
    importing.write(drafts)
    _note(ports, by, report)
    return report


def name_row(contact_id: int) -> str:
    """What a contact's sealed name is bound to."""
    return f"contact/{contact_id}/name"


class _Target:
    """A contact that rows of this batch belong to: as it was (None: new) and as it shall be."""

    __slots__ = (
        "addresses",
        "areas",
        "before",
        "defaulted",
        "id",
        "languages",
        "lists",
        "name",
        "organisation",
        "sealed_name",
    )

    def __init__(self, contact_id: int, before: ContactRecord | None = None) -> None:
        self.id = contact_id
        self.before = before
        self.name: str | None = "" if before is None or before.name is None else None
        self.sealed_name = before.name if before else None
        self.organisation = before.organisation if before else None
        self.defaulted = False
        self.languages = before.languages if before else ()
        self.lists: dict[str, ListMembership] = {one.list: one for one in before.lists} if before else {}
        self.areas: set[str] = set(before.areas) if before else set()
        self.addresses: dict[AddressKey, AddressRecord] = (
            {one.key: one for one in before.addresses} if before else {}
        )

    def record(self) -> ContactRecord:
        return ContactRecord(
            id=self.id,
            kind=ContactKind.ORGANISATION if self.organisation else ContactKind.PERSON,
            name=self.sealed_name,
            organisation=self.organisation,
            languages=self.languages,
            lists=tuple(self.lists[one] for one in sorted(self.lists)),
            areas=tuple(sorted(self.areas)),
            addresses=tuple(self.addresses.values()),
        )

    def has_other(self, draft: Draft) -> bool:
        """Whether a channel of the row has another address here already."""
        mine = {channel for channel, _ in self.addresses}
        return any(c in mine and (c, index) not in self.addresses for c, _, index in draft.addresses)


class _Import:
    """One file under way. `_seen` is one bit a contact, so that memory stays flat."""

    def __init__(self, ports: Ports, rules: ImportRules, report: ImportReport) -> None:
        self._ports = ports
        self._rules = rules
        self._report = report
        self._seen = bytearray()
        self._wall = ports.clock.now()
        self._by_key: dict[AddressKey, list[_Target]] = {}
        self._stops: dict[AddressKey, AddressState] = {}
        self._next_id = 0

    def write(self, batch: list[Draft]) -> None:
        """One transaction. The counts are only added once it stands."""
        if not batch:
            return
        counts = ImportReport()
        with self._ports.store.begin() as work:
            targets = self._find(work, batch)
            for draft in batch:
                target = self._choose(draft)
                if target is None:
                    target = self._new(draft, counts)
                    targets.append(target)
                else:
                    self._merge(target, draft, counts)
            self._save(work, targets)
        for target in targets:
            if target.before is None:
                self._mark(target.id)
        for name in ("added", "updated", "unchanged", "merged", "households", "stopped", "without_list"):
            setattr(self._report, name, getattr(self._report, name) + getattr(counts, name))

    def _find(self, work: Work, batch: list[Draft]) -> list[_Target]:
        """Asks for the next id first: from then on nobody else adds contacts, and looking holds."""
        self._next_id = work.contacts.first_free_id()
        keys = {(channel, index) for draft in batch for channel, _, index in draft.addresses}
        found = work.contacts.find(keys)
        loaded = work.contacts.load({one for ids in found.values() for one in ids})
        targets = {contact_id: _Target(contact_id, record) for contact_id, record in loaded.items()}
        self._by_key = {key: [targets[one] for one in ids if one in targets] for key, ids in found.items()}
        self._stops = work.contacts.stops(keys)
        return list(targets.values())

    def _choose(self, draft: Draft) -> _Target | None:
        """Who shares most addresses with the row and whose name agrees; of two, the one of the same name."""
        shared: dict[int, tuple[int, _Target]] = {}
        for channel, _, index in draft.addresses:
            for target in self._by_key.get((channel, index), ()):
                count = shared[target.id][0] if target.id in shared else 0
                shared[target.id] = (count + 1, target)
        best: tuple[tuple[int, bool, int], _Target] | None = None
        for count, target in shared.values():
            if not names_agree(draft.name, self._name_of(target)):
                continue
            if self._is_seen(target) and target.has_other(draft):
                continue
            rank = (count, draft.name == self._name_of(target), -target.id)
            if best is None or rank > best[0]:
                best = (rank, target)
        return best[1] if best else None

    def _new(self, draft: Draft, counts: ImportReport) -> _Target:
        counts.added += 1
        keys = [(channel, index) for channel, _, index in draft.addresses]
        counts.households += any(key in self._by_key for key in keys)
        target = _Target(self._next_id)
        self._next_id += 1
        self._add(target, draft)
        target.languages = draft.languages or self._rules.default_languages
        target.defaulted = not draft.languages
        counts.without_list += not target.lists
        counts.stopped += any(key in self._stops for key in keys)
        return target

    def _merge(self, target: _Target, draft: Draft, counts: ImportReport) -> None:
        if self._is_seen(target):
            counts.merged += 1
            said = () if target.defaulted and draft.languages else target.languages
            target.languages = _joined(said, draft.languages)
            target.defaulted = target.defaulted and not draft.languages
            self._add(target, draft)
            return
        self._mark(target.id)
        before = target.record()
        target.languages = _joined(draft.languages, target.languages)
        wanted = {(channel, index) for channel, _, index in draft.addresses}
        channels = {channel for channel, _ in wanted}
        for key in [one for one in target.addresses if one[0] in channels and one not in wanted]:
            del target.addresses[key]
        self._add(target, draft)
        changed = target.record() != before
        counts.updated += changed
        counts.unchanged += not changed

    def _add(self, target: _Target, draft: Draft) -> None:
        if draft.name and not self._name_of(target):
            target.name = draft.name
            target.sealed_name = self._ports.ciphers.seal(draft.name, row=name_row(target.id))
        target.organisation = target.organisation or draft.organisation
        for name, basis in draft.lists:
            if name not in target.lists:
                target.lists[name] = ListMembership(name, basis, self._wall)
        target.areas.update(draft.areas)
        for channel, address, index in draft.addresses:
            key = (channel, index)
            if key not in target.addresses:
                target.addresses[key] = self._sealed(channel, address, index)
                self._by_key.setdefault(key, []).append(target)

    def _sealed(self, channel: Channel, address: str, index: str) -> AddressRecord:
        sealed = self._ports.ciphers.seal(address, row=address_row(channel, index))
        return AddressRecord(channel, index, sealed, self._stops.get((channel, index), AddressState.OK))

    def _save(self, work: Work, targets: Iterable[_Target]) -> None:
        new = [target.record() for target in targets if target.before is None]
        work.contacts.add(new, wall=self._wall, source=self._rules.source)
        pairs = [(target.before, target.record()) for target in targets if target.before is not None]
        work.contacts.replace([pair for pair in pairs if pair[0] != pair[1]], wall=self._wall)

    def _name_of(self, target: _Target) -> str:
        """Opened only when it is asked for: most rows are new."""
        if target.name is None:
            sealed = target.sealed_name or b""
            try:
                target.name = self._ports.ciphers.unseal(sealed, row=name_row(target.id))
            except InvalidInput as error:
                raise InvalidInput(
                    f"The name of contact {target.id} does not open.", mend=error.mend
                ) from error
        return target.name

    def _is_seen(self, target: _Target) -> bool:
        """New in this batch, or met in this file before."""
        if target.before is None:
            return True
        byte, bit = divmod(target.id, 8)
        return byte < len(self._seen) and bool(self._seen[byte] >> bit & 1)

    def _mark(self, contact_id: int) -> None:
        byte, bit = divmod(contact_id, 8)
        if byte >= len(self._seen):
            self._seen.extend(bytes(byte - len(self._seen) + 1_024))
        self._seen[byte] |= 1 << bit


def _joined(first: tuple[str, ...], then: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *then))) if first else then


def _count_problem(
    report: ImportReport, problem: RowProblem, on_problem: Callable[[RowProblem], None] | None
) -> None:
    if problem.kept:
        report.partly += 1
    else:
        report.rejected += 1
    if len(report.problems) < _PROBLEMS_KEPT:
        report.problems.append(problem)
    if on_problem is not None:
        on_problem(problem)


def _note(ports: Ports, by: Person, report: ImportReport) -> None:
    counts = f"{report.rows} rows: {report.added} added, {report.updated} updated, {report.rejected} rejected"
    with ports.store.begin() as work:
        work.people.note(HouseNote(ports.clock.now(), by.id, "contacts imported", counts))

"""What does a playbook say once everything it extends is merged in? Every node keeps its own file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from responder.core.errors import Place, Problem
from responder.core.playbook.model import HEAD
from responder.core.reading import Fields, Items, Node, Path, Scalar, data_of, did_you_mean, node_at, try_read

__all__ = ["ENTRY_KEYS", "Lookup", "Merged", "SourceFile", "merge_playbook"]

ENTRY_KEYS = ("tasks", "gates", "decisions", "messages")
"""The keys whose maps hold entries; their ids share one namespace."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The bytes of a file. `path` is its place in the content, `shown` what problems call it."""

    path: str
    data: bytes
    shown: str = ""

    @property
    def label(self) -> str:
        return self.shown or self.path


Lookup = Callable[[str], tuple[SourceFile, ...]]
"""The files of a playbook or module, by its id: nearest on the content path first; () when there is none."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The merged nodes (None when the file itself cannot be read), the problems, the files read."""

    root: Fields | None
    problems: tuple[Problem, ...]
    files: tuple[SourceFile, ...]


def merge_playbook(
    id_: str, files: tuple[SourceFile, ...], lookup: Lookup, known: Iterable[str] = ()
) -> Merged:
    """Read the nearest file of a playbook and merge in what it extends.

    1. Parents are merged from left to right, each with its own parents first; never their head.
    2. Maps merge by key, everything else is replaced, null deletes.
    3. Where two parents differ and this file says nothing, that is a problem.
    4. What was deleted is dropped from the `needs` and `blocks` of others, and advice says where.
    """
    work = _Merge(lookup, tuple(known))
    root = work.load(id_, files, 0)
    if root is not None:
        root = work.forget_deleted(root)
    return Merged(root, tuple(sorted(dict.fromkeys(work.problems))), tuple(work.files))


@dataclass(slots=True)
class _Merge:
    lookup: Lookup
    known: tuple[str, ...]
    problems: list[Problem] = field(default_factory=list)
    files: dict[SourceFile, None] = field(default_factory=dict)
    loaded: dict[tuple[str, int], Fields | None] = field(default_factory=dict)
    above: list[tuple[str, int]] = field(default_factory=list)
    deleted: dict[str, Place] = field(default_factory=dict)

    def load(self, id_: str, files: tuple[SourceFile, ...], layer: int) -> Fields | None:
        """The merged nodes of one file."""
        key = (id_, layer)
        if key not in self.loaded:
            self.above.append(key)
            self.loaded[key] = self._load(id_, files, layer)
            self.above.pop()
        return self.loaded[key]

    def _load(self, id_: str, files: tuple[SourceFile, ...], layer: int) -> Fields | None:
        file = files[layer]
        self.files[file] = None
        root, problems = try_read(file.data, file.label)
        self.problems.extend(problems)
        if root is None:
            return None
        if not isinstance(root, Fields):
            self._say(
                root.place, "wrong-type", "A playbook is keys and values.", "Begin with id: and its name."
            )
            return None
        self._same_id(root, id_)
        parents = self._parents(root, id_, files, layer)
        if parents is None:
            return root
        return self._over(self._join(parents, root), root, ())

    def _same_id(self, root: Fields, id_: str) -> None:
        said = root.values.get("id")
        if isinstance(said, Scalar) and said.text is not None and said.text != id_:
            mend = f"Rename the file to {said.text}.yaml, or write id: {id_}."
            self._say(said.place, "id-mismatch", f"The file is named {id_}, its id is “{said.text}”.", mend)

    def _parents(
        self, root: Fields, id_: str, files: tuple[SourceFile, ...], layer: int
    ) -> list[tuple[str, Fields]] | None:
        """The merged parents by name, or None when the file extends nothing."""
        node = root.values.get("extends")
        if node is None or (isinstance(node, Scalar) and node.text is None):
            return None
        found = []
        for item in node.items if isinstance(node, Items) else (node,):
            if isinstance(item, Scalar) and item.text is not None:
                parent = self._parent(item, id_, files, layer)
                if parent is not None:
                    found.append((item.text, parent))
        return found

    def _parent(self, item: Scalar, id_: str, files: tuple[SourceFile, ...], layer: int) -> Fields | None:
        wanted = item.text or ""
        own = wanted == id_
        others, next_layer = (files, layer + 1) if own else (self.lookup(wanted), 0)
        if (wanted, next_layer) in self.above:
            names = [name for name, _ in self.above[self.above.index((wanted, next_layer)) :]]
            said = f"These extend one another: {' → '.join([*names, wanted])}."
            self._say(item.place, "circle", said, "Take one of them out.")
            return None
        if next_layer >= len(others):
            said = (
                f"There is no other “{wanted}” down the content path." if own else f"There is no “{wanted}”."
            )
            mend = "" if own else did_you_mean(wanted, self.known)
            self._say(item.place, "unknown-playbook", said, mend or "Look at the names in playbooks/.")
            return None
        return self.load(wanted, others, next_layer)

    def _join(self, parents: list[tuple[str, Fields]], own: Fields) -> Fields:
        joined = Fields(own.place)
        for name, parent in parents:
            body = Fields(
                parent.place, {k: v for k, v in parent.values.items() if k not in HEAD}, parent.keys
            )
            self._conflicts(joined, body, own, name)
            joined = _lay(joined, body)
        return joined

    def _conflicts(self, left: Node, right: Node, own: Node | None, name: str, path: Path = ()) -> None:
        """Two parents that set one key differently, where this file sets neither it nor anything above it."""
        if isinstance(left, Fields) and isinstance(right, Fields):
            for key in left.values.keys() & right.values.keys():
                inner = own.values.get(key) if isinstance(own, Fields) else None
                if inner is None or isinstance(inner, Fields):
                    self._conflicts(left.values[key], right.values[key], inner, name, (*path, key))
            return
        if data_of(left) != data_of(right) and own is None:
            said = f"“{name}” sets {'.'.join(map(str, path))} otherwise than {left.place} does."
            self._say(right.place, "parents-differ", said, "Set it in the file that extends both.")

    def _over(self, base: Fields, own: Fields, path: Path) -> Fields:
        """This file over its merged parents; null deletes."""
        values, keys = dict(base.values), dict(base.keys)
        for key, node in own.values.items():
            below = values.get(key)
            if isinstance(node, Scalar) and node.text is None:
                self._delete(own, key, below, path)
                values.pop(key, None)
                continue
            if isinstance(below, Fields) and isinstance(node, Fields):
                values[key] = self._over(below, node, (*path, key))
            else:
                values[key] = self._without_deletes(node, (*path, key))
            keys[key] = own.keys[key]
        return Fields(own.place, values, keys)

    def _without_deletes(self, node: Node, path: Path) -> Node:
        return self._over(Fields(node.place), node, path) if isinstance(node, Fields) else node

    def _delete(self, own: Fields, key: str, below: Node | None, path: Path) -> None:
        if below is None:
            name = ".".join([*map(str, path), key])
            self._say(own.keys[key], "unused-delete", f"There is no {name} to delete.", "Leave the key out.")
        elif len(path) == 1 and path[0] in ENTRY_KEYS:
            self.deleted[key] = own.keys[key]

    def forget_deleted(self, root: Fields) -> Fields:
        """Drop deleted entries from every `needs` and `blocks` of others."""
        alive = {
            id_ for key in ENTRY_KEYS for id_ in _keys(node_at(root, (key,)) if key in root.values else None)
        }
        gone = {id_: place for id_, place in self.deleted.items() if id_ not in alive}
        if not gone:
            return root
        forgotten = self._forget(root, gone, ())
        return forgotten if isinstance(forgotten, Fields) else root

    def _forget(self, node: Node, gone: dict[str, Place], path: Path) -> Node:
        if not isinstance(node, Fields):
            return node
        values = {
            key: self._fewer(value, gone, (*path, key))
            if key in ("needs", "blocks") and _lists_entries(path)
            else self._forget(value, gone, (*path, key))
            for key, value in node.values.items()
        }
        return Fields(node.place, values, node.keys)

    def _fewer(self, node: Node, gone: dict[str, Place], path: Path) -> Node:
        items = node.items if isinstance(node, Items) else (node,)
        kept = tuple(item for item in items if not (isinstance(item, Scalar) and item.text in gone))
        for item in items:
            if item not in kept and isinstance(item, Scalar):
                place = gone[item.text or ""]
                said = f"“{item.text}” was deleted in {place} and is no longer in {'.'.join(map(str, path))}."
                self.problems.append(
                    Problem(item.place, "deleted-need", said, "See that this is meant.", advice=True)
                )
        return Items(node.place, kept) if len(kept) < len(items) else node

    def _say(self, place: Place, rule: str, message: str, mend: str) -> None:
        self.problems.append(Problem(place, rule, message, mend))


def _lay(base: Fields, over: Fields) -> Fields:
    """One parent over another: maps by key, everything else replaced. Their deletes are done."""
    values, keys = dict(base.values), dict(base.keys)
    for key, node in over.values.items():
        below = values.get(key)
        both = isinstance(below, Fields) and isinstance(node, Fields)
        values[key] = _lay(below, node) if both else node  # type: ignore[arg-type]  # both are Fields
        keys[key] = over.keys[key]
    return Fields(over.place, values, keys)


def _lists_entries(path: Path) -> bool:
    """Whether `needs` and `blocks` below this path name entries: in an entry, or in `closes`."""
    return (len(path) == 2 and path[0] in ENTRY_KEYS) or (bool(path) and path[-1] == "closes")


def _keys(node: Node | None) -> tuple[str, ...]:
    return tuple(node.values) if isinstance(node, Fields) else ()

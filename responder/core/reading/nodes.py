"""What does a YAML file say, and where? Nodes whose scalars are all text and know their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from responder.core.errors import Place

__all__ = [
    "Fields",
    "Items",
    "Node",
    "Path",
    "Scalar",
    "data_of",
    "node_at",
    "place_at",
    "place_of_key",
    "walk",
]

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value, as text; None for null. `inner` is the column where its letters begin.

    `inner` is 0 when an offset in the text says nothing about the column (folded and literal
    blocks, escapes, several lines).
    """

    place: Place
    text: str | None
    inner: int = 0

    def place_of(self, offset: int) -> Place:
        """The place of a letter inside the text, as exact as can be told."""
        if not offset or not self.inner:
            return self.place
        return Place(self.place.file, self.place.line, self.inner + offset)


@dataclass(frozen=True, slots=True)
class Items:
    """A list."""

    place: Place
    items: tuple[Node, ...] = ()


@dataclass(frozen=True, slots=True)
class Fields:
    """A map, in the order of the file; `keys` holds the place of each key."""

    place: Place
    values: dict[str, Node] = field(default_factory=dict)
    keys: dict[str, Place] = field(default_factory=dict)


Node = Scalar | Items | Fields


def data_of(node: Node) -> object:
    """Plain dicts, lists and texts; a key whose value is null is left out."""
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [data_of(item) for item in node.items]
    return {
        key: data_of(value)
        for key, value in node.values.items()
        if not (isinstance(value, Scalar) and value.text is None)
    }


def node_at(root: Node, path: Path) -> Node:
    """The node at a path, or the last one on the way: a single value stands for a list of one."""
    node = root
    for part in path:
        inner = _step(node, part)
        if inner is not None:
            node = inner
        elif not _short_form(node, part):
            return node
    return node


def place_at(root: Node, path: Path, offset: int = 0) -> Place:
    """Where the value at a path stands, or the nearest thing around it."""
    node = node_at(root, path)
    return node.place_of(offset) if isinstance(node, Scalar) else node.place


def place_of_key(root: Node, path: Path) -> Place:
    """Where the key at the end of a path stands; the value's place when it is an item of a list."""
    if path:
        parent = node_at(root, path[:-1])
        if isinstance(parent, Fields) and str(path[-1]) in parent.keys:
            return parent.keys[str(path[-1])]
    return place_at(root, path)


def walk(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every node with its path, parents first."""
    yield path, node
    if isinstance(node, Items):
        for index, item in enumerate(node.items):
            yield from walk(item, (*path, index))
    elif isinstance(node, Fields):
        for key, value in node.values.items():
            yield from walk(value, (*path, key))


def _short_form(node: Node, part: str | int) -> bool:
    """Whether only the model has this part: one value stands for a list, a list for a map of one."""
    return isinstance(part, str) if isinstance(node, Items) else part == 0


def _step(node: Node, part: str | int) -> Node | None:
    if isinstance(node, Fields):
        return node.values.get(str(part))
    if isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
        return node.items[part]
    return None

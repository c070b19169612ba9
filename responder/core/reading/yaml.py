"""How does YAML text become nodes? ruamel parses it; one short walk keeps every scalar text and its place."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from responder.core.errors import Place, Problem, Unparsable
from responder.core.reading.nodes import Fields, Items, Node, Scalar

__all__ = ["MAX_ALIASES", "MAX_BYTES", "MAX_LEVELS", "read", "try_read"]

MAX_BYTES = 1024 * 1024
MAX_LEVELS = 20
MAX_ALIASES = 100


def read(text: str | bytes, file: str) -> Node:
    """The nodes of one YAML 1.2 document. Raises Unparsable with all problems found."""
    node, problems = try_read(text, file)
    if node is None or problems:
        raise Unparsable(problems)
    return node


def try_read(text: str | bytes, file: str) -> tuple[Node | None, tuple[Problem, ...]]:
    """The nodes as far as they could be read, and all problems found.

    1. What is no text, too large, or holds tabs or control characters is refused before any parsing.
    2. The parser's events (no recursion, whatever the nesting) become nodes on a stack of our own: a
       loader would turn 1.10 into 1.1, 0123 into 123 and 2027-01-15 into a date.
    3. An alias stands for the node it names; their number is limited where they are followed, so a
       “billion laughs” file ends at the hundred and first.
    """
    try:
        decoded = _decoded(text, file)
        if odd := tuple(_odd_letters(decoded, file)):
            return None, odd
        return _Walk(decoded, file).document()
    except Unparsable as error:
        return None, error.problems


_PROBLEMS_OF_ONE_KIND = 20


def _decoded(text: str | bytes, file: str) -> str:
    try:
        raw = text if isinstance(text, bytes) else text.encode()
        if len(raw) > MAX_BYTES:
            mend = "Split it: a playbook may extend modules."
            raise Unparsable((Problem(Place(file), "too-large", "The file is larger than 1 MiB.", mend),))
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = len(before.rpartition(b"\n")[2].decode(errors="replace")) + 1
        place = Place(file, line, column)
    except UnicodeEncodeError as error:
        place = _place(file, error.object, error.start)
    problem = Problem(place, "not-text", "This is not UTF-8 text.", "Save the file as UTF-8.")
    raise Unparsable((problem,))


def _odd_letters(text: str, file: str) -> Iterator[Problem]:
    """Tabs and control characters; the first of a line, and not more than a screen of them."""
    found = 0
    for number, line in enumerate(_LINE_END.split(text), start=1):
        for column, letter in enumerate(line, start=1):
            if letter == "\t":
                yield Problem(Place(file, number, column), "tab", "A tab stands here.", "Write spaces.")
            elif letter in _BIDI or (unicodedata.category(letter) == "Cc" and letter != "\x85"):
                name = f"U+{ord(letter):04X}"
                mend = "Take it out: it would hide what the file says."
                yield Problem(
                    Place(file, number, column), "control-letter", f"A control letter ({name}).", mend
                )
            else:
                continue
            found += 1
            break
        if found >= _PROBLEMS_OF_ONE_KIND:
            return


_LINE_END = re.compile(r"\r\n|\r|\n")

_BIDI = frozenset("\u202a\u202b\u202d\u202e")
"""Embeddings and overrides of direction: they make a line read otherwise than it is (CVE-2021-42574)."""


def _place(file: str, text: str, offset: int) -> Place:
    before = text[:offset]
    return Place(file, before.count("\n") + 1, len(before.rpartition("\n")[2]) + 1)


class _Open:
    """A list or map that is being read."""

    def __init__(self, place: Place, *, of_keys: bool, anchor: str | None, aliases: int) -> None:
        self.place = place
        self.of_keys = of_keys
        self.anchor = anchor
        self.aliases_before = aliases
        self.items: list[Node] = []
        self.fields = Fields(place)
        self.key: Scalar | None = None
        self.awaits_value = False

    def node(self) -> Node:
        return self.fields if self.of_keys else Items(self.place, tuple(self.items))


class _Walk:
    """Turns the parser's events into nodes, gathering problems on the way."""

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file
        self.problems: list[Problem] = []
        self.anchors: dict[str, Node] = {}
        self.followed: dict[str, int] = {}
        self.aliases = 0
        self.documents = 0
        self.readable = True
        self.open: list[_Open] = []
        self.root: Node | None = None

    def document(self) -> tuple[Node | None, tuple[Problem, ...]]:
        parser = YAML(typ="safe", pure=True)
        try:
            self._take_all(parser.parse(self.text))
        except MarkedYAMLError as error:
            self._unreadable(error)
        except ReaderError as error:
            place = _place(self.file, self.text, int(error.position))
            self._say(place, "control-letter", "A letter that YAML does not allow.", "Take it out.")
        except (YAMLError, ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
            # ruamel 0.19 lets these through on some broken directives, tags and escapes
            self._say(Place(self.file), "not-yaml", f"This is not YAML ({type(error).__name__}).", _LOOK)
        if self.root is None and not self.problems:
            self._say(Place(self.file), "empty-file", "The file is empty.", "Write at least its first keys.")
        return self.root if self.readable else None, tuple(sorted(self.problems))

    def _take_all(self, events: Iterable[Event]) -> None:
        for event in events:
            if isinstance(event, DocumentStartEvent):
                self.documents += 1
                if self.documents > 1:
                    self._say(
                        self._at(event),
                        "two-documents",
                        "A second document begins here.",
                        "Write one a file.",
                    )
                    return
            elif isinstance(event, MappingStartEvent | SequenceStartEvent):
                if not self._begin(event):
                    return
            elif isinstance(event, MappingEndEvent | SequenceEndEvent):
                self._end()
            elif isinstance(event, ScalarEvent):
                self._scalar(event)
            elif isinstance(event, AliasEvent) and not self._alias(event):
                return

    def _begin(self, event: MappingStartEvent | SequenceStartEvent) -> bool:
        place = self._at(event)
        if len(self.open) >= MAX_LEVELS:
            self._say(place, "too-deep", f"More than {MAX_LEVELS} levels.", "Write it flatter.")
            self.readable = False
            return False
        self._refuse_tag(event, place)
        of_keys = isinstance(event, MappingStartEvent)
        if self._expects_key():
            self._say(place, "bad-key", "A key must be one word.", "Write key: value.")
        self.open.append(_Open(place, of_keys=of_keys, anchor=event.anchor, aliases=self.aliases))
        return True

    def _end(self) -> None:
        done = self.open.pop()
        node = done.node()
        if done.anchor:
            self.anchors[done.anchor] = node
            # the aliases inside count again each time this is used: that is what stops the laughs
            self.followed[done.anchor] = self.aliases - done.aliases_before
        self._place_node(node)

    def _scalar(self, event: ScalarEvent) -> None:
        place = self._at(event)
        self._refuse_tag(event, place)
        text: str | None = event.value
        if event.style is None and event.value in ("", "~", "null"):
            text = None
        node = Scalar(place, text, self._inner(event))
        if event.anchor:
            self.anchors[event.anchor] = node
        self._place_node(node)

    def _alias(self, event: AliasEvent) -> bool:
        place = self._at(event)
        node = self.anchors.get(event.anchor)
        if node is None:
            self._say(
                place, "unknown-alias", f"Nothing is named &{event.anchor} above.", "Write the value itself."
            )
            self._place_node(Scalar(place, None))
            self.readable = False
            return True
        self.aliases += 1 + self.followed.get(event.anchor, 0)
        if self.aliases > MAX_ALIASES:
            self._say(
                place, "too-many-aliases", f"More than {MAX_ALIASES} aliases.", "Write the values themselves."
            )
            self.readable = False
            return False
        self._place_node(node)
        return True

    def _place_node(self, node: Node) -> None:
        if not self.open:
            self.root = node
            return
        here = self.open[-1]
        if not here.of_keys:
            here.items.append(node)
        elif not here.awaits_value:
            here.key = self._key(node)
            here.awaits_value = True
        else:
            self._keep(here, node)
            here.awaits_value = False

    def _key(self, node: Node) -> Scalar | None:
        if isinstance(node, Scalar) and node.text is not None:
            return node
        if isinstance(node, Scalar):
            self._say(node.place, "bad-key", "A key is missing before the colon.", "Write key: value.")
        return None

    def _keep(self, here: _Open, node: Node) -> None:
        key = here.key
        if key is None or key.text is None:
            return
        if key.text in here.fields.values:
            first = here.fields.keys[key.text]
            said = f"“{key.text}” stands here a second time; the first is in line {first.line}."
            self._say(key.place, "duplicate-key", said, "Keep one of them.")
            return
        here.fields.values[key.text] = node
        here.fields.keys[key.text] = key.place

    def _expects_key(self) -> bool:
        return bool(self.open) and self.open[-1].of_keys and not self.open[-1].awaits_value

    def _refuse_tag(self, event: Event, place: Place) -> None:
        tag = getattr(event, "tag", None)
        if tag and str(tag) != "!":
            self._say(
                place, "tag", f"The tag {tag} is not used here.", "Leave it out: the schema gives types."
            )

    def _inner(self, event: ScalarEvent) -> int:
        """The column where the letters begin, or 0 when offsets in the text say nothing about columns."""
        if event.start_mark.line != event.end_mark.line or event.style in ("|", ">"):
            return 0
        column: int = event.start_mark.column + 1
        if event.style is None:
            return column + self._length_of_properties(event)
        width = event.end_mark.column - event.start_mark.column
        return column + 1 if width == len(event.value) + 2 else 0

    def _length_of_properties(self, event: ScalarEvent) -> int:
        """An anchor stands before the text, inside the event's span."""
        return (
            max(0, event.end_mark.column - event.start_mark.column - len(event.value)) if event.anchor else 0
        )

    def _at(self, event: Event) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _unreadable(self, error: MarkedYAMLError) -> None:
        mark = error.problem_mark or error.context_mark
        place = Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)
        said = str(error.problem or error.context or "it cannot be read").strip()
        self._say(place, "not-yaml", f"This is not YAML: {said}.", _mend_for(said))
        self.readable = False

    def _say(self, place: Place, rule: str, message: str, mend: str) -> None:
        self.problems.append(Problem(place, rule, message, mend))


_LOOK = "Look for a missing quote, bracket or indent."
_MENDS = {
    "mapping values are not allowed": "Put text that holds a colon in quotes, or mend the indent.",
    "found character that cannot start": "Put the text in quotes.",
    "expected <block end>": "Mend the indent: keys of one map begin in one column.",
    "could not find expected ':'": "Write a colon and a space after the key.",
    "found unexpected end of stream": "A quote or a bracket is not closed.",
    "found undefined alias": "Put text that begins with * in quotes.",
}


def _mend_for(said: str) -> str:
    return next((mend for words, mend in _MENDS.items() if words in said), _LOOK)

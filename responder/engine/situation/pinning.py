"""Which bytes does an incident run on? What is gathered and kept when it is activated or moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from responder.core.playbook import Parsed, Playbook
from responder.engine.ports import Work
from responder.engine.ports.contents import CITY_FILE, Content, pin_name

__all__ = ["keep", "templates_of", "to_pin"]


def to_pin(content: Content, parsed: Parsed) -> Mapping[str, bytes]:
    """Everything a playbook runs on, by the name it is pinned under.

    The playbook with all that it extends, the city file, and the templates its messages name. Folders of
    templates whose name begins with `_` hold what templates share, and are pinned whole.
    """
    found: dict[str, bytes] = {}
    seen: Counter[str] = Counter()
    for file in parsed.files:
        found[pin_name(file.path, seen[file.path])] = file.data
        seen[file.path] += 1
    found[CITY_FILE] = content.read(CITY_FILE)
    if parsed.playbook is not None:
        wanted = templates_of(parsed.playbook)
        for path in content.files("message_templates"):
            folder = path.split("/")[1]
            if folder in wanted or folder.startswith("_"):
                found[path] = content.read(path)
    return found


def keep(work: Work, files: Mapping[str, bytes]) -> dict[str, str]:
    """Keep the bytes in the database; returns the pins {name: SHA-256} that go into the log."""
    return {name: work.contents.keep(data) for name, data in sorted(files.items())}


def templates_of(playbook: Playbook) -> frozenset[str]:
    """The templates that the messages of a playbook name."""
    firsts = (message.first.template for message in playbook.messages.values() if message.first)
    named = (message.template for message in playbook.messages.values())
    return frozenset(name for name in (*named, *firsts) if name)

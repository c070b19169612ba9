"""When was a playbook last looked at? A review is noted with its date and its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from responder.core.playbook import parse_playbook
from responder.engine.ports import Ports
from responder.engine.ports.contents import Content
from responder.engine.ports.people import Person
from responder.engine.situation.people import Act, require

__all__ = ["review_playbook", "reviews"]


def review_playbook(ports: Ports, *, content: Content, playbook: str, by: Person) -> datetime:
    """Note that somebody reviewed a playbook now. Raises Refused, NotFound, or Unparsable."""
    require(by, Act.PUBLISH)
    parse_playbook(playbook, content.playbook)
    data = b"".join(file.data for file in content.playbook(playbook))
    wall = ports.clock.now()
    with ports.store.begin() as work:
        work.contents.review(playbook, digest=hashlib.sha256(data).hexdigest(), by=by.id, at=wall)
    return wall


def reviews(ports: Ports) -> Mapping[str, datetime]:
    """When each playbook was last reviewed; hand it to `list_playbooks` to see what is due."""
    with ports.store.read() as work:
        return work.contents.reviewed()

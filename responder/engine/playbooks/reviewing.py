"""When was a playbook last looked at? A review is noted with its date and its bytes."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from responder.core.city import City
from responder.core.playbook import Playbook, parse_playbook
from responder.core.playbook.findings import Findings
from responder.core.terms import Roster
from responder.engine.ports import Ports
from responder.engine.ports.contents import Content
from responder.engine.ports.people import Person
from responder.engine.situation.people import Act, require

__all__ = ["House", "check_review", "house_of", "review_playbook", "reviews"]


@dataclass(frozen=True, slots=True)
class House:
    """What an installation knows beside its files: its roster, its reviews, the time (wall)."""

    roster: Roster
    reviewed: Mapping[str, datetime]
    wall: datetime


def house_of(ports: Ports) -> House:
    """Read it from the database."""
    with ports.store.read() as work:
        return House(work.people.roster(), work.contents.reviewed(), ports.clock.now())


def check_review(playbook: Playbook, city: City, house: House, findings: Findings) -> None:
    """Advise when a playbook was not looked at for longer than it asks."""
    if playbook.review is None:
        return
    every, last = playbook.review.every, house.reviewed.get(playbook.id)
    if last is None:
        said = f"It asks for a review every {every} and none was ever noted."
    elif city.calendar.shift(last, every) < house.wall:
        said = f"It asks for a review every {every}; the last was on {city.calendar.local(last):%Y-%m-%d}."
    else:
        return
    mend = f"Read it with those who act in it, then: responder playbook review {playbook.id}"
    findings.advice(("review",), "review-due", said, mend)


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

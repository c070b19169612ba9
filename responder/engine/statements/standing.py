"""How is a life-safety message signed off in peacetime? Standing approvals with an expiry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from responder.core.city import City
from responder.core.errors import Conflict, InvalidInput, NotFound, Refused, Unparsable
from responder.core.playbook import Message, Playbook, try_parse
from responder.core.statement import FRAME, Approval, Digests, LanguageState, Template
from responder.core.statement.approval import assess, may_sign
from responder.core.terms import language_tag
from responder.engine.ports import Ports, Work
from responder.engine.ports.people import Person
from responder.engine.ports.statements import StandingApproval
from responder.engine.situation.people import Act, require
from responder.engine.situation.standing import (
    free_variables,
    standing_digests,
    standing_proceedings,
    standing_templates,
)
from responder.engine.statements.reviews import city_now

__all__ = ["LONGEST", "Standing", "revoke_standing", "sign_standing", "standing_of"]

LONGEST = timedelta(days=731)
"""A standing approval ends after two years at the latest: people, places and words change."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the standing approval of one message stands (wall time)."""

    playbook: str
    message: str
    template: str
    digests: Digests
    approval: Approval
    signatures: tuple[StandingApproval, ...]
    expires: datetime | None
    free: tuple[str, ...]
    """Variables that anybody could write anything into: with one of these it cannot be given."""

    @property
    def given(self) -> bool:
        return self.approval.source_signed and not self.free

    @property
    def languages(self) -> tuple[str, ...]:
        """Languages it covers."""
        standing = self.approval.languages.items()
        return tuple(tag for tag, it in standing if it.state is LanguageState.SIGNED)


@dataclass(frozen=True, slots=True)
class _Ground:
    playbook: Playbook
    message: Message
    city: City
    templates: tuple[Template, ...]


def standing_of(ports: Ports, *, playbook: str, message: str) -> Standing:
    """How the standing approval of a life-safety message stands. Raises NotFound, Unparsable."""
    ground = _ground(ports, playbook, message)
    with ports.store.read() as work:
        return _standing(ports, work, ground)


def sign_standing(
    ports: Ports,
    *,
    playbook: str,
    message: str,
    scope: str,
    digest: str,
    expires: datetime,
    by: Person,
    declares_reading: bool = False,
    recorded_for: str | None = None,
    how: str = "",
) -> Standing:
    """Sign the template (`frame`) or one language of it, in peacetime, until `expires` (wall time).

    With `recorded_for`, the word of an outside role is written down; `how` says how it came.
    """
    tag = scope if scope == FRAME else language_tag(scope)
    require(by, Act.SIGN if tag == FRAME else Act.REVIEW_LANGUAGE)
    ground = _ground(ports, playbook, message)
    wall = ports.clock.now()
    if not wall < expires <= wall + LONGEST:
        raise InvalidInput("A standing approval needs an end within two years.", mend="Give a date ahead.")
    with ports.store.begin() as work:
        standing = _standing(ports, work, ground)
        _refuse_changed(standing, tag, digest)
        role = _role(standing, tag, by, declares_reading=declares_reading, recorded_for=recorded_for)
        if recorded_for and not how.strip():
            raise InvalidInput("How did the word come?", mend="Say it: by letter of 3 May, from whom.")
        work.statements.add_standing(
            StandingApproval(
                id=ports.chance.new_id(),
                playbook=ground.playbook.id,
                message=message,
                template=ground.message.template,
                scope=tag,
                digest=digest,
                person=by.id,
                role=role,
                signed_at=wall,
                expires=expires,
                recorded_for=recorded_for or "",
                how=how.strip(),
            )
        )
        return _standing(ports, work, ground)


def revoke_standing(ports: Ports, *, playbook: str, message: str, by: Person) -> int:
    """Take a standing approval back; returns how many signatures ended."""
    require(by, Act.SIGN)
    with ports.store.begin() as work:
        return work.statements.revoke_standing(playbook, message, wall=ports.clock.now())


def _refuse_changed(standing: Standing, tag: str, digest: str) -> None:
    if standing.free:
        raise Refused(
            f"It leaves open what is said in: {', '.join(standing.free)}.",
            mend="A standing approval takes choices, areas, flags and the city's own blocks only.",
        )
    current = standing.digests.of(tag)
    if current is None:
        raise NotFound(f"{tag} is not whole.", mend="Translate what is missing.")
    if current != digest:
        raise Conflict("It has changed since you read it.", mend="Read it again, then sign.")


def _role(
    standing: Standing, tag: str, by: Person, *, declares_reading: bool, recorded_for: str | None
) -> str:
    """In which role this signature counts. Raises Refused."""
    if tag != FRAME:
        if not declares_reading:
            raise Refused(f"Only somebody who reads {tag} may sign it off.", mend="Say that you read it.")
        return "reader"
    rights = [
        right
        for right in may_sign(standing.approval, by.id)
        if right.records == bool(recorded_for) and recorded_for in (None, right.role)
    ]
    if not rights:
        raise Refused(f"{by.name} is not asked to sign it.", mend=standing.approval.stuck)
    return rights[0].role


def _standing(ports: Ports, work: Work, ground: _Ground) -> Standing:
    wall = ports.clock.now()
    rows = tuple(work.statements.standing(ground.playbook.id, ground.message.id))
    digests = standing_digests(ports.content, ground.city, *ground.templates)
    proceedings = standing_proceedings(
        ground.playbook,
        ground.message,
        digests,
        rows,
        city=ground.city,
        roster=work.people.roster(),
        wall=wall,
    )
    held = [row for row in rows if row.expires > wall and digests.of(row.scope) == row.digest]
    return Standing(
        playbook=ground.playbook.id,
        message=ground.message.id,
        template=ground.message.template,
        digests=digests,
        approval=assess(replace(proceedings, now=wall)),
        signatures=rows,
        expires=min((row.expires for row in held), default=None),
        free=tuple(dict.fromkeys(name for one in ground.templates for name in free_variables(one))),
    )


def _ground(ports: Ports, playbook: str, message: str) -> _Ground:
    parsed = try_parse(playbook, ports.content.playbook, known=ports.content.playbooks())
    if parsed.playbook is None or parsed.errors:
        raise Unparsable(parsed.errors)
    found = parsed.playbook.messages.get(message)
    if found is None:
        raise NotFound(f"{playbook} has no message {message}.")
    if not found.life_safety:
        raise Refused(f"{message} is no life-safety message.", mend="Only those have a standing approval.")
    return _Ground(parsed.playbook, found, city_now(ports), standing_templates(ports.content, found))

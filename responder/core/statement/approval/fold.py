"""Given chain, people, signatures and hashes: what is signed, what is late, who may sign now?"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from responder.core.calendar import Duration
from responder.core.statement.approval.bench import bench_of, carriers, extra_rights, rights_on, waivers_of
from responder.core.statement.approval.tongues import languages_of, ready_languages
from responder.core.statement.approval.words import (
    Approval,
    Proceedings,
    Right,
    SignOff,
    StepStanding,
    Waiver,
)
from responder.core.statement.texts import FRAME
from responder.core.terms import ChainStep, StepKind

__all__ = ["assess", "may_sign", "may_waive"]


def assess(proceedings: Proceedings) -> Approval:
    """Where the sign-off stands at `proceedings.now`.

    1. A signature counts when it carries the hash of now and is not by somebody whose words stand
       in the text.
    2. Steps go in order; each is asked at the moment the one before was done. One person's
       signature counts for every step of a role they hold.
    3. When all steps are done, as many different people must have signed as the chain asks for.
    4. A language counts when the chain has signed and its reader has; see `tongues`.
    """
    steps = _steps(proceedings)
    signers = _signers(proceedings)
    needed = proceedings.chain.persons
    signed_at = _signed_at(steps, signers, proceedings)
    rights, stuck = _rights(proceedings, steps, signers) if signed_at is None else ((), "")
    languages = languages_of(proceedings, signed_at)
    wait_until = _after(proceedings, signed_at, proceedings.policy.wait) if signed_at else None
    releasable, with_original = ready_languages(proceedings, languages, wait_until)
    return Approval(
        steps=steps,
        languages=languages,
        may_sign=rights,
        persons_needed=needed,
        persons_signed=len(signers),
        source_signed_at=signed_at,
        wait_until=wait_until,
        releasable=releasable,
        at=proceedings.now,
        with_original=with_original,
        stuck=stuck,
    )


def may_sign(approval: Approval, person: str) -> tuple[Right, ...]:
    """The rights of one person on the frame now, the nearest first."""
    return tuple(right for right in approval.may_sign if right.person == person)


def may_waive(proceedings: Proceedings, approval: Approval, role: str) -> tuple[str, ...]:
    """Who may waive the step of this outside role now; nobody while it is not late."""
    late = any(step.late and role in step.open_roles for step in approval.steps)
    return waivers_of(proceedings, role) if late else ()


def _counting(proceedings: Proceedings) -> tuple[SignOff, ...]:
    """Signatures and answers on source text and frame as they stand, not by an author, oldest first."""
    if proceedings.submitted_at is None:
        return ()
    current = proceedings.digests.frame
    return tuple(
        sign_off
        for sign_off in proceedings.sign_offs
        if sign_off.scope in (FRAME, proceedings.digests.source)
        and sign_off.digest == current
        and sign_off.person not in proceedings.authors
    )


def _signers(proceedings: Proceedings) -> dict[str, datetime]:
    """Different people who signed → when they first did."""
    found: dict[str, datetime] = {}
    for sign_off in _counting(proceedings):
        if not sign_off.consult:
            found.setdefault(sign_off.person, sign_off.at)
    return found


def _steps(proceedings: Proceedings) -> tuple[StepStanding, ...]:
    asked = proceedings.submitted_at
    found: list[StepStanding] = []
    for number, step in enumerate(proceedings.chain.steps, 1):
        if step.kind is StepKind.CONSULT:
            standing = _consult_step(proceedings, number, step, asked)
        else:
            standing = _signed_step(proceedings, number, step, asked)
        found.append(standing)
        asked = standing.done_at
    return tuple(found)


def _signed_step(
    proceedings: Proceedings, number: int, step: ChainStep, asked: datetime | None
) -> StepStanding:
    voices = tuple(voice for voice in _counting(proceedings) if not voice.consult)
    covering = {role: [voice for voice in voices if _covers(proceedings, voice, role)] for role in step.roles}
    waived = tuple(waiver for waiver in proceedings.waivers if _waives(proceedings, waiver, step))
    covered = {role: min(voice.at for voice in found) for role, found in covering.items() if found}
    for waiver in waived:
        covered.setdefault(waiver.role, waiver.at)
    done_at = _done_at(step, covered, asked)
    late_at = _after(proceedings, asked, proceedings.chain.within) if asked else None
    late = done_at is None and late_at is not None and proceedings.now >= late_at
    by = dict.fromkeys(voice for found in covering.values() for voice in found)
    still = () if done_at else tuple(role for role in step.roles if role not in covered)
    return StepStanding(
        number, step.kind, step.roles, asked, done_at, late_at, late, still, tuple(by), waived
    )


def _consult_step(
    proceedings: Proceedings, number: int, step: ChainStep, asked: datetime | None
) -> StepStanding:
    """Asked and recorded; it goes on with the last answer, when its time is over, or if nobody can answer."""
    answers = tuple(voice for voice in _counting(proceedings) if voice.consult and voice.role in step.roles)
    answered = {voice.role: voice.at for voice in reversed(answers)}
    askable = [role for role in step.roles if rights_on(proceedings, role, late=False)]
    until = _after(proceedings, asked, step.within or proceedings.chain.within) if asked else None
    end = asked if until is None or not askable else until
    if asked and askable and all(role in answered for role in askable):
        last = max(asked, *(answered[role] for role in askable))
        end = last if end is None else min(end, last)
    done_at = end if end is not None and end <= proceedings.now else None
    still = () if done_at else tuple(role for role in askable if role not in answered)
    return StepStanding(
        number, step.kind, step.roles, asked, done_at, until, late=False, open_roles=still, signed=answers
    )


def _covers(proceedings: Proceedings, voice: SignOff, role: str) -> bool:
    bench = bench_of(proceedings, role)
    if voice.recorded_for:
        return voice.recorded_for == role
    if voice.role == role or voice.for_role == role:
        return not bench.outside or voice.person in bench.holders
    return not bench.outside and voice.person in carriers(bench)


def _waives(proceedings: Proceedings, waiver: Waiver, step: ChainStep) -> bool:
    asked = proceedings.submitted_at
    fits = waiver.role in step.roles and bench_of(proceedings, waiver.role).outside
    return fits and asked is not None and waiver.at >= asked and waiver.person not in proceedings.authors


def _done_at(step: ChainStep, covered: dict[str, datetime], asked: datetime | None) -> datetime | None:
    if asked is None or not covered:
        return None
    if step.kind is StepKind.ANY:
        return max(asked, min(covered.values()))
    return max(asked, *covered.values()) if all(role in covered for role in step.roles) else None


def _signed_at(
    steps: tuple[StepStanding, ...], signers: dict[str, datetime], proceedings: Proceedings
) -> datetime | None:
    needed = proceedings.chain.persons
    if (
        proceedings.submitted_at is None
        or len(signers) < needed
        or any(step.done_at is None for step in steps)
    ):
        return None
    enough = sorted(signers.values())[:needed]
    return max([proceedings.submitted_at, *enough, *(step.done_at for step in steps if step.done_at)])


def _rights(
    proceedings: Proceedings, steps: tuple[StepStanding, ...], signers: dict[str, datetime]
) -> tuple[tuple[Right, ...], str]:
    if proceedings.submitted_at is None:
        return (), ""
    step = next((one for one in steps if one.done_at is None), None)
    if step is None:
        extra = extra_rights(proceedings, frozenset(signers))
        return extra, "" if extra else "One more person must sign, and there is nobody who may."
    rights: list[Right] = []
    empty: list[str] = []
    for role in step.open_roles:
        found = rights_on(proceedings, role, late=step.late)
        rights += [replace(right, consult=step.kind is StepKind.CONSULT) for right in found]
        if not found:
            empty.append(role)
    alone = empty and (step.kind is StepKind.ALL or not rights)
    names = ", ".join(empty)
    words = f"Nobody may sign for {names}: give somebody the role, or add a deputy." if alone else ""
    return tuple(dict.fromkeys(rights)), words


def _after(proceedings: Proceedings, start: datetime | None, length: Duration | None) -> datetime | None:
    return proceedings.calendar.shift(start, length) if start and length else None

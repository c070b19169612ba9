"""Who may sign for a role? Holders, then those who act for them, never an author."""

from __future__ import annotations

from responder.core.statement.approval.words import Proceedings, Right
from responder.core.terms import Bench, OnLate

__all__ = ["carriers", "extra_rights", "rights_on", "waivers_of"]


def carriers(bench: Bench) -> tuple[str, ...]:
    """Who holds a role; when nobody does, the deputies carry it, and without any the fallback."""
    return bench.holders or bench.deputies or bench.fallback


def bench_of(proceedings: Proceedings, role: str) -> Bench:
    """The bench of a role; a role that nobody ever held has an empty one."""
    return proceedings.benches.get(role, Bench(role))


def rights_on(proceedings: Proceedings, role: str, *, late: bool) -> tuple[Right, ...]:
    """Who may sign for this role now.

    1. The nearest tier that holds somebody who is not an author: holders, deputies, fallback,
       the ladder. This is how a role whose every holder is the author passes on at once.
    2. When the step is late, the deputies too; with `escalate` also the fallback where there is
       no deputy, and whom the ladder has reached. With `hold` nobody more.
    """
    bench = bench_of(proceedings, role)
    if bench.outside:
        return _outside_rights(proceedings, bench)
    tiers = [_but(tier, proceedings) for tier in (bench.holders, bench.deputies, bench.fallback)]
    ladder = _but(proceedings.ladder, proceedings)
    people = next((tier for tier in (*tiers, ladder) if tier), ())
    if late:
        people = (*people, *tiers[1])
        if proceedings.chain.if_late is OnLate.ESCALATE:
            people = (*people, *_reached_for(proceedings, already=people, fallback=tiers[2], ladder=ladder))
    return tuple(Right(one, role, for_role=one not in bench.holders) for one in dict.fromkeys(people))


def extra_rights(proceedings: Proceedings, signed: frozenset[str]) -> tuple[Right, ...]:
    """Who may add one more signature when the steps are signed but by too few people."""
    benches = [bench_of(proceedings, role) for step in proceedings.chain.steps for role in step.roles]
    near = {one: bench.role for bench in reversed(benches) for one in reversed(bench.everyone)}
    first_role = benches[0].role if benches else ""
    far = dict.fromkeys(
        (*proceedings.ladder, *(one for bench in benches for one in bench.via_people)), first_role
    )
    for people in (near, far):
        free = [one for one in people if one not in signed and one not in proceedings.authors]
        if free:
            return tuple(Right(one, people[one], for_role=True, extra=True) for one in reversed(free))
    return ()


def waivers_of(proceedings: Proceedings, role: str) -> tuple[str, ...]:
    """Who may waive a late step of an outside role: those on the ladder, never an author.

    When every one of them is an author, the others of the chain stand in.
    """
    if not bench_of(proceedings, role).outside:
        return ()
    ladder = _but((*proceedings.reached, *proceedings.ladder), proceedings)
    if ladder:
        return tuple(dict.fromkeys(ladder))
    inside = [bench for bench in proceedings.benches.values() if not bench.outside]
    return tuple(dict.fromkeys(one for bench in inside for one in _but(bench.everyone, proceedings)))


def _outside_rights(proceedings: Proceedings, bench: Bench) -> tuple[Right, ...]:
    """An outside body signs itself or `via` writes its word down; nobody signs for it."""
    own = tuple(Right(one, bench.role) for one in _but(bench.holders, proceedings))
    recorders = _but(bench.via_people, proceedings) or _but(proceedings.ladder, proceedings)
    return (*own, *(Right(one, bench.role, records=True) for one in recorders))


def _reached_for(
    proceedings: Proceedings, *, already: tuple[str, ...], fallback: tuple[str, ...], ladder: tuple[str, ...]
) -> tuple[str, ...]:
    bench_is_thin = len(set(already)) < 2
    reached = _but(proceedings.reached, proceedings)
    gained = (*(fallback if bench_is_thin else ()), *reached)
    return gained if set(gained) - set(already) else (*gained, *ladder)


def _but(people: tuple[str, ...], proceedings: Proceedings) -> tuple[str, ...]:
    return tuple(one for one in people if one not in proceedings.authors)

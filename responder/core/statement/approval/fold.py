"""Given chain, people, signatures and hashes: what is signed, what is late, who may sign now?"""

from __future__ import annotations

from responder.core.statement.approval.words import Approval, Proceedings, Right

__all__ = ["assess", "may_sign", "may_waive"]


def assess(proceedings: Proceedings) -> Approval:
    """Where the sign-off stands at `proceedings.now`."""
    raise NotImplementedError


def may_sign(approval: Approval, person: str) -> tuple[Right, ...]:
    """The rights of one person on the frame now, the nearest first."""
    return tuple(right for right in approval.may_sign if right.person == person)


def may_waive(proceedings: Proceedings, role: str) -> tuple[str, ...]:
    """Who may waive the late step of an outside role."""
    raise NotImplementedError

"""Which pages are there? One module a noun; each adds its routes with the act they take."""

from __future__ import annotations

from fastapi import FastAPI

from responder.web.pages import (
    activating,
    board,
    entries,
    home,
    inbox,
    links,
    log,
    mailbox,
    more,
    people,
    public,
    registers,
    report,
    sending,
    statements,
)

__all__ = ["DOORS", "mount_pages"]

DOORS = tuple(
    room.door
    for room in (
        home,
        activating,
        board,
        entries,
        statements,
        sending,
        mailbox,
        inbox,
        log,
        people,
        report,
        registers,
        more,
        public,
        links,
    )
)


def mount_pages(app: FastAPI) -> None:
    """Add every page to the application."""
    for door in DOORS:
        app.include_router(door.router)

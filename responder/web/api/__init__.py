"""Which JSON do programs get? What the pages do, under /api/v1, with bearer tokens."""

from __future__ import annotations

from fastapi import FastAPI

from responder.web.api import around, house, incidents, statements

__all__ = ["DOORS", "mount_api"]

DOORS = (house.door, incidents.door, statements.door, around.door)


def mount_api(app: FastAPI) -> None:
    """Add the API to the application."""
    for door in DOORS:
        app.include_router(door.router)

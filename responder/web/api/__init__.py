"""Which JSON do programs get? What the pages do, under /api/v1, with bearer tokens."""

from __future__ import annotations

from fastapi import FastAPI

from responder.web.api import incidents, statements

__all__ = ["mount_api"]


def mount_api(app: FastAPI) -> None:
    """Add the API to the application."""
    for room in (incidents, statements):
        app.include_router(room.door.router)

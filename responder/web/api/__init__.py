"""Which JSON do programs get? What the pages do, under /api/v1, with bearer tokens."""

from __future__ import annotations

from fastapi import FastAPI

__all__ = ["mount_api"]


def mount_api(app: FastAPI) -> None:
    """Add the API to the application."""
    del app

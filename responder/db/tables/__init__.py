"""Which tables are there? One file a noun; importing this room registers them all."""

from __future__ import annotations

from importlib import import_module

for _noun in ("contents", "incidents", "statements", "broadcasts", "contacts", "people", "mailbox", "inbox"):
    import_module(f"responder.db.tables.{_noun}")

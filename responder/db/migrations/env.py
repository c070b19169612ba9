"""How does Alembic run here? Always on the connection that `responder.db.migrations` hands over."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

from responder.db.migrations import include_name, render_item

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=SQLModel.metadata,
    compare_type=True,
    include_name=include_name,
    render_item=render_item,
    render_as_batch=True,  # SQLite changes a table by copying it
)
with context.begin_transaction():
    context.run_migrations()

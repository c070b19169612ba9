"""Where is everything kept? SQLite or PostgreSQL behind the engine's ports; no row leaves this room.

`responder.db.migrations` and `responder.db.backup` stand apart: few commands need them.
"""

from __future__ import annotations

from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore

__all__ = ["SecretCiphers", "SqlStore", "make_engine"]

"""Where is everything kept? SQLite or PostgreSQL behind the engine's ports; no row leaves this room.

`responder.db.migrations` stands apart: only who upgrades or checks a database needs it.
"""

from __future__ import annotations

from responder.db.backup import backup, restore
from responder.db.ciphers import SecretCiphers
from responder.db.engine import make_engine
from responder.db.store import SqlStore

__all__ = ["SecretCiphers", "SqlStore", "backup", "make_engine", "restore"]

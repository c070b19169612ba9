"""What stands now, for every desk: the incident's situation, and the statement's."""

from __future__ import annotations

from responder.engine.situation.incident import Situation, change, record, situate

__all__ = ["Situation", "change", "record", "situate"]

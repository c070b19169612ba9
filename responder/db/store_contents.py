"""How are pinned bytes kept? Once each, under their SHA-256."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import insert, literal, select
from sqlmodel import Session

from responder.core.errors import NotFound
from responder.db.bulk import table_of
from responder.db.tables.contents import ContentRow, PlaybookReviewRow

__all__ = ["ContentRows"]

_CONTENTS = table_of(ContentRow)


class ContentRows:
    """The rows of pinned contents, inside one transaction. See `responder.engine.ports.ContentStore`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def keep(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        there = select(literal(1)).where(_CONTENTS.c.digest == digest)
        if self._session.execute(there).first() is None:
            self._session.execute(insert(_CONTENTS).values(digest=digest, content=content))
        return digest

    def fetch(self, digest: str) -> bytes:
        found = self._session.execute(select(_CONTENTS.c.content).where(_CONTENTS.c.digest == digest)).first()
        if found is None:
            raise NotFound(f"No content with the hash {digest[:12]}… was kept.", mend="Restore a backup.")
        return bytes(found[0])

    def reviewed(self) -> Mapping[str, datetime]:
        rows = self._session.execute(select(PlaybookReviewRow.playbook, PlaybookReviewRow.reviewed))  # type: ignore[call-overload]  # SQLModel's columns look like values to mypy
        return {row[0]: row[1] for row in rows}

    def review(self, playbook: str, *, digest: str, by: str, at: datetime) -> None:
        row = self._session.get(PlaybookReviewRow, playbook)
        if row is None:
            row = PlaybookReviewRow(playbook=playbook, digest=digest, reviewed=at, by=by)
        row.digest, row.reviewed, row.by = digest, at, by
        self._session.add(row)

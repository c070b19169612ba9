"""How does a frozen text become one person's message? By filling its slots, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from responder.core.broadcast import Broadcast, notice_key
from responder.core.errors import InvalidInput
from responder.core.statement.slots import join
from responder.core.terms import Channel, Mode
from responder.engine.broadcasts.leaving import unsubscribe_address
from responder.engine.ports import Outgoing, Ports
from responder.engine.ports.broadcasts import FrozenText, Marked
from responder.engine.situation.addresses import address_row

__all__ = ["Letterbook", "view_address"]

_LONGEST_VALIDITY = 36_000


def view_address(ports: Ports, broadcast: Broadcast, language: str) -> str:
    """The page of the incident in a language: public, or of an exercise only for those who sign in."""
    live = f"/public/{language}/{broadcast.incident_id}"
    exercise = f"/incidents/{broadcast.incident_id}/public/{language}"
    return ports.limits.public_url + (live if broadcast.mode is Mode.LIVE else exercise)


@dataclass(frozen=True, slots=True)
class Letterbook:
    """The frozen texts of one broadcast."""

    broadcast: Broadcast
    texts: Mapping[tuple[Channel, str], FrozenText]

    @classmethod
    def of(cls, broadcast: Broadcast, texts: Sequence[FrozenText]) -> Letterbook:
        return cls(broadcast, {(text.channel, text.language): text for text in texts})

    def text_for(self, row: Marked) -> FrozenText:
        """The text of the row's language; of a notice, with the reader's own line where there is one."""
        keys = (notice_key(row.wanted), notice_key("")) if row.notice else (row.language,)
        for key in (*keys, self.broadcast.source_language):
            found = self.texts.get((row.channel, key))
            if found is not None:
                return found
        raise InvalidInput("A delivery has no frozen text.", mend="Look at the statement's channels.")

    def write(self, ports: Ports, row: Marked, *, wall: datetime) -> Outgoing:
        """The finished message. Raises InvalidInput when its address cannot be opened."""
        text = self.text_for(row)
        leave = unsubscribe_address(ports, delivery=str(row.id))
        values = {
            "unsubscribe_link": leave,
            "stop_line": text.stop_line,
            "view_link": view_address(ports, self.broadcast, row.language),
        }
        return Outgoing(
            delivery=str(row.id),
            attempt=row.attempt,
            to=ports.ciphers.unseal(row.sealed, row=address_row(row.channel, row.address_index)),
            text=join(text.text, values),
            language=row.language,
            subject=join(text.subject, values),
            html=join(text.html, values, escape=escape) if text.html else "",
            headers=_leaving_headers(leave) if row.channel is Channel.EMAIL else (),
            valid_seconds=self._valid_seconds(wall),
        )

    def _valid_seconds(self, wall: datetime) -> int | None:
        if self.broadcast.expires is None:
            return None
        left = int((self.broadcast.expires - wall).total_seconds())
        return max(1, min(left, _LONGEST_VALIDITY))


def _leaving_headers(address: str) -> tuple[tuple[str, str], ...]:
    """One click in the reader's own mail program (RFC 2369, RFC 8058)."""
    return (
        ("List-Unsubscribe", f"<{address}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
    )

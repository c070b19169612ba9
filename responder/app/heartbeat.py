"""Does somebody outside notice when we stop? An address that is called only while all is well."""

from __future__ import annotations

from collections.abc import Callable
from urllib.error import URLError
from urllib.request import Request, urlopen

import structlog

from responder.engine.auditor import delays
from responder.engine.ports import Ports

__all__ = ["SECONDS", "heartbeat"]

SECONDS = 60.0
"""How often it is looked at."""

_ANSWER_WITHIN = 10
_log = structlog.get_logger(__name__)


def heartbeat(ports: Ports, url: str) -> Callable[[], None]:
    """One look a minute: what is late goes into the log; when nothing is, the address is called."""

    def beat() -> None:
        late = delays(ports)
        for delay in late:
            _log.error("late", what=delay.what, id=delay.id, due=delay.due.isoformat())
        if url and not late:
            _call(url)

    return beat


def _call(url: str) -> None:
    # The settings let only http and https through.
    request = Request(url, headers={"User-Agent": "responder"})  # noqa: S310
    try:
        with urlopen(request, timeout=_ANSWER_WITHIN) as answer:  # noqa: S310
            answer.read(1)
    except (URLError, OSError) as error:
        _log.warning("the heartbeat address does not answer", why=type(error).__name__)

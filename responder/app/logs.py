"""How are log lines written? The event in words, ids as fields; never an address, a number or a text."""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType

import structlog

from responder.app.settings import Settings
from responder.core.errors import InvalidInput, NotFound, ResponderError

__all__ = ["set_up_logs"]

_STEPS = 8


def set_up_logs(settings: Settings) -> None:
    """Send our own lines and those of libraries to stderr, at the level and in the form of the settings."""
    level = getattr(logging, settings.log_level.upper())
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _name_what_broke,
    ]
    shown: structlog.typing.Processor = structlog.dev.ConsoleRenderer(
        colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
    )
    if settings.log_format == "json":
        shown = structlog.processors.JSONRenderer()
    structlog.configure(
        processors=[*steps, shown],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    # Libraries may quote an address in a message: from them only what is broken is let through.
    logging.basicConfig(level=logging.ERROR, stream=sys.stderr, format="%(levelname)s %(name)s", force=True)


def _name_what_broke(
    _logger: object, _method: str, event: structlog.typing.EventDict
) -> structlog.typing.EventDict:
    """What broke and where, never what it said: a library's message may quote a row, a number or a text.

    Our own errors say it in words, save those that quote what was given.
    """
    if not event.pop("exc_info", None):
        return event
    kind, error, trace = sys.exc_info()
    if isinstance(error, ResponderError) and not isinstance(error, InvalidInput | NotFound):
        return {**event, "reason": error.message, "mend": error.mend}
    return {**event, "error": kind.__name__ if kind else "", "where": _steps(trace)}


def _steps(trace: TracebackType | None) -> str:
    """The last steps of a call, innermost first: file, line, function."""
    frames = reversed(traceback.extract_tb(trace)[-_STEPS:])
    return " < ".join(f"{frame.filename.split('/')[-1]}:{frame.lineno} {frame.name}" for frame in frames)

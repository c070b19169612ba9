"""How are log lines written? The event in words, ids as fields; never an address, a number or a text."""

from __future__ import annotations

import logging
import sys

import structlog

from responder.app.settings import Settings

__all__ = ["set_up_logs"]


def set_up_logs(settings: Settings) -> None:
    """Send our own lines and those of libraries to stderr, at the level and in the form of the settings."""
    level = getattr(logging, settings.log_level.upper())
    steps: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    shown: structlog.typing.Processor = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
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

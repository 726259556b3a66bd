"""Structured logs: events with fields, as text on a terminal and as JSON lines elsewhere, on standard error.

Standard output belongs to the console channel and to command output. Library loggers are kept at WARNING: httpx and
APScheduler write whole addresses at INFO, and addresses may hold secrets. APScheduler warns of each tick that it skips,
too; the daemon counts those itself.
"""

import logging
import sys
from enum import StrEnum

import structlog


class LogFormat(StrEnum):
    """How log lines look. AUTO is text on a terminal and JSON otherwise."""

    AUTO = "auto"
    TEXT = "text"
    JSON = "json"


def configure(level: str = "info", style: LogFormat = LogFormat.AUTO) -> None:
    """Sets up logging for the process; `level` is a name of the standard library's logging module."""
    text = style is LogFormat.TEXT or (style is LogFormat.AUTO and sys.stderr.isatty())
    renderer: structlog.typing.Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
        if text
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="%H:%M:%S" if text else "iso", utc=not text),
        structlog.processors.StackInfoRenderer(),
    ]
    if not text:
        shared.append(structlog.processors.format_exc_info)
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[level.upper()]),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=logging.WARNING,
        force=True,
        handlers=[_through_structlog(shared, renderer)],
    )
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    # delivery/apprise.py listens to it, takes secrets out of what it says, and makes a verdict of that.
    logging.getLogger("apprise").propagate = False


def _through_structlog(
    shared: list[structlog.typing.Processor], renderer: structlog.typing.Processor
) -> logging.Handler:
    """A handler that gives the standard library's records the same shape as our own events."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    return handler

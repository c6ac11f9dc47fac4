"""Logs: one line of JSON per event, or readable text; loggers of the standard library use the same format.

No line tells a secret, a body or the variables of a program; see `service.core.log_text`.
"""

import asyncio
import logging
import logging.config
import sys
import threading
from types import TracebackType

import structlog

from service.core.log_text import escape_event, redact_event, render_error, write_error
from service.core.settings import Settings

_UNCAUGHT = structlog.get_logger("allot.service")


class _RepeatedErrorFilter(logging.Filter):
    """Drops what the server says of a request whose error the service has logged, and of each answer that a stop has cut off: it
    states their number in one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        is_cut_off = isinstance(error, asyncio.CancelledError)
        return not is_cut_off and record.msg != "ASGI callable returned without completing response."


def configure_logs(settings: Settings) -> None:
    """Configure logs on standard error by the settings. Call once, at the start of the program."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    renderer: list[structlog.typing.Processor] = (
        [structlog.processors.ExceptionRenderer(render_error), redact_event, structlog.processors.JSONRenderer()]
        if settings.log_format == "json"
        else [redact_event, escape_event, structlog.dev.ConsoleRenderer(exception_formatter=write_error)]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    formatter = {
        "()": structlog.stdlib.ProcessorFormatter,
        "foreign_pre_chain": shared,
        "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, *renderer],
    }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"allot": formatter},
            "filters": {"repeated": {"()": _RepeatedErrorFilter}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "allot"}},
            "root": {"handlers": ["stderr"], "level": settings.log_level.upper()},
            "loggers": {
                "uvicorn.access": {"level": "WARNING"},  # the service logs requests itself
                "uvicorn.error": {"level": "INFO", "filters": ["repeated"]},
            },
        }
    )
    logging.captureWarnings(capture=True)
    sys.excepthook = _log_uncaught_error
    threading.excepthook = _log_uncaught_thread_error


def _log_uncaught_error(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Log an error that would end the program; Ctrl-C ends it without a word."""
    if not issubclass(kind, KeyboardInterrupt):
        _UNCAUGHT.critical("program ended by an error", exc_info=(kind, error, trace))


def _log_uncaught_thread_error(arguments: threading.ExceptHookArgs) -> None:
    """Log an error that ended a thread."""
    error = arguments.exc_value or arguments.exc_type()
    name = arguments.thread.name if arguments.thread else None
    _UNCAUGHT.error("thread ended by an error", thread=name, exc_info=(type(error), error, arguments.exc_traceback))

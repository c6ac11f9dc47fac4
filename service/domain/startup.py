"""The start of a service process: its storage is opened, or the reason why not is told in a sentence."""

import threading
import time

import structlog

from service.core.log_text import redact_text, summarize_error
from service.core.settings import Settings
from service.storage.errors import StorageError, StorageUnavailableError
from service.storage.store import Store

RETRY_SECONDS = 1.0
"""Seconds between two attempts to reach a database that is still starting."""

_log = structlog.get_logger(__name__)


class StartFailedError(Exception):
    """The service cannot start; the message says why in one line."""


def open_store_at_start(settings: Settings, stopping: threading.Event) -> Store:
    """Open the store of the settings, with a sound database; wait `database_wait_seconds` for one that cannot be reached yet.

    Raises StartFailedError, also if `stopping` is set meanwhile.
    """
    deadline, told = time.monotonic() + settings.database_wait_seconds, ""
    while True:
        try:
            return Store.open_store(settings, check_file=True)
        except (StorageError, OSError) as error:
            reason = explain_start_failure(error)
            may_be_starting = isinstance(error, StorageUnavailableError) and error.is_connection_lost
            if not may_be_starting or time.monotonic() >= deadline or stopping.wait(RETRY_SECONDS):
                raise StartFailedError(reason) from error
            if reason != told:
                _log.warning("waiting for the database", reason=reason)
                told = reason


def explain_start_failure(error: Exception) -> str:
    """Explain an error in one line, with what the driver of the database said."""
    reason = " ".join(redact_text(str(error)).split())
    cause = error.__cause__
    if not isinstance(error, StorageUnavailableError) or cause is None:
        return reason
    return f"{reason} {summarize_error(getattr(cause, 'orig', None) or cause)}"

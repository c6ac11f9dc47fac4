"""The thread of a service process that tidies up now and then, where the settings say how long something is kept."""

import threading
from dataclasses import asdict

import structlog

from service.core.settings import Settings
from service.storage.errors import DatabaseError
from service.storage.store import Store
from service.workers.retention_purge import purge_expired

PURGE_INTERVAL_SECONDS = 600.0
"""Seconds between two rounds. Several processes may make theirs at once: what one has removed the other does not find."""

_log = structlog.get_logger(__name__)


class RetentionJob:
    """Tidies a store up for as long as a service runs."""

    def __init__(self, store: Store, settings: Settings) -> None:
        """Start at once; never where everything is kept for ever."""
        self._store = store
        self._settings = settings
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        if settings.has_retention_limits:
            self._thread = threading.Thread(target=self._run_until_stopped, name="keeper", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Leave off after the transaction under way."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()

    def _run_until_stopped(self) -> None:
        while True:
            try:
                removed = purge_expired(self._store, self._settings, self._stopping.is_set)
            except (DatabaseError, OSError) as error:
                _log.warning("could not tidy up; trying again later", error=str(error))
            else:
                counts = {name: count for name, count in asdict(removed).items() if count}
                if counts:
                    _log.info("tidied up", **counts)
            if self._stopping.wait(PURGE_INTERVAL_SECONDS):
                return

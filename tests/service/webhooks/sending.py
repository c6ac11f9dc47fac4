"""A process that only sends messages, for tests to kill: `python -m tests.service.webhooks.sending`, set by ALLOT_ variables."""

import signal
import threading

from service.core.settings import Settings
from service.storage.store import Store
from service.workers.background import FailureLog
from service.workers.webhook_dispatcher import WebhookDispatcher


def main(settings: Settings) -> None:
    """Send until SIGTERM."""
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    store = Store.open_store(settings)
    dispatcher = WebhookDispatcher(store, settings, FailureLog())
    stop.wait()
    dispatcher.stop()
    store.close()


if __name__ == "__main__":
    main(Settings())

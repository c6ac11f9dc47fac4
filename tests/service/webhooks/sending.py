"""A process that only sends messages, for tests to kill: `python -m tests.service.webhooks.sending`, set by ALLOT_ variables."""

import os

from service.core.settings import Settings
from service.storage.store import Store
from service.workers.background import FailureLog
from service.workers.webhook_dispatcher import WebhookDispatcher
from tests.service.workers.termination import listen_for_termination


def main(settings: Settings) -> None:
    """Send until SIGTERM."""
    stop = listen_for_termination()
    store = Store.open_store(settings)
    dispatcher = WebhookDispatcher(store, settings, FailureLog())
    os.read(stop, 1)
    dispatcher.stop()
    store.close()


if __name__ == "__main__":
    main(Settings())

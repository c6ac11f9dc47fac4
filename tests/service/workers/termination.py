"""How processes of tests learn that they are to end."""

import os
import signal


def listen_for_termination() -> int:
    """Return a descriptor that can be read after SIGTERM.

    An event would not do: a handler that sets it while the main thread is about to wait for it needs the lock that this thread holds.
    """
    read, write = os.pipe()
    signal.signal(signal.SIGTERM, lambda *_: os.write(write, b"."))
    return read

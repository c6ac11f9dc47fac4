"""How processes of tests learn that they are to end."""

import os
import signal


def listen_for_termination() -> int:
    """Return a descriptor that can be read after SIGTERM.

    The interpreter writes to it while the signal arrives. A handler would not do: Python runs it only when the main thread goes on, and
    a signal that arrives just before this thread begins to wait does not end the wait.
    """
    read, write = os.pipe()
    os.set_blocking(write, False)
    signal.signal(signal.SIGTERM, lambda *_: None)
    signal.set_wakeup_fd(write)
    return read

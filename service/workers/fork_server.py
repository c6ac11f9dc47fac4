"""The nursery: a small process that has loaded the solvers and forks a child for every solve.

Loading the solvers takes a second or two, a fork takes milliseconds, and its memory is shared until written to. The nursery
itself never solves and starts no thread, so that forking it is safe. It answers three requests, one at a time:

    spawn (with the child's end of a channel)  →  the child's process id
    lives <process id>                         →  1 or 0
    end <process id>                           →  how it ended; it is killed, with all it started, if it had not
"""

import gc
import os
import signal
import socket
import sys
from contextlib import suppress

import numpy as np
import pyarrow as pa
import pyarrow.compute

from service.workers.worker_main import serve_channel
from solvers import backends

_MAX_REQUEST_BYTES = 64


def run_fork_server(descriptor: int) -> None:
    """Load what solving needs, say `ready`, and serve requests until the service hangs up."""
    control = socket.socket(fileno=descriptor)
    _preload_solvers()
    control.sendall(b"ready\n")
    while True:
        request, descriptors, _, _ = socket.recv_fds(control, _MAX_REQUEST_BYTES, 1)
        if not request:
            return
        words = request.decode().split()
        if words[0] == "spawn":
            answer = _fork_worker(control, descriptors[0])
        elif words[0] == "lives":
            answer = _is_worker_alive(int(words[1]))
        else:
            answer = _terminate_worker(int(words[1]))
        control.sendall(f"{answer}\n".encode())


def _preload_solvers() -> None:
    """Load now what every child would load later."""
    for name in backends.list_backend_names():
        backends.get_backend(name)
    pa.array(np.zeros(1))  # pyarrow loads pandas, where installed, when it meets its first numpy array
    gc.collect()
    gc.freeze()  # what is loaded is never collected, so that looking through it does not copy it in every child


def _fork_worker(control: socket.socket, channel: int) -> int:
    """Fork a child that serves a channel, and return its process id."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            control.close()
            serve_channel(channel)
            status = 0
        finally:
            os._exit(status)  # no clean-up of what belongs to the nursery
    with suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)  # both sides do it, so that neither can be too early
    os.close(channel)
    return pid


def _is_worker_alive(pid: int) -> int:
    """1 while a child runs, 0 when it has ended (it stays unburied until `end`, so its id is not given to another)."""
    return int(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None)


def _terminate_worker(pid: int) -> int:
    """Make sure that a child and all it started are gone; its exit code, or minus the signal that ended it."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    run_fork_server(int(sys.argv[1]))

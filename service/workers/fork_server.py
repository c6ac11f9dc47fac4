"""The fork server: a small process that has loaded the solvers and forks a worker process on request.

Loading the solvers takes one to two seconds; a fork takes milliseconds and shares memory until it is written to.
The fork server never solves and starts no thread, so forking it is safe. It answers three requests, one at a time:

    spawn (with the worker's end of a channel)  →  the process id of the worker
    is_alive <process id>                       →  1 or 0
    terminate <process id>                      →  exit code; a worker that still runs is killed with all it started
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
    """Load the solvers, send `ready`, and serve requests until the service closes the connection."""
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
        elif words[0] == "is_alive":
            answer = _is_worker_alive(int(words[1]))
        else:
            answer = _terminate_worker(int(words[1]))
        control.sendall(f"{answer}\n".encode())


def _preload_solvers() -> None:
    """Load now everything that each worker would load later."""
    for name in backends.list_backend_names():
        backends.get_backend(name)
    pa.array(np.zeros(1))  # pyarrow loads pandas, where installed, at its first numpy array
    gc.collect()
    gc.freeze()  # a collection in a worker would otherwise touch, and so copy, every loaded object


def _fork_worker(control: socket.socket, channel: int) -> int:
    """Fork a worker that serves a channel, and return its process id."""
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.setpgid(0, 0)
            control.close()
            serve_channel(channel)
            status = 0
        finally:
            os._exit(status)  # no exit handlers: they belong to the fork server
    with suppress(PermissionError, ProcessLookupError):
        os.setpgid(pid, pid)  # both sides do it, so the group exists whichever runs first
    os.close(channel)
    return pid


def _is_worker_alive(pid: int) -> int:
    """Return 1 while a worker runs, else 0. The zombie is kept until `terminate` reaps it, so the PID cannot be reused."""
    return int(os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None)


def _terminate_worker(pid: int) -> int:
    """Kill a worker and all it started, reap it, and return its exit code, or minus the signal that ended it."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status)


if __name__ == "__main__":
    run_fork_server(int(sys.argv[1]))

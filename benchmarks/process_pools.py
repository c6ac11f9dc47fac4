"""Compare our worker processes with `pebble` and with `multiprocessing`'s fork server: `python -m benchmarks.process_pools`.

Every candidate forks from a server that has loaded the solvers. Figures are medians in milliseconds:

start       from the request for a fresh worker to the plan of two counties that it computed
1 MB        round trip of a message of 1 MB to a warm worker
kill        from the order to kill a worker in a native call to the end of the process
cancel      the same by the candidate's own way of cancelling a task
orphans     processes that a killed worker had started and that are alive a second later
memory      what the caller learns of a task that exceeds the memory limit, and whether the worker survives
server      resident memory of the fork server, in MiB
"""

import argparse
import multiprocessing
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any

import psutil
from pebble import ProcessPool

from models.examples import two_counties
from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.core.codecs import compress, encode_table
from service.workers.channel import Channel
from service.workers.worker_process import ForkServer
from solvers.planning import make_plan
from tests.service.helpers import is_running, slow

PRELOADED = ["service.workers.fork_server", "benchmarks.process_pools", "solvers.backends.highs"]
MEGABYTE = b"x" * 1_000_000
MEMORY_LIMIT_BYTES = 400_000_000
NO_PROCESS = 2**22 + 1
TIMES = 15


def solve(body: bytes) -> bytes:
    """Plan a problem and encode the result, as a worker does."""
    found = make_plan(PlanningProblem.model_validate_json(body), PlanOptions())
    return found.plan.model_dump_json().encode() + b"".join(encode_table(t).body for t in found.tables.values())


def echo(body: bytes) -> bytes:
    """Return the message."""
    return body


def hang(sender: Connection) -> None:
    """Start a process, tell both process ids, and wait in a native call."""
    child = subprocess.Popen(["sleep", "60"])
    sender.send((os.getpid(), child.pid))
    time.sleep(60)


def exhaust_memory() -> int:
    """Ask for more memory than the limit leaves."""
    limit = psutil.Process().memory_info().vms + MEMORY_LIMIT_BYTES
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    return len(bytearray(2 * MEMORY_LIMIT_BYTES))


def measure(action: Callable[[], object], times: int = TIMES) -> float:
    """Median milliseconds of an action."""
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        action()
        found.append(1000 * (time.perf_counter() - begun))
    return statistics.median(found)


def wait_for_end(pid: int) -> None:
    """Wait until a process is gone or a zombie."""
    while is_running(pid):
        time.sleep(0.0005)


def count_orphan(pid: int) -> int:
    """1 if a process is alive a second after its parent was killed; it is ended then."""
    time.sleep(1)
    alive = int(is_running(pid))
    if alive:
        os.kill(pid, 9)
    return alive


def fork_server_memory(name: str) -> float:
    """MiB of the child process of ours whose command line names a module."""
    found = [p for p in psutil.Process().children(recursive=True) if any(name in part for part in p.cmdline())]
    return max(p.memory_info().rss for p in found) / 2**20


def timed_end(end: Callable[[], object], pids: tuple[int, int]) -> tuple[float, int]:
    """Milliseconds until a worker is gone, and how many of its children survive."""
    begun = time.perf_counter()
    end()
    wait_for_end(pids[0])
    return 1000 * (time.perf_counter() - begun), count_orphan(pids[1])


def measure_ours() -> dict[str, Any]:
    """The fork server, worker processes and channel of `service.workers`."""
    server = ForkServer()
    server.wait_until_ready()
    body = two_counties().model_dump_json().encode()
    limits = {"memory_limit_bytes": MEMORY_LIMIT_BYTES, "nice": 0, "options": PlanOptions().model_dump(mode="json")}

    def plan(problem: bytes, stop_at: str = "result", **changes: Any) -> Any:
        worker = server.spawn_worker()
        worker.channel.send("plan", {**limits, **changes, "size": len(problem)}, compress(problem))
        while (message := worker.channel.receive()).kind not in {stop_at, "failed"}:
            pass
        return worker, message

    found: dict[str, Any] = {"start": measure(lambda: plan(body)[0].terminate())}
    ours, theirs = Channel.create_pair()
    if (echoing := os.fork()) == 0:
        ours.close()
        channel = Channel(theirs)
        while (message := channel.receive()).kind == "echo":
            channel.send("echo", {}, *message.bodies)
        os._exit(0)
    os.close(theirs)
    found["1 MB"] = measure(lambda: (ours.send("echo", {}, MEGABYTE), ours.receive()))
    ours.send("end", {})
    os.waitpid(echoing, 0)
    big = slow(40, 40, 12).model_dump_json(by_alias=True).encode()
    kills, cancels = [], []
    for _ in range(3):
        worker, _message = plan(big, "progress")
        kills.append(timed_end(worker.terminate, (worker.pid, NO_PROCESS))[0])
        worker, _message = plan(big, "progress")
        cancels.append(timed_end(lambda w=worker: w.channel.send("stop", {}), (worker.pid, NO_PROCESS))[0])  # type: ignore[misc]
        worker.terminate()
    found["kill"], found["cancel"] = statistics.median(kills), statistics.median(cancels)
    found["orphans"] = "0: the process group is killed"
    worker, message = plan(big, memory_limit_bytes=60_000_000)
    found["memory"] = f"told: {message.kind}, {message.head['limit']}"
    worker.terminate()
    found["server"] = fork_server_memory("service.workers.fork_server")
    server.close()
    return found


def measure_pebble() -> dict[str, Any]:
    """`pebble.ProcessPool` on a fork server that has loaded the solvers."""
    context = multiprocessing.get_context("forkserver")
    body = two_counties().model_dump_json().encode()

    def plan_in_fresh_worker() -> None:
        with ProcessPool(max_workers=1, max_tasks=1, context=context) as pool:
            pool.schedule(solve, args=(body,)).result()

    plan_in_fresh_worker()  # starts the fork server
    found: dict[str, Any] = {"start": measure(plan_in_fresh_worker)}
    with ProcessPool(max_workers=1, context=context) as pool:
        pool.schedule(echo, args=(b"",)).result()
        found["1 MB"] = measure(lambda: pool.schedule(echo, args=(MEGABYTE,)).result())
        cancels, orphans = [], 0
        for _ in range(3):
            receiver, sender = context.Pipe(duplex=False)
            future = pool.schedule(hang, args=(sender,))
            milliseconds, orphan = timed_end(future.cancel, receiver.recv())
            cancels.append(milliseconds)
            orphans += orphan
            with suppress(CancelledError):
                future.result()
        found["kill"] = found["cancel"] = statistics.median(cancels)
        found["orphans"] = orphans
        try:
            found["memory"] = str(pool.schedule(exhaust_memory).result())
        except MemoryError:
            found["memory"] = "told: MemoryError"
    found["server"] = fork_server_memory("multiprocessing.forkserver")
    return found


def measure_multiprocessing() -> dict[str, Any]:
    """`multiprocessing.Process` and `Pipe` on the fork server of the standard library."""
    context = multiprocessing.get_context("forkserver")
    body = two_counties().model_dump_json().encode()

    @contextmanager
    def worker(task: Callable[..., Any], *arguments: Any) -> Iterator[tuple[Any, Connection]]:
        ours, theirs = context.Pipe()
        process = context.Process(target=answer_once, args=(theirs, task, *arguments))
        process.start()
        theirs.close()
        yield process, ours
        process.kill()
        process.join()

    def plan_in_fresh_worker() -> None:
        with worker(solve, body) as (_, connection):
            connection.recv()

    plan_in_fresh_worker()
    found: dict[str, Any] = {"start": measure(plan_in_fresh_worker)}
    with worker(echo_for_ever) as (_, connection):
        connection.send(b"")
        connection.recv()
        found["1 MB"] = measure(lambda: (connection.send(MEGABYTE), connection.recv()))
    kills, orphans = [], 0
    for _ in range(3):
        receiver, sender = context.Pipe(duplex=False)
        with worker(hang, sender) as (process, _):
            milliseconds, orphan = timed_end(process.kill, receiver.recv())
        kills.append(milliseconds)
        orphans += orphan
    found["kill"], found["cancel"], found["orphans"] = statistics.median(kills), "none of its own", orphans
    with worker(exhaust_memory) as (process, connection):
        try:
            found["memory"] = f"told: {connection.recv()}"
        except EOFError:
            process.join()
            found["memory"] = f"exit code {process.exitcode}"
    found["server"] = fork_server_memory("multiprocessing.forkserver")
    return found


def answer_once(connection: Connection, task: Callable[..., Any], *arguments: Any) -> None:
    """Send the result of a task, which may use the connection itself."""
    if task is echo_for_ever:
        echo_for_ever(connection)
    try:
        connection.send(task(*arguments))
    except MemoryError:
        connection.send("MemoryError")


def echo_for_ever(connection: Connection) -> None:
    """Return every message."""
    while True:
        connection.send(connection.recv())


CANDIDATES = {"ours": measure_ours, "pebble": measure_pebble, "multiprocessing": measure_multiprocessing}


def measure_candidate(name: str) -> None:
    """Print the figures of a candidate."""
    multiprocessing.set_forkserver_preload(PRELOADED)
    print(f"{name}:")
    for measured, value in CANDIDATES[name]().items():
        print(f"  {measured:8} {value:10.1f}" if isinstance(value, float) else f"  {measured:8} {value}", flush=True)


def main() -> None:
    """Measure each candidate in a process of its own, whose main module is empty: a worker of `multiprocessing` imports it again."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("candidates", nargs="*", metavar="|".join(CANDIDATES), help="which to measure; all if absent")
    for name in parser.parse_args().candidates or CANDIDATES:
        code = f"from benchmarks.process_pools import measure_candidate; measure_candidate({name!r})"
        subprocess.run([sys.executable, "-c", code], check=True)


if __name__ == "__main__":
    main()

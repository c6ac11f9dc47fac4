"""The child: solves one plan, tells how far it is, hands back the result, and ends; or holds a plan open and answers questions.

It knows neither the database nor HTTP. It leads a process group of its own, so that whatever a solver starts ends with it,
and ends itself when told to or when the service is gone: solvers leave the interpreter free to notice while they work.
"""

import os
import queue
import resource
import signal
import threading
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import Any

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.core.codecs import decode_basis, decompress, encode_basis, encode_table
from service.workers.channel import Channel, ChannelClosedError, Message
from service.workers.sensitivity_queries import serve_session
from solvers.algorithms.warm_start import WarmStart
from solvers.lp.solution import Progress
from solvers.planning import PlanResult, build_warm_start, make_plan

PROGRESS_INTERVAL_SECONDS = 0.5
"""Least time between two reports of progress."""


def serve_channel(descriptor: int) -> None:
    """Do what the first order that comes through a channel says. Never raises: its death is told, or seen, at the other end."""
    channel = Channel(descriptor)
    try:
        order = channel.receive()
    except ChannelClosedError:
        return  # the service ended before it had work
    orders: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_forward_requests, args=(channel, orders), daemon=True).start()
    try:
        os.nice(order.head["niceness"])
        limit_memory(order.head["memory_bytes"])
        if order.kind == "open":
            serve_session(channel, order, orders)
        stages = _StageRecorder()
        _send_result(channel, _solve_plan(channel, order, stages), stages)
    except ChannelClosedError:
        return
    except MemoryError:
        channel.send("failed", {"limit": "memory", "detail": "it needs more memory than one plan may take"})
    except Exception as error:  # noqa: BLE001 - the one place where a worker process reports its death
        traceback.print_exc()
        channel.send("failed", {"limit": None, "detail": f"unexpected {type(error).__name__}: {error}"[:2000]})


def limit_memory(additional_bytes: int) -> None:
    """Let this process take so many bytes more than it has now; only where the system says what it has."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return
    limit = pages * resource.getpagesize() + additional_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


class _StageRecorder:
    """What the solve goes through: each stage lasts until the next begins."""

    def __init__(self) -> None:
        self._started: list[tuple[str, float]] = []

    def start_stage(self, name: str) -> None:
        if not self._started or self._started[-1][0] != name:
            self._started.append((name, time.time()))

    def list_stages(self) -> list[tuple[str, float, float]]:
        """Name, begin and end of each, in seconds since 1970."""
        ends = [begun for _, begun in self._started[1:]] + [time.time()]
        return [(name, begun, end) for (name, begun), end in zip(self._started, ends, strict=True)]


def _solve_plan(channel: Channel, request: Message, stages: _StageRecorder) -> PlanResult:
    problem = PlanningProblem.model_validate_json(decompress(request.bodies[0], request.head["size"]))
    options = PlanOptions.model_validate(request.head["options"])
    reported = -PROGRESS_INTERVAL_SECONDS

    def on_progress(progress: Progress) -> None:
        nonlocal reported
        stages.start_stage(progress.stage)
        if time.monotonic() - reported >= PROGRESS_INTERVAL_SECONDS:
            reported = time.monotonic()
            channel.send("progress", encode_progress(progress))

    return make_plan(problem, options, on_progress, _decode_warm_start(request))


def _decode_warm_start(request: Message) -> WarmStart | None:
    """The plan to start from, where one came along (its problem and its basis) and can be used."""
    if len(request.bodies) == 1:
        return None
    _, problem, basis = request.bodies
    solved = PlanningProblem.model_validate_json(decompress(problem, request.head["start_size"]))
    start = build_warm_start(solved, decode_basis(basis))
    return start if start.is_compatible else None


def encode_progress(progress: Progress) -> dict[str, Any]:
    """What of a hint travels: stage, iteration, and what else is known."""
    return {
        "stage": progress.stage,
        "iteration": progress.iteration,
        "objective": progress.objective,
        "share_done": progress.share_done,
    }


def _send_result(channel: Channel, result: PlanResult, stages: _StageRecorder) -> None:
    tables = {name: encode_table(table) for name, table in result.tables.items()}
    basis = b"" if result.basis is None else encode_basis(result.basis)
    channel.send(
        "result",
        {
            "tables": [[name, table.rows] for name, table in tables.items()],
            "stages": stages.list_stages(),
            "peak_bytes": _measure_peak_memory(),
        },
        result.plan.model_dump_json().encode(),
        basis,
        *(table.body for table in tables.values()),
    )


def _measure_peak_memory() -> int:
    """Most memory that this process had in use, the nursery's that it shares included; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _forward_requests(channel: Channel, requests: "queue.SimpleQueue[Message]") -> None:
    """Pass further orders on; at `stop`, or the end of the service, end at once, with everything that was started."""
    with suppress(ChannelClosedError):
        while (message := channel.receive()).kind != "stop":
            requests.put(message)
    os.killpg(0, signal.SIGKILL)

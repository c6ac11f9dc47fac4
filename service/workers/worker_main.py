"""The worker process: it solves one plan, or keeps a plan loaded for sensitivity queries, or an analysis for its tasks.

A worker knows neither the database nor HTTP. It leads a process group, so that everything a solver starts ends with it.
A thread ends it at `stop`, or when the service has gone: solvers release the interpreter lock while they work.
"""

import os
import queue
import resource
import signal
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from service.core.codecs import decode_basis, decompress, encode_basis, encode_table
from service.core.log_text import describe_error
from service.workers.analysis_session import AnalysisRefusedError, serve_analysis
from service.workers.channel import Channel, ChannelClosedError, Message
from service.workers.sensitivity_queries import serve_bounds, serve_session
from solvers.algorithms.warm_start import WarmStart
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Program
from solvers.lp.solution import Progress
from solvers.planning import OnBuilt, PlanResult, build_warm_start, make_plan
from solvers.sensitivity import ESTIMATE_TIME_SHARE, estimate_new_plan

PROGRESS_INTERVAL_SECONDS = 0.5
"""Least time between two progress messages."""

SHORT_WORK_SECONDS = 3.0
"""Processor time for which a worker process has high priority."""


def serve_channel(descriptor: int) -> None:
    """Serve the first order of a channel. Never raises: the other end gets a message, or notices the end of the process."""
    channel = Channel(descriptor)
    try:
        order = channel.receive()
    except ChannelClosedError:
        return  # the service ended before there was an order
    queries: queue.SimpleQueue[Message] = queue.SimpleQueue()
    threading.Thread(target=_forward_messages, args=(channel, queries), name="channel-reader", daemon=True).start()
    try:
        start_at_high_priority(order.head["nice"])
        limit_memory(order.head["memory_limit_bytes"])
        if order.kind == "open_session":
            serve_session(channel, order, queries)
        if order.kind == "open_bounds":
            serve_bounds(channel, order, queries)
        if order.kind == "open_analysis":
            serve_analysis(channel, order, queries)
        stages = _StageRecorder()
        _send_result(channel, _solve_plan(channel, order, stages), stages)
    except ChannelClosedError:
        return
    except AnalysisRefusedError as error:
        channel.send("failed", {"limit": None, "detail": str(error)})
    except MemoryError:
        channel.send("failed", {"limit": "memory", "detail": "it needs more memory than a worker process may use"})
    except Exception as error:  # noqa: BLE001 - the one place where a worker process reports any failure
        detail = f"unexpected {type(error).__name__}: {error}"[:2000]
        channel.send("failed", {"limit": None, "detail": detail, "error": describe_error(error)})


def start_at_high_priority(nice: int) -> None:
    """Run at a quarter of a nice level, and at the level itself once the process has used `SHORT_WORK_SECONDS`.

    So short work of one caller goes before long work of others.
    """
    os.nice(nice // 4)
    threading.Thread(target=_lower_priority, args=(nice,), name="priority", daemon=True).start()


def _lower_priority(nice: int) -> None:
    while (left := SHORT_WORK_SECONDS - time.process_time()) > 0:
        time.sleep(max(left, 0.05))
    # Each thread of Linux has a level of its own; those that solvers start take that of the thread that starts them.
    tasks = Path("/proc/self/task")
    for thread in [int(one.name) for one in tasks.iterdir()] if tasks.is_dir() else [0]:
        with suppress(ProcessLookupError):
            os.setpriority(os.PRIO_PROCESS, thread, nice)


def limit_memory(additional_bytes: int) -> None:
    """Limit this process to its present memory and some bytes more; without effect where the system does not report its size."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return
    limit = pages * resource.getpagesize() + additional_bytes
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or limit < hard:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


class _StageRecorder:
    """Records the stages of a solve; each lasts until the next one starts."""

    def __init__(self) -> None:
        self._started: list[tuple[str, float]] = []

    def start_stage(self, name: str) -> None:
        if not self._started or self._started[-1][0] != name:
            self._started.append((name, time.time()))

    def list_stages(self) -> list[tuple[str, float, float]]:
        """List name, start and end of each stage, in seconds since 1970."""
        ends = [begun for _, begun in self._started[1:]] + [time.time()]
        return [(name, begun, end) for (name, begun), end in zip(self._started, ends, strict=True)]


class ProgressReporter:
    """Sends progress messages, at most one per `PROGRESS_INTERVAL_SECONDS`."""

    def __init__(self, channel: Channel, stages: _StageRecorder, clock: Callable[[], float] = time.monotonic) -> None:
        """Send to a channel and record every stage."""
        self._channel = channel
        self._stages = stages
        self._clock = clock
        self._sent_at = -PROGRESS_INTERVAL_SECONDS

    def report_progress(self, progress: Progress) -> None:
        """Record the stage, and send the progress if the last message is old enough."""
        self._stages.start_stage(progress.stage)
        if self._clock() - self._sent_at >= PROGRESS_INTERVAL_SECONDS:
            self._sent_at = self._clock()
            self._channel.send("progress", encode_progress(progress))


def _solve_plan(channel: Channel, order: Message, stages: _StageRecorder) -> PlanResult:
    problem = PlanningProblem.model_validate_json(decompress(order.bodies[0], order.head["size"]))
    options = PlanOptions.model_validate(order.head["options"])
    reporter, start = ProgressReporter(channel, stages), _decode_warm_start(order)
    return make_plan(problem, options, reporter.report_progress, start, _build_estimator(channel, order, options))


def _build_estimator(channel: Channel, order: Message, options: PlanOptions) -> OnBuilt | None:
    """Build what sends the estimate of a plan with as many variables as the order states; None if it asks for none."""
    fewest: int | None = order.head.get("estimate_columns")
    if fewest is None:
        return None

    def send_estimate(arrays: ProblemArrays, program: Program) -> None:
        if program.lp.column_count < fewest:
            return
        estimate = estimate_new_plan(arrays, program, ESTIMATE_TIME_SHARE * options.time_limit_seconds)
        if estimate is not None:
            channel.send("estimate", estimate.model_dump(mode="json"))

    return send_estimate


def _decode_warm_start(order: Message) -> WarmStart | None:
    """Decode the plan to start from, if the order has one (its problem and its basis) and it is compatible."""
    if len(order.bodies) == 1:
        return None
    _, problem, basis = order.bodies
    solved = PlanningProblem.model_validate_json(decompress(problem, order.head["start_size"]))
    start = build_warm_start(solved, decode_basis(basis))
    return start if start.is_compatible else None


def encode_progress(progress: Progress) -> dict[str, Any]:
    """Encode the fields of a progress message."""
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
    """Greatest resident memory of this process, pages shared with the fork server included; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _forward_messages(channel: Channel, queries: "queue.SimpleQueue[Message]") -> None:
    """Put further messages into a queue; at `stop`, or at the end of the service, kill the whole process group."""
    with suppress(ChannelClosedError):
        while (message := channel.receive()).kind != "stop":
            queries.put(message)
    os.killpg(0, signal.SIGKILL)

"""Runs the tasks of analyses in actors of a Ray cluster (extra `ray`).

Ray restarts no actor and repeats no call: what the loss of a node takes away is known to the driver, which tries the task again.
"""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from service.core.analysis_messages import Advance, AnalysisPayload
from service.workers.analysis_executors import (
    AnalysisFailedError,
    AnalysisWorker,
    OnStoredRow,
    RaiseIfInterrupted,
    WorkerLostError,
)
from service.workers.ray_actor import ActorReport, AnalysisActor

POLL_SECONDS = 0.2
"""Seconds between two looks at what an actor has made."""

START_SECONDS = 30.0
"""Seconds for which a new actor waits for room in the cluster; then its task waits for another actor."""

LOCAL_CLUSTER = "ray://auto"
"""Value for the cluster that this machine belongs to."""


class RayWorker:
    """An actor that works on one analysis."""

    def __init__(self, ray: Any, analysis: str) -> None:
        """Start an actor somewhere in the cluster; it waits for room there."""
        self.analysis = analysis
        self._ray = ray
        options = {"num_cpus": 1, "max_restarts": 0, "max_task_retries": 0, "scheduling_strategy": "SPREAD"}
        self._actor = ray.remote(**options)(AnalysisActor).remote(analysis)

    def run_task(self, rows: tuple[int, ...], body: bytes, on_row: OnStoredRow, check: RaiseIfInterrupted) -> None:
        """Run a task; see `AnalysisWorker`."""
        self._begin(self._actor.start_task.remote(rows, body), check)
        self._follow(on_row, check)

    def advance(self, rows: Mapping[int, bytes], check: RaiseIfInterrupted) -> Advance:  # noqa: ARG002 - it reads them itself
        """Plan the next round or conclude; see `AnalysisWorker`."""
        self._begin(self._actor.start_advance.remote(), check)
        report = self._follow(lambda _row, _body: None, check)
        if report.advance is None:
            raise WorkerLostError("its actor gave no result")
        return report.advance

    def kill(self) -> None:
        """End the actor."""
        self._ray.kill(self._actor, no_restart=True)

    def _begin(self, answer: Any, check: RaiseIfInterrupted) -> None:
        """Wait until the actor has begun an order. Raises WorkerLostError, also if the cluster has no room for the actor."""
        deadline = time.monotonic() + START_SECONDS

        def check_room() -> None:
            check()
            if time.monotonic() > deadline:
                raise WorkerLostError("the Ray cluster has no room for another actor", is_fault=False)

        self._get(answer, check_room)

    def _follow(self, on_row: OnStoredRow, check: RaiseIfInterrupted) -> ActorReport:
        while True:
            report: ActorReport = self._get(self._actor.take_report.remote(), check)
            for row, body in report.rows:
                on_row(row, body)
            if report.failure:
                raise AnalysisFailedError(report.failure)
            if report.is_done:
                return report
            check()
            time.sleep(POLL_SECONDS)

    def _get(self, answer: Any, check: RaiseIfInterrupted) -> Any:
        """Wait for an answer of the actor. Raises WorkerLostError."""
        try:
            while not self._ray.wait([answer], timeout=POLL_SECONDS)[0]:
                check()
            return self._ray.get(answer)
        except self._ray.exceptions.RayError as error:
            raise WorkerLostError(f"its Ray actor was lost: {type(error).__name__}") from error


class RayExecutor:
    """Gives actors of a cluster to the tasks of analyses."""

    def __init__(self, address: str, capacity: int) -> None:
        """Use the cluster at an address, with `capacity` actors at most."""
        self._address = "auto" if address == LOCAL_CLUSTER else address
        self._capacity = capacity
        self._lock = threading.Lock()
        self._ray: Any = None
        self._idle: list[RayWorker] = []
        self._busy: list[RayWorker] = []

    def ensure_ready(self) -> None:
        """Connect to the cluster. Raises WorkerLostError."""
        with self._lock:
            if self._ray is not None and self._ray.is_initialized():
                return
            import ray

            try:
                ray.init(self._address, namespace="allot", ignore_reinit_error=True, log_to_driver=False)
            except (ConnectionError, RuntimeError, ValueError) as error:
                raise WorkerLostError(f"the Ray cluster at {self._address} does not answer: {error}") from error
            self._ray = ray

    def acquire_worker(self, analysis: str, read_payload: Callable[[], AnalysisPayload]) -> RayWorker:  # noqa: ARG002 - it reads it itself
        """Take the idle actor of an analysis, else start one; the longest idle one ends if there are as many as may be."""
        self.ensure_ready()
        with self._lock:
            worker = next((one for one in self._idle if one.analysis == analysis), None)
            if worker is not None:
                self._idle.remove(worker)
            elif self._idle and len(self._idle) + len(self._busy) >= self._capacity:
                self._idle.pop(0).kill()
            worker = worker or RayWorker(self._ray, analysis)
            self._busy.append(worker)
            return worker

    def release_worker(self, worker: AnalysisWorker, *, keep: bool) -> None:
        """Give an actor back."""
        with self._lock:
            if not isinstance(worker, RayWorker):
                return
            self._busy.remove(worker)
            if keep:
                self._idle.append(worker)
            else:
                worker.kill()

    def end_analysis(self, analysis: str) -> None:
        """End the idle actors of an analysis."""
        with self._lock:
            ended = [worker for worker in self._idle if worker.analysis == analysis]
            self._idle = [worker for worker in self._idle if worker not in ended]
            for worker in ended:
                worker.kill()

    def close(self) -> None:
        """End all actors, and leave the cluster."""
        with self._lock:
            for worker in (*self._idle, *self._busy):
                worker.kill()
            self._idle, self._busy = [], []
            if self._ray is not None:
                self._ray.shutdown()
                self._ray = None

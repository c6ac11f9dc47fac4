"""Executors of analyses: where the tasks of analyses run. One protocol; by default, worker processes of the service.

The driver of a service process claims a task in the database, takes a worker that has the analysis open, or opens one, and
listens to its rows. Whatever happens to a worker, its task is tried again by the driver: an executor itself repeats nothing.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import NoReturn, Protocol

from service.core.analysis_messages import Advance, AnalysisPayload
from service.workers.analysis_session import decode_advance, send_payload, send_rows
from service.workers.channel import ChannelClosedError, Message
from service.workers.worker_pool import PooledWorker, WorkerPool
from service.workers.worker_process import ForkServerLostError, WorkerTimeoutError

RaiseIfInterrupted = Callable[[], None]
"""Called several times a second while a worker is waited for; its exception ends the wait."""

OnStoredRow = Callable[[int, bytes], None]
"""Receives the number and the content of each row, in the thread that waits."""


class WorkerLostError(Exception):
    """The worker has gone, or is silent for too long; the task can be tried again."""

    def __init__(self, reason: str, *, is_fault: bool = True) -> None:
        """State the reason, and whether the task can be the cause: a worker that never started says nothing about it."""
        super().__init__(reason)
        self.is_fault = is_fault


class AnalysisFailedError(Exception):
    """The analysis cannot go on, whichever worker tries; the message is a sentence for people."""

    def __init__(self, detail: str, trace: str | None = None) -> None:
        """State the reason, and the trace of an unexpected exception."""
        super().__init__(detail)
        self.trace = trace


class AnalysisWorker(Protocol):
    """A worker that has an analysis open, or opens it with its first order."""

    def run_task(self, rows: tuple[int, ...], body: bytes, on_row: OnStoredRow, check: RaiseIfInterrupted) -> None:
        """Run a task. Raises WorkerLostError, AnalysisFailedError, and what `check` raises."""
        ...

    def advance(self, rows: Mapping[int, bytes], check: RaiseIfInterrupted) -> Advance:
        """Plan the next round or conclude, from all rows in ascending order. Raises as `run_task`."""
        ...


class AnalysisExecutor(Protocol):
    """Gives workers to the tasks of analyses. Any thread may use it."""

    def ensure_ready(self) -> None:
        """Wait until workers can start. Raises WorkerLostError."""
        ...

    def acquire_worker(self, analysis: str, read_payload: Callable[[], AnalysisPayload]) -> AnalysisWorker:
        """Take a worker that has an analysis open, else start one. Raises WorkerLostError, and what `read_payload` raises."""
        ...

    def release_worker(self, worker: AnalysisWorker, *, keep: bool) -> None:
        """Give a worker back: keep it for the next task of its analysis, or end it."""
        ...

    def end_analysis(self, analysis: str) -> None:
        """End the workers that are kept for an analysis."""
        ...

    def close(self) -> None:
        """End all workers; those that run are released first."""
        ...


class ProcessWorker:
    """A worker process of the service."""

    def __init__(self, pooled: PooledWorker, silence_seconds: float) -> None:
        """Use a worker of the pool, which may be silent for some seconds at most."""
        self.pooled = pooled
        self._silence_seconds = silence_seconds

    def open_with(self, payload: AnalysisPayload) -> None:
        """Send the analysis to a fresh worker. Raises WorkerLostError."""
        try:
            send_payload(self.pooled.process.channel, payload, self.pooled.own_limits)
        except ChannelClosedError:
            self._raise_lost()

    def run_task(self, rows: tuple[int, ...], body: bytes, on_row: OnStoredRow, check: RaiseIfInterrupted) -> None:
        """Run a task; see `AnalysisWorker`."""
        try:
            self.pooled.process.channel.send("run_task", {"rows": rows}, body)
            while (message := self._receive(check)).kind == "row":
                on_row(message.head["row"], message.bodies[0])
        except ChannelClosedError:
            self._raise_lost()

    def advance(self, rows: Mapping[int, bytes], check: RaiseIfInterrupted) -> Advance:
        """Plan the next round or conclude; see `AnalysisWorker`."""
        try:
            send_rows(self.pooled.process.channel, rows)
            return decode_advance(self._receive(check))
        except ChannelClosedError:
            self._raise_lost()

    def _receive(self, check: RaiseIfInterrupted) -> Message:
        try:
            message = self.pooled.process.receive_message(time.monotonic() + self._silence_seconds, check)
        except WorkerTimeoutError as error:
            raise WorkerLostError(f"it gave no row for {self._silence_seconds:g} s") from error
        if message.kind == "failed":
            raise AnalysisFailedError(message.head["detail"], message.head.get("error"))
        return message

    def _raise_lost(self) -> NoReturn:
        raise WorkerLostError(self.pooled.process.describe_exit())


class ProcessExecutor:
    """Runs tasks in worker processes of the service."""

    def __init__(self, workers: WorkerPool, silence_seconds: float) -> None:
        """Use the analyses' share of a worker pool; a worker that is silent for longer is lost."""
        self._workers = workers
        self._silence_seconds = silence_seconds

    def ensure_ready(self) -> None:
        """Wait until the solvers are loaded."""
        try:
            self._workers.ensure_ready()
        except ForkServerLostError as error:
            raise WorkerLostError(str(error)) from error

    def acquire_worker(self, analysis: str, read_payload: Callable[[], AnalysisPayload]) -> ProcessWorker:
        """Take the idle worker of an analysis, else start one and send the analysis to it."""
        try:
            pooled = self._workers.acquire_worker("analysis", analysis)
        except (ForkServerLostError, OSError) as error:
            raise WorkerLostError(f"no worker process could be started: {error}", is_fault=False) from error
        worker = ProcessWorker(pooled, self._silence_seconds)
        with ExitStack() as undo:
            undo.callback(self.release_worker, worker, keep=False)
            if pooled.is_fresh:
                worker.open_with(read_payload())
            undo.pop_all()
        return worker

    def release_worker(self, worker: AnalysisWorker, *, keep: bool) -> None:
        """Give a worker back."""
        if isinstance(worker, ProcessWorker):
            self._workers.release_worker(worker.pooled, keep=keep)

    def end_analysis(self, analysis: str) -> None:
        """End the idle workers of an analysis."""
        self._workers.end_idle_workers("analysis", analysis)

    def close(self) -> None:
        """End all workers."""
        self._workers.close_use("analysis")

"""The actor of an analysis on a node of a Ray cluster.

It reads problem, basis and rows by the identifier of the analysis from the store that the environment of its node names, so
that no argument is large and none is kept for a retry. It runs one order at a time in a thread, and gives what is there when it
is asked. Whatever happens to it, the service tries its task again.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass

from service.core.analysis_messages import Advance
from service.core.settings import Settings
from service.storage.repositories.analysis_queue import AnalysisQueue
from service.storage.store import Store
from service.workers.analysis_session import AnalysisRefusedError, OpenedAnalysis


@dataclass(frozen=True, slots=True)
class ActorReport:
    """What an actor gives since the last report."""

    rows: tuple[tuple[int, bytes], ...]
    """Numbers and contents of rows."""
    is_done: bool
    """Whether its order is complete."""
    advance: Advance | None = None
    """The next round or the conclusion, for such an order."""
    failure: str = ""
    """Why the analysis cannot go on; empty if it can."""


class AnalysisActor:
    """One worker of one analysis, in a process of a cluster."""

    def __init__(self, analysis: str) -> None:
        """Know the analysis, which the first order opens."""
        self._analysis = analysis
        self._lock = threading.Lock()
        self._queue: AnalysisQueue | None = None
        self._opened: OpenedAnalysis | None = None
        self._rows: list[tuple[int, bytes]] = []
        self._is_done = True
        self._advance: Advance | None = None
        self._failure = ""

    def start_task(self, rows: tuple[int, ...], body: bytes) -> None:
        """Begin to run a task."""
        self._start(lambda opened: opened.run_task(rows, body, self._keep_row))

    def start_advance(self) -> None:
        """Begin to plan the next round, or to conclude, from all rows in the store."""
        self._start(self._compute_advance)

    def take_report(self) -> ActorReport:
        """Give the rows since the last report, and how the order ended, if it did."""
        with self._lock:
            rows, self._rows = tuple(self._rows), []
            return ActorReport(rows, self._is_done, self._advance, self._failure)

    def _start(self, work: Callable[[OpenedAnalysis], None]) -> None:
        self._is_done, self._advance = False, None
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Callable[[OpenedAnalysis], None]) -> None:
        failure = ""
        try:
            work(self._open())
        except AnalysisRefusedError as error:
            failure = str(error)
        except Exception as error:  # noqa: BLE001 - the one place where an actor reports any failure
            failure = f"unexpected {type(error).__name__}: {error}"[:2000]
        with self._lock:
            self._failure, self._is_done = failure, True

    def _open(self) -> OpenedAnalysis:
        if self._opened is None:
            settings = Settings()
            self._queue = AnalysisQueue(Store.open_store(settings), settings)
            self._opened = OpenedAnalysis.from_payload(self._queue.read_payload(self._analysis))
        return self._opened

    def _compute_advance(self, opened: OpenedAnalysis) -> None:
        if self._queue is not None:
            self._advance = opened.advance(self._queue.read_rows(self._analysis))

    def _keep_row(self, row: int, body: bytes) -> None:
        with self._lock:
            self._rows.append((row, body))

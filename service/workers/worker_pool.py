"""The pool of worker processes of a service process: for solves, sessions for sensitivity queries, and analyses.

Each use has a bound and limits of its own. Workers of all uses come from one fork server, which is replaced when it is lost.
A worker that solves ends with its plan. A worker with an open session, or an open analysis, is kept idle for the next query
to the same plan, or the next task of the same analysis.
"""

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from service.core.settings import Settings
from service.workers.worker_process import MESSAGE_POLL_SECONDS, ForkServer, ForkServerLostError, WorkerProcess

LOAD_TIMEOUT_SECONDS = 20.0
"""How long a caller waits for the solvers to be loaded."""

_BUSY_TIMEOUT_SECONDS = 2.0

WorkerUse = Literal["solve", "session", "analysis"]

ANALYSIS_IDLE_SECONDS = 30.0
"""Seconds that an idle worker keeps its analysis open for the next task."""

_ANALYSIS_NICE = 9
"""Nice levels of analyses above that of solves: plans get processor time first."""


class WorkersUnavailableError(Exception):
    """No worker can be had: the pool is closed for this use."""


@dataclass(frozen=True, slots=True)
class UseLimits:
    """Bounds of one use of the pool."""

    capacity: int
    """Workers at most, busy and idle."""
    nice: int
    """Nice level of each."""
    memory_limit_bytes: int
    """Memory of each beyond its libraries."""
    idle_timeout_seconds: float = 0.0
    """How long an idle worker is kept."""


@dataclass(slots=True, eq=False)
class PooledWorker:
    """A worker process that belongs to a plan or an analysis."""

    use: WorkerUse
    """What it is used for."""
    plan: str
    """The plan, or the analysis."""
    limits: UseLimits
    """Its limits."""
    process: WorkerProcess
    """The process."""
    caller: str | None = None
    """Who uses it; None is everybody."""
    is_fresh: bool = True
    """Whether nothing was sent to it yet."""
    idle_since: float = 0.0
    """Since when it is idle, by the pool's clock."""

    @property
    def own_limits(self) -> dict[str, int]:
        """The limits that the worker sets itself, for its first order."""
        return {"memory_limit_bytes": self.limits.memory_limit_bytes, "nice": self.limits.nice}

    def send_order(self, kind: str, head: dict[str, Any], *bodies: bytes) -> None:
        """Send the first order, with the limits that the worker sets itself."""
        self.process.channel.send(kind, self.own_limits | head, *bodies)


def build_use_limits(settings: Settings) -> dict[WorkerUse, UseLimits]:
    """Take the limits of all uses from the settings. A session has half the nice level: somebody waits for its answer."""
    memory, nice = settings.worker_memory_limit_bytes, settings.worker_nice
    idle_timeout = settings.sensitivity_idle_timeout_seconds
    return {
        "solve": UseLimits(settings.solver_workers, nice, memory),
        "session": UseLimits(settings.sensitivity_workers, nice // 2, memory, idle_timeout),
        "analysis": UseLimits(
            settings.count_analysis_workers(), min(19, nice + _ANALYSIS_NICE), memory, ANALYSIS_IDLE_SECONDS
        ),
    }


@dataclass(frozen=True, slots=True, eq=False)
class _Waiter:
    """A caller in line for a worker; None is everybody."""

    caller: str | None


class WorkerPool:
    """A bounded pool of worker processes. Any thread may use it."""

    def __init__(self, limits: dict[WorkerUse, UseLimits], clock: Callable[[], float] = time.monotonic) -> None:
        """Start nothing yet: the fork server starts with `start_loading` or with the first worker."""
        self._limits = limits
        self._clock = clock
        self._fork_server: ForkServer | None = None
        self._fork_server_lock = threading.Lock()
        self._is_ready = False
        self._changed = threading.Condition()
        self._idle: list[PooledWorker] = []
        self._busy: list[PooledWorker] = []
        self._starting: dict[WorkerUse, list[str | None]] = {use: [] for use in limits}
        self._waiters: dict[WorkerUse, deque[_Waiter]] = {use: deque() for use in limits}
        self._closed: set[WorkerUse] = set()
        self._evictor: threading.Thread | None = None

    @property
    def is_ready(self) -> bool:
        """Whether the solvers are loaded, so that a worker starts within milliseconds."""
        return self._is_ready

    def start_loading(self) -> None:
        """Start the fork server and return at once, while it loads the solvers."""
        with self._fork_server_lock:
            if self._fork_server is None:
                self._fork_server = ForkServer()

    def ensure_ready(self) -> ForkServer:
        """Wait until the solvers are loaded, in a new fork server if the last one was lost; raise ForkServerLostError."""
        if len(self._closed) == len(self._limits):
            raise ForkServerLostError("the pool is closed")
        if not self._fork_server_lock.acquire(timeout=LOAD_TIMEOUT_SECONDS):
            raise ForkServerLostError("the solvers are not loaded yet")
        try:
            if self._fork_server is None:
                self._fork_server = ForkServer()
            if not self._is_ready:
                self._fork_server.wait_until_ready()
                self._is_ready = True
        except ForkServerLostError:
            self._discard_fork_server()
            raise
        else:
            return self._fork_server
        finally:
            self._fork_server_lock.release()

    def has_capacity(self, use: WorkerUse, extra: int = 0) -> bool:
        """Return whether one more worker may start without the end of an idle one, with `extra` workers beyond the bound."""
        with self._changed:
            return self._count_workers(use) < self._limits[use].capacity + extra

    def list_worker_pids(self, use: WorkerUse) -> tuple[int, ...]:
        """List the process ids of the workers of a use, busy and idle."""
        with self._changed:
            return tuple(worker.process.pid for worker in (*self._idle, *self._busy) if worker.use == use)

    def count_by_state(self, use: WorkerUse) -> dict[str, int]:
        """Count busy workers, callers that wait for one, and idle workers."""
        with self._changed:
            idle = sum(worker.use == use for worker in self._idle)
            return {"busy": self._count_workers(use) - idle, "waiting": len(self._waiters[use]), "idle": idle}

    def is_closed(self, use: WorkerUse) -> bool:
        """Return whether the pool takes no more work of a use."""
        return use in self._closed

    def acquire_worker(
        self,
        use: WorkerUse,
        plan: str,
        raise_if_cancelled: Callable[[], None] = lambda: None,
        caller: str | None = None,
        extra: int = 0,
    ) -> PooledWorker:
        """Take an idle worker of a plan, else start one; the caller with fewest workers is next.

        One caller leaves at least one worker to the others, where there are several. Where the bound (with `extra` workers
        beyond it) is reached, the worker that has been idle longest is ended; without an idle worker the caller waits.

        Raises
        ------
        WorkersUnavailableError
            If the pool is closed for this use.
        ForkServerLostError
            If no process can be forked now.
        """
        found, ended = self._wait_for_turn(use, plan, raise_if_cancelled, caller, self._limits[use].capacity + extra)
        for worker in ended:
            worker.process.terminate()
        if found is not None:
            return found
        started: PooledWorker | None = None
        try:
            started = PooledWorker(use, plan, self._limits[use], self._spawn_worker(), caller)
        finally:
            with self._changed:
                self._starting[use].remove(caller)
                if started is not None:
                    self._busy.append(started)
                self._changed.notify_all()
        return started

    def release_worker(self, worker: PooledWorker, *, keep: bool) -> None:
        """Give a worker back: keep it idle for the next query to its plan, or end it."""
        keep = keep and worker.use not in self._closed
        if not keep:
            worker.process.terminate()  # before the place is free, so that the bound holds
        with self._changed:
            self._busy.remove(worker)
            if keep:
                worker.is_fresh, worker.idle_since = False, self._clock()
                self._idle.append(worker)
                if self._evictor is None:
                    self._evictor = threading.Thread(target=self._evict_idle_workers, name="idle-worker-evictor")
                    self._evictor.daemon = True
                    self._evictor.start()
            self._changed.notify_all()

    def end_idle_workers(self, use: WorkerUse, plan: str) -> None:
        """End the idle workers of a plan or an analysis."""
        with self._changed:
            ended = [worker for worker in self._idle if worker.use == use and worker.plan == plan]
            self._idle = [worker for worker in self._idle if worker not in ended]
            self._changed.notify_all()
        for worker in ended:
            worker.process.terminate()

    def close_use(self, use: WorkerUse) -> None:
        """Take no more work of a use, end its idle workers, and wait for its busy ones to be released."""
        with self._changed:
            self._closed.add(use)
            ended = [worker for worker in self._idle if worker.use == use]
            self._idle = [worker for worker in self._idle if worker.use != use]
            self._changed.notify_all()
            self._changed.wait_for(
                lambda: all(worker.use != use for worker in self._busy), timeout=_BUSY_TIMEOUT_SECONDS
            )
        for worker in ended:
            worker.process.terminate()

    def abort_loading(self) -> None:
        """End a fork server that still loads the solvers; a thread that waits for it gets ForkServerLostError."""
        if not self._is_ready and (loading := self._fork_server) is not None:
            loading.close()

    def close(self) -> None:
        """Close every use and end the fork server."""
        for use in self._limits:
            self.close_use(use)
        self.abort_loading()  # the thread that waits for the solvers holds the lock
        with self._fork_server_lock:
            self._discard_fork_server()
        if self._evictor is not None:
            self._evictor.join()

    def _spawn_worker(self) -> WorkerProcess:
        fork_server = self.ensure_ready()
        try:
            return fork_server.spawn_worker()
        except ForkServerLostError:
            with self._fork_server_lock:
                if self._fork_server is fork_server:
                    self._discard_fork_server()
            raise

    def _discard_fork_server(self) -> None:
        self._is_ready = False
        if self._fork_server is not None:
            self._fork_server.close()
            self._fork_server = None

    def _wait_for_turn(
        self, use: WorkerUse, plan: str, raise_if_cancelled: Callable[[], None], caller: str | None, bound: int
    ) -> tuple[PooledWorker | None, list[PooledWorker]]:
        """Wait in line for an idle worker or for room to start one; return it and the workers to end first."""
        me, waiters = _Waiter(caller), self._waiters[use]
        with self._changed:
            waiters.append(me)
            try:
                while True:
                    if use in self._closed:
                        raise WorkersUnavailableError
                    raise_if_cancelled()
                    has_room = self._count_workers(use) < bound
                    can_take = has_room or any(worker.use == use for worker in self._idle)
                    if can_take and self._find_next_waiter(use) is me:
                        return self._choose_worker(use, plan, caller, bound)
                    self._changed.wait(MESSAGE_POLL_SECONDS)
            finally:
                waiters.remove(me)
                self._changed.notify_all()

    def _find_next_waiter(self, use: WorkerUse) -> _Waiter | None:
        """Find who is next: the first of those whose callers have fewest workers, and not yet as many as one may have."""
        busy = Counter(worker.caller for worker in self._busy if worker.use == use) + Counter(self._starting[use])
        share = max(1, self._limits[use].capacity - 1)
        ready = [one for one in self._waiters[use] if one.caller is None or busy[one.caller] < share]
        return min(ready, key=lambda one: busy[one.caller], default=None)

    def _count_workers(self, use: WorkerUse) -> int:
        return sum(worker.use == use for worker in (*self._idle, *self._busy)) + len(self._starting[use])

    def _choose_worker(
        self, use: WorkerUse, plan: str, caller: str | None, bound: int
    ) -> tuple[PooledWorker | None, list[PooledWorker]]:
        """Take the idle worker of a plan if it is alive; else reserve a place for a new one."""
        idle = [worker for worker in self._idle if worker.use == use]
        ended = [
            worker for worker in idle if worker.process.channel.poll(0)
        ]  # an idle worker sends nothing but its end
        self._idle = [worker for worker in self._idle if worker not in ended]
        found = next((worker for worker in idle if worker.plan == plan and worker not in ended), None)
        if found is not None:
            self._idle.remove(found)
            found.caller = caller
            self._busy.append(found)
            return found, ended
        if self._count_workers(use) >= bound:
            oldest = min((worker for worker in idle if worker not in ended), key=lambda worker: worker.idle_since)
            self._idle.remove(oldest)
            ended.append(oldest)
        self._starting[use].append(caller)
        return None, ended

    def _evict_idle_workers(self) -> None:
        """End workers that were idle for longer than their timeout, until every use is closed."""
        while len(self._closed) < len(self._limits):
            with self._changed:
                now = self._clock()
                left = {worker: worker.idle_since + worker.limits.idle_timeout_seconds - now for worker in self._idle}
                due = [worker for worker, seconds in left.items() if seconds <= 0]
                self._idle = [worker for worker in self._idle if worker not in due]
                if not due:
                    self._changed.wait(min(left.values(), default=None))
            for worker in due:
                worker.process.terminate()

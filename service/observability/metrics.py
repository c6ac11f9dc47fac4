"""Prometheus metrics: requests, queued and running plans, solves, webhook messages."""

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from service.storage.errors import StorageError
from service.workers.job_attempt import AttemptResult

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_REQUEST_BUCKETS = (0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60)
_SOLVE_BUCKETS = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1800, 3600)
_MIB = 1024 * 1024
_SOLVE_MEMORY_BUCKETS = tuple(float(mib * _MIB) for mib in (128, 256, 512, 1024, 2048, 4096, 8192))

CountReader = Callable[[], Mapping[str, int]]
"""Returns counts by state; called when the metrics are read."""


class Metrics:
    """The metrics of one service process, in their own registry."""

    def __init__(self) -> None:
        """Start all metrics at zero."""
        self.registry = CollectorRegistry()
        self._gauges: list[Collector] = []
        self.in_flight = Gauge("allot_http_requests_in_flight", "Requests being answered now.", registry=self.registry)
        self._requests = Counter(
            "allot_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._request_seconds = Histogram(
            "allot_http_request_seconds",
            "Seconds to answer a request.",
            ("method", "route"),
            buckets=_REQUEST_BUCKETS,
            registry=self.registry,
        )
        self._damage = Counter(
            "allot_damaged_reads", "Reads that met damage of what is stored.", ("kind",), registry=self.registry
        )
        self._damage_lock = threading.Lock()
        self._known_damage: set[tuple[str, str]] = set()
        self._solves = Counter("allot_solves", "Attempts at plans, by outcome.", ("outcome",), registry=self.registry)
        self._solve_seconds = Histogram(
            "allot_solve_seconds", "Seconds per attempt at a plan.", buckets=_SOLVE_BUCKETS, registry=self.registry
        )
        self._solve_bytes = Histogram(
            "allot_solve_peak_bytes",
            "Peak resident memory of each solve, libraries included.",
            buckets=_SOLVE_MEMORY_BUCKETS,
            registry=self.registry,
        )

    def record_damage(self, kind: str, name: str) -> bool:
        """Count damage that was met; return whether this record was damaged for the first time in this process."""
        self._damage.labels(kind).inc()
        with self._damage_lock:
            is_new = (kind, name) not in self._known_damage
            self._known_damage.add((kind, name))
        return is_new

    def count_request(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request; unknown methods are counted together."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._request_seconds.labels(known, route).observe(seconds)

    def record_attempt(self, result: AttemptResult) -> None:
        """Record one finished attempt at a plan."""
        self._solves.labels(result.outcome).inc()
        self._solve_seconds.observe(result.finished - result.started)
        if result.peak_bytes is not None:
            self._solve_bytes.observe(result.peak_bytes)

    def register_gauge(self, name: str, description: str, label: str, read_counts: CountReader) -> None:
        """Register a gauge by `label`; it is left out while the database does not answer."""
        gauge = _GaugeCollector(name, description, label, read_counts)
        self._gauges.append(gauge)
        self.registry.register(gauge)

    def unregister_gauges(self) -> None:
        """Unregister all gauges, because the database is about to close."""
        while self._gauges:
            self.registry.unregister(self._gauges.pop())

    def render_text(self) -> bytes:
        """Render all metrics in the text format of Prometheus."""
        return generate_latest(self.registry)


def measure_resident_memory(processes: tuple[int, ...]) -> dict[str, int]:
    """Count processes and sum their resident memory, where the system reports it."""
    found = [_read_resident_bytes(process) for process in processes]
    return {"count": len(found), "bytes": sum(found)}


def _read_resident_bytes(process: int) -> int:
    """Read the resident bytes of a process; 0 for one that has ended."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS:")), 0)


class _GaugeCollector(Collector):
    def __init__(self, name: str, description: str, label: str, read_counts: CountReader) -> None:
        self._name, self._description, self._label, self._read_counts = name, description, label, read_counts

    def describe(self) -> Iterator[Metric]:
        yield self._build_family()

    def collect(self) -> Iterator[Metric]:
        family = self._build_family()
        try:
            found = self._read_counts()
        except StorageError:
            return
        for state, count in found.items():
            family.add_metric([state], count)
        yield family

    def _build_family(self) -> GaugeMetricFamily:
        return GaugeMetricFamily(self._name, self._description, labels=[self._label])

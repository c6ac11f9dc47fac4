"""Figures for Prometheus: requests as they come, plans as they wait and run."""

from collections.abc import Callable, Iterator, Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"})
_SECONDS = (0.005, 0.02, 0.1, 0.5, 1, 2, 5, 10, 30, 60)

PlanCounts = Callable[[], Mapping[str, int]]
"""Plans by state, read when the figures are asked for."""


class Metrics:
    """The figures of one service process, in a registry of its own."""

    def __init__(self) -> None:
        """Start at zero."""
        self.registry = CollectorRegistry()
        self._plans: _PlansByState | None = None
        self.in_flight = Gauge("allot_http_requests_in_flight", "Requests being answered now.", registry=self.registry)
        self._requests = Counter(
            "allot_http_requests", "Requests answered.", ("method", "route", "status"), registry=self.registry
        )
        self._seconds = Histogram(
            "allot_http_request_seconds",
            "Seconds to answer a request.",
            ("method", "route"),
            buckets=_SECONDS,
            registry=self.registry,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Note one answered request; methods nobody knows are counted together."""
        known = method if method in _METHODS else "other"
        self._requests.labels(known, route, str(status)).inc()
        self._seconds.labels(known, route).observe(seconds)

    def watch_plans(self, counts: PlanCounts) -> None:
        """Report plans by state at every reading."""
        self._plans = _PlansByState(counts)
        self.registry.register(self._plans)

    def forget_plans(self) -> None:
        """Report plans no more; the database is about to close."""
        if self._plans is not None:
            self.registry.unregister(self._plans)
            self._plans = None

    def text(self) -> bytes:
        """All figures in Prometheus' text format."""
        return generate_latest(self.registry)


class _PlansByState(Collector):
    def __init__(self, counts: PlanCounts) -> None:
        self._counts = counts

    def describe(self) -> Iterator[Metric]:
        yield self._family()

    def collect(self) -> Iterator[Metric]:
        family = self._family()
        for state, count in self._counts().items():
            family.add_metric([state], count)
        yield family

    def _family(self) -> GaugeMetricFamily:
        return GaugeMetricFamily(
            "allot_plans", "Plans that wait and run, over all service processes.", labels=["state"]
        )

"""OpenTelemetry traces, where a collector is set: a request, its plan, and the stages of the solve in one trace."""

from collections.abc import Mapping
from typing import Any

from fastapi.telemetry import TelemetryConfig
from opentelemetry import propagate, trace

from service.core.settings import Settings
from service.storage.errors import UnsuitableStoreError
from service.workers.job_attempt import AttemptResult

_QUIET_PATHS = frozenset({"/health/live", "/health/ready", "/metrics"})
_NANOSECONDS_PER_SECOND = 1_000_000_000

TRACING_OFF: TelemetryConfig = {"tracing": False, "metrics": False, "logs": False}
"""Configuration of FastAPI without tracing."""


class Tracing:
    """Sends spans to a collector."""

    def __init__(self, address: str) -> None:
        """Send to `address`/v1/traces (OTLP, protobuf over HTTP). Raises UnsuitableStoreError without the extra `telemetry`."""
        try:
            from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
            from opentelemetry.sdk.resources import Resource
            from opentelemetry.sdk.trace import TracerProvider
            from opentelemetry.sdk.trace.export import BatchSpanProcessor
        except ImportError as error:
            raise UnsuitableStoreError("ALLOT_TELEMETRY_URL needs the extra: pip install 'allot[telemetry]'") from error
        self._provider: Any = TracerProvider(resource=Resource.create({"service.name": "allot"}))
        exporter = OTLPSpanExporter(endpoint=f"{address.rstrip('/')}/v1/traces")
        self._provider.add_span_processor(BatchSpanProcessor(exporter))
        self._tracer: trace.Tracer = self._provider.get_tracer("allot")

    def make_telemetry_config(self) -> TelemetryConfig:
        """Build the configuration of FastAPI: spans for requests, except health checks and metrics."""
        return {
            **TRACING_OFF,
            "tracing": True,
            "operation_spans": False,
            "tracer_provider": self._provider,
            "exclude": _is_quiet_request,
        }

    def export_spans(self, result: AttemptResult) -> None:
        """Send the spans of a finished attempt: the plan, below its request, and its stages."""
        claim = result.claim
        attributes: dict[str, str | int] = {
            "allot.plan": claim.plan,
            "allot.attempt": claim.attempt,
            "allot.outcome": result.outcome,
        }
        if result.peak_bytes is not None:
            attributes["allot.peak_bytes"] = result.peak_bytes
        plan = self._tracer.start_span(
            "plan",
            propagate.extract(claim.trace),
            kind=trace.SpanKind.CONSUMER,
            attributes=attributes,
            start_time=_to_nanoseconds(result.started),
        )
        if result.outcome in {"failed", "crashed", "lost"}:
            plan.set_status(trace.StatusCode.ERROR)
        within = trace.set_span_in_context(plan)
        for stage in result.stages:
            span = self._tracer.start_span(stage.name, within, start_time=_to_nanoseconds(stage.started))
            span.end(_to_nanoseconds(stage.finished))
        plan.end(_to_nanoseconds(result.finished))

    def close(self) -> None:
        """Send the remaining spans."""
        self._provider.shutdown()


def open_tracing(settings: Settings) -> Tracing | None:
    """Open tracing by the settings; None, without loading a library, where no collector is set."""
    return None if settings.telemetry_url is None else Tracing(settings.telemetry_url.get_secret_value())


def _to_nanoseconds(seconds: float) -> int:
    return int(seconds * _NANOSECONDS_PER_SECOND)


def _is_quiet_request(scope: Mapping[str, Any]) -> bool:
    return scope["path"] in _QUIET_PATHS

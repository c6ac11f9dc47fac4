"""The trace context of a request, stored with its plan (W3C Trace Context)."""

from collections.abc import Mapping

from opentelemetry import propagate

_TRACEPARENT = "traceparent"


def capture_trace() -> dict[str, str]:
    """Capture the trace context of this thread as `traceparent`; empty where nothing is traced."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return {name: value for name, value in carrier.items() if name == _TRACEPARENT}


def extract_trace(data: Mapping[str, object]) -> dict[str, str]:
    """Extract the trace context from the data of an event; empty if there is none."""
    found = data.get(_TRACEPARENT)
    return {_TRACEPARENT: found} if isinstance(found, str) else {}

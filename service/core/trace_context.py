"""The trace of a request, stored with its plan (W3C Trace Context)."""

from collections.abc import Mapping

from opentelemetry import propagate

_TRACEPARENT = "traceparent"


def capture_trace() -> dict[str, str]:
    """The trace that this thread works in, as one line of W3C Trace Context; empty where nothing is traced."""
    carrier: dict[str, str] = {}
    propagate.inject(carrier)
    return {name: value for name, value in carrier.items() if name == _TRACEPARENT}


def extract_trace(data: Mapping[str, object]) -> dict[str, str]:
    """The trace among the particulars of an event, if there is one."""
    found = data.get(_TRACEPARENT)
    return {_TRACEPARENT: found} if isinstance(found, str) else {}

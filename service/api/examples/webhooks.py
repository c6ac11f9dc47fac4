"""Requests for webhooks that run as they stand."""

from typing import Any

CREATE_WEBHOOK: dict[str, tuple[str, Any]] = {
    "finished-plans": (
        "Tell of your plans when they end",
        {"url": "https://example.org/allot", "events": ["plan.finished", "plan.cancelled"]},
    ),
    "a-province": (
        "Tell of everything that happens to Ryanggang's plans",
        {"url": "https://example.org/allot?from=ryanggang", "province": "ryanggang"},
    ),
}
"""Examples of `POST /v1/webhooks`."""

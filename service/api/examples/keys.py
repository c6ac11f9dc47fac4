"""Requests for API keys."""

from typing import Any

KEY_EXAMPLES: dict[str, tuple[str, Any]] = {
    "bureau": (
        "The planning bureau of Ryanggang, for a year",
        {"caller": "bureau", "grants": [{"province": "ryanggang", "role": "bureau"}]},
    ),
    "factory": (
        "One factory, which reports its own outputs only",
        {"caller": "hyesan-daily", "grants": [{"province": "ryanggang", "role": "factory", "factory": "hyesan-daily"}]},
    ),
}
"""Examples of `POST /v1/keys`."""

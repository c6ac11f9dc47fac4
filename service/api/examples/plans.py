"""Requests for plans that run as they stand."""

from typing import Any

from models.examples import two_counties_raw

PLAN_EXAMPLES: dict[str, tuple[str, Any]] = {
    "two-counties": ("Two counties, written out", {"problem": two_counties_raw()}),
    "two-counties-verified": (
        "Two counties with a third less electricity in Kapsan, and a second opinion",
        {
            "problem": two_counties_raw(),
            "changes": [{"what": "power_limit", "where": "kapsan", "factor": 0.67}],
            "options": {"time_limit_seconds": 60, "verify": True},
        },
    ),
    "ryanggang": (
        "Ryanggang in its crisis years, with a tenth more electricity",
        {
            "province": "ryanggang",
            "scenario": "crisis",
            "changes": [{"what": "power_limit", "factor": 1.1}],
        },
    ),
}
"""Examples of `POST /v1/plans`."""

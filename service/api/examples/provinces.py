"""Requests about provinces that run as they stand."""

from typing import Any

from models.examples import two_counties_raw

PROVINCE_EXAMPLES: dict[str, tuple[str, Any]] = {
    "two-counties": (
        "Two counties, with a dry year as a scenario",
        {
            "name": "Two counties",
            "problem": two_counties_raw(),
            "scenarios": [
                {"id": "dry", "name": "A dry year", "changes": [{"what": "power_limit", "factor": 0.6}]},
            ],
        },
    )
}
"""Examples of `PUT /v1/provinces/{province}`."""

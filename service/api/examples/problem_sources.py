"""Bodies that say what is to be planned, and run as they stand."""

from typing import Any

from models.examples import two_counties_raw

SOURCE_EXAMPLES: dict[str, tuple[str, Any]] = {
    "two-counties": ("Two counties, written out", {"problem": two_counties_raw()}),
    "ryanggang": (
        "Ryanggang in its crisis years, with a tenth more electricity",
        {
            "province": "ryanggang",
            "scenario": "crisis",
            "changes": [{"what": "power_limit", "factor": 1.1}],
        },
    ),
}
"""Examples for every operation that takes a problem or a province."""

BARE_PROBLEM_EXAMPLES: dict[str, tuple[str, Any]] = {
    "bare": ("Two counties, and nothing but the problem", two_counties_raw()),
}
"""Examples for operations that also take a problem by itself."""

"""Questions about plans that run as they stand, on a plan of the two counties."""

from typing import Any

Examples = dict[str, tuple[str, Any]]

COMPARE: Examples = {
    "changes": (
        "Half the electricity in Kapsan, then half of what the centre delivers",
        {
            "changes": [
                {"what": "power_limit", "where": "kapsan", "factor": 0.5},
                {"what": "delivered", "factor": 0.5},
            ]
        },
    ),
}
"""Examples of `POST …/compare`."""

WHAT_IF: Examples = {
    "power": ("A tenth more electricity", {"changes": [{"what": "power_limit", "factor": 1.1}]}),
    "remedy": (
        "More hours of one machine group in one period, as a remedy gives them",
        {"changes": [{"what": "machine_hours", "where": "hyesan-daily/press", "periods": ["2002-01"], "value": 320.0}]},
    ),
}
"""Examples of `POST …/what-if`."""

CURVE: Examples = {
    "power": (
        "Electricity from all of it down to a fifth",
        {"change": {"what": "power_limit", "factor": 1.0}, "start": 1.0, "end": 0.2},
    ),
}
"""Examples of `POST …/curve`."""

GRID: Examples = {
    "power-and-centre": (
        "Electricity and the centre's deliveries",
        {
            "first": {"change": {"what": "power_limit", "factor": 1.0}, "values": [1.0, 0.6, 0.2]},
            "second": {"change": {"what": "delivered", "factor": 1.0}, "values": [1.0, 0.5]},
        },
    ),
}
"""Examples of `POST …/grid`."""

"""Reports that run as they stand, on a plan of the two counties."""

from typing import Any

OUTPUT_EXAMPLES: dict[str, tuple[str, Any]] = {
    "january": (
        "Soap and notebooks of January",
        {
            "outputs": [
                {"factory": "hyesan-daily", "item": "soap", "period": "2002-01", "quantity": 31000},
                {"factory": "hyesan-daily", "item": "notebook", "period": "2002-01", "quantity": 30000},
            ]
        },
    ),
}
"""Examples of `POST …/outputs`."""

CSV_EXAMPLE = "factory,item,period,quantity\nhyesan-daily,soap,2002-01,31000\nkapsan-food,starch,2002-01,90000\n"
"""The same as CSV."""

REPLAN_EXAMPLES: dict[str, tuple[str, Any]] = {
    "february": (
        "The rest of the year from February, near the old quotas, with a tenth less electricity",
        {
            "from": "2002-02",
            "keep_quotas_close": True,
            "changes": [{"what": "power_limit", "factor": 0.9}],
        },
    ),
}
"""Examples of `POST …/replan`."""

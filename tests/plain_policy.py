"""The policy without the rules that are on by default, for tests that are about something else."""

from typing import Any

PLAIN_POLICY: dict[str, Any] = {
    "smoothing": 0,
    "shortage_bands": [{"width": 0.5, "weight": 4}, {"width": 0.3, "weight": 2}, {"width": 0.2, "weight": 1}],
    "tie_break": False,
}
"""Fields of `policy` as JSON: merge them into the policy of a problem, before what the test states itself."""

"""Two counties, spoilt: what tests of findings share."""

import json
from collections.abc import Callable
from typing import Any

from models.examples import two_counties_raw
from models.validation.checks import Finding, InvalidProblemError, check_problem
from models.validation.parsing import parse_problem

Raw = dict[str, Any]
Spoil = Callable[[Raw], object]


def spoilt(*spoils: Spoil) -> Raw:
    """The two counties after each spoil has changed them in place."""
    raw = two_counties_raw()
    for spoil in spoils:
        spoil(raw)
    return raw


def findings(raw: Any) -> tuple[Finding, ...]:
    """All findings about a request, warnings too, whether or not it is refused."""
    try:
        return check_problem(parse_problem(raw if isinstance(raw, bytes | str) else json.dumps(raw)))
    except InvalidProblemError as invalid:
        return invalid.findings


def codes(raw: Any) -> list[tuple[str, str]]:
    """Path and code of each finding."""
    return [(finding.path, finding.code) for finding in findings(raw)]

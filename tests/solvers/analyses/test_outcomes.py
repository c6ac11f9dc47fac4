"""Outcomes of studies that are about a limit name what the problem has."""

from solvers.analyses.studies.outcomes import _AXES_BY_RULE, _KIND_BY_AXIS

UNCHECKED = {"group", "budget", "served", "goal"}
"""Axes whose labels are no identifiers of objects that a finding could name."""


def test_the_object_of_every_other_limit_is_checked() -> None:
    assert {subject for subject, _, _ in _AXES_BY_RULE.values()} - _KIND_BY_AXIS.keys() == UNCHECKED

"""The fault trial takes hours, so nothing but `--faults` runs it."""

import pytest


def test_the_trial_is_no_part_of_other_runs(request: pytest.FixtureRequest) -> None:
    assert not request.config.getoption("--faults")
    assert [item.nodeid for item in request.session.items if item.get_closest_marker("faults") is not None] == []

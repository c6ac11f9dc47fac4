"""Limits of lines in some periods only."""

from math import inf

import pytest

from models.changes.apply import apply_changes
from models.changes.change import Change
from models.examples import two_counties
from models.validation.checks import InvalidProblemError


def test_a_factor_leaves_periods_without_a_limit_as_they_are() -> None:
    limit = Change(what="line_most", where="hyesan-daily/soap", periods=["2002-02"], value=4)
    lines = apply_changes(two_counties(), [limit, Change(what="line_most", factor=0.5)]).factories[0].lines
    assert lines[0].most == (inf, 2.0)
    only_open = Change(what="line_most", where="hyesan-daily/soap", periods=["2002-01"], factor=2)
    with pytest.raises(InvalidProblemError) as refused:
        apply_changes(two_counties(), [limit, only_open])
    assert [one.code for one in refused.value.findings] == ["nothing_to_multiply"]

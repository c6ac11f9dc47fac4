"""Branch and bound stops after its work, counted from the log of HiGHS, and finds the same whenever it is run."""

import numpy as np
import pytest
from scipy import sparse

from solvers.backends import highs_mip
from solvers.backends.highs_mip import MixedIntegerProgram, SearchLimits, solve_mixed_integer
from solvers.lp.linear_program import LinearProgram

ITEMS, KNAPSACKS = 60, 8


@pytest.fixture(scope="module")
def knapsacks() -> MixedIntegerProgram:
    """A knapsack problem with several limits and values close to the weights, which needs a long search."""
    chance = np.random.default_rng(1)
    weight = chance.integers(10, 100, (KNAPSACKS, ITEMS)).astype(float)
    value = weight.mean(axis=0) + chance.integers(0, 20, ITEMS)
    program = LinearProgram(
        cost=-value,
        column_lower=np.zeros(ITEMS),
        column_upper=np.ones(ITEMS),
        row_lower=np.full(KNAPSACKS, -np.inf),
        row_upper=weight.sum(axis=1) / 3,
        matrix=sparse.csc_array(weight),
    )
    nothing = sparse.csr_array((0, ITEMS))
    return MixedIntegerProgram(program, np.ones(ITEMS), np.zeros(ITEMS), nothing, np.zeros(0))


@pytest.mark.parametrize("work", [2_000, 10_000])
def test_a_search_stops_soon_after_its_work(
    knapsacks: MixedIntegerProgram, work: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The count is that of the log alone here; a version of HiGHS with another log would search until the nodes are used up."""
    monkeypatch.setattr(highs_mip, "CHECK_WORK", 0)
    found = solve_mixed_integer(knapsacks, SearchLimits(0.0, work, 600.0, nodes=20_000))
    assert not found.is_complete
    assert not found.is_out_of_time
    assert found.values is not None
    assert 0.2 * work < found.work < 2 * work


def test_equal_limits_give_equal_points(knapsacks: MixedIntegerProgram) -> None:
    first, second = (solve_mixed_integer(knapsacks, SearchLimits(0.0, 3_000, 600.0)) for _ in range(2))
    assert first.values is not None
    assert second.values is not None
    assert first.values.tolist() == second.values.tolist()
    assert (first.bound, first.work) == (second.bound, second.work)

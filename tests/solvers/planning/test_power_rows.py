"""The table `power` has a row for every limit, also where there is no power."""

import pytest

from models.examples import two_counties_raw
from models.options import PlanOptions
from models.validation.parsing import parse_problem
from solvers.planning import make_plan


@pytest.mark.parametrize("limits", [(0, 0), ([0, 12000], 0), (0, None)])
def test_an_area_without_power_has_a_row_with_its_price(limits: tuple[object, object]) -> None:
    raw = two_counties_raw()
    for area, limit in zip(raw["power_areas"], limits, strict=True):
        area.update({"limit_kwh": limit, "own_generation_kwh": 0})
    rows = make_plan(parse_problem(raw), PlanOptions()).tables["power"].to_pylist()
    stated = {(row["area"], row["period"]): row for row in rows}
    for area, limit in zip(("hyesan", "kapsan"), limits, strict=True):
        for t, period in enumerate(raw["periods"]):
            expected = limit[t] if isinstance(limit, list) else limit
            if expected is not None:
                assert stated[area, period]["limit"] == expected
    dark = stated["hyesan", "2002-01"]
    assert (dark["used_by_factories"], dark["used_by_rail"]) == (0, 0)
    assert dark["price"] > 0

import pytest

from models.demand import estimate
from models.examples import two_counties


def test_demand_multiplies_by_years() -> None:
    rows = {(row.county, row.item): row for row in estimate(two_counties())}
    soap = rows["hyesan", "soap"]
    assert sum(soap.quantity) == pytest.approx(41854 * 12 * 0.1616)

"""Plans of the two counties: certificates, results that can be checked by hand, and the contents of the tables."""

import math
from collections.abc import Mapping

import pyarrow as pa
import pytest

from models.plan import Plan
from models.tables import TABLE_SCHEMAS
from solvers.lp.solution import Progress
from solvers.planning import PlanResult
from tests.builders import make_problem, need
from tests.invariants import assert_plan_invariants
from tests.solvers.planning.two_counties import column_sum, planned, rows, two_counties


@pytest.fixture(scope="module")
def result() -> PlanResult:
    return planned(two_counties())


def without_whole_units() -> dict[str, object]:
    problem = two_counties()
    for item in problem["items"]:
        item["whole_units"] = False
    return problem


def test_plan_is_certified(result: PlanResult) -> None:
    plan = result.plan
    assert plan.outcome == "optimal"
    assert plan.termination.reason == "optimal"
    assert plan.certificate is not None
    assert plan.certificate.passed
    assert plan.certificate.tolerance == 1e-6
    assert result.basis is not None
    assert {"build", "solve", "whole units", "certify", "report"} <= set(plan.timings)
    assert (plan.solver.name, plan.solver.columns > 0, plan.solver.rows > 0) == ("HiGHS dual simplex", True, True)


def test_power_of_hyesan_is_the_bottleneck() -> None:
    """Paper and soap need more than 15,000 and 12,000 kWh; the mill in Kapsan does not use its 43,500 and 41,500 kWh."""
    plan = planned(without_whole_units())
    for period, limit in (("2002-01", 15_000.0), ("2002-02", 12_000.0)):
        (row,) = rows(plan, "power", area="hyesan", period=period)
        assert row["used_by_factories"] + row["used_by_rail"] == pytest.approx(limit, rel=1e-9)
        assert row["limit"] == limit
        # a kWh makes 1/0.26 notebooks, each worth 0.5 · 4 (priority) · 2 (importance) · 2 (band)
        assert row["price"] == pytest.approx(8 / 0.26)
        (spare,) = rows(plan, "power", area="kapsan", period=period)
        assert spare["price"] == 0
        assert spare["used_by_factories"] < spare["limit"]


def test_starch_is_fully_served_and_swapped_for_all_offered_soap(result: PlanResult) -> None:
    assert column_sum(result, "supply", "shortage", item="starch") == 0
    assert column_sum(result, "swaps", "taken", item="soap") == pytest.approx(8000)
    # 8,000 won of soap at a rate of 0.9 cost 8,888.89 won of starch at 0.8 won; more costs nothing
    given = column_sum(result, "swaps", "given", item="starch")
    assert 8000 / 0.9 / 0.8 - 1e-6 <= given <= column_sum(result, "quotas", "quantity", item="starch")


def test_central_share_is_used_up(result: PlanResult) -> None:
    for period, delivered in (("2002-01", 1.0), ("2002-02", 0.8)):
        needed = column_sum(result, "supply", "demand", item="soap", period=period)
        promised = math.floor(0.2 * delivered * needed + 1e-6)  # soap comes in whole pieces
        assert column_sum(result, "supply", "central", item="soap", period=period) == pytest.approx(promised)


def test_plan_satisfies_the_invariants(result: PlanResult) -> None:
    problem = make_problem(**two_counties())
    assert_plan_invariants(problem, result.plan, {name: table.to_pylist() for name, table in result.tables.items()})


def test_tables_have_the_columns_of_their_row_models(result: PlanResult) -> None:
    assert result.plan.tables == {name: table.num_rows for name, table in result.tables.items()}
    for name, model in TABLE_SCHEMAS.items():
        _assert_schema(
            result.tables[name], {field.rstrip("_"): f.annotation for field, f in model.model_fields.items()}
        )
        for row in result.tables[name].to_pylist():
            model.model_validate({field: row[field.rstrip("_")] for field in model.model_fields})


def _assert_schema(table: pa.Table, fields: Mapping[str, object]) -> None:
    assert table.column_names == list(fields)
    for field in table.schema:
        text = pa.types.is_dictionary(field.type)
        assert text == (fields[field.name] is str), field
        assert text or pa.types.is_float64(field.type), field


def test_objective_equals_the_sum_over_the_tables(result: PlanResult) -> None:
    """Recomputed with loops: bands with the smallest weight fill first, and haulage is the only cost."""
    problem = two_counties()
    items = {item["id"]: item for item in problem["items"]}
    links = {link["id"]: link for link in problem["links"]}
    shortage = 0.0
    for row in result.tables["supply"].to_pylist():
        item = items[row["item"]]
        importance = item.get("importance", [1, 1])[problem["periods"].index(row["period"])]
        weight = {1: 4, 2: 2, 3: 1}[item.get("priority", 2)] * item["value"] * importance
        remaining = row["shortage"]
        for width, band in ((0.2, 1), (0.3, 2), (0.5, 4)):
            band_shortage = min(remaining, width * row["demand"])
            shortage += band_shortage * band * weight
            remaining -= band_shortage
    haulage = 0.0
    for row in result.tables["shipments"].to_pylist():
        link = links[row["link"]]
        haulage += link["km"] * link["cost_per_tonne_km"] * row["tonnes"]
    objective = result.plan.objective
    assert objective is not None
    assert objective.parts.shortage == pytest.approx(shortage, rel=1e-9)
    assert objective.parts.haulage == pytest.approx(haulage, rel=1e-9)
    assert objective.value == pytest.approx(shortage + haulage, rel=1e-9)


def test_plan_head_round_trips_through_json(result: PlanResult) -> None:
    assert Plan.model_validate_json(result.plan.model_dump_json()) == result.plan


def test_reference_model_agrees() -> None:
    verification = planned(two_counties(), verify=True).plan.verification
    assert verification is not None
    assert verification.agrees
    assert verification.difference is not None
    assert verification.difference < 1e-7


def test_progress_names_the_stages() -> None:
    from models.validation.parsing import parse_problem
    from solvers.planning import make_plan

    reports: list[Progress] = []
    make_plan(parse_problem(two_counties()), on_progress=reports.append)
    stages = list(dict.fromkeys(p.stage for p in reports))
    assert stages.index("build") < stages.index("solve") < stages.index("whole units") < stages.index("report")


def test_empty_problem_has_an_optimal_plan() -> None:
    result = planned(make_problem())
    assert result.plan.outcome == "optimal"
    assert result.plan.objective is not None
    assert result.plan.objective.value == 0
    assert set(result.plan.tables.values()) == {0}


def test_item_without_source_is_short_without_bottleneck() -> None:
    result = planned(make_problem(demand=[need("town", "soap", 5)]))
    assert column_sum(result, "supply", "shortage") == 5
    assert rows(result, "bottlenecks") == []

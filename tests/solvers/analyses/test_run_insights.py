"""The tables `drivers` and `boxes` from a table of runs with levers, infeasible and failed runs."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from models.analyses.study import StudyRequest
from models.analyses.tables import BoxRow, DriverRow
from solvers.analyses.studies.run_insights import build_boxes_table, build_drivers_table

COUNT = 128


def state_factor(name: str) -> dict[str, Any]:
    uniform = {"kind": "uniform", "low": 0.5, "high": 1.5}
    return {"name": name, "changes": [{"what": "power_limit"}], "distribution": uniform}


@pytest.fixture(scope="module")
def request_of_study() -> StudyRequest:
    return StudyRequest.model_validate(
        {
            "factors": [state_factor("power"), state_factor("rail")],
            "levers": [{"name": "more", "changes": []}],
            "outcomes": [{"outcome": "power_used"}],
            "thresholds": [{"outcome": "served_share", "least": 0.7}, {"outcome": "power_used", "most": 1e9}],
        }
    )


@pytest.fixture(scope="module")
def runs() -> pa.Table:
    """Runs whose served share follows power; the lowest fifth is infeasible, one run failed, `more` serves everything."""
    points = np.random.default_rng(1).uniform(0.5, 1.5, (COUNT, 2))
    share = np.minimum(points[:, 0], 1.0)
    outcome = np.where(points[:, 0] < 0.6, "infeasible", "optimal").astype(object)
    outcome[5] = "failed"
    base = [None if outcome[at] != "optimal" else float(share[at]) for at in range(COUNT)]
    figures = {"objective": [*base, *np.ones(COUNT)], "served_share": [*base, *np.ones(COUNT)]}
    return pa.table(
        {
            "run": np.arange(2 * COUNT),
            "lever": ["base"] * COUNT + ["more"] * COUNT,
            "power": np.tile(points[:, 0], 2),
            "rail": np.tile(points[:, 1], 2),
            "outcome": [*outcome, *["optimal"] * COUNT],
            **figures,
            "power_used": [*base, *np.ones(COUNT)],
            "lower_bound": figures["objective"],
            "upper_bound": figures["objective"],
            "fidelity": ["month"] * 2 * COUNT,
            "plan": [""] * 2 * COUNT,
        }
    )


def test_drivers_have_a_row_for_each_lever_outcome_and_factor(request_of_study: StudyRequest, runs: pa.Table) -> None:
    table = build_drivers_table(request_of_study, runs)
    assert table.column_names == list(DriverRow.model_fields)
    rows = [DriverRow.model_validate(row) for row in table.to_pylist()]
    outcomes = ("objective", "served_share", "power_used")
    assert [(row.lever, row.outcome, row.factor) for row in rows] == [
        (lever, outcome, factor) for lever in ("base", "more") for outcome in outcomes for factor in ("power", "rail")
    ]
    total = {(row.lever, row.outcome, row.factor): row.total for row in rows}
    assert (total["base", "served_share", "power"] or 0) > 0.95
    assert (total["base", "served_share", "rail"] or 0) < 0.05
    assert total["more", "served_share", "power"] is None


def test_boxes_count_infeasible_runs_and_leave_out_failed_ones(request_of_study: StudyRequest, runs: pa.Table) -> None:
    table = build_boxes_table(request_of_study, runs)
    assert table.column_names == list(BoxRow.model_fields)
    rows = [BoxRow.model_validate(row) for row in table.to_pylist()]
    assert {(row.lever, row.threshold, row.factor) for row in rows} == {
        ("base", "served_share < 0.7", "power"),
        ("base", "power_used > 1e+09", "power"),
    }
    box = rows[0]
    assert box.greatest == pytest.approx(0.7, abs=0.04)
    known = [row for row in runs.to_pylist() if row["lever"] == "base" and row["outcome"] != "failed"]
    failures = [row for row in known if row["outcome"] == "infeasible" or row["served_share"] < 0.7]
    inside = [row for row in failures if box.least <= row["power"] <= box.greatest]
    assert box.coverage == pytest.approx(len(inside) / len(failures))


def test_without_thresholds_there_are_no_boxes(request_of_study: StudyRequest, runs: pa.Table) -> None:
    plain = request_of_study.model_copy(update={"thresholds": ()})
    assert build_boxes_table(plain, runs).num_rows == 0

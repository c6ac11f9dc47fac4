"""Quantiles proved from some runs are those of all runs."""

import numpy as np

from benchmarks.study_quantiles import MOST_WIDTH, QuantileProof
from solvers.analyses.studies.run_records import RunRecord
from solvers.lp.linear_program import FloatArray
from tests.solvers.analyses.studying import run_study, state_request

RUNS = 128
SHARES = (0.1, 0.5, 0.9)


def test_quantiles_from_some_runs_enclose_those_of_all_runs() -> None:
    _, rows, _ = run_study(state_request(design={"kind": "sobol", "size": RUNS, "seed": 3}))
    every = [RunRecord.decode(rows[row]) for row in range(RUNS)]
    exact = np.quantile([record.objective for record in every if record.objective is not None], SHARES)
    points = np.array([record.point for record in every])
    proof = QuantileProof(points, SHARES, np.ones(2, dtype=np.int64), every[:3])

    def solve(wanted: FloatArray) -> list[RunRecord]:
        draws = [{"power": power, "deliveries": delivered} for power, delivered in wanted.tolist()]
        _, found, _ = run_study(state_request(design={"kind": "list", "points": draws}))
        return [RunRecord.decode(found[row]) for row in range(len(draws))]

    for _ in proof.solve_further_runs(solve):
        low, high = proof.bound_quantiles()
        assert (low <= exact * (1 + 1e-9)).all()
        assert (high >= exact * (1 - 1e-9)).all()
    low, high = proof.bound_quantiles()
    assert (high - low <= MOST_WIDTH * high).all()
    assert len(proof.records) < RUNS / 2

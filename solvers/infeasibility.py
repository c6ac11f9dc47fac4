"""Proof that no point keeps all rows and bounds: a solver's word for it is not enough.

HiGHS' dual ray is tried first; where there is none, or it does not hold, the least total violation is found by an elastic
program, whose prices are a ray whenever that least is above zero.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from solvers.backends.common import bounds_cross, settle
from solvers.backends.highs_session import HighsSession
from solvers.certificate import BEYOND, InfeasibilityProof, certify, certify_infeasible
from solvers.program import LinearProgram

_TOLERANCE = 1e-9
"""Asked of HiGHS: ten times finer than a proof is held to."""


def prove_infeasible(lp: LinearProgram, *, time_limit_seconds: float = 600.0) -> InfeasibilityProof:
    """Try to prove that the program has no feasible point.

    `holds` is false if it has one, or if no proof was found in time; `detail` says which.
    """
    if bounds_cross(lp):
        return InfeasibilityProof(True, BEYOND, 0.0, detail="a lower bound lies above its upper bound")
    costless = replace(lp, cost=np.zeros(lp.columns), offset=0.0)
    solution = settle(costless, _TOLERANCE, "")
    ray = None
    if solution is None:
        session = HighsSession(costless, tolerance=_TOLERANCE)
        solution = session.run("dual", time_limit_seconds=time_limit_seconds)
        ray = session.dual_ray() if solution.stop.reason == "infeasible" else None
    if solution.values is not None and certify(costless, solution).primal_residual <= 10 * _TOLERANCE:
        return InfeasibilityProof(False, -BEYOND, BEYOND, detail="there is a feasible point")
    if ray is not None:
        proof = certify_infeasible(lp, ray)
        if proof.holds:
            return proof
    return _by_violation(lp, max(time_limit_seconds - solution.seconds, 1.0))


def elastic(lp: LinearProgram) -> LinearProgram:
    """The program of least total violation: each row may be missed at a cost of 1 a unit, columns keep their bounds.

    Its columns are those of the program, then by row what is added, then by row what is taken away.
    """
    n, m = lp.columns, lp.rows
    unit = sparse.eye_array(m, format="csc")
    return LinearProgram(
        np.concatenate([np.zeros(n), np.ones(2 * m)]),
        np.concatenate([lp.column_lower, np.zeros(2 * m)]),
        np.concatenate([lp.column_upper, np.full(2 * m, np.inf)]),
        lp.row_lower,
        lp.row_upper,
        sparse.hstack([lp.matrix, unit, -unit], format="csc"),
    )


def _by_violation(lp: LinearProgram, time_limit_seconds: float) -> InfeasibilityProof:
    """Proof from the prices of the elastic program, with the least total violation."""
    program = elastic(lp)
    solution = HighsSession(program, tolerance=_TOLERANCE).run("dual", time_limit_seconds=time_limit_seconds)
    if solution.values is None or solution.row_price is None:
        return InfeasibilityProof(False, -BEYOND, BEYOND, detail=f"no proof found: {solution.stop.detail}")
    certificate = certify(program, solution)
    proof = certify_infeasible(lp, solution.row_price)
    return replace(
        proof,
        violation=certificate.primal_objective,
        detail="prices of the least total violation"
        if certificate.passed
        else "the least total violation is not certified",
    )

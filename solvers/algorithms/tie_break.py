"""Tie-break: choose among the optimal plans of a program, by complementary slackness.

A variable with a reduced cost, or a constraint with a dual value, has the same value in every optimum: its bound. With all of
them fixed, the program that is left is the optimal face, and a second objective selects a point of it. Its solve starts from the
optimal vertex. Basis and dual values of the optimum stay valid, because they prove every point of the face to be optimal.
"""

from dataclasses import replace

import numpy as np
from scipy import sparse

from solvers.algorithms.portfolio import VERTEX_TOLERANCE
from solvers.algorithms.run_state import SolveAttempt, SolveRun, certify_attempt
from solvers.lp.linear_program import Block, FloatArray, Program, replace_objective
from solvers.lp.solution import BASIC, Basis

STAGE = "settle ties"
"""Name of the stage in timings, progress reports and solve steps."""

HELD_SHARE = 0.1
"""Share of the tolerance by which the objective may rise where it is held by a constraint, relative to max(1, objective)."""


def settle_ties(optimum: SolveAttempt, cost: FloatArray, run: SolveRun) -> SolveAttempt:
    """Return a proved optimum with the values, (n,), that minimise `cost` among the optimal plans.

    Only the values and the certificate change; the certificate proves the new values by the dual values of the optimum. If the
    optimal face is infeasible within the tolerances, the objective is held by a constraint instead. If a limit stops the solve,
    the optimum is returned unchanged.
    """
    for restrict in (_fix_to_optimal_face, _hold_objective):
        program = restrict(optimum, run.options.tolerance)
        start = _extend_basis(optimum.solution.basis, program)
        attempt = run.solve_stage(replace_objective(program, cost), STAGE, start, is_start_feasible=start is not None)
        if attempt.solution.termination.reason in ("limit", "cancelled"):
            break
        settled = _replace_values(optimum, attempt.solution.values, run.options.tolerance)
        if settled.is_proved:
            return settled
    return optimum


def _fix_to_optimal_face(optimum: SolveAttempt, tolerance: float) -> Program:
    """Return the program with each variable and constraint fixed at its bound whose reduced cost or dual value exceeds the tolerance."""
    lp, dual_values = optimum.program.lp, optimum.solution.dual_values
    if dual_values is None:
        return _hold_objective(optimum, tolerance)
    least = min(VERTEX_TOLERANCE, tolerance)
    reduced_costs = lp.cost - lp.matrix.T @ dual_values
    column_lower, column_upper = _fix_active_bounds(reduced_costs, lp.column_lower, lp.column_upper, least)
    row_lower, row_upper = _fix_active_bounds(dual_values, lp.row_lower, lp.row_upper, least)
    face = replace(lp, column_lower=column_lower, column_upper=column_upper, row_lower=row_lower, row_upper=row_upper)
    return replace(optimum.program, lp=face)


def _fix_active_bounds(
    dual: FloatArray, lower: FloatArray, upper: FloatArray, tolerance: float
) -> tuple[FloatArray, FloatArray]:
    """Return both bounds, where a positive dual above the tolerance fixes the lower bound and a negative one the upper bound."""
    at_lower, at_upper = (dual > tolerance) & np.isfinite(lower), (dual < -tolerance) & np.isfinite(upper)
    return np.where(at_upper, upper, lower), np.where(at_lower, lower, upper)


def _hold_objective(optimum: SolveAttempt, tolerance: float) -> Program:
    """Return the program with one more constraint: the objective exceeds its optimum by no more than a share of the tolerance."""
    program, lp = optimum.program, optimum.program.lp
    if optimum.solution.values is None:
        raise ValueError("cannot hold the objective: the solution has no primal point")
    value = float(lp.cost @ optimum.solution.values)
    most = value + HELD_SHARE * tolerance * max(1.0, abs(value))
    held = Block("optimum", lp.row_count, 1, {"optimum": np.zeros(1, dtype=np.int64)})
    longer = replace(
        lp,
        row_lower=np.append(lp.row_lower, -np.inf),
        row_upper=np.append(lp.row_upper, most),
        matrix=sparse.csc_array(sparse.vstack([lp.matrix, sparse.csr_array(lp.cost[None, :])], format="csc")),
    )
    return replace(
        program,
        lp=longer,
        constraints={**program.constraints, held.name: held},
        labels={**program.labels, "optimum": ("optimum",)},
    )


def _extend_basis(basis: Basis | None, program: Program) -> Basis | None:
    """Return the basis with a basic slack for each further constraint."""
    if basis is None:
        return None
    further = np.full(program.lp.row_count - len(basis.rows), BASIC, dtype=np.int8)
    return Basis(basis.columns, np.concatenate([basis.rows, further]))


def _replace_values(optimum: SolveAttempt, values: FloatArray | None, tolerance: float) -> SolveAttempt:
    """Return the attempt with other values, certified with the dual values of the optimum."""
    solution = replace(optimum.solution, values=values)
    return replace(optimum, solution=solution, certificate=certify_attempt(optimum.program, solution, tolerance))

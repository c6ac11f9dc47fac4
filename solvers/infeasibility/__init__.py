"""Infeasibility analysis: feasibility relaxation and an irreducible infeasible subset (IIS) of constraints and bounds."""

import time
from dataclasses import dataclass

import numpy as np

from models.plan import Certificate, Infeasibility
from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.infeasibility.iis import find_iis, is_feasible_within
from solvers.infeasibility.relaxation import (
    BALANCE_PENALTY,
    RelaxableLimits,
    apply_relaxation,
    build_relaxation,
    find_supporting_limits,
)
from solvers.infeasibility.wording import describe_limits
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program

RELAXATION_BACKENDS = ("highs", "highs-ipm")
"""Backends tried for the relaxed program, in order."""


@dataclass(frozen=True, slots=True)
class InfeasibilityAnalysis:
    """A proved infeasibility."""

    infeasibility: Infeasibility
    """Conflict and relaxations in sentences for planners."""
    certificate: Certificate
    """Certificate of the relaxed program; its dual objective, above 0, is a lower bound on the violation of every plan."""


def analyse_infeasibility(
    arrays: ProblemArrays, program: Program, tolerance: float, time_limit_seconds: float
) -> InfeasibilityAnalysis | None:
    """Analyse an infeasible program; return None if infeasibility is not proved within the tolerance and the time limit."""
    deadline = time.monotonic() + time_limit_seconds
    lp, limits = program.lp, RelaxableLimits.from_program(arrays, program)
    relaxed_lp = build_relaxation(lp, limits)
    for name in RELAXATION_BACKENDS:
        options = SolveOptions(time_limit_seconds=max(deadline - time.monotonic(), 1.0))
        solution = backends.get_backend(name).solve_program(relaxed_lp, options)
        if solution.values is None or solution.dual_values is None:
            continue
        certificate = certify_solution(relaxed_lp, solution, tolerance)
        if certificate.passed and certificate.dual_objective > tolerance:
            break
    else:
        return None
    amounts = solution.values[lp.column_count :] * limits.scale
    amounts = np.where(amounts > 1e-9 * limits.scale, amounts, 0.0)
    selected = np.flatnonzero((limits.weight < BALANCE_PENALTY) | (amounts > 0))
    candidates = np.flatnonzero(np.isin(selected, find_supporting_limits(limits, solution.dual_values, lp.row_count)))
    remaining_seconds = max(deadline - time.monotonic(), 1.0)
    iis = find_iis(
        lp, limits.select_limits(selected), candidates, solution.dual_values[: lp.row_count], remaining_seconds
    )
    infeasibility = Infeasibility(
        conflict=describe_limits(arrays, program, limits, selected[iis.positions], amounts),
        relaxations=describe_limits(arrays, program, limits, np.flatnonzero(amounts), amounts),
        verified=is_feasible_within(apply_relaxation(lp, limits, amounts), time.monotonic() + remaining_seconds),
        irreducible=iis.is_irreducible,
    )
    return InfeasibilityAnalysis(infeasibility, certificate)

"""Why no plan can keep all hard rules: the least total relaxation, and an irreducible set of rules in conflict."""

import time
from dataclasses import dataclass

import numpy as np

from models.plan import Certificate, Infeasibility
from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemArrays
from solvers.infeasibility.iis import find_iis, is_feasible_within
from solvers.infeasibility.relaxable_limits import BALANCE_PENALTY, RelaxableLimits
from solvers.infeasibility.relaxation import apply_relaxation, build_relaxation, find_supporting_limits
from solvers.infeasibility.wording import describe_limits
from solvers.lp.certificate import certify_solution
from solvers.lp.linear_program import Program

IIS_SECONDS = 30.0
"""Time that looking for the smallest conflict may take at most."""

RELAXATION_BACKENDS = ("highs", "highs-ipm")
"""Backends tried for the relaxed program, in this order."""


@dataclass(frozen=True, slots=True)
class InfeasibilityAnalysis:
    """A proved conflict."""

    infeasibility: Infeasibility
    """It in the planner's words."""
    proof: Certificate
    """Certificate of the relaxed program: its dual objective, above 0, bounds what every plan must break."""


def analyse_infeasibility(
    index: ProblemArrays, program: Program, tolerance: float, seconds: float
) -> InfeasibilityAnalysis | None:
    """Diagnose an infeasible program; None where no conflict can be proved within `tolerance` and about `seconds`."""
    deadline = time.monotonic() + seconds
    lp, soft = program.lp, RelaxableLimits.from_program(index, program)
    softened = build_relaxation(lp, soft)
    for name in RELAXATION_BACKENDS:
        options = SolveOptions(time_limit_seconds=max(deadline - time.monotonic(), 1.0))
        solution = backends.get_backend(name).solve_program(softened, options)
        if solution.values is None or solution.dual_values is None:
            continue
        proof = certify_solution(softened, solution, tolerance)
        if proof.passed and proof.dual_objective > tolerance:
            break
    else:
        return None
    give = solution.values[lp.column_count :] * soft.scale
    give = np.where(give > 1e-9 * soft.scale, give, 0.0)
    named = np.flatnonzero((soft.weight < BALANCE_PENALTY) | (give > 0))
    suspects = np.flatnonzero(np.isin(named, find_supporting_limits(soft, solution.dual_values, lp.row_count)))
    left = max(min(IIS_SECONDS, deadline - time.monotonic()), 1.0)
    conflict = find_iis(lp, soft.select_limits(named), suspects, solution.dual_values[: lp.row_count], left)
    diagnosis = Infeasibility(
        conflict=describe_limits(index, program, soft, named[conflict.limits], give),
        relaxations=describe_limits(index, program, soft, np.flatnonzero(give), give),
        verified=is_feasible_within(apply_relaxation(lp, soft, give), time.monotonic() + left),
        irreducible=conflict.is_irreducible,
    )
    return InfeasibilityAnalysis(diagnosis, proof)

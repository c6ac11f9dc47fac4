"""Why no plan can keep all hard rules: the least total relaxation, and an irreducible set of rules in conflict."""

import time
from dataclasses import dataclass

import numpy as np

from models.plan import Certificate, Infeasibility
from solvers import backends
from solvers.backends.base import SolveOptions
from solvers.data.problem_arrays import ProblemIndex
from solvers.infeasibility.iis import agrees, find_conflict
from solvers.infeasibility.relaxable_limits import LAST_RESORT, Soft
from solvers.infeasibility.relaxation import elastic, relaxed, support
from solvers.infeasibility.wording import in_words
from solvers.lp.certificate import certify
from solvers.lp.linear_program import Program

SECONDS = 30.0
"""Time that looking for the smallest conflict may take at most."""

METHODS = ("highs", "highs-ipm")
"""Backends tried for the relaxed program, in this order."""


@dataclass(frozen=True, slots=True)
class Diagnosed:
    """A proved conflict."""

    diagnosis: Infeasibility
    """It in the planner's words."""
    proof: Certificate
    """Certificate of the relaxed program: its dual objective, above 0, bounds what every plan must break."""


def diagnose(index: ProblemIndex, program: Program, tolerance: float, seconds: float) -> Diagnosed | None:
    """Diagnose an infeasible program; None where no conflict can be proved within `tolerance` and about `seconds`."""
    deadline = time.monotonic() + seconds
    lp, soft = program.lp, Soft.of(index, program)
    softened = elastic(lp, soft)
    for name in METHODS:
        options = SolveOptions(time_limit_seconds=max(deadline - time.monotonic(), 1.0))
        solution = backends.get(name).solve(softened, options)
        if solution.values is None or solution.row_price is None:
            continue
        proof = certify(softened, solution, tolerance)
        if proof.passed and proof.dual_objective > tolerance:
            break
    else:
        return None
    give = solution.values[lp.columns :] * soft.scale
    give = np.where(give > 1e-9 * soft.scale, give, 0.0)
    named = np.flatnonzero((soft.weight < LAST_RESORT) | (give > 0))
    suspects = np.flatnonzero(np.isin(named, support(soft, solution.row_price, lp.rows)))
    left = max(min(SECONDS, deadline - time.monotonic()), 1.0)
    conflict = find_conflict(lp, soft.take(named), suspects, solution.row_price[: lp.rows], left)
    diagnosis = Infeasibility(
        conflict=in_words(index, program, soft, named[conflict.limits], give),
        relaxations=in_words(index, program, soft, np.flatnonzero(give), give),
        verified=agrees(relaxed(lp, soft, give), time.monotonic() + left),
        irreducible=conflict.irreducible,
    )
    return Diagnosed(diagnosis, proof)

"""The set of plans within some slack ε of the optimum, as a linear program.

    r ≤ Ax ≤ r̄,   l ≤ x ≤ l̄,   cᵀx ≤ z* + ε · max(1, |z*|)

z* is the optimum before rounding to whole units. With ordered goals, the value of every goal k is limited in the same way:
g_kᵀx ≤ g_k* + max(ε, tolerance of the goal) · max(1, |g_k*|), and the objective of the policy is not.
"""

from dataclasses import dataclass, replace

import numpy as np

from solvers.lp.linear_program import Block, FloatArray, IntArray, LinearProgram, Program, append_row
from solvers.lp.solution import BASIC, Basis
from solvers.sensitivity.session import SensitivitySession

ROUNDING_SHARE = 1e-10
"""Share by which every limit is raised, relative to max(1, |optimum|): the optimum itself is known to rounding errors only."""


@dataclass(frozen=True, slots=True)
class NearOptimalSet:
    """A program whose constraints `rows` limit the objective, or every ordered goal."""

    program: Program
    """Program of the last stage; without ordered goals, with one further constraint `near_optimum`."""
    basis: Basis
    """Basis of the optimum, which is feasible for every slack."""
    values: FloatArray
    """Values of the variables at that basis, (n,)."""
    rows: IntArray
    """Positions of the constraints that limit the objective or the goals, (k,)."""
    optima: FloatArray
    """Optimum of the objective, or of each goal as it is minimised, with the constant part, (k,)."""
    tolerances: FloatArray
    """Tolerances of the goals, 0 for the objective, (k,)."""
    offset: float
    """Constant part of the objective, which the constraint does not have."""
    prices: FloatArray
    """Dual values of all m constraints at the optimum of the objective, (k, m); 0 with ordered goals."""

    @classmethod
    def from_session(cls, session: SensitivitySession) -> "NearOptimalSet":
        """Build the set from a solved plan; a slack is set by `limit_to`."""
        program, basis = session.program, session.point.basis
        if basis is None:
            raise ValueError("the plan has no basis")
        if session.arrays.problem.policy.goals:
            stages = [stage for stage in session.goal_stages if stage.goal is not None]
            tolerances = [stage.goal.tolerance for stage in stages if stage.goal is not None]
            optima = [stage.point.objective for stage in stages]
            rows = program.constraints["goal"].positions
            prices = np.zeros((len(rows), program.lp.row_count))
            return cls(program, basis, session.point.values, rows, np.array(optima), np.array(tolerances), 0.0, prices)
        optimum = float(program.lp.cost @ session.point.values) + program.lp.offset
        block = Block("near_optimum", program.lp.row_count, 1, {"near_optimum": np.zeros(1, dtype=np.int64)})
        limited = replace(
            program,
            lp=append_row(program.lp, program.lp.cost, np.inf),
            constraints={**program.constraints, block.name: block},
            labels={**program.labels, block.name: ("objective",)},
        )
        longer = Basis(basis.columns, np.append(basis.rows, np.int8(BASIC)))
        prices = np.append(session.point.dual_values, 0.0)[None, :]
        return cls(
            limited,
            longer,
            session.point.values,
            block.positions,
            np.array([optimum]),
            np.zeros(1),
            program.lp.offset,
            prices,
        )

    def compute_limits(self, slack: float) -> FloatArray:
        """Return the upper bounds of the constraints `rows` for a slack, (k,)."""
        scale = np.maximum(1.0, np.abs(self.optima))
        return np.asarray(self.optima - self.offset + (np.maximum(slack, self.tolerances) + ROUNDING_SHARE) * scale)

    def measure(self, values: FloatArray) -> FloatArray:
        """Return the objective, or each goal as it is minimised, at some values, (n,); shape (k,)."""
        return np.asarray(self.program.lp.matrix.tocsr()[self.rows] @ values + self.offset)

    def limit_to(self, slack: float) -> LinearProgram:
        """Return the program of the set for a slack, with the objective of the plan."""
        upper = self.program.lp.row_upper.copy()
        upper[self.rows] = self.compute_limits(slack)
        return replace(self.program.lp, row_upper=upper)

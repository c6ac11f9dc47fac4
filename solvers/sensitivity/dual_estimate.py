"""Weak-duality estimate of a change that moves bounds only: a lower bound of the new objective, exact while the basis is optimal.

Dual values stay dual feasible when bounds move. By weak duality, their objective at the new bounds is a lower bound of the new
optimum. The bound is exact while the basis stays primal feasible, which a ratio test in the joint direction of all moving bounds
decides. Ranges of single limits are not sufficient, because each holds for one limit at a time.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from models.answers import ObjectiveEstimate, RuleContribution, ShiftedLimit
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import BasisStatus
from solvers.results.flows import Flows, clean_values
from solvers.results.summary import build_summary
from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.changed_plan import differs_only_in_bounds
from solvers.sensitivity.infeasible_changes import has_unsatisfiable_row
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import build_limit_reference

MAX_NAMED_LIMITS = 20
"""Maximum number of reported limits."""

NEGLIGIBLE_CHANGE = 1e-9
"""Won that are not reported, and slopes, relative to the largest, that are numerical noise."""


AT_LOWER, AT_UPPER = 0, 2
"""Basis statuses of nonbasic variables."""


def estimate_change(session: SensitivitySession, problem: PlanningProblem) -> ObjectiveEstimate:
    """Estimate the objective of a changed problem from dual values; one linear system with the basis matrix gives the valid range.

    The estimate says that there is no plan if the bounds of one constraint show it, and that it does not know otherwise.
    """
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    if has_unsatisfiable_row(program.lp):
        return _build_unavailable_estimate(session, "infeasible")
    path = _find_bound_path(session, program)
    if path is None:
        return _build_unavailable_estimate(session, "unknown")
    estimate = _BoundEstimate(session, arrays, program, path)
    values, valid_fraction = estimate.follow_basis()
    exact = valid_fraction >= 1
    objective_change = estimate.row_changes.sum() + estimate.column_changes.sum()
    return ObjectiveEstimate(
        outcome="optimal" if exact else "unknown",
        relaxed=session.is_relaxed,
        objective=session.plain_objective,
        objective_change=float(objective_change) + program.lp.offset - session.lp.offset,
        exact=exact,
        valid_fraction=valid_fraction,
        served_share=estimate.compute_served_shares(values) if exact else None,
        contributions=estimate.list_contributions(),
        limits=estimate.list_shifted_limits(),
    )


def _build_unavailable_estimate(
    session: SensitivitySession, outcome: Literal["infeasible", "unknown"]
) -> ObjectiveEstimate:
    return ObjectiveEstimate(
        outcome=outcome,
        relaxed=session.is_relaxed,
        objective=session.plain_objective,
        objective_change=None,
        exact=False,
        valid_fraction=0.0,
        served_share=None,
        contributions=(),
        limits=(),
    )


def _find_bound_path(session: SensitivitySession, program: Program) -> BoundPath | None:
    """Return the path of bounds to another program; None if more than bounds differs, or if the solve has several stages."""
    if is_multi_stage(session.arrays.problem):
        return None
    if not differs_only_in_bounds(session.lp, program.lp):
        return None
    try:
        return BoundPath.interpolate(Bounds.from_program(session.lp), Bounds.from_program(program.lp))
    except ValueError:
        return None


@dataclass(slots=True)
class _BoundEstimate:
    """A path of bounds with the estimated change of the objective."""

    session: SensitivitySession
    arrays: ProblemArrays
    program: Program
    path: BoundPath
    row_changes: FloatArray
    """Change of the objective by constraint in won, (m,)."""
    column_changes: FloatArray
    """Change of the objective by variable bound in won, (n,)."""

    def __init__(self, session: SensitivitySession, arrays: ProblemArrays, program: Program, path: BoundPath) -> None:
        self.session, self.arrays, self.program, self.path = session, arrays, program, path
        step, price, reduced = path.step, session.point.dual_values, session.reduced_costs
        self.row_changes = price * np.where(price > 0, step.row_lower, step.row_upper)
        self.column_changes = reduced * np.where(reduced > 0, step.column_lower, step.column_upper)

    def follow_basis(self) -> tuple[FloatArray, float]:
        """Return the change of values, (n,), with the basis over the whole path, and the share of the path with a feasible basis."""
        session, step, basis = self.session, self.path.step, self.session.point.basis
        if basis is None:
            return np.zeros(session.lp.column_count), 0.0
        matrix = session.lp.matrix
        values = _shift_nonbasic(basis.columns, step.column_lower, step.column_upper)
        push = _shift_nonbasic(basis.rows, step.row_lower, step.row_upper) - matrix @ values
        solver_session = session.reset_to_base()
        basic = solver_session.read_basic_variables()
        moved = solver_session.solve_with_basis(push)
        structural = basic >= 0
        values[basic[structural]] += moved[structural]
        movement = np.concatenate([values, matrix @ values])
        current = np.concatenate([session.point.values, matrix @ session.point.values])
        return values, _compute_valid_fraction(current, movement, _stack_bounds(self.path.start), _stack_bounds(step))

    def compute_served_shares(self, value_change: FloatArray) -> tuple[float, float]:
        """Return the served shares before and after a change of values."""
        session, shares = self.session, []
        for arrays, program, point_values in (
            (session.arrays, session.program, session.point.values),
            (self.arrays, self.program, session.point.values + value_change),
        ):
            clean = clean_values(program, point_values)
            flows = Flows.from_solution(arrays, program, clean, session.point.dual_values)
            shares.append(build_summary(arrays, program, clean, flows).served_share_of_needs)
        return shares[0], shares[1]

    def list_contributions(self) -> tuple[RuleContribution, ...]:
        """List contributions by constraint and bound; bands of shortage count as `balance`."""
        totals: dict[str, tuple[float, int]] = {}
        for blocks, objective_change in (
            (self.program.constraints, self.row_changes),
            (self.program.variables, self.column_changes),
        ):
            for name, block in blocks.items():
                block_change = objective_change[block.block_slice]
                touched = int((np.abs(block_change) > NEGLIGIBLE_CHANGE).sum())
                key = "balance" if name == "short" else name
                before = totals.get(key, (0.0, 0))
                totals[key] = (before[0] + float(block_change.sum()), before[1] + touched)
        reported = [
            RuleContribution(rule=name, objective_change=objective_change, limit_count=limits)
            for name, (objective_change, limits) in totals.items()
            if limits
        ]
        return tuple(sorted(reported, key=lambda part: -abs(part.objective_change)))

    def list_shifted_limits(self) -> tuple[ShiftedLimit, ...]:
        """List the moving limits with the largest contributions."""
        limits, step = self.session.list_limits(), self.path.step
        objective_change = np.concatenate([self.row_changes, self.column_changes])[limits.position]
        lower = np.concatenate([step.row_lower, step.column_lower])[limits.position]
        upper = np.concatenate([step.row_upper, step.column_upper])[limits.position]
        order = np.argsort(-np.abs(objective_change), kind="stable")[:MAX_NAMED_LIMITS]
        return tuple(
            ShiftedLimit(
                **build_limit_reference(limits, int(k)),
                shadow_price=float(limits.shadow_price[k]),
                bound_change=float(lower[k] or upper[k]),
                objective_change=float(objective_change[k]),
            )
            for k in order
            if abs(objective_change[k]) > NEGLIGIBLE_CHANGE and limits.shadow_price[k] > 0
        )


def _shift_nonbasic(status: BasisStatus, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """Return the movement of nonbasic values with their bounds; 0 for basic values."""
    return np.where(status == AT_LOWER, lower, np.where(status == AT_UPPER, upper, 0.0))


def _stack_bounds(bounds: Bounds) -> tuple[FloatArray, FloatArray]:
    """Return lower and upper bounds of variables and constraints, (n + m,) each."""
    lower = np.concatenate([bounds.column_lower, bounds.row_lower])
    return lower, np.concatenate([bounds.column_upper, bounds.row_upper])


def _compute_valid_fraction(
    current: FloatArray,
    movement: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    steps: tuple[FloatArray, FloatArray],
) -> float:
    """Return the largest share of the path, 0 to 1, on which every value stays within its moving bounds."""
    noise = NEGLIGIBLE_CHANGE * max(1.0, float(np.abs(movement).max(initial=0.0)))
    share = 1.0
    for sign, bound, step in ((-1.0, bounds[0], steps[0]), (1.0, bounds[1], steps[1])):
        approach = sign * (movement - step)
        is_approaching = approach > noise
        distance = np.maximum(sign * (bound - current)[is_approaching], 0.0)
        share = min(share, float((distance / approach[is_approaching]).min(initial=1.0)))
    return share

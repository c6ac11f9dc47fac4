"""What prices foretell of changes that move limits only: a bound of the objective, exact as long as the basis holds.

Prices of a plan stay feasible for the dual program when bounds move, so by weak duality the objective they give at the new bounds
is never above the optimum there, however far they move. Whether it *is* the optimum is the ratio test on the basis, along the
joint direction of all bounds that move: ranges of single limits do not tell, since they hold for one at a time.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import ObjectiveEstimate, RuleContribution, ShiftedLimit
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import BasisStatus
from solvers.results.flows import Flows, clean_values
from solvers.results.summary import build_summary
from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.changed_plan import differs_only_in_bounds
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import name_limit

MAX_NAMED_LIMITS = 20
"""Limits named at most."""

NEGLIGIBLE_AMOUNT = 1e-9
"""Won below which nothing is told, and slopes, relative to the greatest, that are a solver's noise."""


AT_LOWER, AT_UPPER = 0, 2
"""Statuses in a basis."""


def estimate_change(session: SensitivitySession, problem: PlanningProblem) -> ObjectiveEstimate:
    """What a plan's prices foretell of another problem. Nothing is solved again; one solve with the basis says how far it holds."""
    arrays = ProblemArrays.from_problem(problem)
    program = build_plan_program(arrays)
    way = _find_bound_path(session, program)
    if way is None:
        return _decline_estimate(session)
    found = _BoundEstimate(session, arrays, program, way)
    values, holds = found.follow_basis()
    exact = holds >= 1
    won = found.rows.sum() + found.columns.sum()
    return ObjectiveEstimate(
        objective=session.plain_objective,
        objective_change=float(won) + program.lp.offset - session.lp.offset,
        exact=exact,
        valid_fraction=holds,
        served_share=found.compute_served_shares(values) if exact else None,
        contributions=found.list_contributions(),
        limits=found.list_moving_limits(),
    )


def _decline_estimate(session: SensitivitySession) -> ObjectiveEstimate:
    return ObjectiveEstimate(
        objective=session.plain_objective,
        objective_change=None,
        exact=False,
        valid_fraction=0.0,
        served_share=None,
        contributions=(),
        limits=(),
    )


def _find_bound_path(session: SensitivitySession, program: Program) -> BoundPath | None:
    """How bounds move on the way to another program; None where more than bounds differs, or prices are not of the objective."""
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
    """A way that bounds move, and what prices say of it."""

    session: SensitivitySession
    arrays: ProblemArrays
    program: Program
    path: BoundPath
    rows: FloatArray
    """Won by row, (m,)."""
    columns: FloatArray
    """Won by column, (n,)."""

    def __init__(self, session: SensitivitySession, arrays: ProblemArrays, program: Program, way: BoundPath) -> None:
        self.session, self.arrays, self.program, self.path = session, arrays, program, way
        step, price, reduced = way.step, session.point.dual_values, session.reduced_costs
        self.rows = price * np.where(price > 0, step.row_lower, step.row_upper)
        self.columns = reduced * np.where(reduced > 0, step.column_lower, step.column_upper)

    def follow_basis(self) -> tuple[FloatArray, float]:
        """Change of values, (n,), when the basis is followed all the way; and the share of the way, 0 to 1, that it can be."""
        session, step, basis = self.session, self.path.step, self.session.point.basis
        if basis is None:
            return np.zeros(session.lp.column_count), 0.0
        matrix = session.lp.matrix
        values = _move_nonbasic(basis.columns, step.column_lower, step.column_upper)
        push = _move_nonbasic(basis.rows, step.row_lower, step.row_upper) - matrix @ values
        solver_session = session.reset_to_base()
        basic = solver_session.read_basic_variables()
        moved = solver_session.solve_with_basis(push)
        structural = basic >= 0
        values[basic[structural]] += moved[structural]
        moves = np.concatenate([values, matrix @ values])
        here = np.concatenate([session.point.values, matrix @ session.point.values])
        return values, _compute_valid_fraction(here, moves, _stack_bounds(self.path.start), _stack_bounds(step))

    def compute_served_shares(self, values: FloatArray) -> tuple[float, float]:
        """Served shares, before and after a change of values."""
        session, shares = self.session, []
        for arrays, program, at in (
            (session.arrays, session.program, session.point.values),
            (self.arrays, self.program, session.point.values + values),
        ):
            shown = clean_values(program, at)
            flows = Flows.from_solution(arrays, program, shown, session.point.dual_values)
            shares.append(build_summary(arrays, program, shown, flows).served_share)
        return shares[0], shares[1]

    def list_contributions(self) -> tuple[RuleContribution, ...]:
        """What adds to the change, by rule; bands of shortage are needs."""
        found: dict[str, tuple[float, int]] = {}
        for blocks, won in ((self.program.constraints, self.rows), (self.program.variables, self.columns)):
            for name, block in blocks.items():
                mine = won[block.block_slice]
                touched = int((np.abs(mine) > NEGLIGIBLE_AMOUNT).sum())
                key = "balance" if name == "short" else name
                before = found.get(key, (0.0, 0))
                found[key] = (before[0] + float(mine.sum()), before[1] + touched)
        reported = [
            RuleContribution(rule=name, objective_change=won, limit_count=limits)
            for name, (won, limits) in found.items()
            if limits
        ]
        return tuple(sorted(reported, key=lambda part: -abs(part.objective_change)))

    def list_moving_limits(self) -> tuple[ShiftedLimit, ...]:
        """The limits that add most."""
        limits, step = self.session.list_limits(), self.path.step
        won = np.concatenate([self.rows, self.columns])[limits.position]
        lower = np.concatenate([step.row_lower, step.column_lower])[limits.position]
        upper = np.concatenate([step.row_upper, step.column_upper])[limits.position]
        order = np.argsort(-np.abs(won), kind="stable")[:MAX_NAMED_LIMITS]
        return tuple(
            ShiftedLimit(
                **name_limit(limits, int(k)),
                shadow_price=float(limits.shadow_price[k]),
                bound_change=float(lower[k] or upper[k]),
                objective_change=float(won[k]),
            )
            for k in order
            if abs(won[k]) > NEGLIGIBLE_AMOUNT and limits.shadow_price[k] > 0
        )


def _move_nonbasic(status: BasisStatus, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """How what stands at a bound moves with it; 0 for all else, basic ones among them."""
    return np.where(status == AT_LOWER, lower, np.where(status == AT_UPPER, upper, 0.0))


def _stack_bounds(bounds: Bounds) -> tuple[FloatArray, FloatArray]:
    """Lower and upper bounds of columns and rows, (n + m,) each."""
    lower = np.concatenate([bounds.column_lower, bounds.row_lower])
    return lower, np.concatenate([bounds.column_upper, bounds.row_upper])


def _compute_valid_fraction(
    here: FloatArray,
    moves: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    steps: tuple[FloatArray, FloatArray],
) -> float:
    """Greatest share of the way, 0 to 1, over which nothing passes its bounds, which move as well."""
    noise = NEGLIGIBLE_AMOUNT * max(1.0, float(np.abs(moves).max(initial=0.0)))
    share = 1.0
    for sign, bound, step in ((-1.0, bounds[0], steps[0]), (1.0, bounds[1], steps[1])):
        nearing = sign * (moves - step)
        near = nearing > noise
        room = np.maximum(sign * (bound - here)[near], 0.0)
        share = min(share, float((room / nearing[near]).min(initial=1.0)))
    return share

"""What prices foretell of changes that move limits only: a bound of the objective, exact as long as the basis holds.

Prices of a plan stay feasible for the dual program when bounds move, so by weak duality the objective they give at the new bounds
is never above the optimum there, however far they move. Whether it *is* the optimum is the ratio test on the basis, along the
joint direction of all bounds that move: ranges of single limits do not tell, since they hold for one at a time.
"""

from dataclasses import dataclass

import numpy as np

from models.estimates import ObjectiveEstimate, RuleContribution, ShiftedLimit
from models.problem.planning_problem import PlanningProblem
from solvers.algorithms.pipeline import in_turns, program_of
from solvers.data.problem_arrays import ProblemIndex
from solvers.lp.linear_program import FloatArray, Program
from solvers.lp.solution import BasisStatus
from solvers.results.flows import Flows, tidy
from solvers.results.summary import summarise
from solvers.sensitivity.bound_paths import Way
from solvers.sensitivity.changed_plan import same_but_bounds
from solvers.sensitivity.session import Bounds, Standing
from solvers.sensitivity.shadow_prices import name_of

NAMED = 20
"""Limits named at most."""

NOTHING = 1e-9
"""Won below which nothing is told, and slopes, relative to the greatest, that are a solver's noise."""


AT_LOWER, AT_UPPER = 0, 2
"""Statuses in a basis."""


def estimate(standing: Standing, problem: PlanningProblem) -> ObjectiveEstimate:
    """What a plan's prices foretell of another problem. Nothing is solved again; one solve with the basis says how far it holds."""
    index = ProblemIndex.of(problem)
    program = program_of(index)
    way = _way(standing, program)
    if way is None:
        return _untold(standing)
    found = _Told(standing, index, program, way)
    values, holds = found.followed()
    exact = holds >= 1
    won = found.rows.sum() + found.columns.sum()
    return ObjectiveEstimate(
        objective=standing.won,
        objective_change=float(won) + program.lp.offset - standing.lp.offset,
        exact=exact,
        valid_fraction=holds,
        served_share=found.served(values) if exact else None,
        contributions=found.parts(),
        limits=found.limits(),
    )


def _untold(standing: Standing) -> ObjectiveEstimate:
    return ObjectiveEstimate(
        objective=standing.won,
        objective_change=None,
        exact=False,
        valid_fraction=0.0,
        served_share=None,
        contributions=(),
        limits=(),
    )


def _way(standing: Standing, program: Program) -> Way | None:
    """How bounds move on the way to another program; None where more than bounds differs, or prices are not of the objective."""
    if in_turns(standing.index.problem):
        return None
    if not same_but_bounds(standing.lp, program.lp):
        return None
    try:
        return Way.between(Bounds.of(standing.lp), Bounds.of(program.lp))
    except ValueError:
        return None


@dataclass(slots=True)
class _Told:
    """A way that bounds move, and what prices say of it."""

    standing: Standing
    index: ProblemIndex
    program: Program
    way: Way
    rows: FloatArray
    """Won by row, (m,)."""
    columns: FloatArray
    """Won by column, (n,)."""

    def __init__(self, standing: Standing, index: ProblemIndex, program: Program, way: Way) -> None:
        self.standing, self.index, self.program, self.way = standing, index, program, way
        step, price, reduced = way.step, standing.point.row_price, standing.reduced
        self.rows = price * np.where(price > 0, step.row_lower, step.row_upper)
        self.columns = reduced * np.where(reduced > 0, step.column_lower, step.column_upper)

    def followed(self) -> tuple[FloatArray, float]:
        """Change of values, (n,), when the basis is followed all the way; and the share of the way, 0 to 1, that it can be."""
        standing, step, basis = self.standing, self.way.step, self.standing.point.basis
        if basis is None:
            return np.zeros(standing.lp.columns), 0.0
        matrix = standing.lp.matrix
        values = _of_nonbasic(basis.columns, step.column_lower, step.column_upper)
        push = _of_nonbasic(basis.rows, step.row_lower, step.row_upper) - matrix @ values
        session = standing.home()
        basic = session.basic_variables()
        moved = session.solve_basis(push)
        structural = basic >= 0
        values[basic[structural]] += moved[structural]
        moves = np.concatenate([values, matrix @ values])
        here = np.concatenate([standing.point.values, matrix @ standing.point.values])
        return values, _share(here, moves, _stacked(self.way.start), _stacked(step))

    def served(self, values: FloatArray) -> tuple[float, float]:
        """Served shares, before and after a change of values."""
        standing, shares = self.standing, []
        for index, program, at in (
            (standing.index, standing.program, standing.point.values),
            (self.index, self.program, standing.point.values + values),
        ):
            shown = tidy(program, at)
            flows = Flows.of(index, program, shown, standing.point.row_price)
            shares.append(summarise(index, program, shown, flows).served_share)
        return shares[0], shares[1]

    def parts(self) -> tuple[RuleContribution, ...]:
        """What adds to the change, by rule; bands of shortage are needs."""
        found: dict[str, tuple[float, int]] = {}
        for blocks, won in ((self.program.rules, self.rows), (self.program.decisions, self.columns)):
            for name, block in blocks.items():
                mine = won[block.span]
                touched = int((np.abs(mine) > NOTHING).sum())
                key = "balance" if name == "short" else name
                before = found.get(key, (0.0, 0))
                found[key] = (before[0] + float(mine.sum()), before[1] + touched)
        told = [
            RuleContribution(rule=name, objective_change=won, limit_count=limits)
            for name, (won, limits) in found.items()
            if limits
        ]
        return tuple(sorted(told, key=lambda part: -abs(part.objective_change)))

    def limits(self) -> tuple[ShiftedLimit, ...]:
        """The limits that add most."""
        limits, step = self.standing.limits(), self.way.step
        won = np.concatenate([self.rows, self.columns])[limits.position]
        lower = np.concatenate([step.row_lower, step.column_lower])[limits.position]
        upper = np.concatenate([step.row_upper, step.column_upper])[limits.position]
        order = np.argsort(-np.abs(won), kind="stable")[:NAMED]
        return tuple(
            ShiftedLimit(
                **name_of(limits, int(k)),
                shadow_price=float(limits.gain[k]),
                bound_change=float(lower[k] or upper[k]),
                objective_change=float(won[k]),
            )
            for k in order
            if abs(won[k]) > NOTHING and limits.gain[k] > 0
        )


def _of_nonbasic(status: BasisStatus, lower: FloatArray, upper: FloatArray) -> FloatArray:
    """How what stands at a bound moves with it; 0 for all else, basic ones among them."""
    return np.where(status == AT_LOWER, lower, np.where(status == AT_UPPER, upper, 0.0))


def _stacked(bounds: Bounds) -> tuple[FloatArray, FloatArray]:
    """Lower and upper bounds of columns and rows, (n + m,) each."""
    lower = np.concatenate([bounds.column_lower, bounds.row_lower])
    return lower, np.concatenate([bounds.column_upper, bounds.row_upper])


def _share(
    here: FloatArray,
    moves: FloatArray,
    bounds: tuple[FloatArray, FloatArray],
    steps: tuple[FloatArray, FloatArray],
) -> float:
    """Greatest share of the way, 0 to 1, over which nothing passes its bounds, which move as well."""
    noise = NOTHING * max(1.0, float(np.abs(moves).max(initial=0.0)))
    share = 1.0
    for sign, bound, step in ((-1.0, bounds[0], steps[0]), (1.0, bounds[1], steps[1])):
        nearing = sign * (moves - step)
        near = nearing > noise
        room = np.maximum(sign * (bound - here)[near], 0.0)
        share = min(share, float((room / nearing[near]).min(initial=1.0)))
    return share

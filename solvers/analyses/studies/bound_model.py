r"""The bounds of a program as an affine function of the factors: b(ξ) ≈ b₀ + Σₖ (ξₖ − 1)·dₖ.

The program is built at the neutral point, at one end of each factor alone, which gives its direction dₖ, and at three points that
move all factors at once: their other ends, their middles and a scattered point. The model holds if all of these programs differ in
bounds only, but for constraints and variables that are left out where a limit is 0, and if the bounds at the three points are as predicted. A direction of a bound that is a convex or concave function of
its factor is found wrong at one of them, and a product of two factors as well.

Limits and needs of items in whole units, and limits of lines with a lot, are rounded to what is possible, so these bounds follow the
factors in steps. Their distance from the model is measured at the three points, and the largest one in each block is the allowance of
all bounds of the block that move by whole units. Without such bounds the model is exact.

Where the model holds, the optimum is, but for the allowance, a convex function of ξ. Where it does not, the reason is stated.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np

from models.validation.finding import InvalidProblemError
from solvers.algorithms.pipeline import build_plan_program, is_multi_stage
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import AllotError
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program
from solvers.sensitivity.bounds import BOUND_ARRAYS, Bounds, find_layout_positions
from solvers.sensitivity.changed_plan import differs_only_in_bounds

AFFINITY_TOLERANCE = 1e-9
"""Largest difference of a bound from its prediction, relative to 1 + the bound."""

MOST_ROUNDED_UNITS = 3.0
"""Most units, or lots, by which rounding can move a bound of one county away from the model."""

SCATTER = (5**0.5 - 1) / 2
"""Share of a factor's range by which each further factor is scattered: multiples of it, without their whole part, never meet."""


class BoundsNotAffineError(AllotError):
    """The bounds of the program are not an affine function of the factors; the message is a sentence for people."""


@dataclass(frozen=True, slots=True)
class BoundStep:
    """How bounds move with one factor: the positions of bounds that move, and their change per unit of the factor."""

    rows: IntArray
    """Positions of constraints, (r,)."""
    row_lower: FloatArray
    """Change of their lower bounds, (r,)."""
    row_upper: FloatArray
    """Change of their upper bounds, (r,)."""
    columns: IntArray
    """Positions of variables, (c,)."""
    column_lower: FloatArray
    """Change of their lower bounds, (c,)."""
    column_upper: FloatArray
    """Change of their upper bounds, (c,)."""

    def price(self, dual_values: FloatArray, reduced_costs: FloatArray) -> float:
        """Return the change of the optimum per unit of the factor at dual values, (m,), and reduced costs, (n,)."""
        of_rows = _price_moves(dual_values[self.rows], self.row_lower, self.row_upper)
        return of_rows + _price_moves(reduced_costs[self.columns], self.column_lower, self.column_upper)


@dataclass(frozen=True, slots=True)
class BoundModel:
    """A program whose bounds are an affine function of the factors."""

    arrays: ProblemArrays
    """The problem at the neutral point, where every factor is 1, as arrays."""
    program: Program
    """Its program, with all variables and constraints that some point has."""
    steps: tuple[BoundStep, ...]
    """Directions, by factor; k of them."""
    rows: IntArray
    """Positions of the constraints that any factor moves, ascending."""
    columns: IntArray
    """Positions of the variables that any factor moves, ascending."""
    allowance: Bounds
    """Largest distance of the bounds from the model by rounding to whole units; 0 where they do not move so."""

    @property
    def is_exact(self) -> bool:
        """Whether no bound that moves is rounded, so that the model is the program."""
        return not any(getattr(self.allowance, name).any() for name in BOUND_ARRAYS)

    @classmethod
    def from_problem(cls, varied: VariedProblem) -> Self:
        """Build the model, and verify it.

        Raises
        ------
        BoundsNotAffineError
            The model does not hold.
        InvalidProblemError
            The problem is invalid at the neutral point.
        """
        if is_multi_stage(varied.problem):
            raise BoundsNotAffineError(
                "The policy has ordered goals or lets no county lose by swaps, so later stages depend on earlier optima."
            )
        neutral = varied.neutral_point
        arrays = ProblemArrays.from_problem(varied.build_problem(neutral))
        own = build_plan_program(arrays)
        layout = _choose_layout(varied, own)
        start = align_bounds(own, layout, "the neutral point")
        program = start.apply_to_program(layout)
        ends = _choose_ends(varied)
        steps = []
        for k, factor in enumerate(varied.factors):
            point = neutral.copy()
            point[k] = ends[k]
            name = f"the factor {factor.name}"
            moved = start if ends[k] == 1.0 else _build_bounds(varied, point, program, name)
            steps.append(_find_step(start, moved, ends[k] - 1.0, name))
        rows, columns = (
            np.unique(np.concatenate([getattr(step, name) for step in steps])) for name in ("rows", "columns")
        )
        nothing = Bounds(*(np.zeros_like(getattr(program.lp, name)) for name in BOUND_ARRAYS))
        model = cls(arrays, program, tuple(steps), rows, columns, nothing)
        found = [model.measure_rounding(varied, point) for point in _choose_verification_points(varied, ends)]
        worst = Bounds(*(np.max([getattr(one, name) for one in found], axis=0) for name in BOUND_ARRAYS))
        return replace(model, allowance=_extend_to_blocks(model, worst))

    def compute_bounds(self, point: FloatArray) -> Bounds:
        """Return the bounds at a point, (k,), as new arrays."""
        bounds = Bounds.from_program(self.program.lp).copy_arrays()
        for step, value in zip(self.steps, point, strict=True):
            share = float(value) - 1.0
            bounds.row_lower[step.rows] += share * step.row_lower
            bounds.row_upper[step.rows] += share * step.row_upper
            bounds.column_lower[step.columns] += share * step.column_lower
            bounds.column_upper[step.columns] += share * step.column_upper
        return bounds

    def compute_slopes(self, dual_values: FloatArray, reduced_costs: FloatArray) -> FloatArray:
        """Return a subgradient of the optimum by the factors, (k,), at dual values, (m,), and reduced costs, (n,)."""
        return np.array([step.price(dual_values, reduced_costs) for step in self.steps])

    def measure_rounding(self, varied: VariedProblem, point: FloatArray) -> Bounds:
        """Return the distance of each bound at a point, (k,), from the model, where rounding can cause it.

        Raises
        ------
        BoundsNotAffineError
            Rounding cannot cause a distance, or the program differs in more than bounds.
        """
        predicted = self.compute_bounds(point)
        actual = _build_bounds(varied, point, self.program, "several factors at once")
        distances = {}
        for name in BOUND_ARRAYS:
            expected, found = getattr(predicted, name), getattr(actual, name)
            with np.errstate(invalid="ignore"):
                distance = np.where(expected == found, 0.0, np.abs(expected - found))
            distance[distance <= AFFINITY_TOLERANCE * (1.0 + np.abs(found))] = 0.0
            blocks = self.program.constraints if name.startswith("row") else self.program.variables
            if (distance > _find_most_rounding(self.arrays, blocks, len(distance))).any():
                raise BoundsNotAffineError(
                    "Limits do not follow the factors in proportion: factors multiply each other, or a limit stops following."
                )
            distances[name] = distance
        return Bounds(**distances)


def _choose_ends(varied: VariedProblem) -> FloatArray:
    """Return the end of each factor's range that is farther from 1, (k,)."""
    return np.where(np.abs(varied.high - 1.0) >= np.abs(varied.low - 1.0), varied.high, varied.low)


def _choose_verification_points(varied: VariedProblem, ends: FloatArray) -> Sequence[FloatArray]:
    """Return the other ends, the middles, and a scattered point, each (k,)."""
    others = np.where(ends == varied.high, varied.low, varied.high)
    shares = (SCATTER * np.arange(1, len(ends) + 1)) % 1.0
    return others, (varied.low + varied.high) / 2, varied.low + shares * (varied.high - varied.low)


def _choose_layout(varied: VariedProblem, neutral: Program) -> Program:
    """Return the program at the greatest values of all factors if it has more variables than the neutral one, which leaves out some."""
    try:
        problem = varied.build_problem(np.maximum(varied.high, 1.0))
    except InvalidProblemError:
        return neutral
    greatest = build_plan_program(ProblemArrays.from_problem(problem))
    return greatest if greatest.lp.column_count > neutral.lp.column_count else neutral


def _build_bounds(varied: VariedProblem, point: FloatArray, layout: Program, description: str) -> Bounds:
    """Return the bounds at a point, (k,), in the layout of a program; raises as `align_bounds`."""
    try:
        problem = varied.build_problem(point)
    except InvalidProblemError as error:
        raise BoundsNotAffineError(f"The problem is invalid at an end of {description}: {error}") from error
    if is_multi_stage(problem):
        raise BoundsNotAffineError(f"With {description}, the policy has several stages.")
    return align_bounds(build_plan_program(ProblemArrays.from_problem(problem)), layout, description)


def align_bounds(program: Program, layout: Program, description: str) -> Bounds:
    """Return the bounds of a program in the layout of another; BoundsNotAffineError if more than bounds differ.

    A constraint that the program lacks holds nothing but variables that it lacks, so its limits are 0; these variables keep the bounds
    of the layout.
    """
    if program.lp.offset == layout.lp.offset and differs_only_in_bounds(program.lp, layout.lp):
        return Bounds.from_program(program.lp)
    found = find_layout_positions(program, layout) if program.lp.offset == layout.lp.offset else None
    if found is None:
        raise BoundsNotAffineError(
            f"A change of {description} changes variables, coefficients or costs, not limits alone."
        )
    own, bounds = Bounds.from_program(program.lp), Bounds.from_program(layout.lp).copy_arrays()
    for name in BOUND_ARRAYS:
        values = getattr(bounds, name)
        if name.startswith("row"):
            values[np.isfinite(values)] = 0.0
        values[found[0] if name.startswith("row") else found[1]] = getattr(own, name)
    return bounds


def _find_step(start: Bounds, end: Bounds, distance: float, description: str) -> BoundStep:
    """Return the change of bounds per unit of a factor that moved by `distance`."""
    moves = {}
    for name in BOUND_ARRAYS:
        before, after = getattr(start, name), getattr(end, name)
        if (np.isfinite(before) != np.isfinite(after)).any():
            raise BoundsNotAffineError(f"A change of {description} sets or removes a limit.")
        with np.errstate(invalid="ignore"):
            moves[name] = np.where(before == after, 0.0, (after - before) / (distance or 1.0))
    rows = np.flatnonzero((moves["row_lower"] != 0) | (moves["row_upper"] != 0))
    columns = np.flatnonzero((moves["column_lower"] != 0) | (moves["column_upper"] != 0))
    return BoundStep(
        rows,
        moves["row_lower"][rows],
        moves["row_upper"][rows],
        columns,
        moves["column_lower"][columns],
        moves["column_upper"][columns],
    )


def _price_moves(price: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    """Return Σ price·(move of the bound that the price belongs to): the lower one of a positive price, or else the upper one."""
    return float(np.where(price > 0, price * lower, price * upper).sum())


def _find_most_rounding(arrays: ProblemArrays, blocks: Mapping[str, Block], size: int) -> FloatArray:
    """Return the most by which rounding can move each bound, (size,): units of items in whole units and lots of lines, else 0."""
    most = np.zeros(size)
    by_item = np.where(arrays.items.is_whole_units, MOST_ROUNDED_UNITS * arrays.places.county_count, 0.0)
    by_line = MOST_ROUNDED_UNITS * arrays.lines.lot
    for block in blocks.values():
        if "item" in block.axes:
            most[block.block_slice] = by_item[block.axes["item"]]
        elif "line" in block.axes:
            most[block.block_slice] = by_line[block.axes["line"]]
    return most


def _extend_to_blocks(model: BoundModel, worst: Bounds) -> Bounds:
    """Return the largest distance of each block for all bounds of the block that move and that rounding can move."""
    arrays = {}
    for name in BOUND_ARRAYS:
        is_row = name.startswith("row")
        measured = getattr(worst, name)
        distance = np.zeros_like(measured)
        blocks = model.program.constraints if is_row else model.program.variables
        can_round = _find_most_rounding(model.arrays, blocks, len(distance)) > 0
        moves = np.zeros(len(distance), dtype=bool)
        moves[model.rows if is_row else model.columns] = True
        for block in blocks.values():
            part = block.block_slice
            largest = measured[part].max(initial=0.0)
            distance[part] = np.where((moves[part] | (measured[part] > 0)) & can_round[part], largest, 0.0)
        arrays[name] = np.where(np.isfinite(getattr(model.program.lp, name)), distance, 0.0)
    return Bounds(**arrays)

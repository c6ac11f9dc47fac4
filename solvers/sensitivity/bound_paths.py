"""Moving limits: bounds in which one limit has so much more, or which lie on the way from one problem to another."""

from dataclasses import dataclass

import numpy as np

from solvers.lp.linear_program import FloatArray, LinearProgram
from solvers.sensitivity.goal_stages import OptimalPoint
from solvers.sensitivity.session import Bounds

BOUND_ARRAYS = ("row_lower", "row_upper", "column_lower", "column_upper")


@dataclass(frozen=True, slots=True)
class BoundPath:
    """Bounds that move in a straight line: `start` + t · `step`."""

    start: Bounds
    """Bounds at t = 0."""
    step: Bounds
    """What one unit of t adds; 0 where nothing moves."""

    @classmethod
    def interpolate(cls, start: Bounds, end: Bounds) -> "BoundPath":
        """From one set of bounds (t = 0) to another (t = 1); ValueError where a bound is infinite in one of them alone."""
        steps = []
        for name in BOUND_ARRAYS:
            a, b = getattr(start, name), getattr(end, name)
            if (np.isfinite(a) != np.isfinite(b)).any():
                raise ValueError("a limit is there at one end only")
            steps.append(
                np.where(np.isfinite(a), np.where(np.isfinite(b), b, 0.0) - np.where(np.isfinite(a), a, 0.0), 0.0)
            )
        return cls(start, Bounds(*steps))

    @classmethod
    def for_limit(cls, start: Bounds, position: int, sign: float) -> "BoundPath":
        """One more unit of one limit: a row, or the number of rows plus a column; `sign` −1 for a least amount."""
        step = Bounds(*(np.zeros_like(getattr(start, name)) for name in BOUND_ARRAYS))
        rows = len(start.row_lower)
        kind, at = ("row", position) if position < rows else ("column", position - rows)
        side = "upper" if sign > 0 else "lower"
        getattr(step, f"{kind}_{side}")[at] = sign
        return cls(start, step)

    def bounds_at(self, t: float) -> Bounds:
        """The bounds at t; a lower bound of 0 is kept where a least amount would fall below it."""
        moved = {name: getattr(self.start, name) + t * getattr(self.step, name) for name in BOUND_ARRAYS}
        moved["column_lower"] = np.where(
            self.step.column_lower < 0, np.maximum(moved["column_lower"], 0.0), moved["column_lower"]
        )
        return Bounds(**moved)

    def compute_slope(self, lp: LinearProgram, point: OptimalPoint) -> float:
        """How the optimum changes per unit of t, from the prices at a point: a subgradient, the slope where there is one."""
        reduced = np.asarray(lp.cost - lp.matrix.T @ point.dual_values)
        return _price_step(point.dual_values, self.step.row_lower, self.step.row_upper) + _price_step(
            reduced, self.step.column_lower, self.step.column_upper
        )


def _price_step(price: FloatArray, lower: FloatArray, upper: FloatArray) -> float:
    return float(np.where(price > 0, price * lower, price * upper).sum())

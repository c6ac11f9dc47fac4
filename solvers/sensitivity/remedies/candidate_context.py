"""A candidate change of an input limit, and the limit with the data for its candidates."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.base import expand_to_periods
from models.changes.change import Change
from models.heads import list_heads
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import Limits
from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import build_limit_reference

ChangeFactory = Callable[[float, FloatArray], tuple[Change, ...]]
"""Returns the changes for an additional amount and a plan with these values."""


@dataclass(frozen=True, slots=True)
class CandidateChange:
    """One adjustable limit and the change that adjusts it."""

    limit_reference: dict[str, str]
    """Rule, id, part, period and unit."""
    bound_steps: tuple[tuple[str, IntArray, FloatArray], ...]
    """Bounds that one more unit moves: name of an array of Bounds, positions, units."""
    limit: float
    """Current amount."""
    to_changes: ChangeFactory = field(repr=False)
    """Creates the changes."""
    max_amount: float = np.inf
    """Maximum additional amount in units."""
    step: float = 0.0
    """Additional amounts of which the limit counts multiples only: a lot of a line, or one unit; 0 if it counts any amount."""

    def build_bound_path(self, start: Bounds) -> BoundPath:
        """Return the path of bounds as the limit grows."""
        step = Bounds(*(np.zeros_like(getattr(start, name)) for name in Bounds.__slots__))
        for name, positions, units in self.bound_steps:
            getattr(step, name)[positions] += units
        return BoundPath(start, step)


class LimitContext:
    """One limit with the data for its candidates."""

    def __init__(self, session: SensitivitySession, limits: Limits, k: int) -> None:
        self.session, self.arrays, self.problem = session, session.arrays, session.arrays.problem
        self.limit_reference = build_limit_reference(limits, k)
        self.position, self.limit = int(limits.position[k]), float(limits.limit[k])
        rows = session.lp.row_count
        self.is_row = self.position < rows
        number = self.position if self.is_row else self.position - rows
        block, here = session.program.find_constraint(number) if self.is_row else session.program.find_variable(number)
        self.axes = {axis: int(codes[here]) for axis, codes in block.axes.items()}
        self.positions = np.array([number])
        self.period = self.axes.get("period", 0)
        self.heads_by_county = list_heads(self.problem)

    def build_candidate(
        self,
        what: str,
        where: str,
        old_value: object,
        *,
        sign: float = 1.0,
        units_per_value: float = 1.0,
        max_amount: float = np.inf,
    ) -> CandidateChange:
        """Create a candidate for this limit alone: a per-period value, of which one unit is `per` units of the limit."""
        side = ("row_" if self.is_row else "column_") + ("upper" if sign > 0 else "lower")
        period, before = (
            self.problem.periods[self.period],
            read_period_value(old_value, self.period, len(self.problem.periods)),
        )

        def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            value = max(0.0, before + sign * amount / units_per_value)
            return (Change.model_validate({"what": what, "where": where, "periods": (period,), "value": value}),)

        return CandidateChange(
            self.limit_reference, ((side, self.positions, np.array([sign])),), self.limit, make_changes, max_amount
        )

    def find_constraint_rows(self, rule: str, **codes: int) -> IntArray:
        """Return the rows of a constraint with these positions on its axes."""
        block = self.session.program.constraints[rule]
        is_match = np.logical_and.reduce([block.axes[axis] == code for axis, code in codes.items()])
        return np.asarray(block.start + np.flatnonzero(is_match))

    def read_axis_codes(self, rule: str, rows: IntArray, axis: str) -> IntArray:
        """Return the positions of rows of a constraint on an axis."""
        block = self.session.program.constraints[rule]
        return np.asarray(block.axes[axis][rows - block.start])


def read_period_value(value: object, t: int, count: int) -> float:
    """Return a value by period in one period; 0 if it is absent."""
    return expand_to_periods(value, count)[t] if isinstance(value, int | float | tuple) else 0.0


def create_change_factory(what: str, where: str | None, before: float) -> ChangeFactory:
    """Return a factory of the change that adds an amount to one number."""

    def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        return (Change.model_validate({"what": what, "where": where, "value": before + amount}),)

    return make_changes

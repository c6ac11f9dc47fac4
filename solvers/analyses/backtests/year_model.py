"""The linear program of a year whose limits depend on the draws of each period.

A factor has a value in every period that is to be planned. Each of these values is a factor of its own in the bound model of studies,
so that the bounds of the program are an affine function of all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from models.analyses.study import Factor, FactorChange
from models.problem.planning_problem import PlanningProblem
from models.validation.finding import Finding, InvalidProblemError, format_json_pointer, split_json_pointer
from models.validation.finding_codes import make_finding
from solvers.algorithms.period_aggregation import find_period_spans
from solvers.analyses.studies.bound_model import BoundModel, BoundsNotAffineError
from solvers.analyses.studies.varied_problem import VariedProblem
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Block, FloatArray, IntArray, LinearProgram, Program
from solvers.sensitivity.bounds import Bounds

CLOSENESS_WEIGHT = 0.1
"""Cost of a deviation from the first plan's quotas, in won per won of value, with quotas kept close: less than any shortage of goods."""


@dataclass(frozen=True, slots=True)
class YearModel:
    """A program with n variables and m constraints, whose bounds depend on k factors in each of f future periods."""

    model: BoundModel
    """Bounds as a function of the factors by period."""
    varied: VariedProblem
    """The problem as a function of the factors by period."""
    pairs: IntArray
    """Position of the future period and of the factor that each factor of `varied` stands for, (p, 2)."""
    first_period: int
    """Position of the first period that is to be planned."""
    column_period: IntArray
    """Position of the period of each variable, (n,)."""
    last_period: IntArray
    """Position of the last period of the variables of each constraint, (m,)."""

    @classmethod
    def from_problem(cls, problem: PlanningProblem, factors: Sequence[Factor]) -> Self:
        """Build the program and its dependence on the factors.

        Raises
        ------
        InvalidProblemError
            A factor names something that the problem does not have, or changes more than limits by period; paths begin with
            `/factors`.
        """
        VariedProblem.from_base(problem, factors)
        first_period = 0 if problem.past is None else len(problem.past.periods)
        pairs = [
            (t, k)
            for t, period in enumerate(problem.periods[first_period:])
            for k, factor in enumerate(factors)
            if any(_applies_in(change, period) for change in factor.changes)
        ]
        by_period = [_restrict_to_period(factors[k], problem.periods[first_period + t]) for t, k in pairs]
        try:
            varied = VariedProblem.from_base(problem, by_period)
            model = BoundModel.from_problem(varied)
        except InvalidProblemError as error:
            raise _move_to_factors(error, [k for _, k in pairs]) from error
        except BoundsNotAffineError as error:
            raise InvalidProblemError((_build_finding(str(error)),)) from error
        column_period = np.full(model.program.lp.column_count, -1, dtype=np.int64)
        for block in model.program.variables.values():
            if "period" in block.axes:
                column_period[block.block_slice] = block.axes["period"]
        _, last_period = find_period_spans(model.program)
        return cls(model, varied, np.array(pairs).reshape(-1, 2), first_period, column_period, last_period)

    @property
    def arrays(self) -> ProblemArrays:
        """The problem as arrays, where every factor is 1."""
        return self.model.arrays

    @property
    def program(self) -> Program:
        """The program, where every factor is 1."""
        return self.model.program

    @property
    def future_count(self) -> int:
        """Number of periods that are to be planned, f."""
        return self.arrays.period_count - self.first_period

    def compute_bounds(self, path: FloatArray) -> Bounds:
        """Return the bounds for values of the factors, (f, k), which are clipped to the ranges of the fields that they change."""
        return self.model.compute_bounds(self._select_values(path))

    def compute_demand(self, path: FloatArray) -> FloatArray:
        """Return the demand in units for values of the factors, (f, k); shape (C, I, T)."""
        return ProblemArrays.from_problem(self.varied.build_problem(self._select_values(path))).demand

    def _select_values(self, path: FloatArray) -> FloatArray:
        return np.clip(path[self.pairs[:, 0], self.pairs[:, 1]], self.varied.low, self.varied.high)

    def fix_before(self, bounds: Bounds, values: FloatArray, period: int) -> Bounds:
        """Return the bounds with all variables before a period fixed at values, (n,); constraints on them alone are free."""
        fixed = bounds.copy_arrays()
        is_past = (self.column_period >= self.first_period) & (self.column_period < period)
        fixed.column_lower[is_past] = fixed.column_upper[is_past] = values[is_past]
        only_past = (self.last_period >= self.first_period) & (self.last_period < period)
        fixed.row_lower[only_past], fixed.row_upper[only_past] = -np.inf, np.inf
        return fixed


def add_closeness(program: Program) -> Program:
    """Return the program with the distance of each quota from a former one, which costs, and whose constraints are free.

    make[l,t] − above[l,t] + below[l,t]  =  former_quota[l,t]
    """
    make, lp = program.variables["make"], program.lp
    size = make.size
    sides = {axis: np.tile(codes, 2) for axis, codes in make.axes.items()} | {"side": np.repeat([0, 1], size)}
    distance = Block("quota_distance", lp.column_count, 2 * size, sides)
    rows = Block("quota_distance", lp.row_count, size, dict(make.axes))
    value = program.unit_values["line"][make.axes["line"]]
    cost = CLOSENESS_WEIGHT * np.where(value > 0, value, 1.0)
    eye = sparse.eye_array(size, format="csc")
    of_make = sparse.csc_array((np.ones(size), (np.arange(size), make.positions)), shape=(size, lp.column_count))
    matrix = sparse.block_array([[lp.matrix, None, None], [of_make, -eye, eye]], format="csc")
    return Program(
        LinearProgram(
            np.concatenate([lp.cost, cost, cost]),
            np.concatenate([lp.column_lower, np.zeros(2 * size)]),
            np.concatenate([lp.column_upper, np.full(2 * size, np.inf)]),
            np.concatenate([lp.row_lower, np.full(size, -np.inf)]),
            np.concatenate([lp.row_upper, np.full(size, np.inf)]),
            sparse.csc_array(matrix),
            lp.offset,
        ),
        {**program.variables, distance.name: distance},
        {**program.constraints, rows.name: rows},
        program.labels,
        program.unit_values,
    )


def _applies_in(change: FactorChange, period: str) -> bool:
    return change.periods is None or period in change.periods


def _restrict_to_period(factor: Factor, period: str) -> Factor:
    """Return the factor in one period only."""
    changes = tuple(
        change.model_copy(update={"periods": (period,)}) for change in factor.changes if _applies_in(change, period)
    )
    return factor.model_copy(update={"changes": changes})


def _build_finding(message: str) -> Finding:
    remedy = "Use factors of limits and needs by period, and a policy without ordered goals and `own_needs_first`."
    return make_finding("not_limits_by_period", ("factors",), message, remedy)


def _move_to_factors(error: InvalidProblemError, factors: Sequence[int]) -> InvalidProblemError:
    """Return the error with each finding once, at the factor of the request, whatever the period."""
    findings: dict[tuple[str, str], Finding] = {}
    for finding in error.findings:
        kind, *rest = split_json_pointer(finding.path) if finding.path else ("",)
        is_about_factor = kind == "factors" and len(rest) > 0
        path = format_json_pointer("factors", factors[int(rest[0])]) if is_about_factor else finding.path
        findings.setdefault((path, finding.code), finding.model_copy(update={"path": path}))
    return InvalidProblemError(tuple(findings.values()))

"""A plan that stands ready to be asked: its program, point and prices, and a solver waiting at its vertex.

Everything an answer needs beyond the plan's tables starts here. A `Standing` is opened once from a problem (and, where there
is one, the stored basis, so that nothing is solved again), asked many things, and thrown away.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from models.options import PlanOptions
from models.problem import PlanningProblem
from solvers.answers.errors import NothingToAsk
from solvers.backends.highs_session import HighsSession, Method
from solvers.index import ProblemIndex
from solvers.program import FloatArray, LinearProgram, Program
from solvers.report.flows import Flows, tidy
from solvers.report.limits import Limits
from solvers.solution import Basis, Solution
from solvers.strategy.run import Run
from solvers.strategy.stages import program_of, solve_in_stages


@dataclass(frozen=True, slots=True)
class Point:
    """An optimum of a program: values by column (n,), prices by row (m,), and its objective."""

    values: FloatArray
    """Value by column, (n,)."""
    row_price: FloatArray
    """Price by row, (m,)."""
    objective: float
    """What was minimised."""
    basis: Basis | None = None
    """The vertex, where it was asked for."""


@dataclass(slots=True)
class Standing:
    """A solved plan before rounding to whole units, with a session that stands on its basis."""

    index: ProblemIndex
    """The problem as arrays."""
    program: Program
    """The program whose prices are the plan's (the last goal's, where goals are ordered)."""
    point: Point
    """Its optimum, with basis."""
    session: HighsSession
    """The program loaded; whoever changes it puts its bounds back (see `moved`)."""
    at_home: bool = True
    """Whether the session stands on the plan's own basis."""

    @classmethod
    def of(cls, problem: PlanningProblem, basis: Basis | None = None, options: PlanOptions | None = None) -> "Standing":
        """Open a problem that has passed its checks; `basis`: that of its plan, as `PlanResult.basis` gives it.

        Problems with ordered goals or own_needs_first are solved again by their stages. Raises NothingToAsk where no proved
        optimum with a basis is found.
        """
        options = options or PlanOptions()
        index = ProblemIndex.of(problem)
        program = program_of(index)
        policy = problem.policy
        if policy.goals or (policy.own_needs_first and problem.partners):
            staged = solve_in_stages(index, program, Run(options))
            program, basis = staged.priced.program, staged.priced.solution.basis
        elif basis is None or not fits(program.lp, basis):
            basis = Run(options).solve(program, "solve").solution.basis
        if basis is None:
            raise NothingToAsk("no plan was found to ask about")
        return cls.at(index, program, basis)

    @classmethod
    def at(cls, index: ProblemIndex, program: Program, basis: Basis) -> "Standing":
        """Open a program from a basis at or near its optimum; NothingToAsk where it has none."""
        session = HighsSession(program.lp)
        # Warm runs are short: shaking the costs to avoid ties would cost more iterations than it saves.
        session.set_option("dual_simplex_cost_perturbation_multiplier", 0.0)
        session.set_basis(basis)
        point = optimum(session, "primal")
        if point is None:
            raise NothingToAsk("no plan keeps every rule")
        return cls(index, program, point, session)

    @property
    def lp(self) -> LinearProgram:
        """The arrays."""
        return self.program.lp

    @property
    def reduced(self) -> FloatArray:
        """Price by column, (n,): what is left of its cost when all it uses is paid for."""
        return np.asarray(self.lp.cost - self.lp.matrix.T @ self.point.row_price)

    def flows(self, values: FloatArray | None = None) -> Flows:
        """What happens at each place; of the plan, or of other values, (n,)."""
        shown = tidy(self.program, self.point.values if values is None else values)
        return Flows.of(self.index, self.program, shown, self.point.row_price)

    def limits(self) -> Limits:
        """Every limit with its use and gain."""
        values = tidy(self.program, self.point.values)
        return Limits.of(self.index, self.program, values, self.point.row_price)

    @contextmanager
    def moved(self, bounds: "Bounds") -> Iterator[HighsSession]:
        """The session with other bounds; afterwards it has its own again, and stands wherever it came to.

        It is not put back on the plan's basis: that would cost HiGHS its edge weights, which take longer than many a solve.
        """
        changed = self._put(Bounds.of(self.lp), bounds)
        try:
            yield self.session
        finally:
            self.at_home = self.at_home and not changed
            self._put(bounds, Bounds.of(self.lp))

    def solve(self, bounds: "Bounds", seconds: float = 600.0, method: Method = "dual") -> "Point | None":
        """The optimum under other bounds, from where the session stands; None where there is none."""
        with self.moved(bounds) as session:
            return optimum(session, method, seconds=seconds, basis=False)

    def home(self) -> HighsSession:
        """The session on the plan's own basis, for questions about it."""
        if not self.at_home and self.point.basis is not None:
            self.session.set_basis(self.point.basis)
            optimum(self.session, "primal", basis=False)
            self.at_home = True
        return self.session

    def _put(self, old: "Bounds", new: "Bounds") -> bool:
        rows = np.flatnonzero((old.row_lower != new.row_lower) | (old.row_upper != new.row_upper))
        columns = np.flatnonzero((old.column_lower != new.column_lower) | (old.column_upper != new.column_upper))
        if len(rows):
            self.session.change_row_bounds(rows, new.row_lower[rows], new.row_upper[rows])
        if len(columns):
            self.session.change_column_bounds(columns, new.column_lower[columns], new.column_upper[columns])
        return bool(len(rows) or len(columns))


@dataclass(frozen=True, slots=True)
class Bounds:
    """Bounds of a program's rows (m,) and columns (n,)."""

    row_lower: FloatArray
    """Least activity by row."""
    row_upper: FloatArray
    """Greatest activity by row."""
    column_lower: FloatArray
    """Least value by column."""
    column_upper: FloatArray
    """Greatest value by column."""

    @classmethod
    def of(cls, lp: LinearProgram) -> "Bounds":
        """The bounds of a program; the arrays are its own."""
        return cls(lp.row_lower, lp.row_upper, lp.column_lower, lp.column_upper)

    def copy(self) -> "Bounds":
        """The same in arrays of its own, to be written to."""
        return Bounds(*(getattr(self, name).copy() for name in self.__slots__))

    def on(self, program: Program) -> Program:
        """A program with these bounds."""
        named = {name: getattr(self, name) for name in self.__slots__}
        return replace(program, lp=replace(program.lp, **named))


def optimum(
    session: HighsSession, method: Method = "dual", *, seconds: float = 600.0, basis: bool = True
) -> Point | None:
    """Solve a session from where it stands; None where there is no optimum."""
    solution: Solution = session.run(method, time_limit_seconds=seconds, with_basis=basis)
    if solution.stop.reason != "optimal" or solution.values is None or solution.row_price is None:
        return None
    return Point(solution.values, solution.row_price, session.objective, solution.basis)


def fits(lp: LinearProgram, basis: Basis) -> bool:
    """Whether a basis has the shape of a program."""
    return len(basis.columns) == lp.columns and len(basis.rows) == lp.rows

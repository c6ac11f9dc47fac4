"""A plan that stands ready to be asked: its program, point and prices, and a solver waiting at its vertex.

Everything an answer needs beyond the plan's tables starts here. A `Standing` is opened once from a problem (and, where there
is one, the stored basis, so that nothing is solved again), asked many things, and thrown away.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from time import monotonic

import numpy as np

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers import backends
from solvers.algorithms.pipeline import held_by_own_needs, holds_own_needs, program_of
from solvers.algorithms.run_state import Run
from solvers.algorithms.select import solve
from solvers.algorithms.solve_request import INTERIOR
from solvers.algorithms.warm_start import WarmStart
from solvers.backends.base import SolveOptions
from solvers.backends.highs_session import HighsSession
from solvers.data.problem_arrays import ProblemIndex
from solvers.formulation import objective_parts
from solvers.lp.linear_program import FloatArray, LinearProgram, Program
from solvers.lp.solution import Basis
from solvers.results.flows import Flows, tidy
from solvers.results.limits import Limits
from solvers.sensitivity.errors import NoPlan, NothingToAsk
from solvers.sensitivity.goal_stages import Point, Turn, optimum, take_turns

PATIENCE = 20.0
"""Seconds that a stored basis has to lead to the optimum again; it takes one or two where the data are the same."""


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
    turns: tuple[Turn, ...]
    """The goals of the plan in turn; one where none are ordered."""
    at_home: bool = True
    """Whether the session stands on the plan's own basis."""
    impossible: bool = False
    """Whether the last solve found that no plan keeps every rule."""
    until: float = np.inf
    """When the time for solves is over, as `time.monotonic` has it; see `within`."""

    @classmethod
    def of(
        cls,
        problem: PlanningProblem,
        basis: Basis | None = None,
        options: PlanOptions | None = None,
        start: WarmStart | None = None,
        program: Program | None = None,
    ) -> "Standing":
        """Open a problem that has passed its checks; `basis`: that of its plan, as `PlanResult.basis` gives it.

        `program`: the problem's as `program_of` gives it, where some of its bounds are to be others.

        Problems with ordered goals or own_needs_first are solved again by their stages, from `start`, a plan nearby, or the basis.
        Raises NothingToAsk where no proved optimum with a basis is found.
        """
        run = Run(options or PlanOptions())
        index = ProblemIndex.of(problem)
        program = program or program_of(index)
        nearby = None if start is None else start.fit(program)
        first = basis if basis is not None and fits(program.lp, basis) else nearby
        if holds_own_needs(problem):
            held = held_by_own_needs(index, program, run, first)
            if held.program is None:
                raise NothingToAsk("there is no proved plan without swaps, by which own needs are measured")
            turns = take_turns(index, held.program, run, held.without.priced.solution.basis)
        elif problem.policy.goals or first is None or first is nearby:
            turns = take_turns(index, program, run, first)
        else:
            found = cls._found_again(index, program, first)
            if found is not None:
                return found
            # a basis of older data can be far from where the optimum is now
            turns = take_turns(index, program, run, first)
        last = turns[-1]
        if last.point.basis is None:
            raise NothingToAsk("no plan was found to ask about")
        return cls.at(index, last.program, last.point.basis, turns)

    @classmethod
    def _found_again(cls, index: ProblemIndex, program: Program, basis: Basis) -> "Standing | None":
        try:
            return cls.at(index, program, basis, seconds=PATIENCE)
        except NoPlan:
            raise
        except NothingToAsk:
            return None

    @classmethod
    def at(
        cls, index: ProblemIndex, program: Program, basis: Basis, turns: tuple[Turn, ...] = (), seconds: float = 600.0
    ) -> "Standing":
        """Open a program from a basis at or near its optimum. `turns`: as `take_turns` gives them.

        Raises NoPlan where it has none, NothingToAsk where it was not found in time.
        """
        if not program.lp.columns:
            raise NothingToAsk("there is nothing to decide in this plan")
        session = HighsSession(program.lp)
        session.set_basis(basis)
        point = optimum(session, seconds=seconds)
        if point is None and session.infeasible:
            raise NoPlan("no plan keeps every rule")
        if point is None:
            raise NothingToAsk("the plan was not found again in time")
        return cls(index, program, point, session, turns or (Turn("objective", None, 1.0, program, point),))

    @classmethod
    def near(cls, index: ProblemIndex, program: Program, start: Basis, seconds: float = 600.0) -> "Standing":
        """Open a program from a basis that was optimal before something changed; raises as `at` does.

        Solved as plans are: what dual simplex does not mend in seconds, interior point solves anew. Primal simplex from there
        took 343 s where this takes 46 (crisis year, all power - 5 %).
        """
        found = solve(program, PlanOptions(time_limit_seconds=seconds), start=start)
        if found.stop.reason == "infeasible":
            raise NoPlan("no plan keeps every rule")
        if found.stop.limit == "time":
            raise NothingToAsk("the plan was not found in time")
        return cls.at(index, program, start if found.basis is None else found.basis)

    @property
    def won(self) -> float:
        """The plan's weighted shortage and costs, won, whatever it sought; before rounding to whole units."""
        return self.won_at(self.point.values)

    def won_at(self, values: FloatArray) -> float:
        """The same at other values, (n,)."""
        if not self.index.problem.policy.goals:
            return float(self.lp.cost @ values) + self.lp.offset
        return float(sum(cost @ values for cost in objective_parts(self.index, self.program).values()))

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

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """No solve goes on longer than so many seconds from now; those that would begin later find nothing."""
        before, self.until = self.until, min(self.until, monotonic() + seconds)
        try:
            yield
        finally:
            self.until = before

    @property
    def over(self) -> bool:
        """Whether the time for solves is over."""
        return monotonic() >= self.until

    def solve(self, bounds: "Bounds", seconds: float = 600.0) -> Point | None:
        """The optimum under other bounds, from where the session stands; None where there is none, or no time to find it."""
        self.impossible = False
        if self.over:
            return None
        with self.moved(bounds) as session:
            point = optimum(session, seconds=min(seconds, self.until - monotonic()), basis=False)
            self.impossible = point is None and session.infeasible
        return point

    def solve_anew(self, bounds: "Bounds", seconds: float) -> Point | None:
        """The same for bounds far from where the session stands: by interior point; the session stands there afterwards."""
        found = backends.get(INTERIOR).solve(bounds.on(self.program).lp, SolveOptions(seconds))
        self.impossible = found.stop.reason == "infeasible"
        if found.stop.reason != "optimal" or found.basis is None:
            return None
        self.at_home = False
        self.session.set_basis(found.basis)
        return self.solve(bounds)

    def solve_turn(self, turn: Turn, bounds: "Bounds", held: Sequence[float], seconds: float = 600.0) -> Point | None:
        """The optimum of one goal under other bounds, where the goals before it are held at so much, as minimised."""
        if turn.goal is None:
            return self.solve(bounds, seconds)
        mine = bounds.copy()
        rows = self.program.rules["goal"]
        mine.row_upper[rows.span] = np.concatenate([held, np.full(rows.size - len(held), np.inf)])
        every = np.arange(self.lp.columns)
        self.session.change_costs(every, turn.program.lp.cost)
        self.at_home = False
        try:
            return self.solve(mine, seconds)
        finally:
            self.session.change_costs(every, self.lp.cost)

    def best(self, bounds: "Bounds", seconds: float = 600.0) -> Point | None:
        """The best plan under other bounds: all goals in turn, each held while the next is sought; None where there is none."""
        held: list[float] = []
        point = None
        for turn in self.turns:
            point = self.solve_turn(turn, bounds, held, seconds)
            if point is None:
                return None
            held.append(turn.held(point.objective))
        return point

    def home(self) -> HighsSession:
        """The session on the plan's own basis, for questions about it."""
        if not self.at_home and self.point.basis is not None:
            self.session.set_basis(self.point.basis)
            optimum(self.session, basis=False)
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


def fits(lp: LinearProgram, basis: Basis) -> bool:
    """Whether a basis has the shape of a program."""
    return len(basis.columns) == lp.columns and len(basis.rows) == lp.rows

"""HiGHS through highspy: simplex, and interior point with crossover, each as it comes or as suits a plan. Never OR-Tools' own copy of it.

Source: highs.dev. Why highspy: docs/decisions/0004.
"""

from solvers.backends.base import Feature, SolveOptions
from solvers.backends.highs_methods import Method
from solvers.backends.highs_session import VERSION, HighsSession
from solvers.backends.trivial_cases import require, settle, tell_apart
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Basis, OnProgress, Solution, Stop

UNDECIDED = Stop("numerical", detail="HiGHS: UnboundedOrInfeasible")
"""HiGHS' way of saying that it is one of the two."""


class HighsBackend:
    """One method of HiGHS as a backend."""

    features = frozenset(
        {
            Feature.DUALS,
            Feature.BASIS,
            Feature.TIME_LIMIT,
            Feature.CERTIFIES_INFEASIBLE,
            Feature.PROGRESS,
            Feature.CANCEL,
        }
    )
    """What it can do."""

    def __init__(self, name: str, method: Method) -> None:
        self.name = name
        self._method = method

    def solve(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        *,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,
    ) -> Solution:
        """Solve, from `start` if given (interior point starts anew); raises MalformedProgram for arrays that are no program."""
        require(self, start)
        settled = settle(lp, options.tolerance, f"HiGHS {VERSION}")
        if settled is not None:
            return settled
        solution = self._run(lp, options, start, on_progress)
        if solution.stop.reason == "unbounded" or solution.stop == UNDECIDED:
            return tell_apart(solution, lp, options, self._run)
        return solution

    def _run(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,
    ) -> Solution:
        session = HighsSession(lp, tolerance=options.tolerance)
        if start is not None:
            session.set_basis(start)
        return session.run(
            self._method,
            time_limit_seconds=options.time_limit_seconds,
            on_progress=on_progress,
            cancelled=options.cancelled,
            hint_seconds=options.hint_seconds,
        )

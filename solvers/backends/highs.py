"""HiGHS through highspy: simplex, and interior point with crossover, each as it comes or as suits a plan. Never OR-Tools' own copy of it.

Source: highs.dev. Why highspy: docs/decisions/0004.
"""

from solvers.backends.base import Feature, SolveOptions
from solvers.backends.highs_methods import Method
from solvers.backends.highs_session import VERSION, HighsSession
from solvers.backends.trivial_cases import presolve_trivial, require_features, resolve_infeasible_or_unbounded
from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Basis, OnProgress, Solution, Termination

UNDECIDED_REASONS = Termination("numerical", detail="HiGHS: UnboundedOrInfeasible")
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

    def solve_program(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        *,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,
    ) -> Solution:
        """Solve, from `start` if given (interior point starts anew); raises MalformedProgram for arrays that are no program."""
        require_features(self, start)
        settled = presolve_trivial(lp, options.tolerance, f"HiGHS {VERSION}")
        if settled is not None:
            return settled
        solution = self._solve_with_session(lp, options, start, on_progress)
        if solution.termination.reason == "unbounded" or solution.termination == UNDECIDED_REASONS:
            return resolve_infeasible_or_unbounded(solution, lp, options, self._solve_with_session)
        return solution

    def _solve_with_session(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,
    ) -> Solution:
        session = HighsSession(lp, tolerance=options.tolerance)
        if start is not None:
            session.set_basis(start)
        return session.solve_program(
            self._method,
            time_limit_seconds=options.time_limit_seconds,
            on_progress=on_progress,
            should_cancel=options.cancelled,
            progress_seconds=options.progress_seconds,
        )

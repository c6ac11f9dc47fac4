"""HiGHS through highspy: simplex, and interior point with crossover (source: highs.dev; why highspy: docs/decisions/0004)."""

import tempfile
from collections.abc import Mapping
from pathlib import Path

import highspy

from solvers.backends.base import Feature, SolveOptions
from solvers.backends.highs_session import HIGHS_VERSION, HighsSession, Method, create_highs
from solvers.backends.trivial_cases import presolve_trivial, require_features, resolve_infeasible_or_unbounded
from solvers.errors import SolverError
from solvers.lp.export import name_columns, name_rows
from solvers.lp.linear_program import LinearProgram, Program
from solvers.lp.solution import Basis, OnProgress, Solution, Termination

BACKEND_METHODS: Mapping[str, Method] = {
    "highs": "dual",
    "highs-ipm": "ipm",
    "highs-primal": "primal",
    "highs-ipm-primal-cleanup": "ipm-primal-cleanup",
    "highs-dual-devex": "dual-devex",
    "highs-dual-steepest-edge": "dual-steepest-edge",
}
"""Method of HiGHS by backend name."""

INFEASIBLE_OR_UNBOUNDED = Termination("numerical", detail="HiGHS: UnboundedOrInfeasible")
"""The status of a program that HiGHS finds either infeasible or unbounded."""


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
    """Capabilities of the backend."""

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
        """Solve the program, by simplex from `start` if given; interior point ignores `start`."""
        require_features(self, start)
        trivial = presolve_trivial(lp, options.tolerance, f"HiGHS {HIGHS_VERSION}")
        if trivial is not None:
            return trivial
        solution = self._solve_with_session(lp, options, start, on_progress)
        if solution.termination.reason == "unbounded" or solution.termination == INFEASIBLE_OR_UNBOUNDED:
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
            should_cancel=options.should_cancel,
            progress_seconds=options.progress_seconds,
            max_iterations=options.max_iterations,
            watch=options.watch,
        )


def format_mps_text(program: Program) -> str:
    """Format the program as free-format MPS with all significant digits and the names of `solvers.lp.export`.

    Raises
    ------
    SolverError
        If HiGHS rejects the program.
    """
    lp, model = program.lp, highspy.HighsLp()
    model.num_col_, model.num_row_, model.offset_ = lp.column_count, lp.row_count, lp.offset
    model.col_cost_, model.col_lower_, model.col_upper_ = lp.cost, lp.column_lower, lp.column_upper
    model.row_lower_, model.row_upper_ = lp.row_lower, lp.row_upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    model.a_matrix_.start_, model.a_matrix_.index_ = lp.matrix.indptr, lp.matrix.indices
    model.a_matrix_.value_ = lp.matrix.data
    model.col_names_, model.row_names_ = name_columns(program), name_rows(program)
    highs = create_highs()
    with tempfile.TemporaryDirectory(prefix="allot-") as folder:
        path = Path(folder) / "program.mps"
        for status in (highs.passModel(model), highs.writeModel(str(path))):
            if status == highspy.HighsStatus.kError:
                raise SolverError("HiGHS failed to write the program")
        return path.read_text()

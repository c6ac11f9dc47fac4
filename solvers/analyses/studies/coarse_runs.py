"""Runs of a study in longer periods, as records."""

from dataclasses import dataclass, field

import numpy as np

from models.analyses.measures import OutcomeMeasure
from models.validation.finding import InvalidProblemError
from solvers.analyses.studies.lever_setting import LeverSetting
from solvers.analyses.studies.outcomes import SolvedRun, measure_run
from solvers.analyses.studies.run_records import RunOutcome, RunRecord
from solvers.analyses.studies.run_solver import NO_PLAN
from solvers.analyses.studies.value_bounds import compute_margin
from solvers.data.problem_arrays import ProblemArrays
from solvers.errors import NoSolutionError
from solvers.lp.linear_program import FloatArray, Program
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.changed_plan import differs_only_in_bounds
from solvers.sensitivity.coarse_solver import CoarseFidelity, CoarseRun, CoarseSolver


@dataclass(slots=True)
class CoarseStudySolver:
    """Solves runs in longer periods under one lever, one after the other."""

    setting: LeverSetting
    """The problem under the lever."""
    measures: tuple[OutcomeMeasure, ...]
    """What each run records."""
    fidelity: CoarseFidelity
    """Length of the periods."""
    _solver: CoarseSolver | None = field(default=None, init=False)

    def start_chunk(self) -> None:
        """Start the next run from the basis of the base, with nothing left of earlier runs."""
        if self._solver is None:
            try:
                self._solver = CoarseSolver.from_program(self.setting.program, self.fidelity)
            except NoSolutionError:
                return  # the neutral point may have no plan although others do
        self._solver.return_to_base()

    def solve_run(self, point: FloatArray) -> RunRecord:
        """Solve at a point, (k,).

        Limits that are rounded to whole units follow the model of the bounds; the price of their allowance is taken off the lower
        bound, which then needs no further margin elsewhere.
        """
        try:
            arrays, program = self._build_program(point)
            run = self._find_solver(program).solve_run(Bounds.from_program(program.lp))
        except InvalidProblemError as error:
            return self._describe(point, "failed", f"The problem is invalid: {error}")
        except NoSolutionError as error:
            return self._describe(point, "infeasible" if "infeasible" in str(error) else "failed", str(error))
        if run.reason == "infeasible":
            return self._describe(point, "infeasible", NO_PLAN)
        return self._record(point, arrays, program, run)

    def _build_program(self, point: FloatArray) -> tuple[ProblemArrays, Program]:
        setting = self.setting
        if setting.model is None:
            return setting.build_program(point)
        arrays = setting.arrays if setting.keeps_needs else setting.build_arrays(point)
        return arrays, setting.model.compute_bounds(point).apply_to_program(setting.program)

    def _find_solver(self, program: Program) -> CoarseSolver:
        """Return the solver of the base where the program differs from it in bounds only, or else one of its own."""
        found = self._solver
        if found is not None and (
            program.lp.matrix is found.program.lp.matrix or differs_only_in_bounds(program.lp, found.program.lp)
        ):
            return found
        return CoarseSolver.from_program(program, self.fidelity)

    def _describe(self, point: FloatArray, outcome: RunOutcome, conflict: str) -> RunRecord:
        return RunRecord(outcome, self.setting.position, tuple(point.tolist()), self.fidelity, conflict)

    def _record(self, point: FloatArray, arrays: ProblemArrays, program: Program, run: CoarseRun) -> RunRecord:
        if run.values is None or run.dual_values is None or run.objective is None or run.lower_bound is None:
            return self._describe(point, "failed", f"No proved optimum: {run.reason}")
        solved = SolvedRun.from_solution(arrays, program, run.values, run.dual_values, run.objective)
        found, model = measure_run(solved, self.measures), self.setting.model
        slopes, margin = np.empty(0), 0.0
        if model is not None:
            reduced = np.asarray(program.lp.cost - program.lp.matrix.T @ run.dual_values)
            slopes = model.compute_slopes(run.dual_values, reduced)
            margin = compute_margin(model, run.dual_values, reduced)
        return RunRecord(
            "optimal",
            self.setting.position,
            tuple(point.tolist()),
            self.fidelity,
            objective=run.objective,
            lower_bound=run.lower_bound - margin / 2,
            slopes=tuple(slopes.tolist()),
            measures=tuple(found.measures.tolist()),
            counties=tuple(found.counties.tolist()),
            needs=tuple(found.needs.tolist()),
            periods=tuple(found.periods.tolist()),
            iterations=run.iterations,
        )

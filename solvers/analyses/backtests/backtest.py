"""Backtests: ways of planning compared against the same drawn years."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np
import pyarrow as pa

from models.analyses.backtest import BacktestRequest, PlanningPolicy
from models.analyses.tables import BacktestPathRow, BacktestPeriodRow
from solvers.analyses.analysis import AnalysisBase, AnalysisConclusion, AnalysisTask, OnRow
from solvers.analyses.backtests.look_ahead import LookAhead
from solvers.analyses.backtests.paths import draw_paths
from solvers.analyses.backtests.simulation import Simulator, limit_quotas
from solvers.analyses.backtests.year_model import YearModel, add_closeness
from solvers.analyses.backtests.year_results import (
    YearFigures,
    decode_year,
    encode_year,
    measure_year,
    summarize_backtest,
)
from solvers.lp.linear_program import FloatArray, Program
from solvers.results.arrow_tables import build_nullable_number_column, build_table, build_text_column
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.session import SensitivitySession

FORESIGHT = PlanningPolicy(name="perfect-foresight", forecast="perfect")
"""The policy that knows all and plans once: its years are the best possible."""


class BacktestAnalysis:
    """A backtest: one task for each year, one row for each policy in each year, perfect foresight being the last policy."""

    def __init__(self, base: AnalysisBase, request: BacktestRequest) -> None:
        """Open a backtest of a plan's problem.

        Raises
        ------
        InvalidProblemError
            A factor names something that the problem does not have, or changes more than limits and needs by period.
        InfeasibleError
            The problem has no plan.
        SensitivityUnavailableError
            No proved optimum was found within the time limit of the plan.
        """
        self._request, self._options = request, base.options
        self._year = YearModel.from_problem(base.problem, request.factors)
        session = SensitivitySession.from_problem(base.problem, base.basis, base.options, program=self._year.program)
        self._start = _StartPoint(self._year, session)
        self._policies = (*request.policies, FORESIGHT)
        self._paths = draw_paths(request, self._year.future_count)
        self._look_aheads = _LookAheads(self._start, base.options.time_limit_seconds)
        self._simulator = Simulator(
            self._year, request.factors, self._look_aheads.find, base.options.tolerance, base.options.time_limit_seconds
        )

    def plan_tasks(self, rows: Mapping[int, bytes]) -> tuple[AnalysisTask, ...]:
        """Return one task for each year without all of its rows: policies in one year have much in common."""
        count = len(self._paths)
        years = (tuple(range(path, len(self._policies) * count, count)) for path in range(count))
        return tuple(AnalysisTask(year) for year in years if not set(year) <= set(rows))

    def run_task(self, task: AnalysisTask, on_row: OnRow) -> None:
        """Simulate all policies in one year, each from where the solves of the one before it ended."""
        self._look_aheads.return_to_start()
        for row in task.rows:
            policy, path = divmod(row, len(self._paths))
            is_foresight = policy == len(self._policies) - 1
            run = self._simulator.find_best_year if is_foresight else self._simulator.simulate
            simulated = run(self._policies[policy], self._paths[path])
            on_row(row, encode_year(measure_year(self._year, simulated, self._find_demand(path))))

    def _find_demand(self, path: int) -> FloatArray:
        """Return the true demand of a year; that of the base where the factors do not change it."""
        base = self._year.arrays.demand
        return self._year.compute_demand(self._paths[path]) if self._changes_demand else base

    @cached_property
    def _changes_demand(self) -> bool:
        """Return whether any factor changes what people need."""
        return bool((self._year.compute_demand(self._paths[0]) != self._year.arrays.demand).any())

    def conclude(self, rows: Mapping[int, bytes]) -> AnalysisConclusion:
        """Return the results by policy, and the tables `paths` and `periods`."""
        count = len(self._paths)
        figures = [[decode_year(rows[p * count + k]) for k in range(count)] for p in range(len(self._policies))]
        years = {policy.name: own for policy, own in zip(self._request.policies, figures, strict=False)}
        foresight = figures[-1]
        tables = {"paths": self._build_path_table(years, foresight), "periods": self._build_period_table(years)}
        return AnalysisConclusion(summarize_backtest(self._request, years, foresight), tables)

    def _build_path_table(self, years: Mapping[str, list[YearFigures]], foresight: list[YearFigures]) -> pa.Table:
        rows = [
            (name, k, one, best)
            for name, own in years.items()
            for k, (one, best) in enumerate(zip(own, foresight, strict=True))
        ]
        costs = np.array([_number(one.cost) for _, _, one, _ in rows])
        best_costs = np.array([_number(best.cost) for *_, best in rows])
        columns = {
            "policy": build_text_column([name for name, *_ in rows]),
            "path": pa.array([k for _, k, _, _ in rows], pa.int64()),
            "outcome": build_text_column([one.reason for _, _, one, _ in rows]),
            "cost": build_nullable_number_column(costs),
            "regret": build_nullable_number_column(costs - np.where(np.isfinite(best_costs), best_costs, -np.inf)),
        }
        return build_table(BacktestPathRow, columns)

    def _build_period_table(self, years: Mapping[str, list[YearFigures]]) -> pa.Table:
        periods = self._year.arrays.labels["period"][self._year.first_period :]
        rows = [(name, k, one) for name, own in years.items() for k, one in enumerate(own)]
        cells = list(product(rows, range(len(periods))))
        columns = {
            "policy": build_text_column([name for (name, _, _), _ in cells]),
            "path": pa.array([k for (_, k, _), _ in cells], pa.int64()),
            "period": build_text_column([periods[t] for _, t in cells]),
        }
        for column, name in (
            ("cost", "costs"),
            ("served_share", "shares"),
            ("quota_value", "quota_value"),
            ("quota_change", "quota_change"),
        ):
            numbers = [(getattr(one, name) or (np.inf,) * len(periods))[t] for (_, _, one), t in cells]
            columns[column] = build_nullable_number_column(np.array(numbers))
        return build_table(BacktestPeriodRow, columns)


class _StartPoint:
    """The optimum of the problem where every factor is 1, from which simulations start."""

    def __init__(self, year: YearModel, session: SensitivitySession) -> None:
        basis = session.point.basis
        if basis is None:
            raise ValueError("the optimum has no basis")
        self.year, self.basis, self.values = year, basis, session.point.values

    def build_program(self, policy: PlanningPolicy) -> Program:
        """Return the program of a policy, with distances from former quotas if it keeps them close."""
        return add_closeness(self.year.program) if policy.quotas == "kept_close" else self.year.program

    def fix_before(self, program: Program, values: FloatArray, period: int) -> Bounds:
        """Return the bounds of a program with all periods before one fixed at values, (n,)."""
        bounds = Bounds.from_program(program.lp).copy_arrays()
        own = self.year.fix_before(Bounds.from_program(self.year.program.lp), values, period)
        rows, columns = len(own.row_lower), len(own.column_lower)
        bounds.row_lower[:rows], bounds.row_upper[:rows] = own.row_lower, own.row_upper
        bounds.column_lower[:columns], bounds.column_upper[:columns] = own.column_lower, own.column_upper
        return bounds


@dataclass(slots=True)
class _Undisturbed:
    """Years without noise, which look-aheads decide period by period, so that tasks start near the years drawn; n variables."""

    planned: FloatArray
    """Values, (n,), where every period plans."""
    kept: FloatArray | None
    """Values, (n,), where the quotas of the first plan stay in force; None once such a year has no plan."""
    quotas: FloatArray | None = None
    """Quotas of the first plan, (l·t,)."""


class _LookAheads:
    """Look-aheads, built when first needed and kept for later tasks of this process."""

    def __init__(self, start: _StartPoint, time_limit_seconds: float) -> None:
        self._start, self._time_limit_seconds = start, time_limit_seconds
        self._built: dict[tuple[bool, int | None, int], LookAhead] = {}
        self._undisturbed: dict[tuple[bool, int], _Undisturbed] = {}

    def find(self, policy: PlanningPolicy, period: int) -> LookAhead:
        """Return the look-ahead of a policy from a period; that in full detail is the same for all periods."""
        is_close, months = policy.quotas == "kept_close", None if policy.horizon is None else int(policy.horizon.months)
        key = (is_close, months, 0 if months is None else period)
        if key not in self._built:
            program = self._start.build_program(policy)
            if months is None:
                built = LookAhead.from_basis(program, self._start.basis)
            else:
                built = self._build_with_horizon(program, is_close, months, period)
            built.return_to_start()
            self._built[key] = built
        return self._built[key]

    def _build_with_horizon(self, program: Program, is_close: bool, months: int, period: int) -> LookAhead:
        values = self._start.values
        years = self._undisturbed.setdefault((is_close, months), _Undisturbed(values.copy(), values.copy()))
        bounds = self._start.fix_before(program, years.planned, period)
        built = LookAhead.from_horizon(program, bounds, months, period, self._time_limit_seconds)
        planned = kept = built.start_values
        if years.quotas is None and planned is not None:
            years.quotas = planned[program.variables["make"].block_slice]
        elif years.kept is not None:
            bounds = self._start.fix_before(program, years.kept, period)
            limit_quotas(self._start.year, bounds, years.quotas, period)
            kept = built.find_limited_start(bounds, self._time_limit_seconds)
        self._follow(years.planned, planned, period)
        if years.kept is not None and not self._follow(years.kept, kept, period):
            years.kept = None
        return built

    def _follow(self, undisturbed: FloatArray, decided: FloatArray | None, period: int) -> bool:
        """Let a year without noise go on as a look-ahead decides for a period; return whether it decides anything."""
        if decided is None:
            return False
        applied = self._start.year.column_period == period
        undisturbed[applied] = decided[: len(undisturbed)][applied]
        return True

    def return_to_start(self) -> None:
        """Start the next task from the optimum, with nothing left of earlier ones."""
        for look_ahead in self._built.values():
            look_ahead.return_to_start()


def _number(value: float | None) -> float:
    return np.inf if value is None else value

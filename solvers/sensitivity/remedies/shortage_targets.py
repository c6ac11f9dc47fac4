"""Shortage targets, and the candidate changes that could meet them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.options import PlanOptions
from models.problem.planning_problem import PlanningProblem
from solvers.backends.highs_session import HighsSession
from solvers.data.backlog import compute_backlog
from solvers.data.item_arrays import BoolArray
from solvers.data.whole_unit_limits import round_down
from solvers.formulation import sum_shortage_units
from solvers.formulation.balance_rows import BalanceRows
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program, append_row
from solvers.lp.solution import BASIC, Basis
from solvers.planning import make_plan
from solvers.results.bottlenecks import find_bottlenecks
from solvers.results.flows import clean_values
from solvers.results.limits import Limits
from solvers.sensitivity.bounds import Bounds
from solvers.sensitivity.goal_stages import OptimalPoint
from solvers.sensitivity.remedies.candidate_changes import list_limit_candidates
from solvers.sensitivity.remedies.candidate_context import CandidateChange
from solvers.sensitivity.remedies.opening_stock_changes import list_opening_stock_candidates
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import compute_shortage_weights

NEGLIGIBLE_SHORTAGE = 1e-9
"""Units of a smaller shortage count as none."""

MAX_PLANNED_COLUMNS = 2_000
"""Number of variables up to which a problem is planned again to learn what is short in whole units, where nobody tells."""

TOTAL_CONSTRAINT = "shortage_target"
"""Constraint on the shortage over all bands, in sessions that `open_target_session` returns."""


@dataclass(frozen=True, slots=True)
class ShortageTarget:
    """One shortage and its target."""

    codes: tuple[int, int, int]
    """Positions of county, item and period."""
    balance_row: int
    """Row of the balance or requirement constraint; −1 if nothing is short."""
    shortage_columns: IntArray
    """Columns of the variable `short`."""
    shortage: float
    """Current shortage in units: of the plan in whole units if it is known, else before rounding."""
    relaxed_shortage: float
    """Current shortage in units before rounding."""
    target_shortage: float
    """Target shortage in units; whole of an item in whole units."""
    location: tuple[str, str, str]
    """County, item and period."""
    unit: str
    """Unit of the item."""


def plan_shortage(problem: PlanningProblem, location: tuple[str, str, str], time_limit_seconds: float) -> float | None:
    """Plan a problem, and return the units short of an item or requirement in a county in a period; None without an optimal plan."""
    result = make_plan(problem, PlanOptions(time_limit_seconds=max(time_limit_seconds, 0.1)))
    if result.plan.outcome != "optimal":
        return None
    is_item = any(item.id == location[1] for item in problem.items)
    table, name = ("supply", "item") if is_item else ("requirements", "requirement")
    rows = result.tables[table].to_pylist()
    here = (row["shortage"] for row in rows if (row["county"], row[name], row["period"]) == location)
    return next(here, 0.0)


def find_shortage_target(
    session: SensitivitySession,
    county: str,
    item: str,
    period: str,
    target_share: float,
    planned_shortage: float | None = None,
) -> ShortageTarget:
    """Return a shortage with its target; KeyError if the county, item or period is unknown.

    `planned_shortage` has the units short in the finished plan; without it, the plan before rounding counts.
    """
    codes, location = _find_codes(session, (county, item, period)), (county, item, period)
    axes = ("place", "item", "period")
    short, balances = session.program.variables["short"], BalanceRows.from_program(session.program)
    columns = short.positions[_match_codes([short.axes[axis] for axis in axes], codes)]
    rows = balances.positions[_match_codes(balances.cells, codes)]
    relaxed = float(session.plan_values[columns].sum())
    before = relaxed if planned_shortage is None else planned_shortage
    unit = session.arrays.problem.needs[codes[1]].unit
    if before <= NEGLIGIBLE_SHORTAGE or not len(rows):
        return ShortageTarget(codes, -1, columns, 0.0, relaxed, 0.0, location, unit)
    target = target_share * before
    if session.arrays.items.is_whole_units[codes[1]]:
        target = float(round_down(np.array(target)))
    return ShortageTarget(codes, int(rows[0]), columns, before, relaxed, target, location, unit)


def _match_codes(axes: Sequence[IntArray], codes: Sequence[int]) -> BoolArray:
    """Return where all axes have these positions."""
    return np.asarray(np.logical_and.reduce([axis == code for axis, code in zip(axes, codes, strict=True)]))


def compute_served(session: SensitivitySession, codes: tuple[int, int, int], values: FloatArray) -> FloatArray:
    """Return the units served of one item in one county by period, (T,), at values of variables, (n,)."""
    arrays = session.arrays
    shortage = sum_shortage_units(arrays, session.program, values)
    served = arrays.demand + compute_backlog(arrays, shortage) - shortage
    return np.asarray(served[codes[0], codes[1]])


def _find_codes(session: SensitivitySession, location: tuple[str, str, str]) -> tuple[int, int, int]:
    """Return the positions of county, item and period; KeyError if one is unknown."""
    county, item, period = location
    labels = session.arrays.labels
    try:
        return labels["county"].index(county), labels["item"].index(item), labels["period"].index(period)
    except ValueError as error:
        raise KeyError(f"unknown demand: {county}, {item}, {period}") from error


def open_target_session(session: SensitivitySession, shortage: ShortageTarget) -> SensitivitySession:
    """Return a session in which `build_target_bounds` can limit the shortage.

    With a backlog, the widths of the bands depend on the shortage before, so that limits of single bands do not limit their sum
    alone. Then the program has one more constraint, on the sum, which is free until the target is set.
    """
    width, point = session.program.constraints["shortage_width"], session.point
    axes = ("place", "item", "period")
    codes = dict(zip(axes, shortage.codes, strict=True))
    has_backlog = np.logical_and.reduce([width.axes[axis] == code for axis, code in codes.items()]).any()
    if not has_backlog or point.basis is None:
        return session
    total = np.zeros(session.lp.column_count)
    total[shortage.shortage_columns] = 1.0
    block = Block(TOTAL_CONSTRAINT, session.lp.row_count, 1, {axis: np.array([code]) for axis, code in codes.items()})
    program, extended = _add_total(session.program, block, total), _extend_point(point)
    solver_session = HighsSession(program.lp)
    if extended.basis is not None:
        solver_session.set_basis(extended.basis)
    return replace(
        session,
        program=program,
        point=extended,
        settled_point=replace(extended, values=session.plan_values),
        solver_session=solver_session,
        goal_stages=tuple(
            replace(stage, program=_add_total(stage.program, block, total), point=_extend_point(stage.point))
            for stage in session.goal_stages
        ),
        is_at_base=True,
    )


def _add_total(program: Program, block: Block, total: FloatArray) -> Program:
    """Return the program with a free constraint on a sum of variables, (n,)."""
    return replace(
        program, lp=append_row(program.lp, total, np.inf), constraints={**program.constraints, block.name: block}
    )


def _extend_point(point: OptimalPoint) -> OptimalPoint:
    """Return the point of a program with one more constraint, which is free."""
    basis = point.basis
    if basis is not None:
        basis = Basis(basis.columns, np.append(basis.rows, np.int8(BASIC)))
    return replace(point, dual_values=np.append(point.dual_values, 0.0), basis=basis)


def build_target_bounds(session: SensitivitySession, shortage: ShortageTarget) -> Bounds:
    """Return the bounds of the plan with the target: a limit of the sum of the bands, or of the bands, the cheapest first."""
    bounds = Bounds.from_program(session.lp).copy_arrays()
    if TOTAL_CONSTRAINT in session.program.constraints:
        bounds.row_upper[session.program.constraints[TOTAL_CONSTRAINT].block_slice] = shortage.target_shortage
        return bounds
    remaining = shortage.target_shortage
    for column in shortage.shortage_columns[
        np.argsort(compute_shortage_weights(session)[shortage.shortage_columns], kind="stable")
    ]:
        bounds.column_upper[column] = min(bounds.column_upper[column], remaining)
        remaining -= bounds.column_upper[column]
    return bounds


def list_target_candidates(
    session: SensitivitySession, shortage: ShortageTarget, max_candidates: int
) -> list[CandidateChange]:
    """List candidates for the bottlenecks of a shortage, the largest value at the shadow price first, and the opening stock.

    With ordered goals, the bottlenecks of each stage count, in the order of the goals.
    """
    county, item, _ = shortage.location
    found: dict[tuple[str, ...], CandidateChange] = {}
    for stage in session.goal_stages:
        values = clean_values(stage.program, stage.point.values)
        limits = Limits.from_solution(session.arrays, stage.program, values, stage.point.dual_values)
        binding = limits.find_priced_limits()
        balances = BalanceRows.from_program(stage.program).positions
        bottlenecks = find_bottlenecks(stage.program, stage.point.dual_values, limits.position[binding])
        chosen = binding[bottlenecks[np.flatnonzero(balances == shortage.balance_row)].nonzero()[1]]
        value = limits.shadow_price[chosen] * np.abs(limits.limit[chosen])
        for k in chosen[np.argsort(-value, kind="stable")]:
            if len(found) >= max_candidates:
                break
            for candidate in list_limit_candidates(session, limits, int(k)):
                found.setdefault(tuple(candidate.limit_reference.values()), candidate)
    stocks = [
        candidate
        for name in list_supplying_items(session.arrays.problem, item)
        for candidate in list_opening_stock_candidates(session, county, name)
    ]
    return [*list(found.values())[:max_candidates], *stocks]


def list_supplying_items(problem: PlanningProblem, need: str) -> list[str]:
    """Return the items that can serve a need: the item itself, or those that provide something of the requirement."""
    if any(item.id == need for item in problem.items):
        return [need]
    return [item.id for item in problem.items if item.provides.get(need)]

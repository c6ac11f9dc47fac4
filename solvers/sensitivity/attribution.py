"""Shortage attribution: the value of shortages, split over binding limits and summed by group.

The value of a shortage is its units times the shadow price of the item at that place in that period. The value splits exactly into
the use of limits at their shadow prices, plus costs, minus the excess of the marginal cost over the shortage cost, plus the value
of unreachable shortages (see `MarginalAttribution`). Where bands are full, the shadow price is above the cost of most of the
shortage. `objective` is the cost of the shortage in the objective, so the objectives of all groups and the costs of the plan sum
to the objective of the plan.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from models.answers import AttributionGroup, BindingLimit, ShortageAttribution
from solvers.data.item_arrays import BoolArray
from solvers.formulation.balance_rows import (
    BALANCE_CONSTRAINTS,
    BalanceRows,
    find_rows_of_greatest_amounts,
)
from solvers.lp.linear_program import FloatArray, IntArray, Program
from solvers.results.bottlenecks import REDUCED_COST_TOLERANCE, SUPPLY_VARIABLES, SupplyPrices, find_marginal_sources
from solvers.results.flows import sum_by_cell
from solvers.results.limits import RULE_NAMES, Limits
from solvers.results.serving import ServingTerms
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import build_limit_reference, compute_shortage_weights
from solvers.sensitivity.shortage_groups import GroupBy, group_shortages
from solvers.sensitivity.tied_limits import name_tied_limits

MAX_BINDING_LIMITS = 20
"""Maximum number of limits in one group."""


def attribute_shortages(
    session: SensitivitySession,
    group_by: GroupBy = "all",
    *,
    county: str | None = None,
    item: str | None = None,
    period: str | None = None,
    rule: str | None = None,
    limit: str | None = None,
    max_results: int = 100,
) -> ShortageAttribution:
    """Attribute the shortages of a county, item and period (all by default) to binding limits, and sum by group.

    Of a shortage that carries over, the value is what one more unit is worth in its period less what its backlog costs in the
    next, so the values of several periods add up.

    Parameters
    ----------
    group_by
        Grouping of shortages; with `limit`, each shortage (`county/item/period`) is one group.
    rule, limit
        Select limits by the name of the constraint or bound and by id.

    Raises
    ------
    KeyError
        The county, item or period is unknown.
    """
    limits = session.list_limits()
    priced = limits.find_priced_limits()
    binding = priced[limits.rule[priced] != RULE_NAMES.index("due")]  # due dates are part of the price of the item
    decomposed = MarginalAttribution.from_prices(session.program, session.point.dual_values, limits.position[binding])
    unit = decomposed.subtract_backlog(session.program, session.point.dual_values)
    short = _select_shortages(session, unit.price, {"place": county, "item": item, "period": period})
    labels_of_limits = limits.labels
    is_selected = np.array(
        [
            rule in (None, RULE_NAMES[limits.rule[k]]) and limit in (None, labels_of_limits[limits.id[k]])
            for k in binding
        ],
        dtype=bool,
    )
    group, keys = group_shortages(session, group_by, *short.codes)
    counted = session.arrays.items.counted_value[short.codes[1]]
    units = short.units * (1.0 if item is not None or group_by in ("item", "limit") else counted)
    shape = (len(keys), len(group))
    group_matrix = sparse.csr_array((np.ones(len(group)), (group, np.arange(len(group)))), shape=shape)
    parts = _AttributionParts.sum_by_group(short, unit, limits.shadow_price[binding], group_matrix)
    sums = np.asarray(group_matrix @ np.column_stack([units, *_split_shortage_values(short, unit)]))
    selected_values = np.asarray(parts.values[:, np.flatnonzero(is_selected)].maximum(0).sum(axis=1)).ravel()
    ranked = sums[:, 1] if rule is None and limit is None else selected_values
    order = [int(g) for g in np.argsort(-ranked, kind="stable") if ranked[g] > 0][:max_results]
    groups = [
        _build_attribution_group(limits, binding, is_selected, (keys[g], sums[g]), parts.list_group_parts(g))
        for g in order
    ]
    found = ShortageAttribution(group_by=group_by, relaxed=session.is_relaxed, groups=tuple(groups))
    return name_tied_limits(session, limits, found)


@dataclass(frozen=True, slots=True)
class _AttributionParts:
    """Contribution of limits to groups; each array has shape (groups, limits)."""

    values: sparse.csr_array
    """Won."""
    amounts: sparse.csr_array
    """Units of the limit."""
    counts: sparse.csr_array
    """Number of shortages to which the limit contributes."""

    @classmethod
    def sum_by_group(
        cls,
        shortages: "_SelectedShortages",
        attribution: "MarginalAttribution",
        shadow_price: FloatArray,
        group_matrix: sparse.csr_array,
    ) -> "_AttributionParts":
        """Sum the use of limits with these shadow prices by groups; `summed` has shape (groups, shortages)."""
        amounts = sparse.csr_array(sparse.diags_array(shortages.units) @ attribution.amounts[shortages.rows])
        values = sparse.csr_array(amounts @ sparse.diags_array(shadow_price))
        each = (values, amounts, (values > 0).astype(np.float64))
        return cls(*(sparse.csr_array(group_matrix @ part) for part in each))

    def list_group_parts(self, group: int) -> tuple[dict[int, float], dict[int, float], dict[int, float]]:
        """Return value, amount and count of one group by limit, without limits that do not contribute."""
        values, amounts, counts = (_read_row_entries(part, group) for part in (self.values, self.amounts, self.counts))
        return values, amounts, counts


def _read_row_entries(part: sparse.csr_array, row: int) -> dict[int, float]:
    start, end = part.indptr[row], part.indptr[row + 1]
    return dict(zip(part.indices[start:end].tolist(), part.data[start:end].tolist(), strict=True))


@dataclass(frozen=True, slots=True)
class _SelectedShortages:
    """Selected shortages, as arrays of equal length."""

    rows: IntArray
    """Position in the block of balance constraints."""
    codes: tuple[IntArray, IntArray, IntArray]
    """Place, item, period."""
    units: FloatArray
    """Units short."""
    value: FloatArray
    """Units short × shadow price, in won."""
    objective: FloatArray
    """Cost in the objective, in won."""


def _split_shortage_values(
    shortages: "_SelectedShortages", attribution: "MarginalAttribution"
) -> tuple[FloatArray, ...]:
    """Return value, objective, costs, excess over the shortage cost, and unreachable value, in won by shortage."""
    costs, excess_cost = (
        shortages.units * attribution.costs[shortages.rows],
        shortages.units * attribution.above_shortage_cost[shortages.rows],
    )
    return (
        shortages.value,
        shortages.objective,
        costs,
        excess_cost,
        np.where(attribution.unreachable[shortages.rows], shortages.value, 0.0),
    )


def _select_shortages(
    session: SensitivitySession, price: FloatArray, selection: Mapping[str, str | None]
) -> _SelectedShortages:
    """Return the shortages of the chosen places, items and periods, valued at prices by balance, (b,).

    Raises
    ------
    KeyError
        A place, item or period is unknown.
    """
    where, labels = BalanceRows.from_program(session.program).cells, session.arrays.labels
    short = session.compute_flows().shortage[where]
    is_chosen = short > 0
    for (axis, label), codes in zip(selection.items(), where, strict=True):
        if label is not None:
            if label not in labels[axis]:
                raise KeyError(f"unknown {axis}: {label}")
            is_chosen &= codes == labels[axis].index(label)
    rows = np.flatnonzero(is_chosen)
    shape = tuple(len(labels[axis]) for axis in ("place", "item", "period"))
    block, weighed = session.program.variables["short"], compute_shortage_weights(session)
    cells = np.ravel_multi_index([block.axes[axis] for axis in ("place", "item", "period")], shape)
    total = sum_by_cell(cells, (weighed * session.plan_values)[block.block_slice], int(np.prod(shape))).reshape(shape)
    here = (where[0][rows], where[1][rows], where[2][rows])
    return _SelectedShortages(rows, here, short[rows], short[rows] * price[rows], total[here])


def _build_attribution_group(
    limits: Limits,
    binding: IntArray,
    is_selected: BoolArray,
    group: tuple[str, FloatArray],
    parts: tuple[dict[int, float], dict[int, float], dict[int, float]],
) -> AttributionGroup:
    """Build one group with the selected limits that contribute most."""
    values, amounts, counts = parts
    key, (shortage, value, objective, costs, excess_cost, unreachable) = group[0], group[1].tolist()
    ranked = sorted((k for k in values if is_selected[k] and values[k] > 0), key=lambda k: (-values[k], k))
    named = ranked[:MAX_BINDING_LIMITS]
    binding_limits = tuple(
        BindingLimit(
            **build_limit_reference(limits, int(binding[k])),
            shadow_price=float(limits.shadow_price[binding[k]]),
            shortage_count=int(counts[k]),
            amount=amounts[k],
            value=values[k],
            share=values[k] / value if value > 0 else 0.0,
        )
        for k in named
    )
    return AttributionGroup(
        key=key,
        shortage=shortage,
        objective=objective,
        value=value,
        binding_limits=binding_limits,
        other_limits=sum(values.values()) - sum(values[k] for k in named),
        costs=costs,
        above_shortage_cost=excess_cost,
        unreachable=unreachable,
    )


@dataclass(frozen=True, slots=True)
class MarginalAttribution:
    """Price decomposition of one more unit at each balance constraint; b balances, q limits.

    Marginal sources (see `solvers.results.bottlenecks`) have the smallest reduced cost per unit supplied. For a source j of a balance
    with the dual value y and the coefficient a, dual feasibility gives

        y · a = cost(j) − reduced cost(j) + Σ over limits: shadow price · use(j) + Σ over other balances: y · draw(j)

    So the price of a unit splits into the value of limits, costs, and the prices of materials or of the item at its origin, which
    split in turn. Of the marginal sources, only those on acyclic paths to an origin in the fewest steps are used, with equal shares.
    The parts always sum to the price. A need with a due date has one price, that of its balance plus that of its due date (see
    `SupplyPrices`). If marginal sources tie, the use of each limit depends on this choice.
    """

    price: FloatArray
    """Won per unit, (b,): the price of the balance, plus that of the due date if the need has one."""
    amounts: sparse.csr_array
    """Units of each limit, (b, q); negative where the path adds to the limit."""
    costs: FloatArray
    """Costs in won, (b,): costs of variables, other constraints with dual values, and draws on balances without a price."""
    above_shortage_cost: FloatArray
    """Excess of the marginal cost over the shortage cost in won, (b,)."""
    unreachable: BoolArray
    """Whether no source can supply one more unit, (b,)."""

    @classmethod
    def from_prices(cls, program: Program, dual_values: FloatArray, limit_positions: IntArray) -> "MarginalAttribution":
        """Decompose prices from dual values, (m,), for binding limits: rows, or the number of rows plus a column, (q,)."""
        lp = program.lp
        limit_positions = find_rows_of_greatest_amounts(program, limit_positions)
        columns = np.concatenate([program.variables[name].positions for name in SUPPLY_VARIABLES])
        used = sparse.csc_array(lp.matrix[:, columns])
        reduced = np.asarray(lp.cost - lp.matrix.T @ dual_values)[columns]
        supply = SupplyPrices.from_dual_values(program, used, dual_values)
        balances, price = supply.balances, supply.price
        onward = _compute_drawn_units(balances, price)
        level, chosen = _select_acyclic_sources(find_marginal_sources(balances, reduced, price), onward)
        share = sparse.csr_array(chosen.multiply(_invert_positive(balances)))
        direct = _compute_direct_limit_use(used, columns, reduced, dual_values, limit_positions)
        # costs include y·a of constraints that are neither limits nor balances with a price
        other = dual_values.copy()
        other[limit_positions[limit_positions < lp.row_count]] = 0.0
        other[BalanceRows.from_program(program).positions] = 0.0
        other[supply.due_rows] = 0.0
        draws = sparse.csr_array((np.maximum(-balances.data, 0.0), balances.indices, balances.indptr), balances.shape)
        paid = (
            lp.cost[columns]
            - supply.residual
            - used.T @ other
            + draws.T @ np.where(price > REDUCED_COST_TOLERANCE, 0.0, price)
        )
        # the row of a requirement at its greatest amount is a limit: the residual of its due date holds the price as well
        at_most = np.intersect1d(BalanceRows.from_program(program).positions[supply.due_balances], limit_positions)
        paid = paid + used[at_most].T @ dual_values[at_most]
        bound = np.isin(columns + lp.row_count, limit_positions)
        paid = paid - np.where(bound, 0.0, np.minimum(reduced, 0.0))
        depth, steps = int(level.max(initial=0)), sparse.csr_array(share @ onward)
        amounts = first = sparse.csr_array(share @ direct)
        costs = first_costs = share @ paid
        excess_cost = first_excess_cost = share @ np.maximum(reduced, 0.0)
        for _ in range(depth):
            amounts = sparse.csr_array(first + steps @ amounts)
            costs, excess_cost = first_costs + steps @ costs, first_excess_cost + steps @ excess_cost
        serving = ServingTerms.from_dual_values(program, dual_values, limit_positions)
        is_reached = (level >= 0) * 1.0
        return cls(
            price + serving.price,
            sparse.csr_array(amounts + sparse.diags_array(is_reached) @ serving.limit_use),
            np.asarray(costs) + is_reached * serving.other_costs,
            np.asarray(excess_cost),
            level < 0,
        )

    def subtract_backlog(self, program: Program, dual_values: FloatArray) -> "MarginalAttribution":
        """Return the decomposition of the price of a unit less what its backlog costs in the next period, all parts in proportion.

        The backlog of a requirement at its greatest amount may be worth more than the unit; the whole difference is then a cost.
        """
        backlog_price = _compute_backlog_prices(program, dual_values)
        carries = (backlog_price != 0) & (self.price > REDUCED_COST_TOLERANCE)
        is_gain = (backlog_price < 0) & (self.price <= REDUCED_COST_TOLERANCE)
        part = np.where(is_gain, 0.0, 1.0)
        part[carries] = np.maximum(1.0 - backlog_price[carries] / self.price[carries], 0.0)
        gain = np.where(is_gain, self.price - backlog_price, 0.0)
        return MarginalAttribution(
            part * self.price + gain,
            sparse.csr_array(sparse.diags_array(part) @ self.amounts),
            part * self.costs + np.where(self.unreachable, 0.0, gain),
            part * self.above_shortage_cost,
            self.unreachable,
        )


def _compute_backlog_prices(program: Program, dual_values: FloatArray) -> FloatArray:
    """Return what one more unit short costs in the next period in won, by balance, (b,); 0 without a backlog."""
    short = program.variables["short"]
    row_period = np.full(program.lp.row_count, -1)
    for name in (*BALANCE_CONSTRAINTS, "shortage_width", "basket_share"):
        block = program.constraints[name]
        row_period[block.block_slice] = block.axes["period"]
    entries = program.lp.matrix[:, short.block_slice].tocoo()
    row, column = entries.coords
    cost = np.where(row_period[row] == short.axes["period"][column] + 1, -entries.data * dual_values[row], 0.0)
    axes = ("place", "item", "period")
    price = np.zeros([len(program.labels[axis]) for axis in axes])
    price[tuple(short.axes[axis] for axis in axes)] = sum_by_cell(column.astype(np.int64), cost, short.size)
    return np.asarray(price[BalanceRows.from_program(program).cells])


def _compute_direct_limit_use(
    source_matrix: sparse.csc_array,
    columns: IntArray,
    reduced_costs: FloatArray,
    dual_values: FloatArray,
    limit_positions: IntArray,
) -> sparse.csr_array:
    """Return the direct use of each limit by one unit of a variable, (c, q); a lower limit is used by a reduction."""
    rows = source_matrix.shape[0]
    of_row, own = np.flatnonzero(limit_positions < rows), np.flatnonzero(limit_positions >= rows)
    entries = sparse.csr_array(source_matrix)[limit_positions[of_row]].tocoo()
    position = np.full(int(max(columns.max(initial=0), limit_positions.max(initial=0))) + 1, -1)
    position[columns] = np.arange(len(columns))
    bounded = position[limit_positions[own] - rows]
    here = (bounded >= 0) & (reduced_costs[np.maximum(bounded, 0)] < 0)
    where = (np.concatenate([entries.col, bounded[here]]), np.concatenate([of_row[entries.row], own[here]]))
    signs = -np.sign(dual_values[limit_positions[of_row]])[entries.row]
    units = np.concatenate([entries.data * signs, np.ones(int(here.sum()))])
    return sparse.csr_array((units, where), shape=(len(columns), len(limit_positions)))


def _compute_drawn_units(balances: sparse.csr_array, price: FloatArray) -> sparse.csr_array:
    """Return the units that a variable draws from balances with a nonzero price, (c, b)."""
    entries = balances.tocoo()
    draws = (entries.data < 0) & (price[entries.row] > REDUCED_COST_TOLERANCE)
    return sparse.csr_array(
        (-entries.data[draws], (entries.col[draws], entries.row[draws])), shape=balances.shape[::-1]
    )


def _invert_positive(balances: sparse.csr_array) -> sparse.csr_array:
    """Return the units of a variable that supply one unit, where the coefficient is positive."""
    data = np.where(balances.data > 0, 1.0 / np.where(balances.data > 0, balances.data, 1.0), 0.0)
    return sparse.csr_array((data, balances.indices, balances.indptr), shape=balances.shape)


def _select_acyclic_sources(
    sources: sparse.csr_array, drawn_units: sparse.csr_array
) -> tuple[IntArray, sparse.csr_array]:
    """Return the steps of each balance from an origin, (b,), −1 if unreachable, and the shares of acyclic sources, (b, c)."""
    level = np.full(sources.shape[0], -1, dtype=np.int64)
    flags = sparse.csr_array(
        (np.ones(drawn_units.nnz), drawn_units.indices, drawn_units.indptr), shape=drawn_units.shape
    )
    required_count: FloatArray = np.asarray(flags.sum(axis=1)).ravel()
    entries = sources.tocoo()
    is_selected = np.zeros(entries.nnz, dtype=bool)
    step = 0
    while True:
        resolved_count = flags @ (level >= 0).astype(np.float64)
        is_resolved = resolved_count >= required_count
        is_new = is_resolved[entries.col] & (level[entries.row] < 0)
        if not is_new.any():
            break
        is_selected |= is_new
        level[entries.row[is_new]] = step
        step += 1
    row, column = entries.row[is_selected], entries.col[is_selected]
    count = np.bincount(row, minlength=len(level))
    chosen = sparse.csr_array((1.0 / count[row], (row, column)), shape=sources.shape)
    return level, chosen

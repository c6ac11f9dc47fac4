"""Shadow prices in the units of planners, with allowable increase and decrease and the shortages they reduce."""

import numpy as np

from models.answers import GoodShadowPrice, LimitShadowPrice, ShadowPrices, ShortageReduction
from models.number_text import format_amount
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.ranging import build_limit_path, compute_limit_direction
from solvers.sensitivity.session import SensitivitySession

STEP_SIZES = {"kWh": (1000.0, "MWh")}
"""Larger units for steps and sentences."""

RANGE_NOTE = (
    "Shadow prices are those of the linear program before quotas are rounded to whole units. "
    "A shadow price is the weighted won of the objective that one more unit of a limit saves, within its allowable increase and decrease."
)

MAX_SHORTAGE_REDUCTIONS = 5
"""Maximum number of items reported for one step."""

LIMIT_PHRASES = {
    "due": "less of {part} due early in {id} in {period}",
    "served_least": "less of {part} reserved in {id} in {period}",
    "taken": "of {part} that people of {id} take in {period} at most",
    "basket_share": "of the share {part} in {id} in {period}",
    "requirement_most": "of {part} that people of {id} take in {period} at most",
    "most_per_head": "of {id} that {part} take at most",
    "power": "in {id} in {period}",
    "machine": "on {part} of {id} in {period}",
    "labour": "of labour in {id} in {period}",
    "link": "on the link {id} to {part} in {period}",
    "handling": "into {id} in {period}",
    "central_share": "of {id} from the centre in {period}",
    "local_floor": "less of the local floor for {id}",
    "swap_balance": "of credit with {id} in {period}",
    "own_surplus": "of {id} made or in store at home until {period}",
    "store": "of store in {id} in {period}",
    "budget": "in the budget {id} in {period}",
    "own_needs_first": "less for {part} in {id} in {period} than without swaps",
    "worst_fulfilment": "for {id}",
    "goal": "of the goal {id}",
    "line_least": "less of the minimum quota of {part} at {id} in {period}",
    "line_most": "of {part} at {id} in {period}",
    "stock_least": "less of the minimum stock of {part} in {id} in {period}",
    "stock_most": "of storage for {part} in {id} in {period}",
    "wants": "of {part} that {id} takes in {period}",
    "offers": "of {part} that {id} gives in {period}",
    "machine_condition": "of the machine condition of {id}",
    "delivered": "of the promised central deliveries in {period}",
    "opening_stock": "of {part} in store in {id} before the first period",
}
"""Text for a limit after its unit, by constraint or bound."""


def compute_shadow_prices(
    session: SensitivitySession,
    *,
    with_ranges: int = 10,
    max_results: int = 1000,
    limit_positions: IntArray | None = None,
) -> ShadowPrices:
    """Compute the shadow prices of limits and goods; the first `with_ranges` limits have ranges, steps and sentences.

    Parameters
    ----------
    pick
        Positions in `session.list_limits()` to choose from; all by default.
    """
    limits = session.list_limits()
    chosen = (
        limits.find_priced_limits()
        if limit_positions is None
        else limit_positions[limits.shadow_price[limit_positions] > 0]
    )
    value = limits.shadow_price[chosen] * np.maximum(np.abs(limits.limit[chosen]), 1.0)
    order = chosen[np.argsort(-value, kind="stable")][:max_results]
    ranged = {int(k): compute_limit_direction(session, limits, int(k)) for k in order[:with_ranges]}
    rows = []
    for k in order:
        direction = ranged.get(int(k))
        if direction is None:
            rows.append(build_limit_price(limits, int(k)))
            continue
        step = _choose_step(limits, int(k))[0]
        change = (
            direction.values * step
            if direction.allowable_increase >= step
            else _solve_step(session, limits, int(k), step)
        )
        rows.append(
            _describe_price(
                session, limits, int(k), (direction.allowable_decrease, direction.allowable_increase), change
            )
        )
    return ShadowPrices(
        note=RANGE_NOTE,
        relaxed=session.is_relaxed,
        objective=session.point.objective,
        limits=tuple(rows),
        goods=_list_good_prices(session, max_results),
    )


def build_limit_reference(limits: Limits, k: int) -> dict[str, str]:
    """Return the rule, id, part, period and unit of a limit."""
    labels = limits.labels
    return {
        "rule": RULE_NAMES[limits.rule[k]],
        "id": labels[limits.id[k]],
        "part": labels[limits.part[k]],
        "period": labels[limits.period[k]],
        "unit": labels[limits.unit[k]],
    }


def describe_amount(reference: dict[str, str], amount: float) -> str:
    """Describe an amount of a limit, such as `3.2 MWh in kapsan in 1998-02`."""
    size, unit = STEP_SIZES.get(reference["unit"], (1.0, reference["unit"]))
    if unit.startswith("share of"):
        size, unit = 0.01, "points"
    if reference["rule"] == "central_share" and not reference["period"]:
        return f"{format_amount(amount / size, 4)} {unit} of the demand for {reference['id']} from the centre in the whole plan"
    if reference["rule"] == "link" and not reference["part"]:
        return (
            f"{format_amount(amount / size, 4)} {unit} each path on the link {reference['id']} in {reference['period']}"
        )
    return f"{format_amount(amount / size, 4)} {unit} {LIMIT_PHRASES[reference['rule']].format_map(reference)}"


def weigh_shortage_change(session: SensitivitySession, value_change: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the reduction of each variable `short` for a change of values, (n,), in units and in won of the objective."""
    short = session.program.variables["short"].block_slice
    fallen = -value_change[short]
    return fallen, fallen * compute_shortage_weights(session)[short]


def compute_shortage_weights(session: SensitivitySession) -> FloatArray:
    """Return the cost of shortage by variable, (n,), also if the last goal has another cost vector."""
    arrays, block = session.arrays, session.program.variables["short"]
    out = np.zeros(session.lp.column_count)
    item, period, band = (block.axes[axis] for axis in ("item", "period", "band"))
    out[block.block_slice] = arrays.items.shortage_weight[item, period] * arrays.band_weight[band]
    return out


def _choose_step(limits: Limits, k: int) -> tuple[float, str]:
    unit = limits.labels[limits.unit[k]]
    return STEP_SIZES.get(unit, (1.0, unit))


def _solve_step(session: SensitivitySession, limits: Limits, k: int, step: float) -> FloatArray | None:
    """Return the change of values for a step beyond the allowable increase, by a warm solve; None without a plan."""
    point = session.solve_change(build_limit_path(session, limits, k).compute_bounds_at(step))
    return None if point is None else point.values - session.point.values


def build_limit_price(limits: Limits, k: int) -> LimitShadowPrice:
    """Build a limit with its use and shadow price, without a range."""
    return LimitShadowPrice(
        **build_limit_reference(limits, k),
        used=float(limits.used[k]),
        limit=float(limits.limit[k]),
        shadow_price=float(limits.shadow_price[k]),
    )


def _describe_price(
    session: SensitivitySession, limits: Limits, k: int, ranges: tuple[float, float], change: FloatArray | None
) -> LimitShadowPrice:
    row, step = build_limit_price(limits, k), _choose_step(limits, k)[0]
    allowable_decrease, allowable_increase = (None if np.isinf(end) else end for end in ranges)
    if change is None:
        return row.model_copy(
            update={"allowable_decrease": allowable_decrease, "allowable_increase": allowable_increase}
        )
    reductions = _list_shortage_reductions(session, change)
    objective_reduction = -float(session.lp.cost @ change)
    reduction = sum(entry.objective_reduction for entry in reductions)
    name = build_limit_reference(limits, k)
    first_item = f": {reductions[0].item} first" if reductions and reductions[0].objective_reduction > 0 else ""
    text = f"One more {describe_amount(name, step).split(' ', 1)[1]} reduces weighted shortage by {format_amount(reduction, 4)} weighted won{first_item}."
    named = tuple(entry for entry in reductions[:MAX_SHORTAGE_REDUCTIONS] if entry.units)
    return row.model_copy(
        update={
            "allowable_decrease": allowable_decrease,
            "allowable_increase": allowable_increase,
            "step": step,
            "objective_reduction": objective_reduction,
            "shortage_reductions": named,
            "text": text,
        }
    )


def _list_shortage_reductions(session: SensitivitySession, change: FloatArray) -> list[ShortageReduction]:
    """Return the reduction of the shortage of each item, the largest in won first."""
    units, cost_changes = weigh_shortage_change(session, change)
    item = session.program.variables["short"].axes["item"]
    labels = session.arrays.labels["item"]
    by_item = [np.bincount(item, weights=amounts, minlength=len(labels)) for amounts in (units, cost_changes)]
    order = np.argsort(-by_item[1], kind="stable")
    changed = [int(i) for i in order if abs(by_item[0][i]) > 1e-9]
    return [
        ShortageReduction(item=labels[i], units=float(by_item[0][i]), objective_reduction=float(by_item[1][i]))
        for i in changed
    ]


def _list_good_prices(session: SensitivitySession, max_results: int) -> tuple[GoodShadowPrice, ...]:
    flows, labels = session.compute_flows(), session.arrays.labels
    value = (np.abs(flows.price) * np.maximum(flows.shortage, 1e-6)).ravel()
    order = np.argsort(-value, kind="stable")[:max_results]
    needs = session.arrays.problem.needs
    cells = [tuple(int(v) for v in np.unravel_index(cell, flows.price.shape)) for cell in order if value[cell] > 0]
    return tuple(
        GoodShadowPrice(
            county=labels["place"][n],
            item=labels["item"][i],
            period=labels["period"][t],
            shadow_price=float(flows.price[n, i, t]),
            shortage=float(flows.shortage[n, i, t]),
            unit=needs[i].unit,
        )
        for n, i, t in cells
    )

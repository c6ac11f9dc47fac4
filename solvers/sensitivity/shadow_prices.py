"""Prices in the planner's units: what one more unit of a limit is worth, how far that holds, and whom it serves."""

import numpy as np

from models.answers import GoodShadowPrice, LimitShadowPrice, ShadowPrices, ShortageReduction
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.ranging import compute_direction, limit_sign
from solvers.sensitivity.session import SensitivitySession

STEP_SIZES = {"kWh": (1000.0, "MWh")}
"""Units in which a step is told, where one unit is too small to speak of."""

RANGE_NOTE = (
    "Prices are those of the linear program before quotas are rounded to whole units: a plan in whole numbers has no prices. "
    "Each is the won of the objective that one more unit saves, as long as the limit stays within its range."
)

MAX_SERVED = 5
"""Items named for one step."""

LIMIT_SUBJECTS = {
    "power": "in {id} in {period}",
    "machine": "on {part} of {id} in {period}",
    "labour": "of labour in {id} in {period}",
    "link": "on the link {id} to {part} in {period}",
    "handling": "into {id} in {period}",
    "central_share": "of {id} from the centre in {period}",
    "local_floor": "less of the floor for {id}",
    "swap_balance": "of credit with {id} in {period}",
    "store": "of store in {id} in {period}",
    "own_needs_first": "less for {part} in {id} in {period} than without swaps",
    "worst_fulfilment": "for {id}",
    "goal": "of the goal {id} given up",
    "line_least": "less of the least quota of {part} at {id} in {period}",
    "line_most": "of {part} at {id} in {period}",
    "stock_least": "less of the least stock of {part} in {id} in {period}",
    "stock_most": "of room for {part} in {id} in {period}",
    "wants": "of {part} that {id} takes in {period}",
    "offers": "of {part} that {id} gives in {period}",
    "machine_condition": "of machines of {id} in order",
    "delivered": "of the centre's promise kept in {period}",
    "opening_stock": "of {part} in store in {id} before the first period",
}
"""How a limit of each rule is spoken of, after its unit."""


def compute_shadow_prices(
    session: SensitivitySession, *, with_ranges: int = 10, max_results: int = 1000, pick: IntArray | None = None
) -> ShadowPrices:
    """Prices of all limits and goods of a plan; the `leading` limits with range, step and words.

    `pick`: positions in `standing.limits()` to choose from; all by default.
    """
    limits = session.list_limits()
    chosen = limits.find_priced() if pick is None else pick[limits.shadow_price[pick] > 0]
    worth = limits.shadow_price[chosen] * np.maximum(np.abs(limits.limit[chosen]), 1.0)
    order = chosen[np.argsort(-worth, kind="stable")][:max_results]
    ranged = {int(k): compute_direction(session, limits, int(k)) for k in order[:with_ranges]}
    rows = []
    for k in order:
        found = ranged.get(int(k))
        if found is None:
            rows.append(build_limit_price(limits, int(k)))
            continue
        step = _choose_step(limits, int(k))[0]
        moved = found.values * step if found.allowable_increase >= step else _solve_step(session, limits, int(k), step)
        rows.append(
            _describe_price(session, limits, int(k), (found.allowable_decrease, found.allowable_increase), moved)
        )
    return ShadowPrices(
        note=RANGE_NOTE,
        objective=session.point.objective,
        limits=tuple(rows),
        goods=_list_good_prices(session, max_results),
    )


def name_limit(limits: Limits, k: int) -> dict[str, str]:
    """Rule, id, part, period and unit of a limit."""
    words = limits.label_table
    return {
        "rule": RULE_NAMES[limits.rule[k]],
        "id": words[limits.id[k]],
        "part": words[limits.part[k]],
        "period": words[limits.period[k]],
        "unit": words[limits.unit[k]],
    }


def describe_amount(name: dict[str, str], amount: float) -> str:
    """An amount of a limit in words: `3.2 MWh in kapsan in 1998-02`."""
    size, unit = STEP_SIZES.get(name["unit"], (1.0, name["unit"]))
    if unit.startswith("share of"):
        size, unit = 0.01, "points"
    if name["rule"] == "central_share" and not name["period"]:
        return f"{amount / size:,.4g} {unit} of the need of {name['id']} from the centre, all through the plan"
    if name["rule"] == "link" and not name["part"]:
        return f"{amount / size:,.4g} {unit} each way on the link {name['id']} in {name['period']}"
    return f"{amount / size:,.4g} {unit} {LIMIT_SUBJECTS[name['rule']].format_map(name)}"


def weigh_shortage_change(session: SensitivitySession, change: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Units and won of the objective by which each column of `short` falls under a change of values, (n,)."""
    short = session.program.variables["short"].block_slice
    fallen = -change[short]
    return fallen, fallen * list_shortage_weights(session)[short]


def list_shortage_weights(session: SensitivitySession) -> FloatArray:
    """The plan's own weights of shortage, also where the last goal minimises something else, (n,)."""
    arrays, block = session.arrays, session.program.variables["short"]
    out = np.zeros(session.lp.column_count)
    item, period, band = (block.axes[axis] for axis in ("item", "period", "band"))
    out[block.block_slice] = arrays.items.shortage_weight[item, period] * arrays.band_weight[band]
    return out


def _choose_step(limits: Limits, k: int) -> tuple[float, str]:
    unit = limits.label_table[limits.unit[k]]
    return STEP_SIZES.get(unit, (1.0, unit))


def _solve_step(session: SensitivitySession, limits: Limits, k: int, step: float) -> FloatArray | None:
    """Change of values by a step that goes beyond the range, from a warm solve; None where it cannot be taken."""
    way = BoundPath.for_limit(Bounds.from_program(session.lp), int(limits.position[k]), limit_sign(limits, k))
    point = session.solve_change(way.bounds_at(step))
    return None if point is None else point.values - session.point.values


def build_limit_price(limits: Limits, k: int) -> LimitShadowPrice:
    """A limit with its use and price, without its range."""
    return LimitShadowPrice(
        **name_limit(limits, k),
        used=float(limits.used[k]),
        limit=float(limits.limit[k]),
        shadow_price=float(limits.shadow_price[k]),
    )


def _describe_price(
    session: SensitivitySession, limits: Limits, k: int, reach: tuple[float, float], moved: FloatArray | None
) -> LimitShadowPrice:
    row, step = build_limit_price(limits, k), _choose_step(limits, k)[0]
    falls, rises = (None if np.isinf(end) else end for end in reach)
    if moved is None:
        return row.model_copy(update={"allowable_decrease": falls, "allowable_increase": rises})
    served = _list_shortage_reductions(session, moved)
    saves = -float(session.lp.cost @ moved)
    need = sum(entry.objective_reduction for entry in served)
    name = name_limit(limits, k)
    first = f": {served[0].item} first" if served and served[0].objective_reduction > 0 else ""
    text = f"One more {describe_amount(name, step).split(' ', 1)[1]} serves {need:,.4g} won of unmet need{first}."
    named = tuple(entry for entry in served[:MAX_SERVED] if entry.units)
    return row.model_copy(
        update={
            "allowable_decrease": falls,
            "allowable_increase": rises,
            "step": step,
            "objective_reduction": saves,
            "shortage_reductions": named,
            "text": text,
        }
    )


def _list_shortage_reductions(session: SensitivitySession, moved: FloatArray) -> list[ShortageReduction]:
    """What a change of values does to the shortage of each item, most won first."""
    units, won = weigh_shortage_change(session, moved)
    item = session.program.variables["short"].axes["item"]
    labels = session.arrays.labels["item"]
    by_item = [np.bincount(item, weights=what, minlength=len(labels)) for what in (units, won)]
    order = np.argsort(-by_item[1], kind="stable")
    touched = [int(i) for i in order if abs(by_item[0][i]) > 1e-9]
    return [
        ShortageReduction(item=labels[i], units=float(by_item[0][i]), objective_reduction=float(by_item[1][i]))
        for i in touched
    ]


def _list_good_prices(session: SensitivitySession, most: int) -> tuple[GoodShadowPrice, ...]:
    flows, labels = session.compute_flows(), session.arrays.labels
    worth = (np.abs(flows.price) * np.maximum(flows.short, 1e-6)).ravel()
    order = np.argsort(-worth, kind="stable")[:most]
    items = session.arrays.problem.items
    cells = [tuple(int(v) for v in np.unravel_index(cell, flows.price.shape)) for cell in order if worth[cell] > 0]
    return tuple(
        GoodShadowPrice(
            county=labels["place"][n],
            item=labels["item"][i],
            period=labels["period"][t],
            shadow_price=float(flows.price[n, i, t]),
            shortage=float(flows.short[n, i, t]),
            unit=items[i].unit,
        )
        for n, i, t in cells
    )

"""Candidate changes to input limits that could reduce a shortage.

A candidate exists only if a change of `models.changes.change` moves exactly the same bounds, so a verified candidate is a valid change.
Of items in whole units, this holds for amounts that count (`CandidateChange.step`); a share of the centre moves its bounds at least as far.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from models.base import expand_to_periods
from models.changes.change import Change
from models.problem.network import Station
from models.problem.population import County
from solvers.data.whole_unit_limits import round_down, round_up
from solvers.formulation.constraints.budgets import compute_past_spending
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import RULE_NAMES, Limits, find_left_over_rows
from solvers.sensitivity.remedies.candidate_context import (
    CandidateChange,
    LimitContext,
    create_change_factory,
    read_period_value,
)
from solvers.sensitivity.remedies.requirement_candidates import (
    list_requirement_most_candidates,
    list_share_candidates,
    list_taken_candidates,
)
from solvers.sensitivity.session import SensitivitySession


def list_limit_candidates(session: SensitivitySession, limits: Limits, k: int) -> list[CandidateChange]:
    """Return the candidates that move a limit (position in `limits`); empty if no change of the problem does."""
    found = CANDIDATES_BY_CONSTRAINT.get(RULE_NAMES[limits.rule[k]])
    return [] if found is None else found(LimitContext(session, limits, k))


def _list_power_candidates(context: LimitContext) -> list[CandidateChange]:
    area = context.problem.power_areas[context.axes["area"]]
    return [context.build_candidate("power_limit", area.id, area.limit_kwh)]


def _list_machine_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return more hours of one machine group, and a better condition of the factory."""
    machine = context.axes["machine"]
    f = int(context.arrays.machines.factory[machine])
    factory, group = context.problem.factories[f], context.arrays.machines.group_names[machine]
    if factory.condition <= 0:
        return []
    hours = context.build_candidate(
        "machine_hours", f"{factory.id}/{group}", factory.machines[group], units_per_value=factory.condition
    )
    block = context.session.program.constraints["machine"]
    is_match = np.flatnonzero(context.arrays.machines.factory[block.axes["machine"]] == f)
    upper = context.session.lp.row_upper[block.start + is_match]
    name = {"rule": "machine_condition", "id": factory.id, "part": "", "period": "", "unit": "share of nominal hours"}
    make_changes = create_change_factory("machine_condition", factory.id, factory.condition)
    moves = (("row_upper", block.start + is_match, upper / factory.condition),)
    condition = CandidateChange(name, moves, factory.condition, make_changes, 1 - factory.condition)
    return [hours, condition] if factory.condition < 1 else [hours]


def _create_county_lister(what: str, field_name: str) -> Callable[[LimitContext], list[CandidateChange]]:
    def list_candidates(context: LimitContext) -> list[CandidateChange]:
        county = context.problem.counties[context.axes["place"]]
        return [context.build_candidate(what, county.id, getattr(county, field_name))]

    return list_candidates


def _list_handling_candidates(context: LimitContext) -> list[CandidateChange]:
    places: tuple[County | Station, ...] = (*context.problem.counties, *context.problem.stations)
    place = places[context.axes["place"]]
    if context.limit > read_period_value(place.handling_tonnes, context.period, len(context.problem.periods)):
        return []  # goods under way before the plan already exceed the limit
    return [context.build_candidate("handling_tonnes", place.id, place.handling_tonnes)]


def _list_link_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return more tonnes on a link, which apply to both directions."""
    k = int(context.arrays.arcs.link[context.axes["arc"]])
    link = context.problem.links[k]
    block = context.session.program.constraints["link"]
    both = block.start + np.flatnonzero(
        (context.arrays.arcs.link[block.axes["arc"]] == k) & (block.axes["period"] == context.axes["period"])
    )
    candidate = context.build_candidate("link_tonnes", link.id, link.tonnes)
    return [
        CandidateChange(
            context.limit_reference | {"part": ""},
            (("row_upper", both, np.ones(len(both))),),
            context.limit,
            candidate.to_changes,
        )
    ]


def _list_central_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return a larger allotment or promised share, and a larger delivered part in one period."""
    centre, shares, count = context.arrays.centre, context.problem.supply_shares, context.arrays.period_count
    item = context.problem.items[context.axes["item"]]
    delivered = expand_to_periods(shares.delivered, count)
    candidates = []
    if item.kind == "material":
        candidates.append(
            context.build_candidate(
                "materials", item.id, shares.materials[item.id], units_per_value=delivered[context.period]
            )
        )
    else:
        rows = context.find_constraint_rows("central_share", item=context.axes["item"])
        share = float(centre.promised_share[context.axes["item"]])
        name = {"rule": "central_share", "id": item.id, "part": "", "period": "", "unit": "share of the need"}
        change: dict[str, Any] = {"what": "central_share", "where": item.id}
        whole = centre.promise / share * np.array(delivered)
        candidates.append(_build_share_candidate(context, name, rows, change, share, whole))
    if delivered[context.period] < 1:
        rows = context.find_constraint_rows("central_share", period=context.period)
        period = context.problem.periods[context.period]
        name = {"rule": "delivered", "id": "", "part": "", "period": period, "unit": "share of the promise"}
        change = {"what": "delivered", "periods": [period]}
        share = delivered[context.period]
        candidates.append(_build_share_candidate(context, name, rows, change, share, centre.promise))
    return [candidate for candidate in candidates if candidate.max_amount > 0]


def _build_share_candidate(
    context: LimitContext,
    name: dict[str, str],
    rows: IntArray,
    change: dict[str, Any],
    share: float,
    whole: FloatArray,
) -> CandidateChange:
    """Create a candidate for a share that limits central deliveries; `whole` has the units of the share 1, (I, T).

    Deliveries of items in whole units are limited to the whole units of their share. Their limit grows from there, and the
    change states the smallest share that allows as many units in every row.
    """
    rows = rows[np.isfinite(context.session.lp.row_upper[rows])]  # without past periods
    item, period = (context.read_axis_codes("central_share", rows, axis) for axis in ("item", "period"))
    units, limit = whole[item, period], context.session.lp.row_upper[rows]
    is_rounded = context.arrays.items.is_whole_units[item]
    most = np.where(is_rounded, round_down(units), units)

    def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        needed = round_up((limit + amount * units)[is_rounded]) / units[is_rounded]
        value = min(1.0, float(needed.max(initial=share + amount)))
        return (Change.model_validate(change | {"value": value}),)

    max_amount = float(((most - limit) / units).min(initial=1 - share))
    return CandidateChange(name, (("row_upper", rows, units),), share, make_changes, max_amount)


def _list_floor_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return a lower floor that the resulting plan meets exactly."""
    g = context.axes["group"]
    weight, make, central = (
        context.arrays.centre.floor_weight[g],
        *(context.session.program.variables[n] for n in ("make", "central")),
    )
    line = make.axes["line"]

    def make_changes(_: float, values: FloatArray) -> tuple[Change, ...]:
        made = weight[context.arrays.lines.item[line]] * values[make.block_slice]
        local = float(made[context.arrays.lines.is_local[line]].sum())
        total = float(made.sum() + (weight[central.axes["item"]] * values[central.block_slice]).sum())
        share = min(context.arrays.centre.floor_share[g], max(0.0, local / total - 1e-9) if total > 0 else 0.0)
        return (Change(what="local_floor", where=context.arrays.centre.floor_labels[g], value=float(share)),)

    return [
        CandidateChange(
            context.limit_reference, (("row_lower", context.positions, np.array([-1.0])),), context.limit, make_changes
        )
    ]


def _list_credit_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return more credit, which applies to every window."""
    partner = context.problem.partners[context.axes["partner"]]
    rows = context.find_constraint_rows("swap_balance", partner=context.axes["partner"])
    make_changes = create_change_factory("partner_credit", partner.id, partner.credit)
    return [
        CandidateChange(
            context.limit_reference, (("row_upper", rows, np.ones(len(rows))),), context.limit, make_changes
        )
    ]


def _list_budget_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return more money in a period, which carries over to later periods where the budget does."""
    number = context.axes["budget"]
    budget, budgets = context.problem.budgets[number], context.arrays.budgets
    candidate = context.build_candidate("budget_won", budget.id, budget.won)
    if not budget.carries_over:
        return [candidate]
    if budgets.available[number, context.period] < compute_past_spending(context.arrays)[number]:
        return []  # the money would first repay what the past spent
    rows = context.find_constraint_rows("budget", budget=number)
    later = rows[context.read_axis_codes("budget", rows, "period") >= context.period]
    return [replace(candidate, bound_steps=(("row_upper", later, np.ones(len(later))),))]


def _create_line_lister(what: str, sign: float) -> Callable[[LimitContext], list[CandidateChange]]:
    def list_candidates(context: LimitContext) -> list[CandidateChange]:
        number = context.axes["line"]
        f = int(context.arrays.lines.factory[number])
        factory = context.problem.factories[f]
        line = factory.lines[number - int(np.flatnonzero(context.arrays.lines.factory == f)[0])]
        name = context.arrays.labels["line"][number]
        max_amount = context.limit if sign < 0 else np.inf
        old_value = line.most if sign > 0 else line.least
        candidate = context.build_candidate(what, name, old_value, sign=sign, max_amount=max_amount)
        return [replace(candidate, step=float(context.arrays.lines.lot[number]))]

    return list_candidates


def _list_served_candidates(context: LimitContext) -> list[CandidateChange]:
    """Return a smaller reservation for another need."""
    county = context.problem.counties[context.axes["place"]].id
    number = context.axes["item"]
    item = context.problem.needs[number].id
    stated = {(row.county, row.item): row.quantity for row in context.problem.served_least}

    def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        value = max(0.0, context.limit - amount)
        period = context.problem.periods[context.period]
        return (Change(what="served_least", where=f"{county}/{item}", periods=(period,), value=value),)

    candidate = context.build_candidate(
        "served_least", f"{county}/{item}", stated[county, item], sign=-1.0, max_amount=context.limit
    )
    step = 1.0 if context.arrays.items.is_whole_units[number] else 0.0
    return [replace(candidate, to_changes=make_changes, step=step)]


def _create_stock_lister(sign: float) -> Callable[[LimitContext], list[CandidateChange]]:
    """Return the binding one of two limits in the last period, up to the other limit."""

    def list_candidates(context: LimitContext) -> list[CandidateChange]:
        county = context.problem.counties[context.axes["place"]]
        item = context.problem.items[context.axes["item"]].id
        stock, last = county.stocks[item], context.period == context.arrays.period_count - 1
        where = f"{county.id}/{item}"
        per_period = read_period_value(
            stock.most if sign > 0 else stock.least, context.period, context.arrays.period_count
        )
        if sign > 0 and stock.most is None:
            per_period = np.inf
        rows = find_left_over_rows(context.session.program, int(context.positions[0])) if sign < 0 else np.empty(0, int)
        left_over = (("row_upper", rows, np.full(len(rows), sign)),) if len(rows) else ()
        closing = (stock.closing_most if sign > 0 else stock.closing_least) if last else None
        side = "most" if sign > 0 else "least"
        if closing is None or sign * closing > sign * per_period:
            range_of_limit = np.inf if sign > 0 else per_period
            max_amount = range_of_limit if closing is None else abs(closing - per_period)
            candidate = context.build_candidate(
                f"stock_{side}", where, stock.most if sign > 0 else stock.least, sign=sign, max_amount=max_amount
            )
            return [replace(candidate, bound_steps=(*candidate.bound_steps, *left_over))]
        if closing == per_period:
            return []

        def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (
                Change.model_validate(
                    {"what": f"closing_{side}", "where": where, "value": max(0.0, closing + sign * amount)}
                ),
            )

        moves = ((f"column_{'upper' if sign > 0 else 'lower'}", context.positions, np.array([sign])), *left_over)
        return [CandidateChange(context.limit_reference, moves, context.limit, make_changes, abs(closing - per_period))]

    return list_candidates


def _create_swap_lister(side: str) -> Callable[[LimitContext], list[CandidateChange]]:
    def list_candidates(context: LimitContext) -> list[CandidateChange]:
        partner, item = (
            context.problem.partners[context.axes["partner"]],
            context.problem.items[context.axes["item"]].id,
        )
        return [context.build_candidate(f"partner_{side}", f"{partner.id}/{item}", getattr(partner, side)[item])]

    return list_candidates


CANDIDATES_BY_CONSTRAINT: dict[str, Callable[[LimitContext], list[CandidateChange]]] = {
    "power": _list_power_candidates,
    "served_least": _list_served_candidates,
    "machine": _list_machine_candidates,
    "labour": _create_county_lister("labour", "labour_hours"),
    "link": _list_link_candidates,
    "handling": _list_handling_candidates,
    "store": _create_county_lister("store_tonnes", "store_tonnes"),
    "central_share": _list_central_candidates,
    "local_floor": _list_floor_candidates,
    "swap_balance": _list_credit_candidates,
    "budget": _list_budget_candidates,
    "line_least": _create_line_lister("line_least", -1.0),
    "line_most": _create_line_lister("line_most", 1.0),
    "stock_least": _create_stock_lister(-1.0),
    "stock_most": _create_stock_lister(1.0),
    "taken": list_taken_candidates,
    "requirement_most": list_requirement_most_candidates,
    "basket_share": list_share_candidates,
    "offers": _create_swap_lister("offers"),
    "wants": _create_swap_lister("wants"),
}
"""Candidates by constraint or bound; constraints of goals and own needs have none, because the policy sets them."""

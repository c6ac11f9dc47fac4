"""What might have more, so that a need is mended: each lever moves limits of the program, and is a change to the problem.

A lever is only there where a change of `models.changes.change` makes exactly its move: what is verified is what can be posted.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from models.base import expand_to_periods
from models.changes.change import Change
from models.problem.network import Station
from models.problem.population import County
from solvers.lp.linear_program import FloatArray, IntArray
from solvers.results.limits import RULE_NAMES, Limits
from solvers.sensitivity.bounds import BoundPath, Bounds
from solvers.sensitivity.session import SensitivitySession
from solvers.sensitivity.shadow_prices import name_limit

ChangeFactory = Callable[[float, FloatArray], tuple[Change, ...]]
"""The changes that give so much more, for a plan with these values."""


@dataclass(frozen=True, slots=True)
class CandidateChange:
    """Something that might have more."""

    name: dict[str, str]
    """Rule, id, part, period, unit."""
    moved_limits: tuple[tuple[str, IntArray, FloatArray], ...]
    """Which bounds one more unit moves: the name of an array of Bounds, positions, units."""
    limit: float
    """Amount there is."""
    to_changes: ChangeFactory = field(repr=False)
    """The change that does it."""
    max_amount: float = np.inf
    """Units more that there can be."""

    def bound_path(self, start: Bounds) -> BoundPath:
        """Bounds in which it has so much more."""
        step = Bounds(*(np.zeros_like(getattr(start, name)) for name in Bounds.__slots__))
        for name, positions, units in self.moved_limits:
            getattr(step, name)[positions] += units
        return BoundPath(start, step)


def candidates_for_limit(session: SensitivitySession, limits: Limits, k: int) -> list[CandidateChange]:
    """The levers that move a limit, by position in `limits`; none where no change to the problem does."""
    found = CANDIDATES_BY_CONSTRAINT.get(RULE_NAMES[limits.rule[k]])
    return [] if found is None else found(_LimitContext(session, limits, k))


def opening_stock_candidate(session: SensitivitySession, county: str, item: str) -> list[CandidateChange]:
    """More in store before the first period."""
    labels, arrays = session.arrays.labels, session.arrays
    i, c = labels["item"].index(item), labels["county"].index(county)
    balance = session.program.constraints["balance"]
    first = (balance.axes["place"] == c) & (balance.axes["item"] == i) & (balance.axes["period"] == 0)
    stock = session.program.variables["stock"]
    stored = (stock.axes["place"] == c) & (stock.axes["item"] == i)
    if not stored.any() or not first.any() or arrays.items.carryover_share[i] <= 0:
        return []  # a stock where the item cannot come otherwise would be another program
    unit, before = arrays.problem.items[i].unit, float(arrays.places.opening_stock[c, i])
    row = np.array([balance.start + int(np.flatnonzero(first)[0])])
    units = np.array([-float(arrays.items.carryover_share[i])])
    name = {"rule": "opening_stock", "id": county, "part": item, "period": "", "unit": unit}

    def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        return (Change(what="opening_stock", where=f"{county}/{item}", value=before + amount),)

    return [CandidateChange(name, (("row_lower", row, units), ("row_upper", row, units)), before, make_changes)]


class _LimitContext:
    """One limit, with what its levers are made from."""

    def __init__(self, session: SensitivitySession, limits: Limits, k: int) -> None:
        self.session, self.arrays, self.problem = session, session.arrays, session.arrays.problem
        self.name = name_limit(limits, k)
        self.position, self.limit = int(limits.position[k]), float(limits.limit[k])
        rows = session.lp.row_count
        self.row = self.position < rows
        at = self.position if self.row else self.position - rows
        block, here = session.program.find_constraint(at) if self.row else session.program.find_variable(at)
        self.axes = {axis: int(codes[here]) for axis, codes in block.axes.items()}
        self.at = np.array([at])
        self.t = self.axes.get("period", 0)

    def make_candidate(
        self, what: str, where: str, old: object, *, sign: float = 1.0, per: float = 1.0, most: float = np.inf
    ) -> CandidateChange:
        """A lever that moves this limit alone: a value by period, of which one unit is `per` units of the limit."""
        side = ("row_" if self.row else "column_") + ("upper" if sign > 0 else "lower")
        period, before = self.problem.periods[self.t], _replace_period_value(old, self.t, len(self.problem.periods))

        def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            value = max(0.0, before + sign * amount / per)
            return (Change.model_validate({"what": what, "where": where, "periods": (period,), "value": value}),)

        return CandidateChange(self.name, ((side, self.at, np.array([sign])),), self.limit, make_changes, most)

    def find_constraint_rows(self, rule: str, **codes: int) -> IntArray:
        """Rows of a rule with these positions on its axes."""
        block = self.session.program.constraints[rule]
        mine = np.logical_and.reduce([block.axes[axis] == code for axis, code in codes.items()])
        return np.asarray(block.start + np.flatnonzero(mine))

    def read_axis(self, rule: str, rows: IntArray, axis: str) -> IntArray:
        """Positions of rows of a rule on an axis."""
        block = self.session.program.constraints[rule]
        return np.asarray(block.axes[axis][rows - block.start])


def _replace_period_value(value: object, t: int, count: int) -> float:
    return expand_to_periods(value, count)[t] if isinstance(value, int | float | tuple) else 0.0


def _make_whole_plan_change(what: str, where: str | None, before: float) -> ChangeFactory:
    def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        return (Change.model_validate({"what": what, "where": where, "value": before + amount}),)

    return make_changes


def _power_candidates(at: _LimitContext) -> list[CandidateChange]:
    area = at.problem.power_areas[at.axes["area"]]
    return [at.make_candidate("power_limit", area.id, area.limit_kwh)]


def _machine_candidates(at: _LimitContext) -> list[CandidateChange]:
    """More hours of one group, and a better condition of the whole factory."""
    machine = at.axes["machine"]
    f = int(at.arrays.machines.factory[machine])
    factory, group = at.problem.factories[f], at.arrays.machines.group_names[machine]
    if factory.condition <= 0:
        return []
    hours = at.make_candidate("machine_hours", f"{factory.id}/{group}", factory.machines[group], per=factory.condition)
    block = at.session.program.constraints["machine"]
    mine = np.flatnonzero(at.arrays.machines.factory[block.axes["machine"]] == f)
    upper = at.session.lp.row_upper[block.start + mine]
    name = {"rule": "machine_condition", "id": factory.id, "part": "", "period": "", "unit": "share of nominal hours"}
    makes = _make_whole_plan_change("machine_condition", factory.id, factory.condition)
    moves = (("row_upper", block.start + mine, upper / factory.condition),)
    better = CandidateChange(name, moves, factory.condition, makes, 1 - factory.condition)
    return [hours, better] if factory.condition < 1 else [hours]


def _county_candidates(what: str, name: str) -> Callable[[_LimitContext], list[CandidateChange]]:
    def list_candidates(at: _LimitContext) -> list[CandidateChange]:
        county = at.problem.counties[at.axes["place"]]
        return [at.make_candidate(what, county.id, getattr(county, name))]

    return list_candidates


def _handling_candidates(at: _LimitContext) -> list[CandidateChange]:
    places: tuple[County | Station, ...] = (*at.problem.counties, *at.problem.stations)
    place = places[at.axes["place"]]
    return [at.make_candidate("handling_tonnes", place.id, place.handling_tonnes)]


def _link_candidates(at: _LimitContext) -> list[CandidateChange]:
    """Tonnes of a link hold each way, so both ways have more."""
    k = int(at.arrays.arcs.link[at.axes["arc"]])
    link = at.problem.links[k]
    block = at.session.program.constraints["link"]
    both = block.start + np.flatnonzero(
        (at.arrays.arcs.link[block.axes["arc"]] == k) & (block.axes["period"] == at.axes["period"])
    )
    candidate = at.make_candidate("link_tonnes", link.id, link.tonnes)
    return [
        CandidateChange(
            at.name | {"part": ""}, (("row_upper", both, np.ones(len(both))),), at.limit, candidate.to_changes
        )
    ]


def _central_candidates(at: _LimitContext) -> list[CandidateChange]:
    """More of an allotment, or of a share over the whole plan; and more of the promise kept in one period."""
    centre, shares, count = at.arrays.centre, at.problem.supply_shares, at.arrays.period_count
    item = at.problem.items[at.axes["item"]]
    kept = expand_to_periods(shares.delivered, count)
    candidates = []
    if item.kind == "material":
        candidates.append(at.make_candidate("materials", item.id, shares.materials[item.id], per=kept[at.t]))
    else:
        rows = at.find_constraint_rows("central_share", item=at.axes["item"])
        share = float(centre.promised_share[at.axes["item"]])
        name = {"rule": "central_share", "id": item.id, "part": "", "period": "", "unit": "share of the need"}
        moves = (("row_upper", rows, at.session.lp.row_upper[rows] / share),)
        candidates.append(
            CandidateChange(name, moves, share, _make_whole_plan_change("central_share", item.id, share), 1 - share)
        )
    if kept[at.t] < 1:
        period = at.problem.periods[at.t]
        rows = at.find_constraint_rows("central_share", period=at.t)
        name = {"rule": "delivered", "id": "", "part": "", "period": period, "unit": "share of the promise"}
        moves = (("row_upper", rows, at.session.lp.row_upper[rows] / kept[at.t]),)

        def makes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (Change(what="delivered", periods=(period,), value=kept[at.t] + amount),)

        candidates.append(CandidateChange(name, moves, kept[at.t], makes, 1 - kept[at.t]))
    return [candidate for candidate in candidates if candidate.max_amount > 0]


def _floor_candidates(at: _LimitContext) -> list[CandidateChange]:
    """A floor less high, so that the plan found meets it exactly."""
    g = at.axes["group"]
    weight, make, central = (
        at.arrays.centre.floor_weight[g],
        *(at.session.program.variables[n] for n in ("make", "central")),
    )
    line = make.axes["line"]

    def make_changes(_: float, values: FloatArray) -> tuple[Change, ...]:
        made = weight[at.arrays.lines.item[line]] * values[make.block_slice]
        local = float(made[at.arrays.lines.is_local[line]].sum())
        every = float(made.sum() + (weight[central.axes["item"]] * values[central.block_slice]).sum())
        share = min(at.arrays.centre.floor_share[g], max(0.0, local / every - 1e-9) if every > 0 else 0.0)
        return (Change(what="local_floor", where=at.arrays.centre.floor_labels[g], value=float(share)),)

    return [CandidateChange(at.name, (("row_lower", at.at, np.array([-1.0])),), at.limit, make_changes)]


def _credit_candidates(at: _LimitContext) -> list[CandidateChange]:
    """Credit holds in every window."""
    partner = at.problem.partners[at.axes["partner"]]
    rows = at.find_constraint_rows("swap_balance", partner=at.axes["partner"])
    makes = _make_whole_plan_change("partner_credit", partner.id, partner.credit)
    return [CandidateChange(at.name, (("row_upper", rows, np.ones(len(rows))),), at.limit, makes)]


def _line_candidates(what: str, sign: float) -> Callable[[_LimitContext], list[CandidateChange]]:
    def list_candidates(at: _LimitContext) -> list[CandidateChange]:
        number = at.axes["line"]
        f = int(at.arrays.lines.factory[number])
        factory = at.problem.factories[f]
        line = factory.lines[number - int(np.flatnonzero(at.arrays.lines.factory == f)[0])]
        most = at.limit if sign < 0 else np.inf
        old = line.most if sign > 0 else line.least
        return [at.make_candidate(what, f"{factory.id}/{line.item}", old, sign=sign, most=most)]

    return list_candidates


def _stock_candidates(sign: float) -> Callable[[_LimitContext], list[CandidateChange]]:
    """Of two limits that hold at the end of the plan, the one that binds, as far as the other lets it."""

    def list_candidates(at: _LimitContext) -> list[CandidateChange]:
        county = at.problem.counties[at.axes["place"]]
        item = at.problem.items[at.axes["item"]].id
        stock, last = county.stocks[item], at.t == at.arrays.period_count - 1
        where = f"{county.id}/{item}"
        each = _replace_period_value(stock.most if sign > 0 else stock.least, at.t, at.arrays.period_count)
        if sign > 0 and stock.most is None:
            each = np.inf
        closing = (stock.closing_most if sign > 0 else stock.closing_least) if last else None
        side = "most" if sign > 0 else "least"
        if closing is None or sign * closing > sign * each:
            alone = np.inf if sign > 0 else each
            most = alone if closing is None else abs(closing - each)
            return [
                at.make_candidate(f"stock_{side}", where, stock.most if sign > 0 else stock.least, sign=sign, most=most)
            ]
        if closing == each:
            return []

        def make_changes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (
                Change.model_validate(
                    {"what": f"closing_{side}", "where": where, "value": max(0.0, closing + sign * amount)}
                ),
            )

        moves = ((f"column_{'upper' if sign > 0 else 'lower'}", at.at, np.array([sign])),)
        return [CandidateChange(at.name, moves, at.limit, make_changes, abs(closing - each))]

    return list_candidates


def _swap_candidates(side: str) -> Callable[[_LimitContext], list[CandidateChange]]:
    def list_candidates(at: _LimitContext) -> list[CandidateChange]:
        partner, item = at.problem.partners[at.axes["partner"]], at.problem.items[at.axes["item"]].id
        return [at.make_candidate(f"partner_{side}", f"{partner.id}/{item}", getattr(partner, side)[item])]

    return list_candidates


CANDIDATES_BY_CONSTRAINT: dict[str, Callable[[_LimitContext], list[CandidateChange]]] = {
    "power": _power_candidates,
    "machine": _machine_candidates,
    "labour": _county_candidates("labour", "labour_hours"),
    "link": _link_candidates,
    "handling": _handling_candidates,
    "store": _county_candidates("store_tonnes", "store_tonnes"),
    "central_share": _central_candidates,
    "local_floor": _floor_candidates,
    "swap_balance": _credit_candidates,
    "line_least": _line_candidates("line_least", -1.0),
    "line_most": _line_candidates("line_most", 1.0),
    "stock_least": _stock_candidates(-1.0),
    "stock_most": _stock_candidates(1.0),
    "offers": _swap_candidates("offers"),
    "wants": _swap_candidates("wants"),
}
"""Levers by rule. What defines or orders goals and own needs has none: it is the policy's to change."""

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
from solvers.sensitivity.bound_paths import Way
from solvers.sensitivity.session import Bounds, Standing
from solvers.sensitivity.shadow_prices import name_of

Makes = Callable[[float, FloatArray], tuple[Change, ...]]
"""The changes that give so much more, for a plan with these values."""


@dataclass(frozen=True, slots=True)
class Lever:
    """Something that might have more."""

    name: dict[str, str]
    """Rule, id, part, period, unit."""
    moves: tuple[tuple[str, IntArray, FloatArray], ...]
    """Which bounds one more unit moves: the name of an array of Bounds, positions, units."""
    limit: float
    """Amount there is."""
    makes: Makes = field(repr=False)
    """The change that does it."""
    most: float = np.inf
    """Units more that there can be."""

    def way(self, start: Bounds) -> Way:
        """Bounds in which it has so much more."""
        step = Bounds(*(np.zeros_like(getattr(start, name)) for name in Bounds.__slots__))
        for name, positions, units in self.moves:
            getattr(step, name)[positions] += units
        return Way(start, step)


def levers_of(standing: Standing, limits: Limits, k: int) -> list[Lever]:
    """The levers that move a limit, by position in `limits`; none where no change to the problem does."""
    found = _LEVERS.get(RULE_NAMES[limits.rule[k]])
    return [] if found is None else found(_At(standing, limits, k))


def opening(standing: Standing, county: str, item: str) -> list[Lever]:
    """More in store before the first period."""
    labels, index = standing.index.labels, standing.index
    i, c = labels["item"].index(item), labels["county"].index(county)
    balance = standing.program.rules["balance"]
    first = (balance.axes["place"] == c) & (balance.axes["item"] == i) & (balance.axes["period"] == 0)
    stock = standing.program.decisions["stock"]
    stored = (stock.axes["place"] == c) & (stock.axes["item"] == i)
    if not stored.any() or not first.any() or index.items.kept[i] <= 0:
        return []  # a stock where the item cannot come otherwise would be another program
    unit, before = index.problem.items[i].unit, float(index.places.opening[c, i])
    row = np.array([balance.start + int(np.flatnonzero(first)[0])])
    units = np.array([-float(index.items.kept[i])])
    name = {"rule": "opening_stock", "id": county, "part": item, "period": "", "unit": unit}

    def makes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        return (Change(what="opening_stock", where=f"{county}/{item}", value=before + amount),)

    return [Lever(name, (("row_lower", row, units), ("row_upper", row, units)), before, makes)]


class _At:
    """One limit, with what its levers are made from."""

    def __init__(self, standing: Standing, limits: Limits, k: int) -> None:
        self.standing, self.index, self.problem = standing, standing.index, standing.index.problem
        self.name = name_of(limits, k)
        self.position, self.limit = int(limits.position[k]), float(limits.limit[k])
        rows = standing.lp.rows
        self.row = self.position < rows
        at = self.position if self.row else self.position - rows
        block, here = standing.program.rule_of(at) if self.row else standing.program.decision_of(at)
        self.axes = {axis: int(codes[here]) for axis, codes in block.axes.items()}
        self.at = np.array([at])
        self.t = self.axes.get("period", 0)

    def one(
        self, what: str, where: str, old: object, *, sign: float = 1.0, per: float = 1.0, most: float = np.inf
    ) -> Lever:
        """A lever that moves this limit alone: a value by period, of which one unit is `per` units of the limit."""
        side = ("row_" if self.row else "column_") + ("upper" if sign > 0 else "lower")
        period, before = self.problem.periods[self.t], _in_period(old, self.t, len(self.problem.periods))

        def makes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            value = max(0.0, before + sign * amount / per)
            return (Change.model_validate({"what": what, "where": where, "periods": (period,), "value": value}),)

        return Lever(self.name, ((side, self.at, np.array([sign])),), self.limit, makes, most)

    def rows(self, rule: str, **codes: int) -> IntArray:
        """Rows of a rule with these positions on its axes."""
        block = self.standing.program.rules[rule]
        mine = np.logical_and.reduce([block.axes[axis] == code for axis, code in codes.items()])
        return np.asarray(block.start + np.flatnonzero(mine))

    def axis(self, rule: str, rows: IntArray, axis: str) -> IntArray:
        """Positions of rows of a rule on an axis."""
        block = self.standing.program.rules[rule]
        return np.asarray(block.axes[axis][rows - block.start])


def _in_period(value: object, t: int, count: int) -> float:
    return expand_to_periods(value, count)[t] if isinstance(value, int | float | tuple) else 0.0


def _whole_plan(what: str, where: str | None, before: float) -> Makes:
    def makes(amount: float, _: FloatArray) -> tuple[Change, ...]:
        return (Change.model_validate({"what": what, "where": where, "value": before + amount}),)

    return makes


def _power(at: _At) -> list[Lever]:
    area = at.problem.power_areas[at.axes["area"]]
    return [at.one("power_limit", area.id, area.limit_kwh)]


def _machine(at: _At) -> list[Lever]:
    """More hours of one group, and a better condition of the whole factory."""
    machine = at.axes["machine"]
    f = int(at.index.machines.factory[machine])
    factory, group = at.problem.factories[f], at.index.machines.names[machine]
    if factory.condition <= 0:
        return []
    hours = at.one("machine_hours", f"{factory.id}/{group}", factory.machines[group], per=factory.condition)
    block = at.standing.program.rules["machine"]
    mine = np.flatnonzero(at.index.machines.factory[block.axes["machine"]] == f)
    upper = at.standing.lp.row_upper[block.start + mine]
    name = {"rule": "machine_condition", "id": factory.id, "part": "", "period": "", "unit": "share of nominal hours"}
    makes = _whole_plan("machine_condition", factory.id, factory.condition)
    moves = (("row_upper", block.start + mine, upper / factory.condition),)
    better = Lever(name, moves, factory.condition, makes, 1 - factory.condition)
    return [hours, better] if factory.condition < 1 else [hours]


def _county(what: str, name: str) -> Callable[[_At], list[Lever]]:
    def levers(at: _At) -> list[Lever]:
        county = at.problem.counties[at.axes["place"]]
        return [at.one(what, county.id, getattr(county, name))]

    return levers


def _handling(at: _At) -> list[Lever]:
    places: tuple[County | Station, ...] = (*at.problem.counties, *at.problem.stations)
    place = places[at.axes["place"]]
    return [at.one("handling_tonnes", place.id, place.handling_tonnes)]


def _link(at: _At) -> list[Lever]:
    """Tonnes of a link hold each way, so both ways have more."""
    k = int(at.index.arcs.link[at.axes["arc"]])
    link = at.problem.links[k]
    block = at.standing.program.rules["link"]
    both = block.start + np.flatnonzero(
        (at.index.arcs.link[block.axes["arc"]] == k) & (block.axes["period"] == at.axes["period"])
    )
    lever = at.one("link_tonnes", link.id, link.tonnes)
    return [Lever(at.name | {"part": ""}, (("row_upper", both, np.ones(len(both))),), at.limit, lever.makes)]


def _central(at: _At) -> list[Lever]:
    """More of an allotment, or of a share over the whole plan; and more of the promise kept in one period."""
    centre, shares, count = at.index.centre, at.problem.supply_shares, at.index.periods
    item = at.problem.items[at.axes["item"]]
    kept = expand_to_periods(shares.delivered, count)
    levers = []
    if item.kind == "material":
        levers.append(at.one("materials", item.id, shares.materials[item.id], per=kept[at.t]))
    else:
        rows = at.rows("central_share", item=at.axes["item"])
        share = float(centre.share[at.axes["item"]])
        name = {"rule": "central_share", "id": item.id, "part": "", "period": "", "unit": "share of the need"}
        moves = (("row_upper", rows, at.standing.lp.row_upper[rows] / share),)
        levers.append(Lever(name, moves, share, _whole_plan("central_share", item.id, share), 1 - share))
    if kept[at.t] < 1:
        period = at.problem.periods[at.t]
        rows = at.rows("central_share", period=at.t)
        name = {"rule": "delivered", "id": "", "part": "", "period": period, "unit": "share of the promise"}
        moves = (("row_upper", rows, at.standing.lp.row_upper[rows] / kept[at.t]),)

        def makes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (Change(what="delivered", periods=(period,), value=kept[at.t] + amount),)

        levers.append(Lever(name, moves, kept[at.t], makes, 1 - kept[at.t]))
    return [lever for lever in levers if lever.most > 0]


def _floor(at: _At) -> list[Lever]:
    """A floor less high, so that the plan found meets it exactly."""
    g = at.axes["group"]
    weight, make, central = (
        at.index.centre.floor_weight[g],
        *(at.standing.program.decisions[n] for n in ("make", "central")),
    )
    line = make.axes["line"]

    def makes(_: float, values: FloatArray) -> tuple[Change, ...]:
        made = weight[at.index.lines.item[line]] * values[make.span]
        local = float(made[at.index.lines.local[line]].sum())
        every = float(made.sum() + (weight[central.axes["item"]] * values[central.span]).sum())
        share = min(at.index.centre.floor[g], max(0.0, local / every - 1e-9) if every > 0 else 0.0)
        return (Change(what="local_floor", where=at.index.centre.floors[g], value=float(share)),)

    return [Lever(at.name, (("row_lower", at.at, np.array([-1.0])),), at.limit, makes)]


def _credit(at: _At) -> list[Lever]:
    """Credit holds in every window."""
    partner = at.problem.partners[at.axes["partner"]]
    rows = at.rows("swap_balance", partner=at.axes["partner"])
    makes = _whole_plan("partner_credit", partner.id, partner.credit)
    return [Lever(at.name, (("row_upper", rows, np.ones(len(rows))),), at.limit, makes)]


def _line(what: str, sign: float) -> Callable[[_At], list[Lever]]:
    def levers(at: _At) -> list[Lever]:
        number = at.axes["line"]
        f = int(at.index.lines.factory[number])
        factory = at.problem.factories[f]
        line = factory.lines[number - int(np.flatnonzero(at.index.lines.factory == f)[0])]
        most = at.limit if sign < 0 else np.inf
        old = line.most if sign > 0 else line.least
        return [at.one(what, f"{factory.id}/{line.item}", old, sign=sign, most=most)]

    return levers


def _stock(sign: float) -> Callable[[_At], list[Lever]]:
    """Of two limits that hold at the end of the plan, the one that binds, as far as the other lets it."""

    def levers(at: _At) -> list[Lever]:
        county = at.problem.counties[at.axes["place"]]
        item = at.problem.items[at.axes["item"]].id
        stock, last = county.stocks[item], at.t == at.index.periods - 1
        where = f"{county.id}/{item}"
        each = _in_period(stock.most if sign > 0 else stock.least, at.t, at.index.periods)
        if sign > 0 and stock.most is None:
            each = np.inf
        closing = (stock.closing_most if sign > 0 else stock.closing_least) if last else None
        side = "most" if sign > 0 else "least"
        if closing is None or sign * closing > sign * each:
            alone = np.inf if sign > 0 else each
            most = alone if closing is None else abs(closing - each)
            return [at.one(f"stock_{side}", where, stock.most if sign > 0 else stock.least, sign=sign, most=most)]
        if closing == each:
            return []

        def makes(amount: float, _: FloatArray) -> tuple[Change, ...]:
            return (
                Change.model_validate(
                    {"what": f"closing_{side}", "where": where, "value": max(0.0, closing + sign * amount)}
                ),
            )

        moves = ((f"column_{'upper' if sign > 0 else 'lower'}", at.at, np.array([sign])),)
        return [Lever(at.name, moves, at.limit, makes, abs(closing - each))]

    return levers


def _swap(side: str) -> Callable[[_At], list[Lever]]:
    def levers(at: _At) -> list[Lever]:
        partner, item = at.problem.partners[at.axes["partner"]], at.problem.items[at.axes["item"]].id
        return [at.one(f"partner_{side}", f"{partner.id}/{item}", getattr(partner, side)[item])]

    return levers


_LEVERS: dict[str, Callable[[_At], list[Lever]]] = {
    "power": _power,
    "machine": _machine,
    "labour": _county("labour", "labour_hours"),
    "link": _link,
    "handling": _handling,
    "store": _county("store_tonnes", "store_tonnes"),
    "central_share": _central,
    "local_floor": _floor,
    "swap_balance": _credit,
    "line_least": _line("line_least", -1.0),
    "line_most": _line("line_most", 1.0),
    "stock_least": _stock(-1.0),
    "stock_most": _stock(1.0),
    "offers": _swap("offers"),
    "wants": _swap("wants"),
}
"""Levers by rule. What defines or orders goals and own needs has none: it is the policy's to change."""

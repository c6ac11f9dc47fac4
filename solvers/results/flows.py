"""Flows of a plan by place, item and period; source of the tables and the summary."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from solvers.data.backlog import compute_backlog, compute_unmet_share
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation.constraints.due import compute_due_units, sum_due_contributions
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program
from solvers.results.relevance import compute_item_stakes, drop_negligible_prices

NEGLIGIBLE_AMOUNT = 1e-9
"""Amounts below this are numerical noise and become 0."""

NEGLIGIBLE_ROUNDING = 1e-6
"""A smaller difference of shortages, relative to 1 + the shortage, is within the tolerance of the solver."""

NEGLIGIBLE_SHARE = 1e-9
"""A smaller part of the units due is numerical noise, and counts as in time."""


ARRIVALS = ("made", "central", "arrived", "taken")
"""Flows that bring an item to a place."""

DEPARTURES = ("used", "sent", "given")
"""Flows that take an item from a place."""


def clean_values(program: Program, values: FloatArray) -> FloatArray:
    """Clip values, (n,), to their bounds and set values below NEGLIGIBLE_AMOUNT to 0."""
    inside = np.clip(values, program.lp.column_lower, program.lp.column_upper)
    return np.where(np.abs(inside) < NEGLIGIBLE_AMOUNT, 0.0, inside)


def sum_by_cell(cells: IntArray, weights: FloatArray, size: int) -> FloatArray:
    """Sum weights by cell, (size,)."""
    return np.asarray(np.bincount(cells, weights=weights, minlength=size), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Flows:
    """Units by place, item and period, each (N, I, T); counties precede stations, and items precede requirements.

    Of a requirement, `demand`, `backlog`, `shortage` and what follows from them are those of the requirement, `over` is what
    people take beyond its need, and all flows are 0.
    """

    demand: FloatArray
    """Demand."""
    backlog: FloatArray
    """Shortage of the period before that is needed again."""
    made: FloatArray
    """Production."""
    used: FloatArray
    """Materials used by factories."""
    central: FloatArray
    """Central deliveries."""
    arrived: FloatArray
    """Incoming shipments."""
    sent: FloatArray
    """Outgoing shipments."""
    taken: FloatArray
    """Taken in swaps."""
    given: FloatArray
    """Given in swaps."""
    stock: FloatArray
    """Stock at the end of the period."""
    discarded: FloatArray
    """Remainders of items in whole units."""
    extra: FloatArray
    """Handed out beyond the own need, to meet requirements."""
    over: FloatArray
    """Taken of a requirement beyond its need."""
    shortage: FloatArray
    """Shortage: demand and backlog that are not served in the period."""
    unmet: FloatArray
    """Part of the shortage that is never served in the plan."""
    rounding: FloatArray
    """Part of the shortage that whole units cause, beyond the shortage of the linear program."""
    due: FloatArray
    """Demand that is due before the period ends; 0 where nothing is."""
    in_time: FloatArray
    """Part of `due` that is there in time."""
    price: FloatArray
    """Shadow price of the balance or requirement constraint in weighted won per unit; 0 where it is noise."""
    item_count: int
    """Number of items; later positions are requirements."""

    @property
    def served(self) -> FloatArray:
        """Demand and backlog that are served in the period."""
        return np.asarray(self.demand + self.backlog - self.shortage)

    @property
    def handed_out(self) -> FloatArray:
        """What people take of items: what they are served, and the extra, (N, I, T) without requirements."""
        return np.asarray((self.served + self.extra)[:, : self.item_count])

    @classmethod
    def from_solution(
        cls,
        arrays: ProblemArrays,
        program: Program,
        values: FloatArray,
        dual_values: FloatArray,
        relaxed_values: FloatArray | None = None,
    ) -> Self:
        """Sum clean values, (n,), and read shadow prices of balance constraints from dual values, (m,).

        `relaxed_values`, (n,), are those of the linear program before rounding to whole units, if they were rounded.
        """
        shape = (len(arrays.labels["place"]), len(arrays.labels["item"]), arrays.period_count)
        demand, due = _extend_to_places(shape, arrays.demand), _extend_to_places(shape, compute_due_units(arrays))
        flows = _sum_arrivals_and_departures(arrays, program, shape, values)
        stock, short, discarded, extra, over = (
            _sum_variable(program, shape, values, name) for name in ("stock", "short", "discard", "extra", "over")
        )
        net = np.sum([flows[name] for name in ARRIVALS], axis=0) - np.sum([flows[name] for name in DEPARTURES], axis=0)
        backlog = compute_backlog(arrays, short)
        shortage = np.minimum(short, demand + backlog)
        return cls(
            demand=demand,
            backlog=backlog,
            **flows,
            stock=stock,
            discarded=discarded,
            extra=extra,
            over=over,
            due=due,
            in_time=_compute_units_in_time(arrays, due, stock, net),
            shortage=shortage,
            unmet=compute_unmet_share(arrays) * shortage,
            rounding=_compute_rounding(program, shortage, relaxed_values),
            price=_read_balance_prices(arrays, program, dual_values),
            item_count=arrays.requirements.item_count,
        )


def _extend_to_places(shape: tuple[int, int, int], by_county: FloatArray) -> FloatArray:
    """Return amounts of counties, (C, I, T), with 0 at stations, (N, I, T)."""
    extended = np.zeros(shape)
    extended[: len(by_county)] = by_county
    return extended


def _sum_arrivals_and_departures(
    arrays: ProblemArrays, program: Program, shape: tuple[int, int, int], values: FloatArray
) -> dict[str, FloatArray]:
    """Return the units of ARRIVALS and DEPARTURES by name, each (N, I, T)."""
    lines, partners = arrays.lines, arrays.partners.place
    ship, make, take, give = (program.variables[name] for name in ("ship", "make", "take", "give"))
    line = make.axes["line"]
    return {
        "made": _sum_by_place_item_period(
            shape, lines.place[line], lines.item[line], make.axes["period"], values[make.block_slice]
        ),
        "used": _compute_used_materials(arrays, shape, _sum_by_line(arrays, make, values)),
        "central": _sum_variable(program, shape, values, "central"),
        "arrived": arrays.arriving + _sum_arrivals(arrays, ship, values),
        "sent": _sum_variable(program, shape, values, "ship", arrays.arcs.tail[ship.axes["arc"]]),
        "taken": _sum_variable(program, shape, values, "take", partners[take.axes["partner"]]),
        "given": _sum_variable(program, shape, values, "give", partners[give.axes["partner"]]),
    }


def _sum_variable(
    program: Program, shape: tuple[int, int, int], values: FloatArray, name: str, place: IntArray | None = None
) -> FloatArray:
    """Sum the values of a variable by place, item and period, (N, I, T); at its axis `place` if no places are given."""
    block = program.variables[name]
    places = block.axes["place"] if place is None else place
    return _sum_by_place_item_period(shape, places, block.axes["item"], block.axes["period"], values[block.block_slice])


def _compute_rounding(program: Program, shortage: FloatArray, relaxed_values: FloatArray | None) -> FloatArray:
    """Return the part of the shortage beyond that of the linear program; differences within its tolerance are none, (N, I, T)."""
    if relaxed_values is None:
        return np.zeros_like(shortage)
    places, items, periods = shortage.shape
    relaxed = _sum_variable(program, (places, items, periods), relaxed_values, "short")
    beyond = shortage - np.maximum(relaxed, 0.0)
    return np.where(beyond > NEGLIGIBLE_ROUNDING * (1.0 + shortage), beyond, 0.0)


def _compute_units_in_time(arrays: ProblemArrays, due: FloatArray, stock: FloatArray, net: FloatArray) -> FloatArray:
    """Return the units due that are there in time: at most the stock carried over plus the net arrivals so far, (N, I, T)."""
    carried = np.zeros_like(due)
    carried[: arrays.places.county_count, :, 0] = arrays.places.opening_stock
    carried[:, :, 1:] = stock[:, :, :-1]
    left = sum_due_contributions(arrays, arrays.items.carryover_share[:, None] * carried)
    there = left + arrays.items.due_by * sum_due_contributions(arrays, net)
    missing = np.maximum(due - there, 0.0)
    return np.maximum(due - np.where(missing <= NEGLIGIBLE_SHARE * due, 0.0, missing), 0.0)


def _sum_by_place_item_period(
    shape: tuple[int, int, int], place: IntArray, item: IntArray, period: IntArray, weights: FloatArray
) -> FloatArray:
    cells = (place * shape[1] + item) * shape[2] + period
    return sum_by_cell(cells, weights, int(np.prod(shape))).reshape(shape)


def _sum_arrivals(arrays: ProblemArrays, ship: Block, values: FloatArray) -> FloatArray:
    """Return the shipments of the plan that arrive in each period, (N, I, T)."""
    arrival = find_arrival_periods(arrays, ship)
    within = np.flatnonzero(arrival < arrays.period_count)
    place, item = arrays.arcs.head[ship.axes["arc"][within]], ship.axes["item"][within]
    shape = (len(arrays.labels["place"]), len(arrays.labels["item"]), arrays.period_count)
    return _sum_by_place_item_period(shape, place, item, arrival[within], values[ship.block_slice][within])


def find_arrival_periods(arrays: ProblemArrays, ship: Block) -> IntArray:
    """Return the period in which each shipment arrives, (ship.size,); at least T if after the plan."""
    return np.asarray(ship.axes["period"] + arrays.arcs.transit_periods[ship.axes["arc"]])


def _sum_by_line(arrays: ProblemArrays, make: Block, values: FloatArray) -> FloatArray:
    """Return quotas by line and period, (L, T)."""
    out = np.zeros((len(arrays.labels["line"]), arrays.period_count))
    out[make.axes["line"], make.axes["period"]] = values[make.block_slice]
    return out


def _compute_used_materials(arrays: ProblemArrays, shape: tuple[int, int, int], quota: FloatArray) -> FloatArray:
    lines = arrays.lines
    units = lines.use_units[:, None] * quota[lines.use_line]
    out = np.zeros(shape)
    np.add.at(out, (lines.place[lines.use_line], lines.use_item), units)
    return out


def _read_balance_prices(arrays: ProblemArrays, program: Program, dual_values: FloatArray) -> FloatArray:
    """Return shadow prices of balance and requirement constraints, (N, I, T), without noise."""
    price = np.zeros((len(arrays.labels["place"]), len(arrays.labels["item"]), arrays.period_count))
    for name in ("balance", "requirement"):
        rows = program.constraints[name]
        price[rows.axes["place"], rows.axes["item"], rows.axes["period"]] = 0.0 + dual_values[rows.block_slice]
    return drop_negligible_prices(price, compute_item_stakes(arrays)[:, None])

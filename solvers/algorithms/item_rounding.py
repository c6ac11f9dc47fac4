"""Rounding to whole units item by item: each item is made whole by a small mixed-integer program, with all other items fixed.

The first round makes every item whole. It frees the fractional amounts of the item, and quotas that cost little more, within one
step of the linear program. Where that finds no plan, it frees more. Items that leave a small need without its first unit are solved
again with more freedom. Further rounds improve the items that lost most, until nothing improves or their work is done.

Work is counted in simplex iterations, of which some 5,000 take a second: the same problem has the same plan at every load.
The materials of an item are freed with it, since their balances are equations.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from solvers.algorithms.item_diving import dive_to_whole_point
from solvers.algorithms.item_program import ItemProgram, extract_part, find_helping_entries
from solvers.backends.highs_mip import (
    INTEGRALITY_TOLERANCE,
    MixedIntegerProgram,
    SearchLimits,
    solve_mixed_integer,
)
from solvers.data.item_arrays import BoolArray
from solvers.formulation.whole_units import WholeUnits
from solvers.lp.linear_program import FloatArray, IntArray, LinearProgram

CHEAP_SHARE = 1e-3
"""A variable whose reduced cost is at most this share of the largest cost of its item costs little more."""

ITEM_GAP = 3e-4
"""Relative gap at which the program of one item is solved."""

SHORTAGE_GAP = 1e-6
"""Relative gap for an item that rounding has made shorter: a unit short may cost little beside what the item costs."""

FIRST_WORK, NEXT_WORK = 5_000, 7_500
"""Work for the program of one item in the first round, and in further rounds, in simplex iterations."""

NEGLIGIBLE_LOSS = 1e-6
"""A loss below this share of the objective is not worth another program."""

SMALL_QUOTA_LOSS = 1e-5
"""Share of the objective that it may cost to avoid an item's quotas of less than one unit."""

RESERVED_SECONDS, RESERVED_SHARE = 120.0, 0.5
"""Wall time before the time limit of the plan from which items are rounded without a search: seconds, and share of the time at the start."""

NEARLY_FULL = 0.02
"""A capacity of which less than this share is left is full: less than the fraction of a unit that rounding frees."""

MOST_SHARING = 8
"""Items that may share a capacity whose items are rounded together."""

MOST_CONNECTED = 3
"""Items that give way to an item that helps to keep a constraint."""

LAST_WORK = 20_000
"""Work for the program of one item that has found no whole plan with less freedom, in simplex iterations."""

RESCUE_WORK, RESCUE_GAP = 300_000, 0.05
"""Work and relative gap for the program of one item without which there is no whole plan at all."""


@dataclass(frozen=True, slots=True)
class Freedom:
    """Which variables of an item a program may change, and how far."""

    name: str
    """`near`: fractional amounts and quotas that cost little more; `used`: all amounts in use or that cost little more;
    `shared`: these, and those of the items that share a full capacity with it; `item`: all amounts of the item; `connected`: all
    items with which it shares a constraint that it must help to keep."""
    steps: float
    """Steps beyond the linear program up to which other than fractional amounts may change."""


ANY_AMOUNT = Freedom("item", np.inf)
NEAR, USED, SHARED, ITEM, CONNECTED = (
    Freedom("near", 1.0),
    Freedom("used", 2.0),
    Freedom("shared", 2.0),
    Freedom("item", 2.0),
    Freedom("connected", np.inf),
)


_FIRST_TRIES = (
    (NEAR, FIRST_WORK),
    (USED, NEXT_WORK),
    (ITEM, LAST_WORK),
    (CONNECTED, LAST_WORK),
    (SHARED, LAST_WORK),
)
"""Freedom and work with which an item is first made whole, in turn until a plan is found."""

_LAST_TRIES = ((ITEM, RESCUE_WORK), (CONNECTED, RESCUE_WORK), (SHARED, RESCUE_WORK))
"""Freedom and work for an item that found no whole plan twice."""


class ItemRounding:
    """A point on its way to a whole plan."""

    def __init__(
        self,
        lp: LinearProgram,
        whole: WholeUnits,
        values: FloatArray,
        dual_values: FloatArray,
        get_remaining_seconds: Callable[[], float],
    ) -> None:
        """Begin with a feasible point, (n,).

        Parameters
        ----------
        lp
            The program, with the costs to minimise; the first units of small needs get more weight.
        whole
            Steps and least runs of its variables.
        values
            A feasible point, which changes in place, (n,).
        dual_values
            Dual value of each constraint of the linear program, (m,).
        get_remaining_seconds
            Returns the wall time until the time limit of the plan.
        """
        lp = replace(lp, cost=lp.cost * whole.first_unit_factor)
        self.lp, self.whole, self.values = lp, whole, values
        self._relaxed_short = self._list_short_items()
        self._get_remaining_seconds = get_remaining_seconds
        self.is_out_of_time = False  # whether the time limit of the plan stopped or replaced a search
        self._work = 0  # of all programs so far
        self._last_work = 0.0  # up to which items are improved
        self._reserved_seconds = min(RESERVED_SECONDS, RESERVED_SHARE * get_remaining_seconds())
        self._is_free = lp.column_lower < lp.column_upper
        self._step = np.where(whole.step > 0, whole.step, 1.0)
        self._rows = lp.matrix.tocsr()
        self._is_equation = lp.row_lower == lp.row_upper
        items = max(int(of_all.max(initial=-1)) for of_all in (whole.item_of_column, whole.item_of_row)) + 1
        largest = np.zeros(items + 1)  # the last is of what has no item
        np.maximum.at(largest, whole.item_of_column, np.abs(lp.cost))
        np.maximum.at(largest, whole.item_of_row, np.abs(dual_values) * self._is_equation)
        reduced_costs = lp.cost - lp.matrix.T @ dual_values
        self._is_cheap = reduced_costs <= CHEAP_SHARE * largest[whole.item_of_column]
        self._largest_cost = largest
        discrete_items = np.unique(whole.item_of_column[whole.is_discrete])
        self._losses = dict.fromkeys(map(int, discrete_items), np.inf)  # of an item that was whole, the loss is unknown
        self._materials = self._find_all_materials()
        self._helping_entries = find_helping_entries(lp, self._rows)

    def round_all(self) -> bool:
        """Make the point whole; return whether it is."""
        broken_items = self._list_items()
        losses: dict[int, float] = {}
        # what the first pass cannot make whole gets a second try among whole items, and a third with much work
        for tries, gap in ((_FIRST_TRIES, ITEM_GAP), (_FIRST_TRIES, ITEM_GAP), (_LAST_TRIES, RESCUE_GAP)):
            for item in broken_items:
                if item not in losses:
                    loss = self._round_item(item, tries, gap)
                    if loss is not None:
                        losses[item] = loss
        self._losses |= losses
        return len(losses) == len(broken_items)

    def improve(self, work: float) -> None:
        """Improve the whole point: first units of small needs, then with some work the items that lost most, then quotas of less
        than one unit."""
        self._serve_first_units()
        self._last_work = self._work + work
        for freedom in (USED, SHARED):
            while self._improve_items(freedom):
                pass
        self._avoid_small_quotas()

    def _list_items(self) -> list[int]:
        """Return the items that are not whole: first those that help to keep a constraint, then the dearest."""
        items = np.unique(self.whole.item_of_column[self.find_broken()])
        helpers = self._find_helpers()
        return sorted((int(i) for i in items), key=lambda i: (i not in helpers, -self._largest_cost[i]))

    def find_broken(self) -> BoolArray:
        """Return which variables are neither a multiple of their step nor, with a least run, 0 or at least the run, (n,).

        Where a sum must be whole and is not, its variables above 0 are broken.
        """
        count = self.values / self._step
        is_fraction = (self.whole.step > 0) & (np.abs(count - np.round(count)) > INTEGRALITY_TOLERANCE)
        run = self.whole.least_run
        sums = self.whole.sums @ self.values
        is_in_fraction = np.isin(
            np.arange(len(count)), self.whole.sums[np.abs(sums - np.round(sums)) > INTEGRALITY_TOLERANCE].indices
        )
        is_used = self.values > INTEGRALITY_TOLERANCE
        return np.asarray(
            is_fraction | (is_used & (is_in_fraction | (self.values < run * (1 - INTEGRALITY_TOLERANCE))))
        )

    def _round_item(self, item: int, tries: Sequence[tuple[Freedom, int]], gap: float) -> float | None:
        """Make one item whole; return its loss, or None if no whole plan was found.

        It is searched with as little freedom as possible, then made whole by a dive. Near the time limit there is no search.
        """
        for freedom, work in tries:
            if self._get_remaining_seconds() < self._reserved_seconds:
                self.is_out_of_time = True
                break
            loss = self._solve_item(item, freedom, work, gap)
            if loss is not None:
                return loss
        return self._dive_item(item) if self._get_remaining_seconds() > 0 else None

    def _dive_item(self, item: int) -> float | None:
        """Make one item whole by a dive; return its loss, or None if no whole plan was found."""
        part = self._extract_item(item, ANY_AMOUNT, self.find_broken())
        before = self.values[part.columns]
        lp, whole = part.program.lp, self.whole
        upper = np.where(whole.is_shortage[part.columns], whole.whole_upper[part.columns], lp.column_upper)
        masks = whole.is_source[part.columns], whole.is_shipment[part.columns]
        found = dive_to_whole_point(part.program, before, upper, *masks, self._get_remaining_seconds)
        self.is_out_of_time |= self._get_remaining_seconds() <= 0
        if found is None:
            return None
        self.values[part.columns] = found
        return float(part.program.lp.cost @ (found - before))

    def _improve_items(self, freedom: Freedom) -> bool:
        """Round items again, first those that rounding makes short, then those that lost most; return whether a loss became smaller."""
        improved, losses = False, self._losses
        negligible = NEGLIGIBLE_LOSS * max(1.0, abs(float(self.lp.cost @ self.values)))
        short = self._find_new_shortages()
        chosen = [item for item in losses if losses[item] > (0.0 if item in short else negligible)]
        for item in sorted(chosen, key=lambda i: (i not in short, -losses[i])):
            remaining = self._last_work - self._work
            if item in short:
                change = self._solve_item(item, freedom, LAST_WORK, SHORTAGE_GAP)
            elif remaining > 0:
                change = self._solve_item(item, freedom, min(NEXT_WORK, remaining))
            else:
                break
            if change is not None and change < 0:
                losses[item] += change
                improved |= change < -negligible
        return improved

    def _serve_first_units(self) -> None:
        """Solve the items again that leave a small need wholly unserved, with more and more freedom."""
        for freedom in (USED, ITEM):
            for item in sorted(self._find_unserved()):
                self._losses[item] += self._solve_item(item, freedom, LAST_WORK) or 0.0

    def _find_unserved(self) -> set[int]:
        """Return the items of which a county gets not even the first unit in a period."""
        is_full = self.values >= self.lp.column_upper - INTEGRALITY_TOLERANCE
        is_unserved = (self.whole.first_unit_factor > 1) & is_full & (self.lp.column_upper > 0)
        return set(map(int, self.whole.item_of_column[is_unserved]))

    def _avoid_small_quotas(self) -> None:
        """Make quotas that need not be whole 0 or at least one unit, where this costs next to nothing."""
        whole = self.whole
        is_divisible = whole.is_quota & ~whole.is_discrete & self._is_free
        is_small = is_divisible & (self.values > INTEGRALITY_TOLERANCE) & (self.values < 1 - INTEGRALITY_TOLERANCE)
        most = SMALL_QUOTA_LOSS * max(1.0, abs(float(self.lp.cost @ self.values)))
        for item in map(int, np.unique(whole.item_of_column[is_small])):
            values, before = self.values.copy(), self.whole
            is_run = is_divisible & (whole.item_of_column == item)
            self.whole = replace(before, least_run=np.where(is_run, 1.0, before.least_run))
            loss = self._solve_item(item, USED, FIRST_WORK)
            if loss is None or loss > most:
                self.values, self.whole = values, before

    def _find_new_shortages(self) -> set[int]:
        """Return the items that are short although the linear program serves them in full."""
        return self._list_short_items() - self._relaxed_short

    def _list_short_items(self) -> set[int]:
        """Return the items that are short anywhere."""
        is_short = self.whole.is_shortage & (self.values > INTEGRALITY_TOLERANCE)
        return set(map(int, np.unique(self.whole.item_of_column[is_short])))

    def _solve_item(self, item: int, freedom: Freedom, work: float, gap: float = ITEM_GAP) -> float | None:
        """Solve the program of one item, move to its solution, and return the change of the objective; None without a solution."""
        broken = self.find_broken()
        part = self._extract_item(item, freedom, broken)
        found = solve_mixed_integer(
            part.program,
            SearchLimits(gap, work, self._get_remaining_seconds()),
            self.values[part.columns] if part.is_whole else None,
        )
        self._work += found.work
        self.is_out_of_time |= found.is_out_of_time
        if found.values is None:
            return None
        change = float(part.program.lp.cost @ (found.values - self.values[part.columns]))
        if part.is_whole and change >= 0:
            return 0.0
        self.values[part.columns] = found.values
        return change

    def _extract_item(self, item: int, freedom: Freedom, broken: BoolArray) -> ItemProgram:
        """Return the program of one item, in which all variables that the freedom does not include keep their values."""
        items = self._find_materials({item} | (self._find_sharing(item) if freedom is SHARED else set()))
        is_member = np.isin(self.whole.item_of_column, list(items))
        columns, is_discrete = self._select_columns(is_member, broken, freedom)
        lp = extract_part(self.lp, self._rows, columns, self.values)
        if np.isfinite(freedom.steps):
            lp = self._limit_steps(lp, columns, np.where(broken[columns], 0.0, freedom.steps), is_discrete)
        step, least_run = (of_all[columns] * is_discrete for of_all in (self.whole.step, self.whole.least_run))
        is_whole = not (broken[columns] & (is_discrete | (is_member & self.whole.is_in_sum)[columns])).any()
        sums = self.whole.sums[np.unique(self.whole.sums[:, np.flatnonzero(is_member)].tocsr().nonzero()[0])]
        own_sums = sums[:, columns]
        constants = sums @ self.values - own_sums @ self.values[columns]
        return ItemProgram(columns, MixedIntegerProgram(lp, step, least_run, own_sums, constants), is_whole)

    def _select_columns(self, is_member: BoolArray, broken: BoolArray, freedom: Freedom) -> tuple[IntArray, BoolArray]:
        """Return the variables to free, and which of them must be whole; both (k,)."""
        whole = self.whole
        is_used = np.abs(self.values) > INTEGRALITY_TOLERANCE
        is_chosen = broken | (~whole.is_discrete & (is_used | self._is_cheap | (self.lp.cost > 0)))
        if freedom is NEAR:
            is_chosen |= self._is_cheap & whole.is_quota
        elif freedom in (USED, SHARED):
            is_chosen |= self._is_cheap | is_used
        else:
            is_chosen[:] = True
        is_chosen &= is_member | (whole.item_of_column == -1)
        is_discrete = is_member & whole.is_discrete
        if freedom is CONNECTED:
            is_connected = np.isin(whole.item_of_column, self._find_connected(is_member)) & ~is_member
            is_chosen |= is_connected & (is_used | (~whole.is_discrete & (self.lp.cost > 0)))
            becomes_whole = np.isin(whole.item_of_column, np.unique(whole.item_of_column[broken]))
            is_discrete |= is_connected & whole.is_discrete & ~becomes_whole
        columns = np.flatnonzero(is_chosen & self._is_free)
        return columns, is_discrete[columns]

    def _limit_steps(
        self, part: LinearProgram, columns: IntArray, reach: FloatArray, is_discrete: BoolArray
    ) -> LinearProgram:
        """Limit discrete values to some steps below and above the current ones."""
        is_step = is_discrete & (self.whole.step[columns] > 0)
        step, near = self._step[columns], self.values[columns] / self._step[columns]
        least = np.where(is_step, (np.floor(near + INTEGRALITY_TOLERANCE) - reach) * step, -np.inf)
        most = np.where(is_step, (np.ceil(near - INTEGRALITY_TOLERANCE) + reach) * step, np.inf)
        return replace(
            part, column_lower=np.maximum(part.column_lower, least), column_upper=np.minimum(part.column_upper, most)
        )

    def _find_materials(self, items: set[int]) -> set[int]:
        """Return the items with those whose equations they take part in: their materials, and the materials of these."""
        found, pending = set(items), list(items)
        while pending:
            rows = self._find_rows(pending.pop())
            touched = np.unique(self.whole.item_of_row[rows[self._is_equation[rows]]])
            new = {int(k) for k in touched if k >= 0} - found
            found |= new
            pending += new
        return found

    def _find_sharing(self, item: int) -> set[int]:
        """Return the items that share a full capacity with it, without capacities that many items share."""
        rows = self._find_rows(item)
        full = rows[
            (self._rows[rows] @ self.values > self.lp.row_upper[rows] * (1 - NEARLY_FULL)) & ~self._is_equation[rows]
        ]
        sharing: set[int] = set()
        for row in full:
            items = set(map(int, self.whole.item_of_column[self._rows[[row]].indices]))
            if len(items) <= MOST_SHARING:
                sharing |= items
        return sharing - {-1}

    def _find_rows(self, item: int) -> IntArray:
        columns = np.flatnonzero(self.whole.item_of_column == item)
        return np.unique(self.lp.matrix[:, columns].indices)

    def _find_helpers(self) -> set[int]:
        """Return the items with a variable that helps to keep an inequality, such as goods given in a swap."""
        columns = np.unique(self._helping_entries.indices)
        return set(map(int, self.whole.item_of_column[columns])) - {-1}

    def _find_connected(self, is_member: BoolArray) -> IntArray:
        """Return the cheapest items in each inequality that the variables of a mask help to keep, without materials of others."""
        helped = np.unique(self._helping_entries.tocsc()[:, np.flatnonzero(is_member)].indices)
        connected: set[int] = set()
        for row in helped:
            columns = self._rows[[row]].indices
            items = np.unique(
                self.whole.item_of_column[columns[(self.values[columns] > INTEGRALITY_TOLERANCE) & ~is_member[columns]]]
            )
            items = items[(items >= 0) & ~np.isin(items, self._materials)]
            connected |= set(map(int, items[np.argsort(self._largest_cost[items])[:MOST_CONNECTED]]))
        return np.array(sorted(connected), dtype=np.int64)

    def _find_all_materials(self) -> IntArray:
        """Return the items in whose equations other items take part."""
        entries = self._rows[self._is_equation].tocoo()
        of_row = self.whole.item_of_row[self._is_equation][entries.row]
        of_column = self.whole.item_of_column[entries.col]
        return np.unique(of_row[(of_row != of_column) & (of_row >= 0) & (of_column >= 0)])

"""Check that no production cycle creates items from nothing.

Lines without materials are primary sources: mines, fields, forests. This check considers lines with at least one material.
It finds sets of lines that make at least as much of every item as they use, and more of some item. With a[l,i] = units of
item i used per unit made on line l, such a set exists if

    there are quantities x ≥ 0 with  Σ_l made by l of i  ≥  Σ_l a[l,i]·x_l  for every item i,  strictly for some item.

A line may have several materials, and an item several lines. Two proofs are possible. By Stiemke's theorem, no such x
exists if at some prices p > 0 the materials of every line cost at least as much as its item. Conversely, x exists if in
some set of items each item has a line that uses only items of the set and costs less than the item.

The search moves prices towards the cost of the cheapest line until one of the proofs holds. It reports no false cycles.
It can miss cycles that gain less than about 1e-6 per unit or need more than `MAX_ROUNDS` rounds.

A line that uses its own product, such as seed potatoes, counts as a cycle: state its output net of its own use.

A second check also follows swaps. What a partner takes becomes won of the partner, at its rate, and won become what the
partner offers in the same settlement window. A loop of swaps and lines that returns more than it uses is a warning, since
offers and wants limit it and value may be added by work.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from math import prod
from typing import NamedTuple

from models.base import PerPeriod, expand_to_periods
from models.problem.partners import Partner
from models.validation.checks.context import ProblemContext, format_name_list, quote_name
from models.validation.finding import Finding, JsonPath
from models.validation.finding_codes import make_finding

MAX_ROUNDS = 500
"""Largest number of price updates."""

PROOF_INTERVAL = 8
"""Number of rounds between two attempts at a proof."""

MIN_RELATIVE_GAIN = 1e-6
"""Smallest relative gain of a reported line: 1 − cost of materials / price of the item."""

ROUNDING_TOLERANCE = 1e-12
"""Relative rounding error of a cost; a loop of swaps at the rate 1 costs what it makes, apart from rounding."""

MAX_PRICE = 1e100
"""Upper limit of prices."""


class MaterialLine(NamedTuple):
    """A line with materials, or one side of swaps with a partner."""

    path: JsonPath
    """Path of the line, or of the item in the offers or wants of the partner."""
    item: str
    """Item made; for an item that a partner wants, its won (`_name_won`)."""
    materials: Mapping[str, float]
    """Units of material per unit made, all above 0; for an item that a partner offers, its won."""

    def compute_material_cost(self, prices: Mapping[str, float]) -> float:
        """Compute the cost of the materials per unit made."""
        return sum(amount * prices[material] for material, amount in self.materials.items())


def check_production_cycles(context: ProblemContext) -> Iterator[Finding]:
    """No set of lines that supply each other makes more of its items than it uses."""
    for cycle in _find_gaining_cycles(_find_material_lines(context), {}):
        first = min(cycle, key=lambda line: line.path)
        items = format_name_list(sorted(line.item for line in cycle), conjunction="and")
        factories = format_name_list(dict.fromkeys(_find_owner(context, line) for line in cycle), conjunction="and")
        message = (
            f"{factories} can make {items} from nothing: making one unit uses less than one unit again."
            if len(cycle) > 1
            else f"{factories} makes {items} only from a smaller amount of the same item."
        )
        remedy = (
            "Check the amounts per unit made and the units of the items. Add the missing material, or state the line net "
            "of its own use."
        )
        yield make_finding("made_from_nothing", (*first.path, "materials"), message, remedy)


def check_swap_loops(context: ProblemContext) -> Iterator[Finding]:
    """No loop of swaps and lines returns more of an item than it uses."""
    values = {item.id: item.value for item in context.problem.items if item.value > 0}
    lines = [*_find_material_lines(context), *_find_swap_sides(context, values)]
    for cycle in _find_gaining_cycles(lines, values):
        loop = _order_loop(cycle)
        swaps = [line for line in loop if line.path[0] == "partners"]
        if swaps:
            gain = prod(1 / line.materials[source.item] for line, source in _pair_with_sources(loop))
            message = f"A loop returns {gain:.4g} units for each unit it uses: {_describe_loop(context, loop)}."
            remedy = (
                "Check the rates, the values and the amounts per unit. Remove the item from `offers` or `wants`, unless "
                "work in the region adds this value."
            )
            yield make_finding("made_from_nothing", (*swaps[0].path[:2], "rate"), message, remedy, severity="warning")


def _find_gaining_cycles(lines: list[MaterialLine], prices: Mapping[str, float]) -> list[list[MaterialLine]]:
    """Return the sets of lines that make more of their items than they use; `prices` are a start for the search."""
    return _split_into_cycles(_find_gaining_lines(_remove_supplied_lines(lines), prices))


def _find_owner(context: ProblemContext, line: MaterialLine) -> str:
    """Return the identifier of the factory or partner of a line."""
    owners = context.problem.factories if line.path[0] == "factories" else context.problem.partners
    return owners[int(line.path[1])].id


def _find_swap_sides(context: ProblemContext, values: Mapping[str, float]) -> Iterator[MaterialLine]:
    """Yield what partners take for won, and what they give for won, for each kind of settlement window; valued items only."""
    for p, partner in enumerate(context.problem.partners if "period" not in context.omissions.kinds else ()):
        windows = _find_settlement_windows(partner, context.problem.periods)
        sides = (
            tuple(
                tuple(item for item, units in side.items() if item in values and _is_positive_within(units, window))
                for side in (partner.wants, partner.offers)
            )
            for window in windows
        )
        for number, (wanted, offered) in enumerate(dict.fromkeys(sides)):
            won = _name_won(partner, number)
            if wanted and offered and partner.rate > 0:
                for item in wanted:
                    yield MaterialLine(("partners", p, "wants", item), won, {item: 1 / (partner.rate * values[item])})
                for item in offered:
                    yield MaterialLine(("partners", p, "offers", item), item, {won: values[item]})


def _find_settlement_windows(partner: Partner, periods: Collection[str]) -> list[range]:
    """Return the positions of the periods of each settlement window."""
    count = len(periods)
    length = {"period": 1, "quarter": 3, "plan": count}[partner.settlement]
    return [range(start, min(start + length, count)) for start in range(0, count, length)]


def _is_positive_within(units: PerPeriod, window: range) -> bool:
    values = expand_to_periods(units, window.stop)
    return any(values[t] > 0 for t in window if t < len(values))


def _name_won(partner: Partner, window: int) -> str:
    """Name the won of a partner in a kind of window; no identifier contains a space."""
    return f"won of {partner.id} {window}"


def _order_loop(cycle: list[MaterialLine]) -> list[MaterialLine]:
    """Return one loop of a cycle: each line uses what the next one makes, and the last one what the first makes."""
    by_item = {line.item: line for line in cycle}
    loop = [min(cycle, key=lambda line: line.path)]
    while True:
        following = by_item[next(material for material in loop[-1].materials if material in by_item)]
        if following in loop:
            return loop[loop.index(following) :]
        loop.append(following)


def _pair_with_sources(loop: list[MaterialLine]) -> list[tuple[MaterialLine, MaterialLine]]:
    """Return each line of a loop with the line that makes its material."""
    return list(zip(loop, [*loop[1:], loop[0]], strict=True))


def _describe_loop(context: ProblemContext, loop: list[MaterialLine]) -> str:
    """Describe the steps of a loop, such as `“coast” gives “salt” for “beer”, “brewery” makes “beer” from “salt”`."""
    steps = []
    for line, source in _pair_with_sources(loop):
        owner = quote_name(_find_owner(context, line))
        if line.path[0] == "factories":
            steps.append(f"{owner} makes {quote_name(line.item)} from {quote_name(source.item)}")
        elif line.path[2] == "offers":
            rate = context.problem.partners[int(line.path[1])].rate
            given = format_name_list(source.materials)
            steps.append(f"{owner} gives {quote_name(line.item)} for {given} at the rate {rate:g}")
    return ", ".join(steps)


def _find_material_lines(context: ProblemContext) -> list[MaterialLine]:
    omitted_kinds = context.omissions.kinds
    lines = []
    for f, factory in enumerate(context.problem.factories):
        for k, line in enumerate(factory.lines):
            if not line.materials or (omitted_kinds and f"materials of {factory.id}/{line.item}" in omitted_kinds):
                continue
            materials = {item: amount for item, amount in line.materials.items() if amount > 0}
            if materials:
                lines.append(MaterialLine(("factories", f, "lines", k), line.item, materials))
    return lines


def _remove_supplied_lines(lines: list[MaterialLine]) -> list[MaterialLine]:
    """Remove lines with a material that no remaining line makes, repeatedly; usually no line remains."""
    makers = Counter(line.item for line in lines)
    users: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        for material in line.materials:
            users.setdefault(material, []).append(position)
    removed: set[int] = set()
    unmade = [item for item in users if not makers[item]]
    while unmade:
        for position in users.get(unmade.pop(), ()):
            if position not in removed:
                removed.add(position)
                item = lines[position].item
                makers[item] -= 1
                if not makers[item]:
                    unmade.append(item)
    return [line for position, line in enumerate(lines) if position not in removed]


def _find_gaining_lines(lines: list[MaterialLine], start_prices: Mapping[str, float]) -> dict[str, MaterialLine]:
    """Return the line of each item that can be made from nothing; empty if the search finds none."""
    by_item: dict[str, list[MaterialLine]] = {}
    for line in lines:
        by_item.setdefault(line.item, []).append(line)
    prices = {item: start_prices.get(item, 1.0) for item in by_item}
    for round_number in range(MAX_ROUNDS if lines else 0):
        costs = {item: min(line.compute_material_cost(prices) for line in makers) for item, makers in by_item.items()}
        if all(costs[item] >= prices[item] * (1 - ROUNDING_TOLERANCE) for item in prices):
            return {}
        if round_number % PROOF_INTERVAL == 0 and (best := _find_gain_proof(by_item, prices)):
            return best
        prices = {item: min((price + costs[item]) / 2, MAX_PRICE) for item, price in prices.items()}
    return {}


def _find_gain_proof(by_item: Mapping[str, list[MaterialLine]], prices: Mapping[str, float]) -> dict[str, MaterialLine]:
    """Return the largest set of items in which each has a line that uses only the set and costs less than the item."""
    cheap = {
        item: [line for line in makers if line.compute_material_cost(prices) < prices[item] * (1 - MIN_RELATIVE_GAIN)]
        for item, makers in by_item.items()
    }
    while True:
        kept = {
            item: [line for line in makers if cheap.keys() >= line.materials.keys()] for item, makers in cheap.items()
        }
        kept = {item: makers for item, makers in kept.items() if makers}
        if kept == cheap:
            return {item: makers[0] for item, makers in kept.items()}
        cheap = kept


def _split_into_cycles(line_by_item: Mapping[str, MaterialLine]) -> list[list[MaterialLine]]:
    """Return the lines of each cycle separately, without items that a cycle supplies but that supply no cycle."""
    while True:
        used = {material for line in line_by_item.values() for material in line.materials}
        kept = {item: line for item, line in line_by_item.items() if item in used}
        if len(kept) == len(line_by_item):
            break
        line_by_item = kept
    parts: dict[str, set[str]] = {}
    for item, line in line_by_item.items():
        joined = {item, *line.materials}.union(*(parts.get(member, set()) for member in (item, *line.materials)))
        parts.update(dict.fromkeys(joined, joined))
    distinct = {id(part): part for part in parts.values()}
    return [[line_by_item[item] for item in sorted(part)] for part in distinct.values()]


CHECKS = (check_production_cycles, check_swap_loops)

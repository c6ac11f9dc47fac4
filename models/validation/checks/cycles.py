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
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from models.validation.checks.context import ProblemContext, format_name_list
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

MAX_ROUNDS = 500
"""Largest number of price updates."""

PROOF_INTERVAL = 8
"""Number of rounds between two attempts at a proof."""

MIN_RELATIVE_GAIN = 1e-6
"""Smallest relative gain of a reported line: 1 − cost of materials / price of the item."""

MAX_PRICE = 1e100
"""Upper limit of prices."""


class MaterialLine(NamedTuple):
    """A line with materials."""

    factory: int
    """Position of the factory."""
    line: int
    """Position of the line in the factory."""
    item: str
    """Item made."""
    materials: Mapping[str, float]
    """Units of material per unit made, all above 0."""

    def compute_material_cost(self, prices: Mapping[str, float]) -> float:
        """Compute the cost of the materials per unit made."""
        return sum(amount * prices[material] for material, amount in self.materials.items())


def check_production_cycles(context: ProblemContext) -> Iterator[Finding]:
    """No set of lines that supply each other makes more of its items than it uses."""
    lines = _remove_supplied_lines(_find_material_lines(context))
    best = _find_gaining_lines(lines)
    for cycle in _split_into_cycles(best):
        first = min(cycle, key=lambda line: line[:2])
        items = format_name_list(sorted(line.item for line in cycle), conjunction="and")
        factories = format_name_list(
            dict.fromkeys(context.problem.factories[line.factory].id for line in cycle), conjunction="and"
        )
        message = (
            f"{factories} can make {items} from nothing: making one unit uses less than one unit again."
            if len(cycle) > 1
            else f"{factories} makes {items} only from a smaller amount of the same item."
        )
        remedy = (
            "Check the amounts per unit made and the units of the items. Add the missing material, or state the line net "
            "of its own use."
        )
        yield make_finding(
            "made_from_nothing", ("factories", first.factory, "lines", first.line, "materials"), message, remedy
        )


def _find_material_lines(context: ProblemContext) -> list[MaterialLine]:
    omitted_kinds = context.omissions.kinds
    lines = []
    for f, factory in enumerate(context.problem.factories):
        for k, line in enumerate(factory.lines):
            if not line.materials or (omitted_kinds and f"materials of {factory.id}/{line.item}" in omitted_kinds):
                continue
            materials = {item: amount for item, amount in line.materials.items() if amount > 0}
            if materials:
                lines.append(MaterialLine(f, k, line.item, materials))
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


def _find_gaining_lines(lines: list[MaterialLine]) -> dict[str, MaterialLine]:
    """Return the line of each item that can be made from nothing; empty if the search finds none."""
    by_item: dict[str, list[MaterialLine]] = {}
    for line in lines:
        by_item.setdefault(line.item, []).append(line)
    prices = dict.fromkeys(by_item, 1.0)
    for round_number in range(MAX_ROUNDS if lines else 0):
        costs = {item: min(line.compute_material_cost(prices) for line in makers) for item, makers in by_item.items()}
        if all(costs[item] >= prices[item] for item in prices):
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


CHECKS = (check_production_cycles,)

"""The check that nothing is made from nothing.

Lines that need no materials are where things come into being: mines, fields, forests. Lines that do need some must get
them from somewhere. Found here are lines, each with at least one material, that can be run side by side so that of every
item they touch they turn out at least what they use up, and of some item more: with a = units of item j per unit made,

    there are quantities x ≥ 0 with  Σ_l made by l of i  ≥  Σ_l a[l,i]·x_l  for every item i,  and more for some item.

Several materials per line and several lines per item are allowed for. That there is no such x is the same as there being
prices p > 0 at which no line's materials are cheaper than its item (Stiemke); that there is one is proved by prices at which,
within a set of items, each has a line that uses items of the set alone and costs less than the item. The search moves
prices towards the cheapest line round by round until either proof is found. It cannot be wrong in what it reports; cycles that gain
less than about a millionth per round may pass, as may those that need more than ROUNDS rounds to show.

An item that a line uses to make itself, as seed potatoes, counts too: such lines are to be stated net.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from models.validation.checks.context import ProblemContext, format_name_list
from models.validation.finding import Finding
from models.validation.finding_codes import make_finding

MAX_ROUNDS = 500
"""How often prices are improved before the search gives up."""

PROOF_INTERVAL = 8
"""After how many rounds a proof is tried."""

MIN_RELATIVE_GAIN = 1e-6
"""Part of an item's price by which its materials must be cheaper."""

MAX_PRICE = 1e100
"""Where prices that only rise are stopped."""


class MaterialLine(NamedTuple):
    """A line that needs materials."""

    factory: int
    """Position of its factory."""
    line: int
    """Position in its factory."""
    item: str
    """What it makes."""
    materials: Mapping[str, float]
    """Units used per unit made, all above 0."""

    def compute_material_cost(self, prices: Mapping[str, float]) -> float:
        """What its materials cost at `prices`."""
        return sum(amount * prices[material] for material, amount in self.materials.items())


def check_production_cycles(context: ProblemContext) -> Iterator[Finding]:
    """No lines that feed each other turn out more of their items than they use up."""
    lines = _remove_supplied_lines(_find_material_lines(context))
    best = _find_gaining_lines(lines)
    for loop in _split_into_cycles(best):
        first = min(loop, key=lambda line: line[:2])
        items = format_name_list(sorted(line.item for line in loop), conjunction="and")
        factories = format_name_list(
            dict.fromkeys(context.problem.factories[line.factory].id for line in loop), conjunction="and"
        )
        message = (
            f"{items} can be made out of nothing by {factories}: of every unit made, less than a unit is used up again."
            if len(loop) > 1
            else f"{items} is made out of less than itself by {factories}, and out of nothing else."
        )
        remedy = (
            "Check the amounts (per unit made, in the units of each item), add the material that comes from outside, or state "
            "the line net of what it uses of its own product."
        )
        yield make_finding(
            "made_from_nothing", ("factories", first.factory, "lines", first.line, "materials"), message, remedy
        )


def _find_material_lines(context: ProblemContext) -> list[MaterialLine]:
    gaps = context.omissions.kinds
    lines = []
    for f, factory in enumerate(context.problem.factories):
        for k, line in enumerate(factory.lines):
            if not line.materials or (gaps and f"materials of {factory.id}/{line.item}" in gaps):
                continue
            materials = {item: amount for item, amount in line.materials.items() if amount > 0}
            if materials:
                lines.append(MaterialLine(f, k, line.item, materials))
    return lines


def _remove_supplied_lines(lines: list[MaterialLine]) -> list[MaterialLine]:
    """The lines left when those go that need an item none of the others makes, again and again; usually none."""
    makers = Counter(line.item for line in lines)
    users: dict[str, list[int]] = {}
    for position, line in enumerate(lines):
        for material in line.materials:
            users.setdefault(material, []).append(position)
    gone: set[int] = set()
    lacking = [item for item in users if not makers[item]]
    while lacking:
        for position in users.get(lacking.pop(), ()):
            if position not in gone:
                gone.add(position)
                item = lines[position].item
                makers[item] -= 1
                if not makers[item]:
                    lacking.append(item)
    return [line for position, line in enumerate(lines) if position not in gone]


def _find_gaining_lines(lines: list[MaterialLine]) -> dict[str, MaterialLine]:
    """For each item that can be had from nothing, the line that makes it; empty if the search finds none."""
    by_item: dict[str, list[MaterialLine]] = {}
    for line in lines:
        by_item.setdefault(line.item, []).append(line)
    prices = dict.fromkeys(by_item, 1.0)
    for turn in range(MAX_ROUNDS if lines else 0):
        costs = {item: min(line.compute_material_cost(prices) for line in makers) for item, makers in by_item.items()}
        if all(costs[item] >= prices[item] for item in prices):
            return {}
        if turn % PROOF_INTERVAL == 0 and (best := _find_gain_proof(by_item, prices)):
            return best
        prices = {item: min((price + costs[item]) / 2, MAX_PRICE) for item, price in prices.items()}
    return {}


def _find_gain_proof(by_item: Mapping[str, list[MaterialLine]], prices: Mapping[str, float]) -> dict[str, MaterialLine]:
    """The largest set of items each with a line that uses items of the set alone and costs less than the item."""
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
    """The lines of each loop apart; items that are only made from those of a loop, and feed none, are left out."""
    while True:
        used = {material for line in line_by_item.values() for material in line.materials}
        kept = {item: line for item, line in line_by_item.items() if item in used}
        if len(kept) == len(line_by_item):
            break
        line_by_item = kept
    parts: dict[str, set[str]] = {}
    for item, line in line_by_item.items():
        joined = {item, *line.materials}.union(*(parts.get(one, set()) for one in (item, *line.materials)))
        parts.update(dict.fromkeys(joined, joined))
    distinct = {id(part): part for part in parts.values()}
    return [[line_by_item[item] for item in sorted(part)] for part in distinct.values()]


CHECKS = (check_production_cycles,)

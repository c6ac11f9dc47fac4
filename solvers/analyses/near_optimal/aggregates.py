"""Aggregates in which alternative plans differ: made by factory and item, shipped by link, swapped by partner and item."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy import sparse

from models.analyses.near_optimal import AlternativeDifference
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import Block, FloatArray, IntArray, Program

MAX_DIFFERENCES = 20
"""Largest number of differences that are listed."""


@dataclass(frozen=True, slots=True)
class Aggregates:
    """Sums of variables by aggregate; g aggregates, n variables."""

    names: tuple[str, ...]
    """Names, such as `made of factory hyesan-soap, item soap`, (g,)."""
    units: tuple[str, ...]
    """Units of the amounts: an item's unit, or t, (g,)."""
    amounts: sparse.csr_array
    """What each variable adds to each amount, (g, n)."""
    values: sparse.csr_array
    """What each variable adds to the value in won, (g, n)."""
    is_source: FloatArray
    """1 for aggregates of goods made and swapped, which count in distances; 0 for shipments, (g,)."""

    @classmethod
    def from_program(cls, arrays: ProblemArrays, program: Program) -> Self:
        """Collect the aggregates of a program in which any variable has a place."""
        collector = _Collector(arrays, program.lp.column_count)
        make, lines = program.variables["make"], arrays.lines
        line = make.axes["line"]
        item = lines.item[line]
        collector.add(make, "made of factory", arrays.labels["factory"], lines.factory[line], item)
        ship = program.variables["ship"]
        collector.add_shipments(ship, arrays.arcs.link[ship.axes["arc"]], ship.axes["item"])
        for name, verb in (("take", "taken"), ("give", "given")):
            block = program.variables[name]
            partners = arrays.labels["partner"]
            collector.add(block, f"{verb} of partner", partners, block.axes["partner"], block.axes["item"])
        return cls(
            tuple(collector.names),
            tuple(collector.units),
            sparse.csr_array(sparse.vstack(collector.amounts, format="csr")),
            sparse.csr_array(sparse.vstack(collector.values, format="csr")),
            np.array(collector.is_source),
        )

    def measure_distance(self, first: FloatArray, second: FloatArray) -> float:
        """Return the value of what two plans, (n,), make and swap differently, in won."""
        return float(self.is_source @ np.abs(self.values @ (first - second)))

    def list_differences(self, before: FloatArray, after: FloatArray) -> tuple[AlternativeDifference, ...]:
        """Return the largest differences between two plans, (n,), by value."""
        change = np.abs(self.values @ (after - before))
        ranked = [int(k) for k in np.argsort(-change, kind="stable")[:MAX_DIFFERENCES] if change[k] > 0]
        amounts = self.amounts[ranked] @ before, self.amounts[ranked] @ after
        return tuple(
            AlternativeDifference(measure=self.names[k], before=float(b), after=float(a), unit=self.units[k])
            for k, b, a in zip(ranked, *amounts, strict=True)
        )


class _Collector:
    """Collects aggregates block by block."""

    def __init__(self, arrays: ProblemArrays, column_count: int) -> None:
        self._arrays, self._column_count = arrays, column_count
        self.names: list[str] = []
        self.units: list[str] = []
        self.is_source: list[float] = []
        self.amounts: list[sparse.csr_array] = []
        self.values: list[sparse.csr_array] = []

    def add(self, block: Block, name: str, owners: Sequence[str], owner: IntArray, item: IntArray) -> None:
        """Add one aggregate for each owner and item of a block."""
        items = self._arrays.labels["item"]
        found, group = np.unique(owner * len(items) + item, return_inverse=True)
        for key in found.tolist():
            who, what = divmod(key, len(items))
            self.names.append(f"{name} {owners[who]}, item {items[what]}")
            self.units.append(self._arrays.problem.needs[what].unit)
            self.is_source.append(1.0)
        value = self._arrays.items.counted_value[item]
        self._add_sums(block, group, len(found), np.ones(block.size), value)

    def add_shipments(self, ship: Block, link: IntArray, item: IntArray) -> None:
        """Add one aggregate for each link, in tonnes."""
        links = self._arrays.labels["link"]
        self.names += [f"shipped of link {name}" for name in links]
        self.units += ["t"] * len(links)
        self.is_source += [0.0] * len(links)
        items = self._arrays.items
        self._add_sums(ship, link, len(links), items.tonnes_per_unit[item], items.counted_value[item])

    def _add_sums(self, block: Block, group: IntArray, count: int, amount: FloatArray, value: FloatArray) -> None:
        for weights, out in ((amount, self.amounts), (value, self.values)):
            shape = (count, self._column_count)
            out.append(sparse.csr_array((weights, (group, block.positions)), shape=shape))

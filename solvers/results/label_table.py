"""One list of all labels, so that limits of every kind can be named by positions in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS
from solvers.formulation.registry import ITEM_UNIT
from solvers.lp.linear_program import Block, IntArray

UNITS = tuple(dict.fromkeys(info.unit for info in (*CONSTRAINTS.values(), *BOUNDS.values()) if info.unit != ITEM_UNIT))
"""Units of rules and bounds, but for those in the unit of an item."""

PAIRS = ("machine", "arc", "line")
"""Axes whose labels name two things, shown apart."""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Labels of all axes one after another, the first of them empty."""

    arrays: ProblemArrays
    """Where the labels come from."""
    labels: tuple[str, ...]
    """All labels."""
    first: IntArray
    """Position of the first label that reads the same, by label."""
    start: Mapping[str, int]
    """Position of each axis' first label; `machine name`, `item unit` and `unit` are kinds of their own."""

    @classmethod
    def from_arrays(cls, arrays: ProblemArrays) -> Self:
        """Line up the labels of an arrays, the machine groups' names and the items' units."""
        kinds = {axis: labels for axis, labels in arrays.labels.items() if axis not in PAIRS}
        kinds["machine name"] = arrays.machines.group_names
        kinds["item unit"] = tuple(item.unit for item in arrays.problem.items)
        kinds["unit"] = UNITS
        labels, start = [""], {}
        for kind, names in kinds.items():
            start[kind] = len(labels)
            labels += names
        seen: dict[str, int] = {}
        first = [seen.setdefault(label, k) for k, label in enumerate(labels)]
        return cls(arrays, tuple(labels), np.array(first, dtype=np.int64), start)

    def name_axis(self, axis: str, block: Block) -> IntArray:
        """Positions of the labels of one axis of a block, (block.size,); of the empty label where there is no axis."""
        if not axis:
            return np.zeros(block.size, dtype=np.int64)
        return self.start[axis] + block.axes[axis]

    def identify_limits(self, axis: str, part: str, block: Block) -> tuple[IntArray, IntArray]:
        """What a block limits and which part of it; pairs are taken apart."""
        if axis not in PAIRS:
            return self.name_axis(axis, block), self.name_axis(part, block)
        code, start = block.axes[axis], self.start
        if axis == "machine":
            return start["factory"] + self.arrays.machines.factory[code], start["machine name"] + code
        if axis == "arc":
            return start["link"] + self.arrays.arcs.link[code], start["place"] + self.arrays.arcs.head[code]
        return start["factory"] + self.arrays.lines.factory[code], start["item"] + self.arrays.lines.item[code]

    def name_units(self, unit: str, block: Block) -> IntArray:
        """Positions of the unit of each row or column of a block; `{unit}` stands for that of its item."""
        if unit != ITEM_UNIT:
            return np.full(block.size, self.start["unit"] + UNITS.index(unit))
        item = block.axes["item"] if "item" in block.axes else self.arrays.lines.item[block.axes["line"]]
        return self.start["item unit"] + item

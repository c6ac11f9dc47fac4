"""One table of all labels, in which limits of every kind have positions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np

from models.problem.factories import list_line_parts
from solvers.data.problem_arrays import ProblemArrays
from solvers.formulation import BOUNDS, CONSTRAINTS
from solvers.formulation.registry import ITEM_UNIT
from solvers.lp.linear_program import Block, IntArray

LIMIT_UNITS = tuple(
    dict.fromkeys(info.unit for info in (*CONSTRAINTS.values(), *BOUNDS.values()) if info.unit != ITEM_UNIT)
)
"""Units of constraints and bounds, except the units of items."""

PAIR_AXES = ("machine", "arc", "line")
"""Axes whose labels name two things in two columns."""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """Labels of all axes in sequence, after an empty label."""

    arrays: ProblemArrays
    """The problem as arrays."""
    labels: tuple[str, ...]
    """All labels."""
    first_positions: IntArray
    """Position of the first label with equal text, for each label."""
    axis_starts: Mapping[str, int]
    """Position of the first label of each axis, and of `line part`, `machine name`, `item unit` and `unit`."""

    @classmethod
    def from_arrays(cls, arrays: ProblemArrays) -> Self:
        """Collect the labels of all axes, the names of lines and machine groups in their factory, and the units of items."""
        kinds = {axis: labels for axis, labels in arrays.labels.items() if axis not in PAIR_AXES}
        kinds["line part"] = tuple(part for factory in arrays.problem.factories for part in list_line_parts(factory))
        kinds["machine name"] = arrays.machines.group_names
        kinds["item unit"] = tuple(need.unit for need in arrays.problem.needs)
        kinds["unit"] = LIMIT_UNITS
        labels, start = [""], {}
        for kind, names in kinds.items():
            start[kind] = len(labels)
            labels += names
        seen: dict[str, int] = {}
        first = [seen.setdefault(label, k) for k, label in enumerate(labels)]
        return cls(arrays, tuple(labels), np.array(first, dtype=np.int64), start)

    def find_axis_labels(self, axis: str, block: Block) -> IntArray:
        """Return the label position of each row on one axis, (block.size,); the empty label without an axis."""
        if not axis:
            return np.zeros(block.size, dtype=np.int64)
        return self.axis_starts[axis] + block.axes[axis]

    def identify_limits(self, axis: str, part: str, block: Block) -> tuple[IntArray, IntArray]:
        """Return the label positions of the object and of the part that each row limits."""
        if axis not in PAIR_AXES:
            return self.find_axis_labels(axis, block), self.find_axis_labels(part, block)
        code, start = block.axes[axis], self.axis_starts
        if axis == "machine":
            return start["factory"] + self.arrays.machines.factory[code], start["machine name"] + code
        if axis == "arc":
            return start["link"] + self.arrays.arcs.link[code], start["place"] + self.arrays.arcs.head[code]
        return start["factory"] + self.arrays.lines.factory[code], start["line part"] + code

    def find_unit_labels(self, unit: str, block: Block) -> IntArray:
        """Return the label position of the unit of each row or column of a block."""
        if unit != ITEM_UNIT:
            return np.full(block.size, self.axis_starts["unit"] + LIMIT_UNITS.index(unit))
        requirements = self.arrays.requirements
        if "item" in block.axes:
            item = block.axes["item"]
        elif "basket" in block.axes:
            item = requirements.item_count + requirements.share_requirement[block.axes["basket"]]
        else:
            item = self.arrays.lines.item[block.axes["line"]]
        return self.axis_starts["item unit"] + item

"""What a study holds of the base plan: its quotas as ceilings, or its swaps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
import pyarrow as pa

from models.analyses.study import Hold
from solvers.data.problem_arrays import ProblemArrays
from solvers.lp.linear_program import FloatArray, Program, replace_column_bounds
from solvers.replanning.plan_arrays import read_quotas, read_swaps


@dataclass(frozen=True, slots=True)
class HeldDecisions:
    """Amounts of the base plan by block of variables; lower limits that they would violate stay in force."""

    ceilings: Mapping[str, FloatArray]
    """Greatest values: `make` by line and period, (L, T)."""
    fixed: Mapping[str, FloatArray]
    """Values, as far as the limits of a run allow: `give` and `take` by partner, item and period, (P, I, T)."""

    @classmethod
    def from_tables(cls, hold: Hold, arrays: ProblemArrays, tables: Mapping[str, pa.Table]) -> Self:
        """Read what is held from the tables of the base plan."""
        if hold == "quotas":
            return cls({"make": read_quotas(arrays, tables["quotas"])}, {})
        if hold == "swaps":
            given, taken = read_swaps(arrays, tables["swaps"])
            return cls({}, {"give": given, "take": taken})
        return cls({}, {})

    @property
    def is_empty(self) -> bool:
        """Whether nothing is held."""
        return not self.ceilings and not self.fixed

    def apply_to_program(self, program: Program) -> Program:
        """Return the program with the bounds of the held variables."""
        for name, amounts in self.ceilings.items():
            columns, held = _read_block(program, name, amounts)
            lower, upper = program.lp.column_lower[columns], program.lp.column_upper[columns]
            program = replace_column_bounds(program, columns, lower, np.maximum(lower, np.minimum(upper, held)))
        for name, amounts in self.fixed.items():
            columns, held = _read_block(program, name, amounts)
            value = np.clip(held, program.lp.column_lower[columns], program.lp.column_upper[columns])
            program = replace_column_bounds(program, columns, value, value)
        return program

    def list_blocks(self) -> tuple[str, ...]:
        """Return the names of the blocks of variables that are held."""
        return (*self.ceilings, *self.fixed)


def _read_block(program: Program, name: str, amounts: FloatArray) -> tuple[np.ndarray, FloatArray]:
    """Return the positions of a block of variables, and the amount of each."""
    block = program.variables[name]
    return block.positions, amounts[tuple(block.axes.values())]

"""Linear programs as arrays, with named blocks that say what each row and column means.

    minimise    cost·x + offset
    subject to  row_lower ≤ A x ≤ row_upper,   column_lower ≤ x ≤ column_upper

Prices: y = ∂objective/∂(right-hand side) by row, z = cost − Aᵀy by column.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import sparse

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
FloatLike = float | FloatArray


@dataclass(frozen=True, slots=True)
class LinearProgram:
    """The arrays alone: all that a backend or the certificate sees. Shapes: n columns, m rows."""

    cost: FloatArray
    """Cost by column, (n,)."""
    column_lower: FloatArray
    """Least value by column, (n,); may be −inf."""
    column_upper: FloatArray
    """Greatest value by column, (n,); may be +inf."""
    row_lower: FloatArray
    """Least activity by row, (m,); −inf where there is none."""
    row_upper: FloatArray
    """Greatest activity by row, (m,); +inf where there is none."""
    matrix: sparse.csc_array
    """Coefficients, (m, n), compressed by column, indices sorted, no explicit zeros, no duplicates."""
    offset: float = 0.0
    """Constant part of the objective."""

    @property
    def column_count(self) -> int:
        """Number of columns."""
        return len(self.cost)

    @property
    def row_count(self) -> int:
        """Number of rows."""
        return len(self.row_lower)


@dataclass(frozen=True, slots=True)
class Block:
    """A run of columns (a kind of decision) or of rows (a rule), with the meaning of each as positions by axis."""

    name: str
    """Name of the decision or rule, such as `make` or `power`."""
    start: int
    """Position of the first."""
    size: int
    """How many there are."""
    axes: Mapping[str, IntArray]
    """For each axis (line, county, item, period …) the position of its label, by row or column of the block, (size,)."""

    @property
    def block_slice(self) -> slice:
        """Where the block lies in the arrays of the program."""
        return slice(self.start, self.start + self.size)

    @property
    def positions(self) -> IntArray:
        """Positions of its rows or columns in the program, (size,)."""
        return np.arange(self.start, self.start + self.size, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Program:
    """A linear program with the meaning of its rows and columns, and the labels of the axes."""

    lp: LinearProgram
    """The arrays."""
    variables: Mapping[str, Block]
    """Column blocks by name, in order."""
    constraints: Mapping[str, Block]
    """Row blocks by name, in order."""
    labels: Mapping[str, tuple[str, ...]]
    """Labels of each axis, by position."""

    def find_constraint(self, row: int) -> tuple[Block, int]:
        """The rule a row belongs to, and the row's position within the rule's block."""
        return _find_block(self.constraints.values(), row)

    def find_variable(self, column: int) -> tuple[Block, int]:
        """The decision a column belongs to, and the column's position within its block."""
        return _find_block(self.variables.values(), column)

    def labels_at(self, block: Block, position: int) -> dict[str, str]:
        """What one row or column of a block is about: label by axis."""
        return {axis: self.labels[axis][codes[position]] for axis, codes in block.axes.items()}


def _find_block(blocks: Iterable[Block], position: int) -> tuple[Block, int]:
    for block in blocks:
        if block.start <= position < block.start + block.size:
            return block, position - block.start
    raise IndexError(f"no block holds position {position}")


@dataclass(slots=True)
class ProgramBuilder:
    """Collects blocks of columns and rows and the terms that tie them, then compresses them once.

    Parts are kept as arrays; nothing here loops over columns, rows or terms.
    """

    labels: Mapping[str, tuple[str, ...]]
    """Labels of each axis that blocks may use."""
    variables: dict[str, Block] = field(default_factory=dict)
    """Column blocks so far."""
    constraints: dict[str, Block] = field(default_factory=dict)
    """Row blocks so far."""
    _columns: list[tuple[FloatArray, FloatArray, FloatArray]] = field(default_factory=list)
    _rows: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    _terms: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)

    def add_variables(
        self,
        name: str,
        axes: Mapping[str, IntArray],
        *,
        lower: FloatLike = 0.0,
        upper: FloatLike = np.inf,
        cost: FloatLike = 0.0,
    ) -> Block:
        """Add one decision: a column for each position of the axes (arrays of one length); scalars hold for all."""
        size = _count_positions(axes)
        block = Block(name, sum(b.size for b in self.variables.values()), size, dict(axes))
        self.variables[name] = block
        self._columns.append((_fill_array(lower, size), _fill_array(upper, size), _fill_array(cost, size)))
        return block

    def add_constraints(
        self, name: str, axes: Mapping[str, IntArray], *, lower: FloatLike = -np.inf, upper: FloatLike = np.inf
    ) -> Block:
        """Add one rule: a row for each position of the axes; its terms follow by `add_terms`."""
        size = _count_positions(axes)
        block = Block(name, sum(b.size for b in self.constraints.values()), size, dict(axes))
        self.constraints[name] = block
        self._rows.append((_fill_array(lower, size), _fill_array(upper, size)))
        return block

    def add_coefficients(self, rows: IntArray, columns: IntArray, values: FloatLike) -> None:
        """Add value·x[column] to each row; arrays of one length, positions in the program, duplicates are summed."""
        self._terms.append((rows, columns, _fill_array(values, len(rows))))

    def build_program(self, offset: float = 0.0) -> Program:
        """Compress everything collected into a Program."""
        lower, upper, cost = (_concatenate([part[k] for part in self._columns]) for k in range(3))
        row_lower, row_upper = (_concatenate([part[k] for part in self._rows]) for k in range(2))
        rows = np.concatenate([t[0] for t in self._terms] or [np.empty(0, np.int64)])
        columns = np.concatenate([t[1] for t in self._terms] or [np.empty(0, np.int64)])
        values = _concatenate([t[2] for t in self._terms])
        matrix = sparse.coo_array((values, (rows, columns)), shape=(len(row_lower), len(cost))).tocsc()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        lp = LinearProgram(cost, lower, upper, row_lower, row_upper, matrix, offset)
        return Program(lp, dict(self.variables), dict(self.constraints), dict(self.labels))


def _count_positions(axes: Mapping[str, IntArray]) -> int:
    sizes = {len(codes) for codes in axes.values()}
    if len(sizes) != 1:
        raise ValueError(f"axes of one block must have one length, not {sorted(sizes)}")
    return sizes.pop()


def _fill_array(value: FloatLike, size: int) -> FloatArray:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (size,))


def _concatenate(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.empty(0)

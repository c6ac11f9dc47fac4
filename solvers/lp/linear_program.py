"""Linear programs as arrays, with named blocks that give each constraint and variable its meaning.

    minimise    cost·x + offset
    subject to  row_lower ≤ A x ≤ row_upper,   column_lower ≤ x ≤ column_upper

Dual values y = ∂objective/∂(right-hand side), by row. Reduced costs z = cost − Aᵀy, by column.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
FloatLike = float | FloatArray


@dataclass(frozen=True, slots=True)
class LinearProgram:
    """The arrays of a linear program, without names; the input of backends and certificates. Shapes: n columns, m rows."""

    cost: FloatArray
    """Objective coefficient of each variable, (n,)."""
    column_lower: FloatArray
    """Lower bound of each variable, (n,); may be −inf."""
    column_upper: FloatArray
    """Upper bound of each variable, (n,); may be +inf."""
    row_lower: FloatArray
    """Lower bound of each constraint activity, (m,); −inf if unbounded."""
    row_upper: FloatArray
    """Upper bound of each constraint activity, (m,); +inf if unbounded."""
    matrix: sparse.csc_array
    """Coefficients, (m, n), compressed by column, indices sorted, no explicit zeros, no duplicates."""
    offset: float = 0.0
    """Constant part of the objective."""

    @property
    def column_count(self) -> int:
        """Number of variables."""
        return len(self.cost)

    @property
    def row_count(self) -> int:
        """Number of constraints."""
        return len(self.row_lower)


@dataclass(frozen=True, slots=True)
class Block:
    """A contiguous group of variables or constraints of one name, indexed by axes."""

    name: str
    """Name of the variable or constraint, such as `make` or `power`."""
    start: int
    """Position of the first row or column."""
    size: int
    """Number of rows or columns."""
    axes: Mapping[str, IntArray]
    """By axis (line, county, item, period …): the label position of each row or column of the block, (size,)."""

    @property
    def block_slice(self) -> slice:
        """Slice of the block in the arrays of the program."""
        return slice(self.start, self.start + self.size)

    @property
    def positions(self) -> IntArray:
        """Positions of the rows or columns in the program, (size,)."""
        return np.arange(self.start, self.start + self.size, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Program:
    """A linear program with named variables and constraints, and the labels of the axes."""

    lp: LinearProgram
    """The arrays."""
    variables: Mapping[str, Block]
    """Variable blocks by name, in column order."""
    constraints: Mapping[str, Block]
    """Constraint blocks by name, in row order."""
    labels: Mapping[str, tuple[str, ...]]
    """Labels of each axis, by position."""
    unit_values: Mapping[str, FloatArray] = field(default_factory=dict)
    """Won per unit by axis (item or line) and position: what one unit in blocks with this axis is worth."""

    def find_constraint(self, row: int) -> tuple[Block, int]:
        """Return the constraint block that contains a row, and the position of the row in the block."""
        return _find_block(self.constraints.values(), row)

    def find_variable(self, column: int) -> tuple[Block, int]:
        """Return the variable block that contains a column, and the position of the column in the block."""
        return _find_block(self.variables.values(), column)

    def labels_at(self, block: Block, position: int) -> dict[str, str]:
        """Return the labels of one row or column of a block, by axis."""
        return {axis: self.labels[axis][codes[position]] for axis, codes in block.axes.items()}


def _find_block(blocks: Iterable[Block], position: int) -> tuple[Block, int]:
    for block in blocks:
        if block.start <= position < block.start + block.size:
            return block, position - block.start
    raise IndexError(f"no block contains position {position}")


def replace_row_bounds(
    program: Program, name: str, *, lower: FloatLike = -np.inf, upper: FloatLike = np.inf
) -> Program:
    """Return the program with other bounds on all constraints of one block; its bases remain usable."""
    rows = program.constraints[name].block_slice
    row_lower, row_upper = program.lp.row_lower.copy(), program.lp.row_upper.copy()
    row_lower[rows], row_upper[rows] = lower, upper
    return replace(program, lp=replace(program.lp, row_lower=row_lower, row_upper=row_upper))


def replace_column_bounds(program: Program, columns: IntArray, lower: FloatArray, upper: FloatArray) -> Program:
    """Return the program with other bounds on some variables, given by position; its bases remain usable."""
    column_lower, column_upper = program.lp.column_lower.copy(), program.lp.column_upper.copy()
    column_lower[columns], column_upper[columns] = lower, upper
    return replace(program, lp=replace(program.lp, column_lower=column_lower, column_upper=column_upper))


def replace_objective(program: Program, cost: FloatArray) -> Program:
    """Return the program with other objective coefficients, (n,), and without a constant term."""
    return replace(program, lp=replace(program.lp, cost=cost, offset=0.0))


def append_row(lp: LinearProgram, coefficients: FloatArray, upper: float) -> LinearProgram:
    """Return the program with one more constraint: coefficients · x ≤ upper."""
    matrix = sparse.csc_array(sparse.vstack([lp.matrix, sparse.csr_array(coefficients[None, :])], format="csc"))
    return replace(
        lp, row_lower=np.append(lp.row_lower, -np.inf), row_upper=np.append(lp.row_upper, upper), matrix=matrix
    )


@dataclass(slots=True)
class ProgramBuilder:
    """Collects variables, constraints and coefficients in blocks, then builds the sparse matrix once.

    All parts are arrays: no method loops over columns, rows or coefficients.
    """

    labels: Mapping[str, tuple[str, ...]]
    """Labels of each axis, by position."""
    unit_values: Mapping[str, FloatArray] = field(default_factory=dict)
    """Won per unit by axis and position; see `Program.unit_values`."""
    variables: dict[str, Block] = field(default_factory=dict)
    """Variable blocks added so far, by name."""
    constraints: dict[str, Block] = field(default_factory=dict)
    """Constraint blocks added so far, by name."""
    _columns: list[tuple[FloatArray, FloatArray, FloatArray]] = field(default_factory=list)
    _rows: list[tuple[FloatArray, FloatArray]] = field(default_factory=list)
    _coefficients: list[tuple[IntArray, IntArray, FloatArray]] = field(default_factory=list)

    def add_variables(
        self,
        name: str,
        axes: Mapping[str, IntArray],
        *,
        lower: FloatLike = 0.0,
        upper: FloatLike = np.inf,
        cost: FloatLike = 0.0,
    ) -> Block:
        """Add a variable block: one column for each position of the axes, which have equal lengths. Scalars apply to all columns."""
        size = _count_positions(axes)
        block = Block(name, sum(b.size for b in self.variables.values()), size, dict(axes))
        self.variables[name] = block
        self._columns.append((_fill_array(lower, size), _fill_array(upper, size), _fill_array(cost, size)))
        return block

    def add_constraints(
        self, name: str, axes: Mapping[str, IntArray], *, lower: FloatLike = -np.inf, upper: FloatLike = np.inf
    ) -> Block:
        """Add a constraint block: one row for each position of the axes. Add its coefficients with `add_coefficients`."""
        size = _count_positions(axes)
        block = Block(name, sum(b.size for b in self.constraints.values()), size, dict(axes))
        self.constraints[name] = block
        self._rows.append((_fill_array(lower, size), _fill_array(upper, size)))
        return block

    def add_coefficients(self, rows: IntArray, columns: IntArray, values: FloatLike) -> None:
        """Add value·x[column] to each row; positions in the program, in arrays of equal length. Duplicates are summed."""
        self._coefficients.append((rows, columns, _fill_array(values, len(rows))))

    def build_program(self, offset: float = 0.0) -> Program:
        """Build the program from all blocks and coefficients."""
        lower, upper, cost = (_concatenate([part[k] for part in self._columns]) for k in range(3))
        row_lower, row_upper = (_concatenate([part[k] for part in self._rows]) for k in range(2))
        rows = np.concatenate([t[0] for t in self._coefficients] or [np.empty(0, np.int64)])
        columns = np.concatenate([t[1] for t in self._coefficients] or [np.empty(0, np.int64)])
        values = _concatenate([t[2] for t in self._coefficients])
        matrix = sparse.coo_array((values, (rows, columns)), shape=(len(row_lower), len(cost))).tocsc()
        matrix.sum_duplicates()
        matrix.eliminate_zeros()
        lp = LinearProgram(cost, lower, upper, row_lower, row_upper, matrix, offset)
        return Program(lp, dict(self.variables), dict(self.constraints), dict(self.labels), dict(self.unit_values))


def _count_positions(axes: Mapping[str, IntArray]) -> int:
    sizes = {len(codes) for codes in axes.values()}
    if len(sizes) != 1:
        raise ValueError(f"the axes of a block must have equal lengths, not {sorted(sizes)}")
    return sizes.pop()


def _fill_array(value: FloatLike, size: int) -> FloatArray:
    return np.broadcast_to(np.asarray(value, dtype=np.float64), (size,))


def _concatenate(parts: list[FloatArray]) -> FloatArray:
    return np.concatenate(parts) if parts else np.empty(0)

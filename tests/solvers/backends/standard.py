"""Small programs with known answers, for every backend."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import TerminationReason

INF = float("inf")
Numbers = Sequence[float]


def program(
    cost: Numbers,
    matrix: Sequence[Numbers],
    rows: Sequence[tuple[float, float]],
    columns: Sequence[tuple[float, float]] | None = None,
    offset: float = 0.0,
) -> LinearProgram:
    """A program from lists: bounds as pairs, columns from zero to infinity unless given."""
    bounds = columns if columns is not None else [(0.0, INF)] * len(cost)
    dense = np.array(matrix, dtype=np.float64).reshape(len(rows), len(cost))
    a = sparse.csc_array(dense)
    return LinearProgram(
        np.array(cost, dtype=np.float64),
        np.array([low for low, _ in bounds], dtype=np.float64),
        np.array([high for _, high in bounds], dtype=np.float64),
        np.array([low for low, _ in rows], dtype=np.float64),
        np.array([high for _, high in rows], dtype=np.float64),
        a,
        offset,
    )


@dataclass(frozen=True)
class Case:
    """A program and its expected result."""

    lp: LinearProgram
    reason: TerminationReason = "optimal"
    objective: float | None = None
    values: tuple[float, ...] | None = None
    """Primal values; only if the optimum is unique."""
    prices: tuple[float, ...] | None = None
    """Dual values; only if they are unique."""


def mixing(offset: float = 0.0) -> LinearProgram:
    """max 3x+2y; x+y≤4; x+3y≤6; y≥½; x≤3: the optimum is 11 at (3, 1)."""
    return program([-3, -2], [[1, 1], [1, 3]], [(-INF, 4), (-INF, 6)], [(0, 3), (0.5, INF)], offset)


CASES: dict[str, Case] = {
    "unique": Case(
        program([2, 3], [[1, 1], [1, 2]], [(4, INF), (6, INF)]),
        objective=10,
        values=(2, 2),
        prices=(1, 1),
    ),
    "unique, at most": Case(
        program([-3, -5], [[1, 0], [0, 2], [3, 2]], [(-INF, 4), (-INF, 12), (-INF, 18)]),
        objective=-36,
        values=(2, 6),
        prices=(0, -1.5, -1),
    ),
    "degenerate": Case(mixing(), objective=-11, values=(3, 1)),
    "offset": Case(mixing(100.0), objective=89, values=(3, 1)),
    "redundant rows": Case(
        program([1, 1], [[1, 1], [2, 2], [1, 1], [1, 0]], [(2, INF), (4, INF), (1, INF), (-INF, 9)]), objective=2
    ),
    "redundant equalities": Case(program([1, 2], [[1, 1], [2, 2]], [(2, 2), (4, 4)]), objective=2, values=(2, 0)),
    "equality only": Case(
        program([1, 1, 1], [[1, 2, 0], [0, 1, 1]], [(4, 4), (3, 3)]), objective=3, values=(0, 2, 1), prices=(0, 1)
    ),
    "many optima": Case(program([1, 1], [[1, 1]], [(1, INF)]), objective=1, prices=(1,)),
    "free columns": Case(
        program([1, 1], [[1, 1], [1, -1]], [(-5, INF), (2, 2)], [(-INF, INF), (-INF, INF)]),
        objective=-5,
        values=(-1.5, -3.5),
        prices=(1, 0),
    ),
    "boxed columns": Case(
        program([-1, -2], [[1, 1]], [(-INF, 10)], [(1, 3), (2, 4)]), objective=-11, values=(3, 4), prices=(0,)
    ),
    "fixed column": Case(
        program([1, 3], [[1, 1]], [(5, INF)], [(2, 2), (0, INF)]), objective=11, values=(2, 3), prices=(3,)
    ),
    "ranged row, lower end": Case(program([1], [[1]], [(2, 5)]), objective=2, values=(2,), prices=(1,)),
    "ranged row, upper end": Case(program([-1], [[1]], [(2, 5)]), objective=-5, values=(5,), prices=(-1,)),
    "negative bounds": Case(
        program([1, -1], [[1, 1]], [(-9, -3)], [(-6, -1), (-4, -2)]), objective=-4, values=(-6, -2), prices=(0,)
    ),
    "upper bound only": Case(program([-1], [[1]], [(-9, INF)], [(-INF, -2)]), objective=2, values=(-2,), prices=(0,)),
    "free row": Case(program([1, 1], [[1, 1], [1, 5]], [(1, INF), (-INF, INF)]), objective=1, prices=(1, 0)),
    "column outside all rows": Case(
        program([1, 2, -1], [[1, 0, 0]], [(3, INF)], [(0, INF), (1, INF), (0, 7)]),
        objective=-2,
        values=(3, 1, 7),
        prices=(1,),
    ),
    "row without terms": Case(program([1], [[0], [1]], [(-1, 1), (2, INF)]), objective=2, values=(2,), prices=(0, 1)),
    "no costs": Case(program([0, 0], [[1, 1]], [(2, 3)]), objective=0),
    "zero matrix": Case(
        program([1, -1], [[0, 0], [0, 0]], [(-1, INF), (0, 0)], [(-2, 4), (-2, 4)]), objective=-6, values=(-2, 4)
    ),
    "zero matrix, excluded": Case(program([1], [[0]], [(1, INF)]), "infeasible"),
    "no rows": Case(program([2, -1, 0], [], [], [(1, INF), (-INF, 3), (-INF, INF)]), objective=-1, values=(1, 3, 0)),
    "no rows, unbounded": Case(program([-1], [], []), "unbounded"),
    "no columns": Case(program([], [[], []], [(-1, 1), (0, INF)], offset=4.0), objective=4, values=()),
    "no columns, infeasible": Case(program([], [[]], [(1, 2)]), "infeasible"),
    "nothing at all": Case(program([], [], [], offset=-2.0), objective=-2, values=()),
    "infeasible": Case(program([1, 1], [[1, 2], [1, 1]], [(4, INF), (-INF, 1)]), "infeasible"),
    "infeasible equalities": Case(program([1, 1], [[1, 1], [1, 1]], [(1, 1), (2, 2)]), "infeasible"),
    "infeasible by columns": Case(program([1, 1], [[1, 1]], [(5, INF)], [(0, 2), (0, 2)]), "infeasible"),
    "crossed column bounds": Case(program([1], [[1]], [(0, INF)], [(3, 1)]), "infeasible"),
    "crossed row bounds": Case(program([1], [[1]], [(3, 1)]), "infeasible"),
    "unbounded": Case(program([-1, 0], [[1, -1]], [(-INF, 1)]), "unbounded"),
    "unbounded, free": Case(program([1, 1], [[1, -1]], [(0, 0)], [(-INF, INF), (-INF, INF)]), "unbounded"),
    "infeasible, and with an improving ray": Case(
        program([-1, -1, 0], [[0, 0, 1], [0, 0, 1], [1, -1, 0]], [(1, INF), (-INF, 0), (-INF, 1)]), "infeasible"
    ),
    "infeasible in two columns, and with an improving ray": Case(
        program([0, 0, -1], [[1, 1, 0], [1, 1, -1], [1, 2, 0]], [(1, INF), (-INF, 9), (-INF, 0.5)]), "infeasible"
    ),
}

"""What comes back from solving a linear program: why it stopped, values, prices, basis."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from solvers.lp.linear_program import FloatArray

TerminationReason = Literal["optimal", "infeasible", "unbounded", "limit", "cancelled", "numerical", "error"]
"""Why a solver stopped. `optimal` is the solver's claim until the certificate has passed."""

BasisStatus = npt.NDArray[np.int8]
"""By row or column: 0 at its lower bound, 1 basic, 2 at its upper bound, 3 free at zero, 4 nonbasic (as HiGHS numbers them)."""


@dataclass(frozen=True, slots=True)
class Termination:
    """Why solving stopped: reason, which limit, and the solver's own words."""

    reason: TerminationReason
    """Why it stopped."""
    limit: Literal["time", "iterations", "memory"] | None = None
    """Which limit stopped it."""
    detail: str = ""
    """Free text."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A simplex basis: enough to start again from the same vertex."""

    columns: BasisStatus
    """Status by column, (n,)."""
    rows: BasisStatus
    """Status by row, (m,)."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A point, its prices and its basis, as far as a solver gave them. Shapes: n columns, m rows.

    Prices satisfy cost = Aᵀ·row_price + column_price; row_price is ∂objective/∂(right-hand side): not positive for ≤ rows,
    not negative for ≥ rows.
    """

    termination: Termination
    """Why solving stopped."""
    values: FloatArray | None
    """Value by column, (n,); None without a point."""
    dual_values: FloatArray | None
    """Price by row, (m,); None where the solver gives none."""
    basis: Basis | None = None
    """Basis at the end; None for methods without one."""
    iterations: int = 0
    """Iterations made."""
    seconds: float = 0.0
    """Wall time in the solver."""
    solver: str = ""
    """Solver, method and version."""
    strategy: str = ""
    """How the solving was gone about, in words; empty from a backend."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A hint of how far solving has come; never a result."""

    stage: str
    """What is being done: build, presolve, solve, certify, report, or a strategy's own stage."""
    iteration: int = 0
    """Iterations so far in the stage."""
    objective: float | None = None
    """Objective of the current point, if known."""
    share_done: float | None = None
    """Rough share of the whole work done, 0 to 1, if known."""


OnProgress = Callable[[Progress], None]
"""Called with hints while solving, at most a few times a second."""

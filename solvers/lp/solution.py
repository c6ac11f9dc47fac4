"""The result of solving a linear program: termination status, primal and dual values, basis, and the steps taken."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from solvers.lp.linear_program import FloatArray

TerminationReason = Literal["optimal", "infeasible", "unbounded", "limit", "cancelled", "numerical", "error"]
"""Why a solver stopped. `optimal` is the claim of the solver until the certificate passes."""

StepOutcome = Literal[TerminationReason, "uncertified", "stalled", "rejected"]
"""How a solve step ended: a termination reason, or one of three results of Allot's own checks.

`uncertified`: the solver claimed an optimum, but the certificate failed.
`stalled`: stall detection stopped the solver.
`rejected`: a heuristic did not apply, because its trial time ran out or its cost deviates from the prediction.
"""

BasisStatus = npt.NDArray[np.int8]
"""Basis status by row or column, in the numbering of HiGHS: 0 at the lower bound, 1 basic, 2 at the upper bound, 3 free at zero,
4 nonbasic."""

AT_LOWER, BASIC, AT_UPPER, FREE_AT_ZERO = 0, 1, 2, 3
"""Codes of `BasisStatus`."""


@dataclass(frozen=True, slots=True)
class Termination:
    """Why a solver stopped: the reason, the limit, and the message of the solver."""

    reason: TerminationReason
    """Why the solver stopped."""
    limit: Literal["time", "iterations", "memory"] | None = None
    """Which limit stopped the solver."""
    detail: str = ""
    """Free text."""


@dataclass(frozen=True, slots=True)
class Basis:
    """A simplex basis: sufficient to restart simplex from the same vertex."""

    columns: BasisStatus
    """Status by column, (n,)."""
    rows: BasisStatus
    """Status by row, (m,)."""


@dataclass(frozen=True, slots=True)
class SolveStep:
    """One run of an algorithm while a program was solved."""

    algorithm: str
    """Name of the backend, or `aggregated-relaxation`, `rolling-horizon` or `window-merge`."""
    seconds: float
    """Wall time, in seconds."""
    iterations: int
    """Simplex, interior point and crossover iterations; 0 for a run that was abandoned."""
    outcome: StepOutcome
    """How the run ended."""
    warm_start: bool = False
    """Whether the run started from a given basis."""


@dataclass(frozen=True, slots=True)
class Solution:
    """A primal and dual solution with its basis, as far as the solver provides them. Shapes: n columns, m rows.

    Dual values y and reduced costs z satisfy cost = Aᵀ·y + z. A dual value is ∂objective/∂(right-hand side): not positive for a
    ≤ constraint, not negative for a ≥ constraint.
    """

    termination: Termination
    """Why the solver stopped."""
    values: FloatArray | None
    """Value of each variable, (n,); None without a primal point."""
    dual_values: FloatArray | None
    """Dual value of each constraint, (m,); None where the solver provides none."""
    basis: Basis | None = None
    """Final basis; None for methods without a basis."""
    iterations: int = 0
    """Iterations made."""
    seconds: float = 0.0
    """Wall time in the solver, in seconds."""
    solver: str = ""
    """Solver, version and method."""
    strategy: tuple[SolveStep, ...] = ()
    """The steps that led to this solution, in order; empty from a backend."""


@dataclass(frozen=True, slots=True)
class Progress:
    """A progress report of a running solve; never a result."""

    stage: str
    """Current stage: build, presolve, solve, certify, report, or the name of a stage of the pipeline."""
    iteration: int = 0
    """Iterations so far in the stage."""
    objective: float | None = None
    """Objective of the current point, if known."""
    share_done: float | None = None
    """Estimated share of the total work that is done, 0 to 1, if known."""


OnProgress = Callable[[Progress], None]
"""Callback for progress reports during a solve, at most a few times a second."""

"""The seam between the mathematics and a solver: arrays in, a Solution out."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from solvers.lp.linear_program import LinearProgram
from solvers.lp.solution import Basis, OnProgress, Solution


class Feature(Enum):
    """What a backend can do; asked before anything is built."""

    DUALS = auto()
    """Gives prices."""
    BASIS = auto()
    """Takes and gives a simplex basis."""
    TIME_LIMIT = auto()
    """Keeps a time limit."""
    CERTIFIES_INFEASIBLE = auto()
    """Tells infeasible from unbounded with certainty."""
    FIRST_ORDER = auto()
    """Converges to a tolerance rather than to a vertex."""
    PROGRESS = auto()
    """Says how far it has come while it solves."""
    CANCEL = auto()
    """Stops in mid-solve when `SolveOptions.cancelled` says so."""


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """Options that every backend understands."""

    time_limit_seconds: float = 600.0
    """Seconds after which it stops with what it has."""
    tolerance: float = 1e-7
    """Feasibility and optimality tolerance asked of the solver."""
    cancelled: Callable[[], bool] | None = None
    """Asked at most twenty times a second, perhaps from another thread; true makes the solver stop. Must not raise."""
    progress_seconds: float = 0.5
    """Least seconds between two hints of progress."""


class Backend(Protocol):
    """A way to solve linear programs. Knows arrays only."""

    name: str
    """Its name in `options.solver`."""
    features: frozenset[Feature]
    """What it can do."""

    def solve_program(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        *,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,
    ) -> Solution:
        """Solve and say why it stopped; every status of the solver maps to a Stop, nothing foreign is raised."""
        ...

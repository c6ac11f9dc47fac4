"""The seam between the mathematics and a solver: arrays in, a Solution out."""

from dataclasses import dataclass
from enum import Enum, auto
from typing import Protocol

from solvers.program import LinearProgram
from solvers.solution import Basis, OnProgress, Solution


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


@dataclass(frozen=True, slots=True)
class SolveOptions:
    """Options that every backend understands."""

    time_limit_seconds: float = 600.0
    """Seconds after which it stops with what it has."""
    tolerance: float = 1e-7
    """Feasibility and optimality tolerance asked of the solver."""


class Backend(Protocol):
    """A way to solve linear programs. Knows arrays only."""

    name: str
    """Its name in `options.solver`."""
    features: frozenset[Feature]
    """What it can do."""

    def solve(
        self,
        lp: LinearProgram,
        options: SolveOptions,
        *,
        start: Basis | None = None,
        on_progress: OnProgress | None = None,
    ) -> Solution:
        """Solve and say why it stopped; every status of the solver maps to a Stop, nothing foreign is raised."""
        ...

"""Solve options: solver, time limit, tolerance and verification."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import Flag, Frozen

SolverName = Literal["auto", "highs", "highs-ipm", "glop", "pdlp", "cbc"]
"""`auto`: Allot selects an algorithm. `highs`: HiGHS dual simplex. `highs-ipm`: HiGHS interior point. `glop`, `pdlp`:
OR-Tools. `cbc`: CBC through PuLP."""

LEAST_TOLERANCE = 1e-10
"""Smallest tolerance of a plan: HiGHS, which has a part in every plan, takes no smaller one, and rounding errors are as large."""


class PlanOptions(Frozen):
    """Options of one solve."""

    solver: SolverName = "auto"
    """Solver to use."""
    time_limit_seconds: Annotated[float, Field(gt=0, le=86_400, strict=True)] = 600.0
    """Time limit in seconds. At the limit, the solver stops and returns the best feasible plan found so far."""
    tolerance: Annotated[float, Field(gt=0, le=1e-2, strict=True)] = 1e-6
    """Largest scaled primal residual, dual residual and gap at which a plan is called optimal; at least 1e-10 in
    requests to the service."""
    verify: Flag = False
    """Whether to solve the independent PuLP formulation with another solver and report whether both objectives
    agree."""

"""How a plan is to be solved: options that change the way, never the answer."""

from typing import Annotated, Literal

from pydantic import Field

from models.base import Frozen

SolverName = Literal["auto", "highs", "highs-ipm", "glop", "pdlp", "cbc"]
"""`auto` lets Allot choose; the others are HiGHS dual simplex and interior point, OR-Tools' GLOP and PDLP, and CBC through PuLP."""


class PlanOptions(Frozen):
    """Options of one solve."""

    solver: SolverName = "auto"
    """Solver to use."""
    time_limit_seconds: Annotated[float, Field(gt=0, le=86_400, strict=True)] = 600.0
    """Seconds after which solving stops with the best plan found."""
    tolerance: Annotated[float, Field(gt=0, le=1e-2, strict=True)] = 1e-6
    """Scaled residual and gap within which the certificate must pass for a plan to be called optimal."""
    verify: bool = False
    """Whether to solve once more by the independent PuLP formulation on another solver and report the agreement."""

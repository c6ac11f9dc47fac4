"""The part of a request that says what is to be planned."""

from pydantic import Field

from models.base import Frozen, Id
from models.changes.change import Change
from models.problem.planning_problem import PlanningProblem

MAX_CHANGES = 1_000
"""Changes of one request at most."""


class SourceEnvelope(Frozen):
    """What a request says beside a problem that is written out."""

    province: Id | None = None
    """Province whose problem is taken, such as `ryanggang`; instead of `problem`."""
    version: int | None = Field(default=None, ge=1)
    """Version of the province; the newest if absent."""
    scenario: Id | None = None
    """Scenario of the province, applied before `changes`."""
    changes: tuple[Change, ...] = Field(default=(), max_length=MAX_CHANGES)
    """Changes to the problem, applied in order."""


class ProblemSource(SourceEnvelope):
    """What is to be planned: a problem written out, or a province; in a scenario; with changes."""

    problem: PlanningProblem | None = None
    """The problem, written out; instead of `province`."""
